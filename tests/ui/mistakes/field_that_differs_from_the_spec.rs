use keystone_sdk::auth::UserIdentity;
use keystone_sdk::auth_method;

/// A PIN.
#[auth_method("pin", spec = "specs/methods.yaml")]
pub struct PinMethod {
    #[auth(user)]
    user: UserIdentity,
    /// The four digits.
    pin: String,
}

fn main() {}
