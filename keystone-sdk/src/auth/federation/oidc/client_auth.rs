//! How a client proves itself to the OpenID Provider.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::header::{AUTHORIZATION, HeaderValue};
use oauth2::http::HeaderMap;
use url::form_urlencoded::{Serializer, byte_serialize};

use super::client_key::ClientKey;
use super::discovery::Metadata;
use super::settings::{ClientAuthMethod, Settings};
use crate::error::ConfigurationError;
use crate::{Error, SecretString};

/// The proof of a client.
#[derive(Clone, Copy)]
pub(super) enum ClientAuth<'a> {
    Basic(&'a SecretString),
    Post(&'a SecretString),
    Public,
    Signed(&'a ClientKey),
}

impl<'a> ClientAuth<'a> {
    /// The method that was asked for, or else the one that fits what the client has and what the
    /// OpenID Provider takes.
    pub(super) fn choose(
        settings: &Settings<'a>,
        key: Option<&'a ClientKey>,
        metadata: Option<&Metadata>,
    ) -> Self {
        let secret = settings.client_secret;
        let offered = metadata.and_then(|metadata| metadata.client_auth_methods.as_deref());
        let offers = |method: &str| offered.is_some_and(|all| all.iter().any(|one| one == method));
        match (settings.client_auth_method, key, secret) {
            (Some(ClientAuthMethod::None), ..) => Self::Public,
            (Some(ClientAuthMethod::PrivateKeyJwt) | None, Some(key), _) => Self::Signed(key),
            (Some(ClientAuthMethod::ClientSecretPost), _, Some(secret)) => Self::Post(secret),
            (Some(ClientAuthMethod::ClientSecretBasic), _, Some(secret)) => Self::Basic(secret),
            (None, None, Some(secret)) => {
                // A provider that says nothing takes Basic (RFC 8414, section 2).
                if offers("client_secret_post") && !offers("client_secret_basic") {
                    Self::Post(secret)
                } else {
                    Self::Basic(secret)
                }
            }
            _ => Self::Public,
        }
    }

    /// Adds the proof to a request that no library makes.
    pub(super) fn prove(
        &self,
        client_id: &str,
        assertion: &[(&'static str, String)],
        form: &mut Serializer<'_, String>,
        headers: &mut HeaderMap,
    ) -> Result<(), Error> {
        match self {
            Self::Basic(secret) => {
                headers.insert(AUTHORIZATION, basic(client_id, secret)?);
            }
            Self::Post(secret) => {
                form.append_pair("client_id", client_id);
                form.append_pair("client_secret", secret.expose());
            }
            Self::Public => {
                form.append_pair("client_id", client_id);
            }
            Self::Signed(_) => {
                form.append_pair("client_id", client_id);
                form.extend_pairs(assertion);
            }
        }
        Ok(())
    }
}

/// HTTP Basic as OAuth writes it: both parts are encoded as in a form first (RFC 6749, section 2.3.1).
fn basic(client_id: &str, secret: &SecretString) -> Result<HeaderValue, Error> {
    let encoded = |text: &str| byte_serialize(text.as_bytes()).collect::<String>();
    let secret = SecretString::new(encoded(secret.expose()));
    let pair = SecretString::new(format!("{}:{}", encoded(client_id), secret.expose()));
    let value = SecretString::new(format!("Basic {}", STANDARD.encode(pair.expose())));
    let mut value = HeaderValue::from_str(value.expose()).map_err(|_| {
        ConfigurationError::new("the client's id and secret do not fit into a header")
    })?;
    value.set_sensitive(true);
    Ok(value)
}
