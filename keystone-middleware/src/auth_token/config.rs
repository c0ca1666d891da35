//! Configuration of the layer.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use http::HeaderValue;
use keystone_sdk::auth::AuthPlugin;
use keystone_sdk::catalog::{EndpointFilter, Interface};
use keystone_sdk::clock::{SharedClock, SystemClock};
use keystone_sdk::error::ConfigurationError;
use keystone_sdk::session::{Session, SessionBuilder};
use keystone_sdk::transport::Retries;

use super::authenticate::Authenticator;
use super::cache::{MemoryStore, TokenCache, TokenStore};
use super::validator::{SessionValidator, ValidateToken};
use crate::Error;
use crate::error::configuration;

mod keystone_authtoken;

/// The longest pause between two attempts to validate a token.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);
const USER_AGENT: &str = concat!("keystone-middleware/", env!("CARGO_PKG_VERSION"));

/// The validated configuration of [`AuthToken`](crate::AuthToken).
///
/// Made from a configuration file with [`Config::from_conf`], or in code:
///
/// ```
/// use std::time::Duration;
///
/// use keystone_middleware::sdk::auth::AuthPlugin;
/// use keystone_middleware::{AuthToken, AuthTokenLayer, Config, Error};
///
/// fn layer(plugin: impl AuthPlugin + 'static) -> Result<AuthTokenLayer, Error> {
///     let config = Config::builder("http://keystone:5000/v3", plugin)
///         .service_type("proxy")
///         .token_cache_time(Duration::from_secs(60))
///         .build()?;
///     Ok(AuthToken::layer(config))
/// }
/// ```
pub struct Config {
    validator: Arc<dyn ValidateToken>,
    store: Arc<dyn TokenStore>,
    clock: SharedClock,
    challenge: HeaderValue,
    settings: Settings,
}

/// Builds a [`Config`].
#[must_use]
pub struct ConfigBuilder {
    www_authenticate_uri: String,
    validation: ValidationSource,
    store: Option<Arc<dyn TokenStore>>,
    clock: Option<SharedClock>,
    /// `None` if the session has its own.
    interface: Option<Interface>,
    region_name: Option<String>,
    connect_retries: u32,
    settings: Settings,
}

#[derive(Clone, Debug)]
struct Settings {
    delay_auth_decision: bool,
    token_cache_time: Option<Duration>,
    token_cache_capacity: u64,
    include_service_catalog: bool,
    service_type: Option<String>,
    service_token_roles: Vec<String>,
    service_token_roles_required: bool,
}

/// Who validates tokens.
enum ValidationSource {
    Keystone(Box<SessionBuilder>),
    Validator(Arc<dyn ValidateToken>),
}

impl Config {
    /// Settings for a service that validates the tokens of its callers with the credentials of
    /// `auth`. `www_authenticate_uri`, Keystone's public URL, is sent to callers without a token.
    pub fn builder(
        www_authenticate_uri: impl Into<String>,
        auth: impl AuthPlugin + 'static,
    ) -> ConfigBuilder {
        let session = Session::builder(auth).user_agent(USER_AGENT);
        let source = ValidationSource::Keystone(Box::new(session));
        ConfigBuilder::new(www_authenticate_uri, source)
    }

    /// Settings for a service that validates tokens with `validator` instead of Keystone, for tests
    /// with [`testing::Tokens`](crate::testing::Tokens).
    pub fn with_validator(
        www_authenticate_uri: impl Into<String>,
        validator: impl ValidateToken + 'static,
    ) -> ConfigBuilder {
        let source = ValidationSource::Validator(Arc::new(validator));
        ConfigBuilder::new(www_authenticate_uri, source)
    }

    pub(crate) fn into_authenticator(self) -> Authenticator {
        let settings = self.settings;
        Authenticator {
            cache: Arc::new(TokenCache::new(
                self.validator,
                self.store,
                self.clock,
                settings.token_cache_time,
                settings.include_service_catalog,
            )),
            challenge: self.challenge,
            delay_auth_decision: settings.delay_auth_decision,
            service_type: settings.service_type,
            service_token_roles: settings.service_token_roles,
            service_token_roles_required: settings.service_token_roles_required,
        }
    }
}

impl ConfigBuilder {
    fn new(www_authenticate_uri: impl Into<String>, validation: ValidationSource) -> Self {
        Self {
            www_authenticate_uri: www_authenticate_uri.into(),
            validation,
            store: None,
            clock: None,
            interface: Some(Interface::Internal),
            region_name: None,
            connect_retries: 3,
            settings: Settings::default(),
        }
    }

    /// Whether requests without a valid token are passed on without an identity, so that the
    /// service decides; off by default. Handlers with `#[policy(..)]` still refuse them; those with
    /// `#[policy(public)]` do not.
    pub fn delay_auth_decision(mut self, delay: bool) -> Self {
        self.settings.delay_auth_decision = delay;
        self
    }

    /// How long a validated token is accepted without another validation, and so how long a revoked
    /// token may be accepted; 300 seconds by default. A token that expires earlier is refused from
    /// then on. Zero disables the cache.
    pub fn token_cache_time(mut self, time: Duration) -> Self {
        self.settings.token_cache_time = (!time.is_zero()).then_some(time);
        self
    }

    /// The approximate size limit of the token cache in bytes; 64 MiB by default. It has no effect
    /// with another [`token_store`](Self::token_store).
    pub fn token_cache_capacity(mut self, bytes: u64) -> Self {
        self.settings.token_cache_capacity = bytes;
        self
    }

