//! Where the calls of a generated client go.

use std::sync::Arc;

use http::Method;
use url::Url;

use super::list::List;
use super::operation::Paging;
use super::request::Draft;
use crate::Error;
use crate::catalog::EndpointFilter;
use crate::session::Session;

/// One service as a session sees it: what every generated client is made of. Cheap to clone.
///
/// Generated code calls [`request`](Self::request) and [`list`](Self::list), and so can anybody
/// for an operation that has no generated method.
///
/// ```no_run
/// use http::Method;
/// use keystone_sdk::Session;
/// use keystone_sdk::catalog::EndpointFilter;
/// use keystone_sdk::client::{Extra, ServiceClient};
///
/// # async fn example(session: &Session) -> Result<(), keystone_sdk::Error> {
/// let filter = EndpointFilter::service_type("placement");
/// let placement = ServiceClient::in_catalog(session, filter, "");
/// let usages: Extra = placement
///     .request(Method::GET, &["resource_providers", "5f3c", "usages"])
///     .keyed("usages")
///     .await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct ServiceClient(Arc<Inner>);

#[derive(Clone, Debug)]
struct Inner {
    session: Session,
    address: Address,
    version: &'static str,
    anonymous: bool,
}

#[derive(Clone, Debug)]
enum Address {
    Catalog(EndpointFilter),
    Fixed(Url),
}

impl ServiceClient {
    /// A service that the catalog lists. `version` is the segment with which the addresses of the
    /// API begin, such as `v1`; it is added where the catalog does not say it. It may be empty.
    pub fn in_catalog(session: &Session, filter: EndpointFilter, version: &'static str) -> Self {
        Self::new(session, Address::Catalog(filter), version)
    }

    /// A service at an address that is known otherwise.
    pub fn at(session: &Session, address: Url, version: &'static str) -> Self {
        Self::new(session, Address::Fixed(address), version)
    }

    /// The same service, called without a token.
    #[must_use]
    pub fn anonymous(&self) -> Self {
        Self(Arc::new(Inner {
            anonymous: true,
            ..(*self.0).clone()
        }))
    }

    /// The session that sends the calls.
    pub fn session(&self) -> &Session {
        &self.0.session
    }

    /// The start of a request; `segments` make its path and are percent-encoded.
    pub fn request(&self, method: Method, segments: &[&str]) -> Draft {
        let draft = Draft::new(self.clone(), method, segments);
        if self.0.anonymous {
            draft.unauthenticated()
        } else {
            draft
        }
    }

    /// As [`request`](Self::request), of a path that does not begin with the API's version.
    pub fn request_at_root(&self, method: Method, segments: &[&str]) -> Draft {
        self.request(method, segments).at_root()
    }

    /// The start of a list request whose answer holds the items under `key`.
    pub fn list<T>(&self, segments: &[&str], key: &'static str, paging: Paging) -> List<T> {
        List::new(self.request(Method::GET, segments), key, paging)
    }

    /// The address that paths are put below.
    ///
    /// # Errors
    ///
    /// Those of [`Session::endpoint`]; [`Error::Configuration`] for an address that takes no path.
    pub async fn base_url(&self) -> Result<Url, Error> {
        let mut url = match &self.0.address {
            Address::Catalog(filter) => self.0.session.endpoint(filter).await?.url,
            Address::Fixed(url) => url.clone(),
        };
        let path = url.path().trim_end_matches('/');
        let version = self.0.version;
        if !version.is_empty() && path.rsplit('/').next() != Some(version) {
            let path = format!("{path}/{version}");
            url.set_path(&path);
        }
        Ok(url)
    }

    /// The address without the API's version.
    pub(super) async fn root_url(&self) -> Result<Url, Error> {
        let mut url = self.base_url().await?;
        let path = url.path().trim_end_matches('/');
        let root = path.strip_suffix(self.0.version).unwrap_or(path).to_owned();
        url.set_path(&root);
        Ok(url)
    }

    fn new(session: &Session, address: Address, version: &'static str) -> Self {
        Self(Arc::new(Inner {
            session: session.clone(),
            address,
            version,
            anonymous: false,
        }))
    }
}
