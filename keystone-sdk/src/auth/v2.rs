//! The v2.0 API, which old deployments still have: tokens for tenants, without domains.

use std::fmt;
use std::sync::Arc;

use url::Url;

use super::cache::{Login, TokenCache};
use super::load::groups::{AUTH, AUTH_URL};
use super::options::{OptionReader, Options};
use super::{
    AccessFuture, AuthPlugin, AuthState, CacheId, EndpointFilter, EndpointFuture, PluginLoader,
    PluginOption, TokenFuture, address, lookup,
};
use crate::clock::SharedClock;
use crate::transport::Transport;
use crate::{Error, SecretString, discovery};

mod request;

/// Authenticates by the v2.0 API, and keeps the token. Clones share it.
///
/// The plugins [`Password`] and [`Token`] are built on this one.
#[derive(Clone)]
pub struct Auth(Arc<Inner>);

struct Inner {
    auth_url: Url,
    /// Whether the server is asked where the API is.
    discover: bool,
    method: Method,
    tenant: Option<Tenant>,
    trust_id: Option<String>,
    cache: TokenCache,
}

enum Method {
    Password(User, SecretString),
    Token(SecretString),
}

enum User {
    Id(String),
    Name(String),
}

enum Tenant {
    Id(String),
    Name(String),
}

impl Auth {
    /// The address of the API, or of Keystone where it is found by discovery.
    pub fn auth_url(&self) -> &Url {
        &self.0.auth_url
    }

    /// A digest that tells this login from any other: by address, user or token with their
    /// secrets, tenant and trust.
    pub fn cache_id(&self) -> String {
        let mut id = CacheId::default();
        id.add("auth_url", self.0.auth_url.as_str());
        id.add("v2", &request::json_body(&self.0).to_string());
        id.digest()
    }

    fn new(
        reader: &OptionReader<'_>,
        method: fn(&OptionReader<'_>) -> Result<Method, Error>,
        tenant: Option<Tenant>,
        discover: bool,
    ) -> Result<Self, Error> {
        let auth_url: String = reader.required(&AUTH_URL)?;
        let auth_url =
            address::of_keystone(&auth_url).map_err(|error| reader.place(AUTH_URL.name, error))?;
        Ok(Self(Arc::new(Inner {
            auth_url,
            discover,
            method: method(reader)?,
            tenant,
            trust_id: reader.optional(&TRUST_ID)?,
            cache: TokenCache::new(),
        })))
    }

    async fn login(&self, transport: &Transport) -> Result<Login, Error> {
        let base = if self.0.discover {
            discovery::with_version(transport, &self.0.auth_url, 2).await?
        } else {
            self.0.auth_url.clone()
        };
        let (request, attempt) = request::token_request(&self.0, &base)?;
        let answer = transport.send(request).await?;
        request::read(&answer, &attempt)
    }
}

impl AuthPlugin for Auth {
    fn token<'a>(&'a self, transport: &'a Transport) -> TokenFuture<'a> {
        self.0
            .cache
            .token(transport.clock(), || self.login(transport))
    }

    fn endpoint<'a>(
        &'a self,
        transport: &'a Transport,
        filter: &'a EndpointFilter,
    ) -> EndpointFuture<'a> {
        let clock = transport.clock();
        let login = self.0.cache.login(clock, || self.login(transport));
        EndpointFuture::wire(lookup::endpoint(transport, &self.0.auth_url, filter, login))
    }

    fn invalidate(&self, rejected: &super::Token) -> bool {
        self.0.cache.invalidate(rejected);
        true
    }

    fn access<'a>(&'a self, transport: &'a Transport) -> AccessFuture<'a> {
        self.0
            .cache
            .access(transport.clock(), || self.login(transport))
    }

    fn cache_id(&self) -> Option<String> {
        Some(Self::cache_id(self))
    }

    fn auth_state(&self) -> Option<AuthState> {
        self.0
            .cache
            .kept()
            .map(AuthState::from)
            .map(AuthState::of_v2)
    }

    fn set_auth_state(&self, state: AuthState, clock: &SharedClock) -> bool {
        self.0.cache.restore(clock, state)
    }
}

impl fmt::Debug for Auth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("v2::Auth")
            .field("auth_url", &self.0.auth_url.as_str())
            .field("method", &self.0.method.name())
            .field("scope", &request::scope(&self.0))
            .finish_non_exhaustive()
    }
}

const TENANT_ID: PluginOption = PluginOption::new(
    "tenant_id",
    "OS_TENANT_ID",
    "The id of the tenant to be scoped to",
);
const TENANT_NAME: PluginOption = PluginOption::new(
    "tenant_name",
    "OS_TENANT_NAME",
    "The name of the tenant to be scoped to",
);
const TRUST_ID: PluginOption = PluginOption::new(
    "trust_id",
    "OS_TRUST_ID",
    "The id of the trust to be scoped to",
);
const SCOPE: &[PluginOption] = &[TENANT_ID, TENANT_NAME, TRUST_ID];
const USERNAME: PluginOption =
    PluginOption::new("username", "OS_USERNAME", "The user's name").aliases(&["user_name"]);
