use keystone_sdk::auth::UserIdentity;
use keystone_sdk::{SecretString, auth_method};

pub struct Pin;

/// A PIN.
#[auth_method("pin")]
pub struct PinMethod {
    #[auth(user)]
    user: UserIdentity,
    #[auth(secret)]
    pin: SecretString,
}

fn main() {
    let _ = PinMethod::new(UserIdentity::id("u1"), "1234");
}
