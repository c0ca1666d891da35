use keystone_sdk::SecretString;
use keystone_sdk::auth_method;

/// A PIN.
#[auth_method("pin")]
pub enum PinMethod {
    Pin(SecretString),
}

fn main() {}
