use keystone_sdk::auth_method;

/// A PIN.
#[auth_method("pin")]
pub struct PinMethod<'a> {
    pin: &'a str,
}

fn main() {
    let _ = PinMethod::new("1234");
}
