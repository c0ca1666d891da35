use keystone_sdk::{SecretString, auth_method};

/// A PIN.
#[auth_method("pin")]
pub struct PinMethod {
    /// The four digits.
    #[auth(secret, default = "1234")]
    pin: SecretString,
}

fn main() {}
