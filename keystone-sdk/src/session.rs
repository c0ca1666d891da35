//! The session: sends calls to services with a token, at the address that the catalog names.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use http::StatusCode;

use crate::Error;
use crate::auth::{AccessInfo, AuthPlugin, Token};
use crate::catalog::{Endpoint, EndpointFilter, Interface};
use crate::clock::SharedClock;
use crate::error::{AuthenticationError, ConfigurationError};
use crate::transport::{Request, Response, Transport, TransportBuilder};

mod address;
mod call;

pub use call::Call;

/// Sends calls to services. Cheap to clone; all clones share connections, token and discovery.
///
/// A call finds its endpoint in the catalog, carries the token, and is sent once more with a new
/// token when the service refuses the one it was sent with.
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
/// let answer = session.send(call).await?;
/// println!("{}", answer.status);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Session(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    auth: Box<dyn AuthPlugin>,
    transport: Transport,
    region_name: Option<String>,
    interfaces: Vec<Interface>,
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
        SessionBuilder {
            auth: Box::new(auth),
            wire: Transport::builder(),
            transport: None,
            region_name: None,
            interfaces: Vec::new(),
        }
    }

    /// Sends a call and reads the whole answer.
    ///
    /// A service that answers 401 has refused the token before doing anything. So the token is
    /// reported to the plugin and the call is sent once more, whatever its method; tokens are
    /// fetched once however many calls are refused at the same time.
    ///
    /// # Errors
    ///
    /// [`Error::Response`] for an error status (unless the call
    /// [accepts any](Call::accept_any_status)) and for a redirect, which is never followed;
    /// [`Error::Transport`] when there is no answer; [`Error::Discovery`] when there is no such
    /// endpoint; [`Error::Authentication`] when there is no token; [`Error::Configuration`] for a
    /// call that cannot be sent.
    pub async fn send(&self, call: Call) -> Result<Response, Error> {
        let request = self.request(&call).await?;
        let answer = if call.authenticated {
            self.send_with_token(request).await?
        } else {
            self.0.transport.send(request).await?
        };
        if call.any_status {
            Ok(answer)
        } else {
            answer.error_for_status()
        }
    }

    /// A token that is valid now.
    ///
    /// # Errors
    ///
    /// Whatever keeps the plugin from getting one; [`Error::Authentication`] when it proves the
    /// identity without a token.
    pub async fn token(&self) -> Result<Token, Error> {
        let token = self.0.auth.token(&self.0.transport).await?;
        if !token.is_token() {
            let message = "this plugin proves the identity to services without a token";
            return Err(AuthenticationError::new(message).into());
        }
        Ok(token)
    }

    /// What Keystone says of the token: user, scope, roles, catalog.
    ///
    /// # Errors
    ///
    /// Whatever keeps the plugin from getting a token, or from knowing what is in it.
    pub async fn access(&self) -> Result<AccessInfo, Error> {
        self.0.auth.access(&self.0.transport).await
    }

    /// The endpoint that `filter` describes. Region and interface are the session's where the
    /// filter names none.
    ///
    /// # Errors
    ///
    /// [`Error::Discovery`] when the catalog has no such endpoint or the service no such version.
    pub async fn endpoint(&self, filter: &EndpointFilter) -> Result<Endpoint, Error> {
        let filter = self.with_defaults(filter);
        self.0.auth.endpoint(&self.0.transport, &filter).await
    }

    /// The way to the wire, without any token.
    pub fn transport(&self) -> &Transport {
        &self.0.transport
    }

    /// The plugin that proves the identity.
    pub fn auth(&self) -> &dyn AuthPlugin {
        &*self.0.auth
    }

    async fn request(&self, call: &Call) -> Result<Request, Error> {
        if let Some(url) = call.absolute_url()? {
            return call.request(&url);
        }
        let filter = call.endpoint.as_ref().ok_or_else(|| {
            ConfigurationError::new(format!("the call {call:?} names a path but no service"))
                .remedy("add an endpoint filter to the call, or use a whole address")
        })?;
        call.request(&self.endpoint(filter).await?.url)
    }

    async fn send_with_token(&self, request: Request) -> Result<Response, Error> {
        let Inner {
            auth, transport, ..
        } = &*self.0;
        let token = auth.token(transport).await?;
        let answer = self.send_as(&token, request.clone()).await?;
        if answer.status != StatusCode::UNAUTHORIZED || !auth.invalidate(&token) {
            return Ok(answer);
        }
        tracing::debug!(method = %request.method, "the token was refused, trying once more with a new one");
        let token = auth.token(transport).await?;
        self.send_as(&token, request).await
    }

    async fn send_as(&self, token: &Token, mut request: Request) -> Result<Response, Error> {
        self.0.auth.headers(token, &mut request.headers)?;
        self.0.transport.send(request).await
    }

    fn with_defaults<'a>(&self, filter: &'a EndpointFilter) -> Cow<'a, EndpointFilter> {
        let region = self.0.region_name.is_some() && filter.region_name.is_none();
        let interfaces = !self.0.interfaces.is_empty() && filter.interfaces.is_empty();
        let mut filter = Cow::Borrowed(filter);
        if region {
            filter.to_mut().region_name.clone_from(&self.0.region_name);
        }
        if interfaces {
            filter.to_mut().interfaces.clone_from(&self.0.interfaces);
        }
        filter
    }
}

