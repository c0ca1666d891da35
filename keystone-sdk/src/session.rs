//! The session: sends calls to services, with a token and at the endpoint from the catalog.

use std::borrow::Cow;
use std::sync::Arc;

#[cfg(feature = "client")]
use http::Method;
use http::StatusCode;
use url::Url;

use crate::Error;
use crate::auth::{AccessInfo, AuthPlugin, Token};
use crate::catalog::{Endpoint, EndpointFilter};
use crate::error::{AuthenticationError, ConfigurationError};
use crate::transport::{Request, Response, Transport};

mod adapter;
pub(crate) mod address;
mod builder;
mod call;
pub(crate) mod microversion;
mod request_id;
mod setters;
pub(crate) mod settings;
mod template;

pub use adapter::{Adapter, AdapterBuilder};
pub use builder::SessionBuilder;
pub use call::Call;
pub use request_id::RequestId;
#[doc(hidden)]
pub use setters::call_settings;

#[cfg(feature = "client")]
use address::Below;
use settings::{EndpointOverride, Settings};
use template::Template;

/// Sends calls to services. Cheap to clone; all clones share connections, token and discovery.
///
/// A call finds its endpoint in the catalog and carries the token. If the service rejects the
/// token, the call is sent once more with a new one.
///
/// ```no_run
/// use http::Method;
/// use keystone_sdk::Session;
/// use keystone_sdk::auth::v3;
/// use keystone_sdk::catalog::EndpointFilter;
/// use keystone_sdk::session::Call;
///
/// # async fn example() -> Result<(), keystone_sdk::Error> {
/// let auth = v3::Password::builder("http://127.0.0.1:5000/v3")
///     .username("demo")
///     .password("secret")
///     .user_domain_id("default")
///     .project_name("demo")
///     .project_domain_id("default")
///     .build()?;
/// let session = Session::new(auth)?;
/// let call = Call::new(Method::GET, "v1/proxies").endpoint(EndpointFilter::service_type("proxy"));
/// let response = session.send(call).await?;
/// println!("{}", response.status);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Session {
    shared: Arc<Shared>,
    /// The defaults of calls.
    settings: Arc<Settings>,
}

#[derive(Debug)]
struct Shared {
    auth: Arc<dyn AuthPlugin>,
    transport: Transport,
}

impl Session {
    /// A session with default settings.
    ///
    /// # Errors
    ///
    /// [`Error::Configuration`] when the HTTP client cannot be set up.
    pub fn new(auth: impl AuthPlugin + 'static) -> Result<Self, Error> {
        Self::builder(auth).build()
    }

    /// Settings to change before [`build`](SessionBuilder::build).
    pub fn builder(auth: impl AuthPlugin + 'static) -> SessionBuilder {
        SessionBuilder::new(Arc::new(auth))
    }

    /// Starts an [`Adapter`], with settings for the calls of one service, region or library.
    pub fn adapter(&self) -> AdapterBuilder {
        Adapter::builder(self)
    }

    /// Sends a call and reads the whole response.
    ///
    /// A service that responds with 401 has rejected the token before doing anything. So the token
    /// is reported to the plugin and the call is sent once more, whatever its method. A new token
    /// is fetched once, however many calls are rejected at the same time.
    ///
    /// # Errors
    ///
    /// [`Error::Response`] for an error status (unless the call
    /// [accepts any](Call::accept_any_status)) and for a redirect that is not followed;
    /// [`Error::Transport`] when there is no response; [`Error::Discovery`] when there is no such
    /// endpoint or microversion; [`Error::Authentication`] when there is no token;
    /// [`Error::Configuration`] for a call that cannot be sent.
    pub async fn send(&self, mut call: Call) -> Result<Response, Error> {
        let mut request = self.request(&mut call).await?;
        let response = if call.authenticated {
            self.send_with_token(&call.settings, request).await?
        } else {
            self.shared.transport.deliver(&mut request).await?
        };
        if call.settings.any_status.unwrap_or(false) {
            Ok(response)
        } else {
            response.error_for_status()
        }
    }

    /// The request that [`send`](Self::send) would send first, with its URL and authentication
    /// headers. For features that this crate lacks, such as websockets and streamed bodies: see
    /// [`Transport::http_client`].
    ///
    /// # Errors
    ///
    /// Those of [`send`](Self::send), except for those of the response.
    pub async fn prepare(&self, mut call: Call) -> Result<Request, Error> {
        let mut request = self.request(&mut call).await?;
        if call.authenticated {
            let auth = self.auth_of(&call.settings);
            let token = auth.token(self.transport()).await?;
            auth.headers(&token, &mut request.headers)?;
        }
        Ok(request)
    }

    /// A token that is valid now.
    ///
    /// # Errors
    ///
    /// Those of the plugin; [`Error::Authentication`] when it authenticates without a token.
    pub async fn token(&self) -> Result<Token, Error> {
        let token = self.auth().token(&self.shared.transport).await?;
        if !token.is_token() {
            let message = "this plugin authenticates without a token";
            return Err(AuthenticationError::new(message).into());
        }
        Ok(token)
    }

    /// The body of the token: user, scope, roles, catalog.
    ///
    /// # Errors
    ///
    /// Those of the plugin, which may not get a token or may not know its body.
    pub async fn access(&self) -> Result<AccessInfo, Error> {
        self.auth().access(&self.shared.transport).await
    }

