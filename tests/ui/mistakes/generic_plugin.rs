use keystone_sdk::{Url, auth_plugin};

/// A badge.
#[auth_plugin("badge")]
pub struct BadgeLogin<T> {
    /// Where badges are.
    porter: Url,
    /// What the porter wants to hear.
    word: Option<T>,
}

fn main() {}
