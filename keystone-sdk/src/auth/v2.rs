//! The v2.0 API, which old deployments still have: tokens for tenants, without domains.

use std::fmt;
use std::sync::Arc;

use url::Url;

use super::load::groups::{AUTH, AUTH_URL};
use super::options::{OptionReader, Options};
use super::{CacheId, Cached, LogIn, LogInFuture, PluginLoader, PluginOption, address};
use crate::transport::Transport;
use crate::{Error, SecretString, discovery};

mod request;

/// Authenticates by the v2.0 API, and keeps the token. Clones share it.
///
/// The plugins [`Password`] and [`Token`] are built on this one.
#[derive(Clone)]
pub struct Auth(Cached<TenantLogin>);

/// One request for a token.
struct TenantLogin {
    auth_url: Url,
    /// Whether the server is asked where the API is.
    discover: bool,
    method: Method,
    tenant: Option<Tenant>,
    trust_id: Option<String>,
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
        self.0.login().auth_url()
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
        Ok(Self(Cached::new(TenantLogin {
            auth_url,
            discover,
            method: method(reader)?,
            tenant,
            trust_id: reader.optional(&TRUST_ID)?,
        })))
    }
}

crate::__hand_on! { impl AuthPlugin for Auth, self => &self.0 }

impl LogIn for TenantLogin {
    fn auth_url(&self) -> &Url {
        &self.auth_url
    }

    fn log_in<'a>(&'a self, transport: &'a Transport) -> LogInFuture<'a> {
        LogInFuture::wire(async {
            let base = if self.discover {
                discovery::with_version(transport, &self.auth_url, 2).await?
            } else {
                self.auth_url.clone()
            };
            let (request, attempt) = request::token_request(self, &base)?;
            let response = transport.send(request).await?;
            request::read(&response, &attempt)
        })
    }

    fn cache_id(&self) -> Option<CacheId> {
        let mut id = CacheId::default();
        id.add("v2", &request::json_body(self).to_string());
        Some(id)
    }
}

impl fmt::Debug for TenantLogin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("v2::Auth")
            .field("auth_url", &self.auth_url.as_str())
            .field("method", &self.method.name())
            .field("scope", &request::scope(self))
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Auth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
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