    /// The endpoint that `filter` describes; parts that it leaves open are those of the adapter and
    /// the session. An endpoint override of the adapter takes precedence, and is used as it is.
    ///
    /// # Errors
    ///
    /// [`Error::Discovery`] when the catalog has no such endpoint, or the service has no such
    /// version.
    pub async fn endpoint(&self, filter: &EndpointFilter) -> Result<Endpoint, Error> {
        let around = &self.settings;
        if let Some(address) = &around.endpoint_override
            && filter.is_of_service(&around.filter)
        {
            let url = self.fill(self.auth(), address).await?;
            return Ok(Endpoint::new(Arc::unwrap_or_clone(url)));
        }
        let filter = if around.filter == EndpointFilter::default() {
            Cow::Borrowed(filter)
        } else {
            Cow::Owned(filter.or(&around.filter))
        };
        self.auth().endpoint(&self.shared.transport, &filter).await
    }

    /// The transport, which sends requests without a token.
    pub fn transport(&self) -> &Transport {
        &self.shared.transport
    }

    /// The authentication plugin.
    pub fn auth(&self) -> &dyn AuthPlugin {
        self.auth_of(&self.settings)
    }

    fn auth_of<'a>(&'a self, settings: &'a Settings) -> &'a dyn AuthPlugin {
        settings.auth.as_deref().unwrap_or(&*self.shared.auth)
    }

    /// The request with its URL and all settings. The one place where a call gets its endpoint and
    /// its microversion.
    async fn request(&self, call: &mut Call) -> Result<Request, Error> {
        call.settle(&self.settings)?;
        let (url, base) = match call.absolute_url()? {
            Some(url) => (url, None),
            None => {
                let base = self.base(call).await?;
                (call.url_below(&base)?, Some(base))
            }
        };
        let mut request = call.request(url);
        let settings = &call.settings;
        settings.apply(&self.shared.transport, &mut request)?;
        if let (Some(true), Some(version)) = (settings.check_microversion, &settings.microversion) {
            let base = match base {
                Some(base) => base,
                None => self.base(call).await?,
            };
            microversion::check(&self.shared.transport, &base, version).await?;
        }
        Ok(request)
    }

    /// The address of the call's endpoint.
    async fn base(&self, call: &Call) -> Result<Arc<Url>, Error> {
        let settings = &call.settings;
        let auth = self.auth_of(settings);
        if let Some(address) = &settings.endpoint_override {
            return self.fill(auth, address).await;
        }
        let filter = &settings.filter;
        if filter.service_type.is_none() && filter.service_name.is_none() {
            return Err(ConfigurationError::new(format!(
                "the call {call:?} has a path but no service"
            ))
            .remedy("add an endpoint filter to the call, or use an absolute URL")
            .into());
        }
        let endpoint = auth.endpoint(&self.shared.transport, filter).await?;
        Ok(Arc::new(endpoint.url))
    }

    /// The URL of an endpoint override, with the ids of the token filled in.
    async fn fill(
        &self,
        auth: &dyn AuthPlugin,
        address: &EndpointOverride,
    ) -> Result<Arc<Url>, Error> {
        let template = match address {
            EndpointOverride::Fixed(url) => return Ok(url.clone()),
            EndpointOverride::Template(text) => Template::read(text)?,
        };
        if !template.wants_ids() {
            return template.fill(None).map(Arc::new);
        }
        let access = auth.access(&self.shared.transport).await?;
        template.fill(Some(&access)).map(Arc::new)
    }

    /// The base address of a client's paths.
    #[cfg(feature = "client")]
    pub(crate) async fn base_url(&self, below: Below) -> Result<Url, Error> {
        let mut call = Call::of_segments(Method::GET, &[], below);
        call.settle(&self.settings)?;
        let base = self.base(&call).await?;
        Ok(below.root(Arc::unwrap_or_clone(base)))
    }

    /// The same session, with the settings of one service.
    #[cfg(feature = "client")]
    pub(crate) fn with(&self, settings: Settings) -> Self {
        Self {
            shared: self.shared.clone(),
            settings: Arc::new(settings.or(&self.settings)),
        }
    }

    async fn send_with_token(
        &self,
        settings: &Settings,
        mut request: Request,
    ) -> Result<Response, Error> {
        let transport = &self.shared.transport;
        let auth = self.auth_of(settings);
        let token = auth.token(transport).await?;
        let bare = request.headers.clone();
        auth.headers(&token, &mut request.headers)?;
        let response = transport.deliver(&mut request).await?;
        // After a redirect to another origin, the 401 is not about the token, which was not sent
        // there.
        let refused = response.status == StatusCode::UNAUTHORIZED && !response.lost_credentials();
        if !refused || settings.reauthenticate == Some(false) || !auth.invalidate(&token) {
            return Ok(response);
        }
        tracing::debug!(method = %request.method, "the service rejected the token; retrying with a new one");
        let token = auth.token(transport).await?;
        // Starts again without the headers of the rejected token, whichever the plugin had set.
        request.headers = bare;
        auth.headers(&token, &mut request.headers)?;
        transport.deliver(&mut request).await
    }
}
