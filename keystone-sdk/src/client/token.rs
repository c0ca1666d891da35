//! The answer to a token request.

use crate::auth::{AccessInfo, Token};
use crate::error::DecodeError;
use crate::transport::Response;
use crate::{Error, SecretString};

/// A token that was just issued, with what Keystone says of it. `Debug` does not show the token.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct IssuedToken {
    /// The token.
    pub token: Token,
    /// Whose it is, in which scope, until when.
    pub access: AccessInfo,
}

impl IssuedToken {
    pub(super) fn new(answer: &Response, access: AccessInfo) -> Result<Self, Error> {
        let text = answer
            .headers
            .get("x-subject-token")
            .and_then(|value| value.to_str().ok())
            .filter(|text| !text.is_empty())
            .ok_or_else(|| {
                DecodeError::new("the answer carries no token in `X-Subject-Token`")
                    .at(format!("{} {}", answer.method, answer.url.path()))
                    .remedy("check that the address is Keystone's own")
            })?;
        let token = Token::new(SecretString::from(text), Some(access.expires_at))?;
        Ok(Self { token, access })
    }
}

/// So that a token at hand can be the subject of a call.
impl From<&Token> for SecretString {
    fn from(token: &Token) -> Self {
        Self::from(token.expose())
    }
}
