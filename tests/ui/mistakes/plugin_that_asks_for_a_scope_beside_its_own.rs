use keystone_sdk::auth::{LogIn, LogInFuture, Scope};
use keystone_sdk::error::AuthenticationError;
use keystone_sdk::transport::Transport;
use keystone_sdk::{SecretString, Url, auth_plugin};

/// A badge.
#[auth_plugin("badge", scope = own)]
pub struct BadgeLogin {
    /// Where badges are.
    porter: Url,
    /// What the porter wants to hear.
    #[auth(secret)]
    word: SecretString,
    #[auth(scope)]
    scope: Scope,
}

impl LogIn for BadgeLogin {
    fn auth_url(&self) -> &Url {
        &self.porter
    }

    fn log_in<'a>(&'a self, _: &'a Transport) -> LogInFuture<'a> {
        LogInFuture::wire(async { Err(AuthenticationError::new("no porter").into()) })
    }
}

fn main() {}
