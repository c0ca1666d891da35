//! Where the calls of a generated client go.

use std::sync::Arc;

use http::Method;
use url::Url;

use super::detour::Detour;
use super::draft::Draft;
use super::list::List;
use super::operation::{Operation, Paging};
use crate::Error;
use crate::catalog::EndpointFilter;
use crate::error::ConfigurationError;
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
    service_type: Option<&'static str>,
    microversion: Option<String>,
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
        self.with(|inner| inner.anonymous = true)
    }

    /// Says of which type the service is, as the headers that ask for a microversion name it. Of a
    /// service in the catalog it is the type that is looked for, unless said here.
    #[must_use]
    pub fn of_type(&self, service_type: &'static str) -> Self {
        self.with(|inner| inner.service_type = Some(service_type))
    }

    /// The same service, asked for this microversion in every call that does not choose another.
    #[must_use]
    pub fn microversion(&self, version: impl Into<String>) -> Self {
        self.with(|inner| inner.microversion = Some(version.into()))
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

    /// The start of any operation of the service's table. `parameters` fill in the names that
    /// stand in braces in its path, and are percent-encoded.
    ///
    /// ```no_run
    /// use keystone_sdk::client::Value;
    /// use keystone_sdk::identity::v3::{Client, User, operations};
    ///
    /// # async fn example(identity: &Client) -> Result<(), keystone_sdk::Error> {
    /// let id = [("user_id", "5f3c")];
    /// let whole: Value = identity.service().operation(&operations::USER_GET, &id).json().await?;
    /// let user: User = identity.service().operation(&operations::USER_GET, &id).keyed("user").await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// A parameter that is missing, or that the path does not have, is told when the request is
    /// sent.
    pub fn operation(&self, operation: &Operation, parameters: &[(&str, &str)]) -> Draft {
        Draft::of(self, operation, parameters)
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
        self.url(&Detour::default()).await
    }

    /// The address that paths are put below, for a call that says something of it.
    pub(super) async fn url(&self, detour: &Detour) -> Result<Url, Error> {
        let mut url = match (&detour.address, &self.0.address) {
            (Some(address), _) | (None, Address::Fixed(address)) => {
                detour.check_fixed(address)?;
                address.clone()
            }
            (None, Address::Catalog(filter)) => {
                self.0.session.endpoint(&detour.filter(filter)).await?.url
            }
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
    pub(super) async fn root_url(&self, detour: &Detour) -> Result<Url, Error> {
        let mut url = self.url(detour).await?;
        let path = url.path().trim_end_matches('/');
        let root = path.strip_suffix(self.0.version).unwrap_or(path).to_owned();
        url.set_path(&root);
        Ok(url)
    }

    /// What stands below the version in a path without a slash before it; none for a path that does
    /// not begin with the version.
    pub(super) fn below_version<'a>(&self, path: &'a str) -> Option<&'a str> {
        let version = self.0.version;
        match path.strip_prefix(version)? {
            "" if !version.is_empty() => Some(""),
            rest if version.is_empty() && !rest.is_empty() => Some(rest),
            rest => rest.strip_prefix('/'),
        }
    }

    /// The microversion that is asked for where a call asks for none.
    pub(super) fn asked_version(&self) -> Option<&str> {
        self.0.microversion.as_deref()
    }

    /// The type for the headers that ask for a microversion.
    pub(super) fn known_type(&self) -> Result<&str, Error> {
        let in_catalog = match &self.0.address {
            Address::Catalog(filter) => filter.service_type.as_deref(),
            Address::Fixed(_) => None,
        };
        self.0.service_type.or(in_catalog).ok_or_else(|| {
            ConfigurationError::new("a microversion of a service of unknown type is asked for")
                .remedy("say the type by `ServiceClient::of_type`")
                .into()
        })
    }

    fn with(&self, change: impl FnOnce(&mut Inner)) -> Self {
        let mut inner = (*self.0).clone();
        change(&mut inner);
        Self(Arc::new(inner))
    }

    fn new(session: &Session, address: Address, version: &'static str) -> Self {
        Self(Arc::new(Inner {
            session: session.clone(),
            address,
            version,
            service_type: None,
            microversion: None,
            anonymous: false,
        }))
    }
}
