use keystone_sdk::auth::UserIdentity;
use keystone_sdk::auth_method;

/// A PIN.
#[auth_method("four digits!", alon)]
pub struct Pin {
    #[auth(user)]
    user: UserIdentity,
    /// The four digits.
    #[auth(secret)]
    pin: String,
}

fn main() {}
