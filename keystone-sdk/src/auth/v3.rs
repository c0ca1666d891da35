//! The v3 API: token requests with any methods and scopes, and the plugins of this crate's methods.

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};

use url::Url;

use super::attempt::Attempt;
use super::{AuthMethod, CacheId, Cached, LogIn, LogInFuture, Login, PluginLoader, Scope};
use crate::discovery;
use crate::error::{AuthenticationError, Receipt};
use crate::transport::{Request, Response, Transport};
use crate::{Error, SecretString};

mod application_credential;
mod builder;
#[cfg(feature = "kerberos")]
mod kerberos;
pub(crate) mod load;
#[cfg(feature = "oauth1")]
mod oauth1;
mod oauth2;
mod own_token;
mod password;
mod request;
mod response;
mod token;
mod tokenless;
mod totp;

pub use application_credential::{
    ApplicationCredential, ApplicationCredentialBuilder, ApplicationCredentialMethod,
};
pub use builder::AuthBuilder;
#[cfg(feature = "kerberos")]
pub use kerberos::{Kerberos, KerberosBuilder};
#[cfg(feature = "oauth1")]
pub use oauth1::{OAuth1, OAuth1Builder, OAuth1Consumer, OAuth1Method};
pub use oauth2::{
    OAuth2ClientCredential, OAuth2ClientCredentialBuilder, OAuth2MtlsClientCredential,
    OAuth2MtlsClientCredentialBuilder,
};
#[cfg(feature = "websso")]
pub(super) use own_token::{ask as own_token, read as read_own_token};
pub use password::{Password, PasswordBuilder, PasswordMethod};
pub(super) use request::v3_base as base;
pub(super) use response::read as read_login;
pub use token::{Token, TokenBuilder, TokenMethod};
pub use tokenless::{Tokenless, TokenlessBuilder};
pub use totp::{Totp, TotpBuilder, TotpMethod};

/// The loaders of the plugins in this module.
pub(crate) const LOADERS: &[PluginLoader] = &[
    ApplicationCredential::loader(),
    Auth::loader(),
    #[cfg(feature = "kerberos")]
    Kerberos::loader(),
    #[cfg(feature = "oauth1")]
    OAuth1::loader(),
    OAuth2ClientCredential::loader(),
    OAuth2MtlsClientCredential::loader(),
    Password::loader(),
    Token::loader(),
    Tokenless::loader(),
    Totp::loader(),
];

/// Authenticates with one or several methods in one request, and caches the token.
///
/// The plugins of single methods, such as [`Password`], are built on this one. Clones share the
/// token.
///
/// ```
/// use keystone_sdk::auth::v3::{Auth, PasswordMethod, TotpMethod};
/// use keystone_sdk::auth::{DomainIdentity, UserIdentity};
///
/// let user = UserIdentity::name("demo", DomainIdentity::id("default"));
/// let auth = Auth::builder("http://127.0.0.1:5000/v3")
///     .method(PasswordMethod::new(user.clone(), "secret"))
///     .method(TotpMethod::new(user, "123456"))
///     .project_name("demo")
///     .project_domain_id("default")
///     .build()?;
/// # Ok::<_, keystone_sdk::Error>(())
/// ```
#[derive(Clone)]
pub struct Auth(Cached<MethodLogin>);

/// A login with one or several methods in one request.
pub(super) struct MethodLogin {
    auth_url: Url,
    discover: bool,
    methods: Vec<Box<dyn AuthMethod>>,
    /// For the methods that Keystone has already accepted.
    receipt: Option<SecretString>,
    scope: Scope,
    include_catalog: bool,
    reauthenticate: bool,
    /// Whether a credential that is valid for one login has been used.
    used_up: AtomicBool,
}

impl Auth {
    /// Starts with the URL of Keystone, with or without `/v3` at its end.
    pub fn builder(auth_url: impl Into<String>) -> AuthBuilder {
        AuthBuilder::new(auth_url.into())
    }

