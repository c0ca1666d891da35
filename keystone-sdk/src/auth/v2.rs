//! The v2.0 API of old deployments: tokens for tenants, without domains.

use std::fmt;

use url::Url;

use super::options::groups::USERNAME;
use super::{CacheId, Cached, LoadPlugin as _, LogIn, LogInFuture, OptionReader, PluginOption};
use crate::transport::Transport;
use crate::{Error, SecretString, auth_plugin, discovery};

mod request;

/// Authenticates with the v2.0 API, and caches the token. Clones share it.
///
/// The plugins [`Password`] and [`Token`] are built on this one.
#[derive(Clone)]
pub struct Auth(Cached<TenantLogin>);

/// One request for a token.
struct TenantLogin {
    auth_url: Url,
    /// Whether discovery finds the API.
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
    /// The URL of the API, or of Keystone if discovery finds the API.
    pub fn auth_url(&self) -> &Url {
        self.0.login().auth_url()
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

/// Logs in with a password at the v2.0 API. Loaded as `v2password`.
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
#[auth_plugin(
    "v2password",
    plugin = pub Password,
    inner = Auth,
    make = PasswordOptions::make,
    spec = "specs/auth-methods.yaml"
)]
struct PasswordOptions {
    auth_url: Url,
    /// The user's name, which takes precedence over an id.
    username: Option<String>,
    /// The user's id.
    user_id: Option<String>,
    /// The user's password.
    #[auth(secret)]
    password: SecretString,
    /// Requests the tenant with this id, which takes precedence over a name.
    tenant_id: Option<String>,
    /// Requests the tenant with this name.
    tenant_name: Option<String>,
    /// Requests the roles of a trust.
    trust_id: Option<String>,
}

impl PasswordOptions {
    fn make(self, reader: &OptionReader<'_>) -> Result<Auth, Error> {
        self.login(false, reader)
    }

    fn login(self, discover: bool, reader: &OptionReader<'_>) -> Result<Auth, Error> {
        let user = match (self.username, self.user_id) {
            (Some(name), _) => User::Name(name),
            (None, Some(id)) => User::Id(id),
            (None, None) => return Err(reader.missing(&USERNAME)),
        };
        Ok(Auth(Cached::new(TenantLogin {
            auth_url: self.auth_url,
            discover,
            method: Method::Password(user, self.password),
            tenant: tenant(self.tenant_id, self.tenant_name),
            trust_id: self.trust_id,
        })))
    }
}

/// From the options of a generic plugin, where tenants are called projects.
pub(super) fn by_password(reader: &OptionReader<'_>) -> Result<Auth, Error> {
    let (tenant_id, tenant_name) = project(reader)?;
    let options = PasswordOptions {
        tenant_id,
        tenant_name,
        ..PasswordOptions::load(reader)?
    };
    options.login(true, reader)
}

/// Exchanges a token for one of another tenant at the v2.0 API. Loaded as `v2token`.
#[auth_plugin(
    "v2token",
    plugin = pub Token,
    inner = Auth,
    make = TokenOptions::make,
    spec = "specs/auth-methods.yaml"
)]
struct TokenOptions {
    auth_url: Url,
    /// The token to start from.
    #[auth(secret)]
    token: SecretString,
    /// Requests the tenant with this id, which takes precedence over a name.
    tenant_id: Option<String>,
    /// Requests the tenant with this name.
    tenant_name: Option<String>,
    /// Requests the roles of a trust.
    trust_id: Option<String>,
}

impl TokenOptions {
    fn make(self, _: &OptionReader<'_>) -> Result<Auth, Error> {
        Ok(self.login(false))
    }

    fn login(self, discover: bool) -> Auth {
        Auth(Cached::new(TenantLogin {
            auth_url: self.auth_url,
            discover,
            method: Method::Token(self.token),
            tenant: tenant(self.tenant_id, self.tenant_name),
            trust_id: self.trust_id,
        }))
    }
}

/// From the options of a generic plugin, where tenants are called projects.
pub(super) fn by_token(reader: &OptionReader<'_>) -> Result<Auth, Error> {
    let (tenant_id, tenant_name) = project(reader)?;
    let options = TokenOptions {
        tenant_id,
        tenant_name,
        ..TokenOptions::load(reader)?
    };
    Ok(options.login(true))
}

/// Id and name of the project.
fn project(reader: &OptionReader<'_>) -> Result<(Option<String>, Option<String>), Error> {
    let [id, name] = ["project_id", "project_name"].map(|name| PluginOption::new(name, "", ""));
    Ok((reader.optional(&id)?, reader.optional(&name)?))
}

fn tenant(id: Option<String>, name: Option<String>) -> Option<Tenant> {
    id.map(Tenant::Id).or(name.map(Tenant::Name))
}

#[cfg(test)]
mod tests;
