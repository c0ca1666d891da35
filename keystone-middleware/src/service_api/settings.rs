//! What an operator or the service's main function chooses.

use url::Url;

/// Settings of a service that `#[service]` made.
#[derive(Clone, Debug)]
#[must_use]
pub struct ServiceSettings {
    pub(super) body_limit: usize,
    pub(super) max_limit: u32,
    pub(super) public_endpoint: Option<Url>,
}

impl ServiceSettings {
    /// Bodies of up to 112 KiB as in oslo.middleware, pages of up to 1,000 items, and links with the
    /// host that the request names.
    pub fn new() -> Self {
        Self {
            body_limit: 114_688,
            max_limit: 1_000,
            public_endpoint: None,
        }
    }

    /// The highest number of bytes in the body of a request; more is refused with 413.
    pub fn body_limit(mut self, bytes: usize) -> Self {
        self.body_limit = bytes;
        self
    }

    /// The highest number of items on a page, and the number without `limit`; at least 1.
    pub fn max_limit(mut self, items: u32) -> Self {
        self.max_limit = items.max(1);
        self
    }

    /// The address of the service as clients see it, for the links of version documents and pages.
    /// Set it where the service is behind a proxy.
    pub fn public_endpoint(mut self, url: Url) -> Self {
        self.public_endpoint = Some(url);
        self
    }
}

impl Default for ServiceSettings {
    fn default() -> Self {
        Self::new()
    }
}
