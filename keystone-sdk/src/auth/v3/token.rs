//! The method `token`.

use crate::SecretString;
use crate::auth_method;

/// Exchanges a token for one in another scope.
#[auth_method("token", spec = "specs/auth-methods.yaml")]
pub struct TokenMethod {
    /// The token to start from.
    #[auth(secret, rename = "id", header = "x-auth-token")]
    token: SecretString,
}
