//! The method `password`.

use crate::SecretString;
use crate::auth::UserIdentity;
use crate::auth_method;

/// Authenticates with the user's password.
#[auth_method("password", spec = "specs/auth-methods.yaml")]
pub struct PasswordMethod {
    #[auth(user)]
    user: UserIdentity,
    /// The user's password.
    #[auth(secret)]
    password: SecretString,
}
