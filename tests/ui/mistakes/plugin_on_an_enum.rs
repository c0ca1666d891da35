use keystone_sdk::{Url, auth_plugin};

/// A badge.
#[auth_plugin("badge")]
pub enum BadgeLogin {
    Porter(Url),
}

fn main() {}
