use keystone_sdk::auth::UserIdentity;
use keystone_sdk::{SecretString, auth_method};

/// A PIN.
#[auth_method("pin", payload = "flat")]
pub struct PinMethod {
    #[auth(user)]
    user: UserIdentity,
    #[auth(secret)]
    pin: SecretString,
}

fn used() {
    let _ = PinMethod::new(UserIdentity::id("u1"), "1234");
    let _ = Pin::builder("http://127.0.0.1:5000").username("u1").pin("1234").build();
    let _ = keystone_sdk::config::Registry::empty().with(Pin::loader());
}

fn main() {}
