use keystone_sdk::auth::{LogIn, LogInFuture};
use keystone_sdk::error::AuthenticationError;
use keystone_sdk::transport::Transport;
use keystone_sdk::{SecretString, Url, auth_plugin};

/// A badge.
#[auth_plugin("badge")]
pub struct BadgeLogin {
    /// Where badges are.
    porter: Url,
    /// What the porter wants to hear.
    #[auth(secret, header = "x-word")]
    word: SecretString,
}

impl LogIn for BadgeLogin {
    fn auth_url(&self) -> &Url {
        &self.porter
    }

    fn log_in<'a>(&'a self, _: &'a Transport) -> LogInFuture<'a> {
        LogInFuture::wire(async { Err(AuthenticationError::new("no porter").into()) })
    }
}

fn used() {
    let plugin = Badge::builder().porter("http://porter.example").word("please").build();
    let _ = keystone_sdk::config::Registry::empty().with(Badge::loader());
    drop(plugin);
}

fn main() {}
