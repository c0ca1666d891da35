//! Validation of tokens by Keystone.

use std::fmt;
use std::future::Future;
use std::pin::Pin;

use http::{HeaderName, HeaderValue, Method, StatusCode};
use keystone_sdk::SecretString;
use keystone_sdk::auth::AccessInfo;
use keystone_sdk::session::{Adapter, Call};
use keystone_sdk::transport::Response;
use serde::Deserialize;

use crate::Error;
use crate::error::{InvalidTokenError, UnavailableError};

const SUBJECT_TOKEN: HeaderName = HeaderName::from_static("x-subject-token");
const ACCESS_RULES: HeaderName = HeaderName::from_static("openstack-identity-access-rules");

/// Validates tokens for the layer.
///
/// The default implementation calls Keystone with a session of the service; tests use
/// [`testing::Tokens`](crate::testing::Tokens). Implementations need no cache and no merging of
/// concurrent validations: the layer does both.
pub trait ValidateToken: fmt::Debug + Send + Sync {
    /// The body of a valid token.
    ///
    /// Resolves to [`Error::InvalidToken`] when the token is invalid, and to [`Error::Unavailable`]
    /// when it could not be validated: the response is then 503, not 401.
    fn validate<'a>(&'a self, token: &'a SecretString) -> ValidationFuture<'a>;
}

/// Resolves to the body of a token.
pub type ValidationFuture<'a> =
    Pin<Box<dyn Future<Output = Result<AccessInfo, Error>> + Send + 'a>>;

/// Calls Keystone with the service's own session.
pub(crate) struct SessionValidator {
    /// Has the endpoint of Keystone and the retries.
    identity: Adapter,
    catalog: bool,
}

impl SessionValidator {
    /// `catalog`: whether to fetch the catalog of each token.
    pub(crate) fn new(identity: Adapter, catalog: bool) -> Self {
        Self { identity, catalog }
    }

    async fn ask(&self, token: &SecretString) -> Result<AccessInfo, Error> {
        let access = self.ask_once(token, self.catalog).await?;
        // Access rules apply only to services in the catalog of the token, so it is needed.
        if has_access_rules(&access) && access.catalog.is_none() {
            return self.ask_once(token, true).await;
        }
        Ok(access)
    }

    async fn ask_once(&self, token: &SecretString, catalog: bool) -> Result<AccessInfo, Error> {
        // The meaning of an error status depends on its sender, see `unknown_token`; so the session
        // must not turn it into an error.
        let call = self
            .call(token, catalog)
            .map_err(unavailable)?
            .accept_any_status();
        read(self.identity.send(call).await, token)
    }

    fn call(&self, token: &SecretString, catalog: bool) -> Result<Call, keystone_sdk::Error> {
        let call = Call::new(Method::GET, "auth/tokens")
            .secret_header(SUBJECT_TOKEN, token)?
            // Without this Keystone responds 404 for tokens with access rules, so that services that
            // do not check them refuse such tokens.
            .header(ACCESS_RULES, HeaderValue::from_static("1"));
        Ok(if catalog {
            call
        } else {
            call.query(&[("nocatalog", "1")])
        })
    }
}

impl ValidateToken for SessionValidator {
    fn validate<'a>(&'a self, token: &'a SecretString) -> ValidationFuture<'a> {
        Box::pin(self.ask(token))
    }
}

impl fmt::Debug for SessionValidator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SessionValidator")
            .field("identity", &self.identity)
            .field("catalog", &self.catalog)
            .finish()
    }
}

#[derive(Deserialize)]
struct Body {
    token: AccessInfo,
}

fn has_access_rules(access: &AccessInfo) -> bool {
    let credential = access.application_credential.as_ref();
    credential.is_some_and(|credential| credential.access_rules.is_some())
}

fn read(
    response: Result<Response, keystone_sdk::Error>,
    token: &SecretString,
) -> Result<AccessInfo, Error> {
    let response = response.map_err(unavailable)?;
    if response.lost_credentials() {
        return Err(UnavailableError::new(format!(
            "the response to a token validation comes from another origin, {}, after a redirect; \
             correct the address of Keystone",
            response.address()
        ))
        .into());
    }
    if unknown_token(&response) {
        return Err(InvalidTokenError::new("Keystone does not know it").into());
    }
    let response = response.error_for_status().map_err(unavailable)?;
    let other = response
        .headers
        .get(SUBJECT_TOKEN)
        .is_some_and(|subject| subject.as_bytes() != token.expose().as_bytes());
    if other {
        return Err(UnavailableError::new(
            "the response to a token validation is about another token; \
             check what stands between this service and Keystone",
        )
        .into());
    }
    match response.json::<Body>() {
        Ok(body) => Ok(body.token),
        Err(error) => Err(unavailable(error)),
    }
}

/// Keystone's error body.
#[derive(Deserialize)]
struct ErrorBody {
    error: KeystoneError,
}

#[derive(Deserialize)]
struct KeystoneError {
    code: u16,
    #[serde(rename = "message")]
    _message: String,
    #[serde(rename = "title")]
    _title: String,
}

/// Whether Keystone itself responded that the token does not exist. A 404 without Keystone's error
/// body comes from a proxy or another service at a wrong URL and says nothing about the token: the
/// caller must get 503, not 401.
fn unknown_token(response: &Response) -> bool {
    let says_so = || serde_json::from_slice::<ErrorBody>(&response.body);
    response.status == StatusCode::NOT_FOUND
        && says_so().is_ok_and(|body| body.error.code == StatusCode::NOT_FOUND.as_u16())
}

fn unavailable(error: keystone_sdk::Error) -> Error {
    let message = match &error {
        keystone_sdk::Error::Authentication(_) => {
            "Keystone does not accept the credentials of this service, so it cannot validate \
             tokens; check the section of its configuration"
        }
        keystone_sdk::Error::Response(error) if error.status() == StatusCode::UNAUTHORIZED => {
            "Keystone refuses the token of this service, so it cannot validate others; check \
             that its user is enabled"
        }
        keystone_sdk::Error::Response(error) if error.status() == StatusCode::FORBIDDEN => {
            "the user of this service may not validate tokens; give it a role that may, such as \
             `service`"
        }
        _ => "a token cannot be validated",
    };
    UnavailableError::new(message).caused_by(error).into()
}

#[cfg(test)]
mod tests;
