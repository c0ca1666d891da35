//! What every OpenID Connect plugin is told.

use std::fmt;

use serde_json::Value;
use url::Url;

use crate::auth::{CacheId, FieldValue, Scope};
use crate::error::ConfigurationError;
use crate::{Error, SecretString};

/// The shared options of a plugin.
#[derive(Clone, Copy)]
pub(super) struct Settings<'a> {
    pub(super) auth_url: &'a Url,
    pub(super) identity_provider: &'a str,
    pub(super) protocol: &'a str,
    pub(super) scope: &'a Scope,
    pub(super) client_id: &'a str,
    pub(super) client_secret: Option<&'a SecretString>,
    pub(super) client_auth_method: Option<ClientAuthMethod>,
    pub(super) client_private_key: Option<&'a SecretString>,
    pub(super) client_private_key_id: Option<&'a str>,
    pub(super) openid_scope: &'a str,
    pub(super) access_token_endpoint: Option<&'a Url>,
    pub(super) discovery_endpoint: Option<&'a Url>,
    pub(super) issuer: Option<&'a str>,
    pub(super) jwks_endpoint: Option<&'a Url>,
    pub(super) access_token_type: AccessTokenType,
}

/// A login that has the shared options.
pub(super) trait Configured: fmt::Debug + Send + Sync + 'static {
    fn settings(&self) -> Settings<'_>;

    /// All that tells the login from any other.
    fn cache_id(&self) -> CacheId;
}

/// Checks the shared options against one another.
pub(super) fn check<L: Configured>(login: &L) -> Result<(), Error> {
    let settings = login.settings();
    if settings.client_id.trim().is_empty() {
        let error = ConfigurationError::new("`client_id` is blank");
        return Err(error
            .remedy("write the client's id at the OpenID Provider")
            .into());
    }
    if settings.discovery_endpoint.is_none() && settings.access_token_endpoint.is_none() {
        let error = ConfigurationError::new("the address that gives tokens is not known");
        let remedy = "set `discovery_endpoint`, such as \
                      https://op.example/.well-known/openid-configuration, or `access_token_endpoint`";
        return Err(error.remedy(remedy).into());
    }
    if settings.access_token_type == AccessTokenType::IdToken {
        can_validate(&settings, "`access_token_type` is `id_token`")?;
    }
    check_client_auth(&settings)
}

/// Refuses a method that lacks what it needs.
fn check_client_auth(settings: &Settings<'_>) -> Result<(), Error> {
    let (method, missing) = match settings.client_auth_method {
        Some(ClientAuthMethod::ClientSecretBasic) if settings.client_secret.is_none() => {
            ("client_secret_basic", "client_secret")
        }
        Some(ClientAuthMethod::ClientSecretPost) if settings.client_secret.is_none() => {
            ("client_secret_post", "client_secret")
        }
        Some(ClientAuthMethod::PrivateKeyJwt) if settings.client_private_key.is_none() => {
            ("private_key_jwt", "client_private_key")
        }
        _ => return Ok(()),
    };
    let message = format!("`client_auth_method` is `{method}`, without `{missing}`");
    let error = ConfigurationError::new(message);
    Err(error.remedy(format!("set `{missing}`")).into())
}

/// Refuses what needs an id token where none can be validated; `why` it needs one.
pub(super) fn can_validate(settings: &Settings<'_>, why: &str) -> Result<(), Error> {
    let explicit = settings.issuer.is_some() && settings.jwks_endpoint.is_some();
    if settings.discovery_endpoint.is_some() || explicit {
        return Ok(());
    }
    let message = format!("{why}, but id tokens cannot be validated");
    let error = ConfigurationError::new(message);
    let remedy = "set `discovery_endpoint`, or `issuer` and `jwks_endpoint`";
    Err(error.remedy(remedy).into())
}

/// A choice among words.
macro_rules! choice {
    (
        $(#[$doc:meta])*
        $name:ident: $expected:literal;
        $($(#[$variant_doc:meta])* $variant:ident = $word:literal,)*
    ) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Eq, PartialEq)]
        #[non_exhaustive]
        pub enum $name {
            $($(#[$variant_doc])* $variant,)*
        }

        impl FieldValue for $name {
            fn to_json(&self) -> Option<Value> {
                let word = match self {
                    $(Self::$variant => $word,)*
                };
                Some(word.into())
            }

            fn from_text(text: &SecretString) -> Result<Self, String> {
                match text.expose() {
                    $($word => Ok(Self::$variant),)*
                    _ => Err($expected.to_owned()),
                }
            }
        }
    };
}

pub(super) use choice;

choice! {
    /// Which token of the OpenID Provider is shown to Keystone.
    AccessTokenType: "`access_token` or `id_token`";
    /// The access token, which the web server in front of Keystone has to check.
    AccessToken = "access_token",
    /// The id token, which is validated here first.
    IdToken = "id_token",
}

choice! {
    /// How a client proves itself to the OpenID Provider.
    ///
    /// Source: OpenID Connect Core 1.0, section 9.
    ClientAuthMethod: "`client_secret_basic`, `client_secret_post`, `private_key_jwt` or `none`";
    /// By its secret, in the header `Authorization`.
    ClientSecretBasic = "client_secret_basic",
    /// By its secret, in the body of the request.
    ClientSecretPost = "client_secret_post",
    /// Not at all: a public client.
    None = "none",
    /// By a signature of its private key (RFC 7523).
    PrivateKeyJwt = "private_key_jwt",
}
