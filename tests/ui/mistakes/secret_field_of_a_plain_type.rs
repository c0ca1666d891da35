use keystone_sdk::auth::UserIdentity;
use keystone_sdk::auth_method;

/// A PIN.
#[auth_method("pin")]
pub struct PinMethod {
    #[auth(user)]
    user: UserIdentity,
    /// The four digits.
    #[auth(secret)]
    pin: String,
}

fn main() {}
