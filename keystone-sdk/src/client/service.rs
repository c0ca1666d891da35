//! The service that a generated client calls.

use std::sync::Arc;

use http::Method;
use url::Url;

use super::operation::{Operation, Paging};
use super::paging::List;
use super::request::RequestBuilder;
use crate::Error;
use crate::catalog::EndpointFilter;
use crate::session::address::Below;
use crate::session::settings::{EndpointOverride, Settings};
use crate::session::{Call, Session};

/// A client of one service, on which generated clients are built. Cheap to clone.
///
/// Use [`request`](Self::request) and [`list`](Self::list) for operations that have no generated
/// method.
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
pub struct ServiceClient {
    /// The session with the settings of this service.
    session: Session,
    /// The session as it was given and the settings of this service, kept apart so that `with` can
    /// combine them anew.
    around: Session,
    own: Arc<Settings>,
    version: &'static str,
    anonymous: bool,
}

impl ServiceClient {
    /// A service in the catalog. `version` is the first segment of the API's paths, such as `v1`;
    /// it is added where the address in the catalog lacks it. It may be empty.
    pub fn in_catalog(session: &Session, filter: EndpointFilter, version: &'static str) -> Self {
        Self::new(session, version, |own| own.filter = filter)
    }

    /// A service at a fixed address.
    pub fn at(session: &Session, address: Url, version: &'static str) -> Self {
        let fixed = EndpointOverride::Fixed(Arc::new(address));
        Self::new(session, version, |own| own.endpoint_override = Some(fixed))
    }

    /// The same service, called without a token.
    #[must_use]
    pub fn anonymous(&self) -> Self {
        Self {
            anonymous: true,
            ..self.clone()
        }
    }

    /// Sets the service type for microversion headers. For a service in the catalog, the type in
    /// the filter is used unless set here.
    #[must_use]
    pub fn of_type(&self, service_type: &'static str) -> Self {
        self.with(|own| {
            own.microversion_type = Some(service_type);
            if own.endpoint_override.is_some() {
                own.filter.service_type = Some(service_type.to_owned());
            }
        })
    }

    /// The same service, with a microversion for all calls that do not set their own.
    #[must_use]
    pub fn microversion(&self, version: impl Into<String>) -> Self {
        self.with(|own| own.microversion = Some(version.into()))
    }

    /// The session that sends the calls.
    pub fn session(&self) -> &Session {
        &self.session
    }

    /// Starts a request. `segments` form its path and are percent-encoded.
    pub fn request(&self, method: Method, segments: &[&str]) -> RequestBuilder {
        let call = self.call(method, segments, false);
        RequestBuilder::new(self.session.clone(), call)
    }

    /// As [`request`](Self::request), for a path that does not begin with the API's version.
    pub fn request_at_root(&self, method: Method, segments: &[&str]) -> RequestBuilder {
        let call = self.call(method, segments, true);
        RequestBuilder::new(self.session.clone(), call)
    }

    /// Starts a request for an operation in the client's table. `parameters` are the values for the
    /// names in braces in its path, and are percent-encoded.
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
    /// A missing or unknown parameter is reported when the request is sent.
    pub fn operation(&self, operation: &Operation, parameters: &[(&str, &str)]) -> RequestBuilder {
        let session = self.session.clone();
        let request = RequestBuilder::of(session, self.version, operation, parameters);
        if self.anonymous {
            request.unauthenticated()
        } else {
            request
        }
    }

    /// Starts a list request whose response has the items under `key`.
    pub fn list<T>(&self, segments: &[&str], key: &'static str, paging: Paging) -> List<T> {
        let call = self.call(Method::GET, segments, false);
        List::new(self.session.clone(), call, key, paging)
    }

    /// The base address of the service's paths.
    ///
    /// # Errors
    ///
    /// Those of [`Session::endpoint`].
    pub async fn base_url(&self) -> Result<Url, Error> {
        self.session.base_url(self.below(false)).await
    }

    fn call(&self, method: Method, segments: &[&str], at_root: bool) -> Call {
        let call = Call::of_segments(method, segments, self.below(at_root));
        if self.anonymous {
            call.unauthenticated()
        } else {
            call
        }
    }

    fn below(&self, at_root: bool) -> Below {
        let version = self.version;
        Below { version, at_root }
    }

    fn new(session: &Session, version: &'static str, change: impl FnOnce(&mut Settings)) -> Self {
        let client = Self {
            session: session.clone(),
            around: session.clone(),
            own: Arc::default(),
            version,
            anonymous: false,
        };
        client.with(change)
    }

    fn with(&self, change: impl FnOnce(&mut Settings)) -> Self {
        let mut own = (*self.own).clone();
        change(&mut own);
        Self {
            session: self.around.with(own.clone()),
            own: Arc::new(own),
            ..self.clone()
        }
    }
}
