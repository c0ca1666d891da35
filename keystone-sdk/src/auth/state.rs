//! A token and its body, to store outside of the process and restore later.

use std::fmt;

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{AccessInfo, Login, Token};
use crate::error::DecodeError;
use crate::{Error, SecretString};

/// A token and its body.
///
/// Its JSON has the format of keystoneauth1's `get_auth_state` and `set_auth_state`. It contains
/// the token in clear: store it where nobody else can read it.
///
/// ```
/// use keystone_sdk::auth::AuthState;
///
/// let state = AuthState::from_json(br#"{"auth_token": "gAAAA", "body": {"token": {
///     "expires_at": "2030-01-01T00:00:00Z", "user": {"id": "u1"}}}}"#)?;
/// assert_eq!(state.access().user_id(), "u1");
/// assert!(!format!("{state:?}").contains("gAAAA"));
/// assert!(state.to_json().expose().contains("gAAAA"));
/// # Ok::<_, keystone_sdk::Error>(())
/// ```
#[derive(Clone)]
pub struct AuthState {
    token: SecretString,
    access: AccessInfo,
    /// Whether it came from the v2.0 API, which also has to renew it.
    of_v2: bool,
}

#[derive(Deserialize)]
struct Stored {
    auth_token: SecretString,
    body: Value,
    /// Not in keystoneauth1: a body of v2.0 is stored in the form of v3.
    #[serde(default)]
    api: Option<String>,
}

const V2: &str = "v2.0";

impl AuthState {
    /// A token and its body.
    pub fn new(token: &Token, access: AccessInfo) -> Self {
        Self {
            token: token.expose().into(),
            access,
            of_v2: false,
        }
    }

    /// Reads the JSON of [`to_json`](Self::to_json) or keystoneauth1.
    ///
    /// # Errors
    ///
    /// [`Error::Decode`] when it has another format. The message does not repeat it.
    pub fn from_json(json: &[u8]) -> Result<Self, Error> {
        let stored: Stored = serde_json::from_slice(json).map_err(|error| {
            let place = format!("line {}, column {}", error.line(), error.column());
            DecodeError::new("the JSON is not the state of a login").at(place)
        })?;
        let of_v2 = stored.body.get("access").is_some() || stored.api.as_deref() == Some(V2);
        Ok(Self {
            token: stored.auth_token,
            access: AccessInfo::from_json(stored.body.to_string().as_bytes())?,
            of_v2,
        })
    }

    /// The JSON, with the token in clear.
    pub fn to_json(&self) -> SecretString {
        let (token, body) = (self.token.expose(), json!({"token": self.access}));
        let json = if self.of_v2 {
            json!({"auth_token": token, "body": body, "api": V2})
        } else {
            json!({"auth_token": token, "body": body})
        };
        json.to_string().into()
    }

    /// The body of the token.
    pub fn access(&self) -> &AccessInfo {
        &self.access
    }

    /// When the token expires.
    pub fn expires_at(&self) -> Timestamp {
        self.access.expires_at
    }

    /// Whether `token` is this token. There is no `==`, so that tokens are not compared with
    /// guesses.
    pub fn is_of(&self, token: &SecretString) -> bool {
        self.token.expose() == token.expose()
    }

    /// The state of a login; `None` if it has no token body.
    pub(super) fn of(login: Login) -> Option<Self> {
        Some(Self {
            of_v2: login.of_v2,
            ..Self::new(&login.token, login.access?)
        })
    }

    pub(super) fn is_of_v2(&self) -> bool {
        self.of_v2
    }

    /// The login for the rest of its lifetime; `None` if it has expired.
    pub(super) fn login(self, now: Timestamp) -> Option<Login> {
        let left = self.expires_at().duration_since(now);
        let token = Token::new(self.token, Some(self.access.expires_at)).ok()?;
        let login = Login::new(token, self.access).of_v2(self.of_v2);
        left.is_positive().then(|| login.at_most(Some(left)))
    }
}

impl fmt::Debug for AuthState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AuthState")
            .field("user_id", &self.access.user_id())
            .field("expires_at", &self.expires_at())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STATE: &str = r#"{"auth_token": "canary", "body": {"token": {
        "expires_at": "2030-01-01T00:00:00.000000Z", "user": {"id": "u"}, "OS-X": 1}}}"#;

    #[test]
    fn what_is_written_is_read_again_with_all_that_is_not_declared() {
        let state = AuthState::from_json(STATE.as_bytes()).unwrap();
        let again = AuthState::from_json(state.to_json().expose().as_bytes()).unwrap();
        assert!(again.is_of(&"canary".into()));
        assert_eq!(again.access().extra["OS-X"], 1);
    }

    #[test]
    fn the_state_of_a_v2_login_stays_one() {
        let v2 = r#"{"auth_token": "t", "body": {"access": {"token": {"id": "t",
            "expires": "2030-01-01T00:00:00Z"}, "user": {"id": "u", "name": "demo"}}}}"#;
        let state = AuthState::from_json(v2.as_bytes()).unwrap();
        assert!(state.is_of_v2());
        let again = AuthState::from_json(state.to_json().expose().as_bytes()).unwrap();
        assert!(again.is_of_v2() && again.access().username() == "demo");
    }

    #[test]
    fn a_state_that_is_over_is_no_login() {
        let state = AuthState::from_json(STATE.as_bytes()).unwrap();
        let end = state.expires_at();
        assert!(state.clone().login(end).is_none());
        assert!(state.login(Timestamp::UNIX_EPOCH).is_some());
    }

    #[test]
    fn what_is_no_state_is_refused_without_repeating_it() {
        for text in [
            "canary",
            r#"{"auth_token": "canary"}"#,
            r#"{"auth_token": "canary", "body": {"token": "canary"}}"#,
            r#"{"auth_token": 1, "body": {"canary": {}}}"#,
        ] {
            let error = AuthState::from_json(text.as_bytes()).unwrap_err();
            assert!(!format!("{error} {error:?}").contains("canary"), "{error}");
        }
        let state = AuthState::from_json(STATE.as_bytes()).unwrap();
        assert!(!format!("{state:?}").contains("canary"));
    }
}
