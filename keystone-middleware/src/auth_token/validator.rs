//! Asking Keystone whether a token is valid.

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

/// Tells whether a token is valid and whom it stands for.
///
/// The layer asks through a session of the service; a test asks
/// [`testing::Tokens`](crate::testing::Tokens). An implementation need neither cache nor coalesce:
/// the layer does both.
pub trait ValidateToken: fmt::Debug + Send + Sync {
    /// The body of a valid token.
    ///
    /// Resolves to [`Error::InvalidToken`] when the token is not valid, and to
    /// [`Error::Unavailable`] when nobody can tell: the caller is then refused without being told
    /// that the token is bad.
    fn validate<'a>(&'a self, token: &'a SecretString) -> ValidationFuture<'a>;
}

/// Brings the body of a token.
pub type ValidationFuture<'a> =
    Pin<Box<dyn Future<Output = Result<AccessInfo, Error>> + Send + 'a>>;

/// Asks Keystone through a session of the service itself.
pub(crate) struct SessionValidator {
    /// Says where Keystone is and how often to try again.
    identity: Adapter,
    catalog: bool,
}

impl SessionValidator {
    /// `catalog` says whether Keystone should send the catalog of each token.
    pub(crate) fn new(identity: Adapter, catalog: bool) -> Self {
        Self { identity, catalog }
    }

    async fn ask(&self, token: &SecretString) -> Result<AccessInfo, Error> {
        let access = self.ask_once(token, self.catalog).await?;
        // Access rules hold for the services of the catalog, so it is needed to judge by them.
        if has_access_rules(&access) && access.catalog.is_none() {
            return self.ask_once(token, true).await;
        }
        Ok(access)
    }

    async fn ask_once(&self, token: &SecretString, catalog: bool) -> Result<AccessInfo, Error> {
        // What an error status means depends on who sent it: see `unknown_token`.
        let call = self
            .call(token, catalog)
            .map_err(unavailable)?
            .accept_any_status();
        read(self.identity.send(call).await, token)
    }

    fn call(&self, token: &SecretString, catalog: bool) -> Result<Call, keystone_sdk::Error> {
        let call = Call::new(Method::GET, "auth/tokens")
            .secret_header(SUBJECT_TOKEN, token)?
            // Without this Keystone hides tokens that carry access rules.
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
    answer: Result<Response, keystone_sdk::Error>,
    token: &SecretString,
) -> Result<AccessInfo, Error> {
    let answer = answer.map_err(unavailable)?;
    if answer.lost_credentials() {
        return Err(UnavailableError::new(format!(
            "the answer to a token validation comes from another origin, {}, to which a redirect led; \
             correct the address of Keystone",
            answer.address()
        ))
        .into());
    }
    if unknown_token(&answer) {
        return Err(InvalidTokenError::new("Keystone does not know it").into());
    }
    let answer = answer.error_for_status().map_err(unavailable)?;
    let other = answer
        .headers
        .get(SUBJECT_TOKEN)
        .is_some_and(|subject| subject.as_bytes() != token.expose().as_bytes());
    if other {
        return Err(UnavailableError::new(
            "the answer to a token validation speaks of another token; \
             check what stands between this service and Keystone",
        )
        .into());
    }
    match answer.json::<Body>() {
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

/// Whether Keystone itself said that there is no such token. A 404 without Keystone's own error body
/// comes from somebody else, at a wrong address, and says nothing of the token; so do those of other
/// services, which name the error otherwise.
fn unknown_token(answer: &Response) -> bool {
    let says_so = || serde_json::from_slice::<ErrorBody>(&answer.body);
    answer.status == StatusCode::NOT_FOUND
        && says_so().is_ok_and(|body| body.error.code == StatusCode::NOT_FOUND.as_u16())
}

fn unavailable(error: keystone_sdk::Error) -> Error {
    let message = match &error {
        keystone_sdk::Error::Authentication(_) => {
            "Keystone does not accept the credentials of this service, so it cannot ask about \
             tokens; check the section of its configuration"
        }
        keystone_sdk::Error::Response(error) if error.status() == StatusCode::UNAUTHORIZED => {
            "Keystone refuses the token of this service, so it cannot ask about others; check \
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
