use keystone_sdk::SecretString;
use keystone_sdk::auth::UserIdentity;
use keystone_sdk::auth_method;

/// A PIN.
#[auth_method("pin", alon)]
pub struct PinMethod {
    #[auth(user)]
    user: UserIdentity,
    /// The four digits.
    #[auth(secret)]
    pin: SecretString,
}

fn main() {}