const USER_ID: PluginOption = PluginOption::new(
    "user_id",
    "OS_USER_ID",
    "The user's id, where no name is given",
);
const PASSWORD: PluginOption = PluginOption::new("password", "OS_PASSWORD", "The user's password")
    .secret()
    .required();
const TOKEN: PluginOption = PluginOption::new("token", "OS_TOKEN", "The token to start from")
    .secret()
    .required();

crate::__plugin! {
    /// Logs in by a user's password at the v2.0 API. Loaded as `v2password`.
    ///
    /// ```
    /// use keystone_sdk::auth::v2;
    ///
    /// let auth = v2::Password::builder("http://127.0.0.1:5000/v2.0")
    ///     .username("demo")
    ///     .password("secret")
    ///     .tenant_name("demo")
    ///     .build()?;
    /// # Ok::<_, keystone_sdk::Error>(())
    /// ```
    pub Password, PasswordBuilder,
    {
        const OWN: &[PluginOption] = &[USERNAME, USER_ID, PASSWORD];
        PluginLoader::of_groups(
            "v2password",
            "Logs in by a user's password at the v2.0 API",
            [AUTH, OWN, SCOPE, &[], &[]],
            |options| Ok(Arc::new(password(options)?)),
        )
    },
    password,
    Auth
}

impl PasswordBuilder {
    super::plugin::setter! {
        /// Names the user; a name beats an id.
        username: String
    }
    super::plugin::setter! {
        /// Names the user by id.
        user_id: String
    }
    super::plugin::setter! {
        /// The user's password.
        password: SecretString
    }
    super::plugin::setter! {
        /// Asks for the tenant with this id; an id beats a name.
        tenant_id: String
    }
    super::plugin::setter! {
        /// Asks for the tenant with this name.
        tenant_name: String
    }
    super::plugin::setter! {
        /// Asks for the roles of a trust.
        trust_id: String
    }
}

fn password(options: &Options) -> Result<Auth, Error> {
    let reader = OptionReader::new("v2password", options);
    let tenant = tenant(&reader, &TENANT_ID, &TENANT_NAME)?;
    Auth::new(&reader, password_of, tenant, false)
}

/// Made from the options of a generic plugin, where tenants are called projects.
pub(super) fn by_password(reader: &OptionReader<'_>) -> Result<Auth, Error> {
    Auth::new(reader, password_of, project(reader)?, true)
}

fn password_of(reader: &OptionReader<'_>) -> Result<Method, Error> {
    let user = match reader.optional(&USERNAME)? {
        Some(name) => User::Name(name),
        None => match reader.optional(&USER_ID)? {
            Some(id) => User::Id(id),
            None => User::Name(reader.required(&USERNAME)?),
        },
    };
    Ok(Method::Password(user, reader.required(&PASSWORD)?))
}

crate::__plugin! {
    /// Exchanges a token for one for another tenant at the v2.0 API. Loaded as `v2token`.
    pub Token, TokenBuilder,
    {
        const OWN: &[PluginOption] = &[TOKEN];
        PluginLoader::of_groups(
            "v2token",
            "Exchanges a token for one for another tenant at the v2.0 API",
            [AUTH, OWN, SCOPE, &[], &[]],
            |options| Ok(Arc::new(token(options)?)),
        )
    },
    token,
    Auth
}

impl TokenBuilder {
    super::plugin::setter! {
        /// The token to start from.
        token: SecretString
    }
    super::plugin::setter! {
        /// Asks for the tenant with this id; an id beats a name.
        tenant_id: String
    }
    super::plugin::setter! {
        /// Asks for the tenant with this name.
        tenant_name: String
    }
    super::plugin::setter! {
        /// Asks for the roles of a trust.
        trust_id: String
    }
}

fn token(options: &Options) -> Result<Auth, Error> {
    let reader = OptionReader::new("v2token", options);
    let tenant = tenant(&reader, &TENANT_ID, &TENANT_NAME)?;
    Auth::new(&reader, token_of, tenant, false)
}

/// Made from the options of a generic plugin, where tenants are called projects.
pub(super) fn by_token(reader: &OptionReader<'_>) -> Result<Auth, Error> {
    Auth::new(reader, token_of, project(reader)?, true)
}

fn token_of(reader: &OptionReader<'_>) -> Result<Method, Error> {
    Ok(Method::Token(reader.required(&TOKEN)?))
}

fn project(reader: &OptionReader<'_>) -> Result<Option<Tenant>, Error> {
    let [id, name] = ["project_id", "project_name"].map(|name| PluginOption::new(name, "", ""));
    tenant(reader, &id, &name)
}

fn tenant(
    reader: &OptionReader<'_>,
    id: &PluginOption,
    name: &PluginOption,
) -> Result<Option<Tenant>, Error> {
    Ok(match reader.optional(id)? {
        Some(id) => Some(Tenant::Id(id)),
        None => reader.optional(name)?.map(Tenant::Name),
    })
}

#[cfg(test)]
mod tests;
