//! Which endpoint of the catalog a call wants, and the one that was found.

use std::fmt;

use url::Url;

/// The interface of an endpoint.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Interface {
    /// For administrators.
    Admin,
    /// Inside the cloud.
    Internal,
    /// For everybody.
    #[default]
    Public,
}

impl Interface {
    /// The word that stands in the catalog.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::Internal => "internal",
            Self::Public => "public",
        }
    }
}

impl fmt::Display for Interface {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Describes the endpoint that a call wants. Empty parts match everything.
#[derive(Clone, Debug, Default, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub struct EndpointFilter {
    /// The service's type or an alias of it, such as `identity` or `volumev3`.
    pub service_type: Option<String>,
    /// The service's name.
    pub service_name: Option<String>,
    /// Acceptable interfaces, the best first; none means public.
    pub interfaces: Vec<Interface>,
    /// The region's id, compared exactly.
    pub region_name: Option<String>,
    /// The major API version wanted, as in `v3`: found by discovery.
    pub major_version: Option<u16>,
}

impl EndpointFilter {
    /// The public endpoint of a service type.
    pub fn service_type(service_type: impl Into<String>) -> Self {
        Self {
            service_type: Some(service_type.into()),
            ..Self::default()
        }
    }

    /// Asks for an interface; asked twice, the first is preferred.
    #[must_use]
    pub fn interface(mut self, interface: Interface) -> Self {
        self.interfaces.push(interface);
        self
    }

    /// Asks for a region.
    #[must_use]
    pub fn region_name(mut self, region: impl Into<String>) -> Self {
        self.region_name = Some(region.into());
        self
    }

    /// Asks for a service by name.
    #[must_use]
    pub fn service_name(mut self, name: impl Into<String>) -> Self {
        self.service_name = Some(name.into());
        self
    }

    /// Asks for a major API version.
    #[must_use]
    pub fn major_version(mut self, version: u16) -> Self {
        self.major_version = Some(version);
        self
    }
}

/// An endpoint that was found.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Endpoint {
    /// The address to which paths are appended.
    pub url: Url,
}

impl Endpoint {
    /// An endpoint at `url`.
    pub fn new(url: Url) -> Self {
        Self { url }
    }
}