    /// Where validated tokens are stored; by default in the memory of this process.
    pub fn token_store(mut self, store: impl TokenStore + 'static) -> Self {
        self.store = Some(Arc::new(store));
        self
    }

    /// Whether to fetch the catalog of each token and to set `X-Service-Catalog`; on by default.
    pub fn include_service_catalog(mut self, include: bool) -> Self {
        self.settings.include_service_catalog = include;
        self
    }

    /// The type of this service in the catalog. Without it, tokens with access rules are refused.
    pub fn service_type(mut self, service_type: impl Into<String>) -> Self {
        self.settings.service_type = Some(service_type.into());
        self
    }

    /// The roles of which a calling service must have one for its `X-Service-Token` to be accepted;
    /// `service` by default. Names are compared exactly.
    pub fn service_token_roles<I: IntoIterator<Item: Into<String>>>(mut self, roles: I) -> Self {
        self.settings.service_token_roles = roles.into_iter().map(Into::into).collect();
        self
    }

    /// Whether a service token without such a role is refused; on by default. If off, such a token
    /// only identifies the calling service; it never relaxes a check.
    pub fn service_token_roles_required(mut self, required: bool) -> Self {
        self.settings.service_token_roles_required = required;
        self
    }

    /// The interface of Keystone's endpoint; internal by default.
    pub fn interface(mut self, interface: Interface) -> Self {
        self.interface = Some(interface);
        self
    }

    /// The region of Keystone's endpoint; any by default.
    pub fn region_name(mut self, region: impl Into<String>) -> Self {
        self.region_name = Some(region.into());
        self
    }

    /// How often to retry when Keystone does not respond (no connection, a lost connection, a
    /// time-out); 3 by default. The first pause is about half a second, each further one twice as
    /// long, up to half a minute.
    pub fn connect_retries(mut self, retries: u32) -> Self {
        self.connect_retries = retries;
        self
    }

    /// The clock by which tokens expire; the system clock by default.
    pub fn clock(mut self, clock: SharedClock) -> Self {
        self.clock = Some(clock);
        self
    }

    /// Changes the session with Keystone, such as its time-outs and TLS settings.
    ///
    /// ```
    /// # use std::time::Duration;
    /// # use keystone_middleware::ConfigBuilder;
    /// # fn example(builder: ConfigBuilder) -> ConfigBuilder {
    /// builder.session(|session| session.timeout(Duration::from_secs(5)))
    /// # }
    /// ```
    pub fn session(mut self, change: impl FnOnce(SessionBuilder) -> SessionBuilder) -> Self {
        if let ValidationSource::Keystone(session) = self.validation {
            self.validation = ValidationSource::Keystone(Box::new(change(*session)));
        }
        self
    }

    /// Validates the settings. Nothing is sent yet.
    ///
    /// # Errors
    ///
    /// [`Error::Configuration`] when `www_authenticate_uri` is not a valid URL, or the HTTP client
    /// cannot be set up.
    pub fn build(self) -> Result<Config, Error> {
        let challenge = challenge(&self.www_authenticate_uri)?;
        let clock = self.clock.unwrap_or_else(SystemClock::shared);
        let validator: Arc<dyn ValidateToken> = match self.validation {
            ValidationSource::Validator(validator) => validator,
            ValidationSource::Keystone(session) => {
                let session = session.clock(Arc::clone(&clock)).build();
                let mut endpoint = EndpointFilter::service_type("identity").major_version(3);
                if let Some(interface) = self.interface {
                    endpoint = endpoint.interface(interface);
                }
                if let Some(region) = self.region_name {
                    endpoint = endpoint.region_name(region);
                }
                let retries = Retries::new()
                    .connect(self.connect_retries)
                    .longest_pause(LONGEST_PAUSE);
                let identity = session.and_then(|session| {
                    let adapter = session.adapter().endpoint(endpoint);
                    adapter.retries(retries).build()
                });
                let catalog = self.settings.include_service_catalog;
                let identity = identity.map_err(configuration)?;
                Arc::new(SessionValidator::new(identity, catalog))
            }
        };
        let capacity = self.settings.token_cache_capacity;
        Ok(Config {
            validator,
            store: match self.store {
                Some(store) => store,
                None => Arc::new(MemoryStore::new(capacity)),
            },
            clock,
            challenge,
            settings: self.settings,
        })
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            delay_auth_decision: false,
            token_cache_time: Some(Duration::from_secs(300)),
            token_cache_capacity: 64 << 20,
            include_service_catalog: true,
            service_type: None,
            service_token_roles: vec!["service".to_owned()],
            service_token_roles_required: true,
        }
    }
}

impl fmt::Debug for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Config")
            .field("validator", &self.validator)
            .field("challenge", &self.challenge)
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for ConfigBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ConfigBuilder")
            .field("www_authenticate_uri", &self.www_authenticate_uri)
            .field("interface", &self.interface)
            .field("region_name", &self.region_name)
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}

fn challenge(uri: &str) -> Result<HeaderValue, ConfigurationError> {
    let refuse = || {
        ConfigurationError::new(format!("`www_authenticate_uri` is not an address: {uri:?}"))
            .remedy(
                "set it to Keystone's public address, such as `https://keystone.example:5000/v3`",
            )
    };
    let plain = uri.starts_with("http://") || uri.starts_with("https://");
    if !plain || uri.contains(['"', '\\']) {
        return Err(refuse());
    }
    HeaderValue::from_str(&format!("Keystone uri=\"{uri}\"")).map_err(|_| refuse())
}
