use keystone_sdk::{SecretString, Url, auth_plugin};

/// A badge.
#[auth_plugin("badge")]
pub struct BadgeLogin {
    /// Where badges are.
    porter: Url,
    /// What the porter wants to hear.
    #[auth(secret)]
    word: SecretString,
}

fn used() {
    let plugin = Badge::builder().porter("http://porter.example").word("please").build();
    let _ = keystone_sdk::config::Registry::empty().with(Badge::loader());
    drop(plugin);
}

fn main() {}
