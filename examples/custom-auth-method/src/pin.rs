//! The whole mechanism.
use keystone_sdk::auth::UserIdentity;
use keystone_sdk::{SecretString, auth_method};

/// Proves the identity by a number that only the user knows.
#[auth_method("pin")]
pub struct PinMethod {
    #[auth(user)]
    user: UserIdentity,
    /// The number.
    #[auth(secret)]
    pin: SecretString,
}