    /// The loader of `v3multifactor`, which combines several methods in one login. The option
    /// `auth_methods` lists the names of plugins, such as `v3password,v3totp`, whose options are
    /// all available.
    pub const fn loader() -> PluginLoader {
        PluginLoader::combined(
            "v3multifactor",
            "Combines the methods of other plugins in one login",
            load::combine,
        )
    }

    /// The configured URL of Keystone.
    pub fn auth_url(&self) -> &Url {
        &self.0.login().auth_url
    }

    /// Continues a login for which Keystone returned a receipt, with the same URL and scope. Add
    /// the missing methods.
    ///
    /// ```
    /// use keystone_sdk::auth::UserIdentity;
    /// use keystone_sdk::auth::v3::{Auth, Password, TotpMethod};
    ///
    /// # fn example(
    /// #     login: Password,
    /// #     error: keystone_sdk::Error,
    /// # ) -> Result<Option<Auth>, keystone_sdk::Error> {
    /// let Some(receipt) = error.receipt() else {
    ///     return Err(error);
    /// };
    /// let totp = TotpMethod::new(UserIdentity::id("d2e1"), "123456");
    /// let auth = login.auth().resume(receipt).method(totp).build()?;
    /// # Ok(Some(auth))
    /// # }
    /// ```
    pub fn resume(&self, receipt: &Receipt) -> AuthBuilder {
        let login = self.0.login();
        Self::builder(login.auth_url.as_str())
            .discover(login.discover)
            .scope(login.scope.clone())
            .include_catalog(login.include_catalog)
            .receipt(receipt)
    }

    /// The requested scope.
    pub fn scope(&self) -> &Scope {
        &self.0.login().scope
    }
}

crate::__hand_on! { impl AuthPlugin for Auth, self => &self.0 }

impl MethodLogin {
    /// Whether a credential is valid for one login only.
    fn is_once(&self) -> bool {
        self.methods.iter().any(|method| method.once())
    }

    fn refuse_used_up(&self) -> Result<(), Error> {
        if !self.used_up.load(Ordering::Acquire) {
            return Ok(());
        }
        let once = self.methods.iter().filter(|method| method.once());
        let names = super::attempt::quoted(once.map(|method| method.name()));
        Err(AuthenticationError::new(format!(
            "the credential of {names} was used by an earlier login; make a new plugin with a new one"
        ))
        .into())
    }

    /// The request for a token, and what errors about it may tell.
    async fn request(&self, transport: &Transport) -> Result<(Request, Attempt), Error> {
        self.refuse_used_up()?;
        let base = self.base(transport).await?;
        request::token_request(self, &base, transport.clock().now())
    }

    /// Takes the token out of the response.
    fn read(&self, response: &Response, attempt: &Attempt) -> Result<Login, Error> {
        let login = response::read(response, attempt)?;
        self.used_up.store(self.is_once(), Ordering::Release);
        Ok(login)
    }

    /// The URL to which `/auth/tokens` is appended.
    async fn base(&self, transport: &Transport) -> Result<Url, Error> {
        if self.discover {
            discovery::with_version(transport, &self.auth_url, 3).await
        } else {
            Ok(request::v3_base(&self.auth_url))
        }
    }
}

impl LogIn for MethodLogin {
    fn auth_url(&self) -> &Url {
        &self.auth_url
    }

    fn log_in<'a>(&'a self, transport: &'a Transport) -> LogInFuture<'a> {
        LogInFuture::wire(async {
            let (request, attempt) = self.request(transport).await?;
            let response = transport.send(request).await?;
            self.read(&response, &attempt)
        })
    }

    fn cache_id(&self) -> Option<CacheId> {
        let mut id = CacheId::default();
        self.scope.cache_id(&mut id);
        for method in &self.methods {
            method.cache_id(&mut id);
        }
        if let Some(receipt) = &self.receipt {
            id.add("receipt", receipt.expose());
        }
        if !self.include_catalog {
            id.add("include_catalog", "false");
        }
        Some(id)
    }

    fn reauthenticates(&self) -> bool {
        self.reauthenticate
    }
}

impl fmt::Debug for MethodLogin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Auth")
            .field("auth_url", &self.auth_url.as_str())
            .field("methods", &self.methods)
            .field("scope", &self.scope)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Auth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests;
