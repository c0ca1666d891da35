//! The method `totp`.

use crate::SecretString;
use crate::auth::UserIdentity;
use crate::auth_method;

/// Authenticates with a time-based one-time password.
#[auth_method("totp", once, spec = "specs/auth-methods.yaml")]
pub struct TotpMethod {
    #[auth(user)]
    user: UserIdentity,
    /// The six digits that the user's device shows now.
    #[auth(secret)]
    passcode: SecretString,
}