/// Settings of a [`Session`].
#[derive(Debug)]
#[must_use]
pub struct SessionBuilder {
    auth: Box<dyn AuthPlugin>,
    wire: TransportBuilder,
    transport: Option<Transport>,
    region_name: Option<String>,
    interfaces: Vec<Interface>,
}

impl SessionBuilder {
    /// The region of endpoints, where a call names none.
    pub fn region_name(mut self, region: impl Into<String>) -> Self {
        self.region_name = Some(region.into());
        self
    }

    /// An acceptable interface of endpoints, where a call names none; the first named is preferred.
    pub fn interface(mut self, interface: Interface) -> Self {
        self.interfaces.push(interface);
        self
    }

    /// Uses a transport that is there already, with its connections and what it has discovered.
    /// It wins over all settings of the wire that are made here.
    pub fn transport(mut self, transport: Transport) -> Self {
        self.transport = Some(transport);
        self
    }

    /// The time for a whole call; 60 seconds unless set.
    pub fn timeout(self, timeout: Duration) -> Self {
        self.wire(|wire| wire.timeout(timeout))
    }

    /// The time for making a connection; 10 seconds unless set.
    pub fn connect_timeout(self, timeout: Duration) -> Self {
        self.wire(|wire| wire.connect_timeout(timeout))
    }

    /// Put before this crate's own `User-Agent`.
    pub fn user_agent(self, user_agent: impl Into<String>) -> Self {
        self.wire(|wire| wire.user_agent(user_agent))
    }

    /// The clock by which tokens expire; the machine's unless set.
    pub fn clock(self, clock: SharedClock) -> Self {
        self.wire(|wire| wire.clock(clock))
    }

    /// Changes any setting of the wire: TLS, proxies, limits.
    ///
    /// ```
    /// # use keystone_sdk::session::SessionBuilder;
    /// # fn example(builder: SessionBuilder) -> SessionBuilder {
    /// builder.wire(|transport| transport.user_agent("inventory/1.0"))
    /// # }
    /// ```
    pub fn wire(mut self, change: impl FnOnce(TransportBuilder) -> TransportBuilder) -> Self {
        self.wire = change(self.wire);
        self
    }

    /// Like [`wire`](Self::wire), with a change that can fail.
    ///
    /// # Errors
    ///
    /// What `change` gives.
    pub fn try_wire(
        mut self,
        change: impl FnOnce(TransportBuilder) -> Result<TransportBuilder, Error>,
    ) -> Result<Self, Error> {
        self.wire = change(self.wire)?;
        Ok(self)
    }

    /// Makes the session. Nothing is sent yet.
    ///
    /// # Errors
    ///
    /// [`Error::Configuration`] when the HTTP client cannot be set up.
    pub fn build(self) -> Result<Session, Error> {
        let transport = match self.transport {
            Some(transport) => transport,
            None => self.wire.build()?,
        };
        Ok(Session(Arc::new(Inner {
            auth: self.auth,
            transport,
            region_name: self.region_name,
            interfaces: self.interfaces,
        })))
    }
}
