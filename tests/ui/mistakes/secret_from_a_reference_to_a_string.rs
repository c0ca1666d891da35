use keystone_sdk::identity::v3::UserCreate;

fn with_password(password: &String) {
    let _ = UserCreate::new("alice").password(password);
}

fn main() {}
