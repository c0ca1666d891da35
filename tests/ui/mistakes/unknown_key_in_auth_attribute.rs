use keystone_sdk::SecretString;
use keystone_sdk::auth::UserIdentity;
use keystone_sdk::auth_method;

/// A PIN.
#[auth_method("pin")]
pub struct PinMethod {
    #[auth(user)]
    user: UserIdentity,
    /// The four digits.
    #[auth(secrt)]
    pin: SecretString,
}

fn main() {}
