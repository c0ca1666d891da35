//! Authentication plugins, beside imports of all that their expansions name.

use keystone_sdk::auth::{
    Cached, LogIn, LogInFuture, Login, OptionReader, PluginLoader, PluginOption, Scope, Token,
    UserIdentity,
};
use keystone_sdk::transport::Transport;
use keystone_sdk::{auth_plugin, Error, SecretString, Url};

/// All kinds of fields.
#[auth_plugin("badge", check = Self::check)]
#[derive(Clone)]
pub struct BadgeLogin {
    auth_url: Url,
    #[auth(user)]
    user: Option<UserIdentity>,
    #[auth(scope)]
    scope: Scope,
    #[auth(secret)]
    word: SecretString,
    /// Under a word of the language.
    r#type: Option<String>,
    porter: Url,
    janitor: Option<Url>,
    #[auth(default = 6)]
    digits: u32,
    #[auth(flag)]
    loud: bool,
}

impl BadgeLogin {
    /// Nothing is wrong.
    #[expect(clippy::unnecessary_wraps, reason = "a check has this form")]
    fn check(&self) -> Result<(), Error> {
        let _ = self;
        Ok(())
    }
}

impl LogIn for BadgeLogin {
    fn auth_url(&self) -> &Url {
        &self.auth_url
    }

    fn log_in<'a>(&'a self, _: &'a Transport) -> LogInFuture<'a> {
        LogInFuture::ready(Token::new(self.word.clone(), None).map(Login::without_access))
    }
}

/// Fields under conditions, and none.
mod hidden {
    use super::{
        auth_plugin, BadgeLogin, Cached, Error, LogIn, LogInFuture, Login, OptionReader, Scope,
        SecretString, Token, Transport, Url,
    };

    #[auth_plugin("maybe")]
    pub(crate) struct MaybeLogin {
        #[cfg(any())]
        auth_url: Gone,
        #[cfg(any(unix, not(unix)))]
        porter: Url,
        #[cfg_attr(any(unix, not(unix)), auth(secret))]
        word: SecretString,
    }

    impl LogIn for MaybeLogin {
        fn auth_url(&self) -> &Url {
            &self.porter
        }

        fn log_in<'a>(&'a self, _: &'a Transport) -> LogInFuture<'a> {
            LogInFuture::ready(Token::new(self.word.clone(), None).map(Login::without_access))
        }
    }

    #[auth_plugin("made", plugin = pub Made, inner = Cached<BadgeLogin>, make = MadeOptions::make)]
    struct MadeOptions {
        porter: Url,
    }

    impl MadeOptions {
        #[expect(
            clippy::unnecessary_wraps,
            reason = "a function that makes has this form"
        )]
        fn make(self, _: &OptionReader<'_>) -> Result<Cached<BadgeLogin>, Error> {
            Ok(Cached::new(BadgeLogin {
                auth_url: self.porter.clone(),
                user: None,
                scope: Scope::Default,
                word: "w".into(),
                r#type: None,
                porter: self.porter,
                janitor: None,
                digits: 1,
                loud: false,
            }))
        }
    }
}

pub use hidden::{Made, MadeBuilder};

/// Uses the plugins.
pub fn all() -> (BadgeBuilder, MadeBuilder, [PluginLoader; 3]) {
    let maybe = hidden::Maybe::builder().porter("http://h").word("w");
    drop(maybe.build());
    (
        Badge::builder("http://h").user_id("u").project_id("p"),
        Made::builder().porter("http://h"),
        [Badge::loader(), Made::loader(), hidden::Maybe::loader()],
    )
}

/// Uses what is imported only because expansions name it too.
pub fn imported(_: &PluginOption) {}
