//! Authentication methods, beside imports of all that their expansions name.

use keystone_sdk::auth::options::FieldValue;
use keystone_sdk::auth::{
    AuthMethod, AuthRequest, CacheId, OptionReader, Payload, PluginLoader, PluginOption,
    UserIdentity,
};
use keystone_sdk::{auth_method, Error, SecretString};

/// All kinds of fields.
#[auth_method("pin", check = Self::check)]
#[derive(Clone)]
pub struct PinMethod {
    #[auth(user)]
    user: UserIdentity,
    #[auth(secret)]
    pin: SecretString,
    /// Under a word of the language.
    r#type: Option<String>,
    #[auth(default = 6)]
    digits: u32,
    #[auth(default = "sms")]
    channel: String,
    #[auth(flag)]
    loud: bool,
    #[auth(header = "x-pin")]
    header: SecretString,
}

impl PinMethod {
    /// Nothing is wrong.
    #[expect(clippy::unnecessary_wraps, reason = "a check has this form")]
    fn check(&self) -> Result<(), Error> {
        let _ = self;
        Ok(())
    }
}

/// Fields under conditions, and attributes of fields.
#[auth_method("maybe")]
pub struct MaybeMethod {
    #[cfg(any())]
    #[auth(user)]
    user: Gone,
    #[cfg(any(unix, not(unix)))]
    #[auth(secret)]
    pin: SecretString,
    #[cfg_attr(any(unix, not(unix)), auth(flag))]
    loud: bool,
    #[cfg_attr(any(), auth(nonsense))]
    #[auth(default = 6)]
    digits: u32,
}

/// Methods that are not public.
mod hidden {
    use super::{auth_method, SecretString};

    /// For this crate.
    #[auth_method("hidden", plugin = Crates)]
    pub(crate) struct CratesMethod {
        #[auth(secret)]
        pin: SecretString,
    }

    /// For this module.
    #[auth_method("hidden")]
    struct OwnMethod {
        #[auth(secret)]
        pin: SecretString,
    }

    /// Uses them.
    pub(crate) fn all() -> (CratesMethod, Result<Crates, keystone_sdk::Error>, bool) {
        let own = Own::builder("http://127.0.0.1:5000").pin("1").build();
        let method = OwnMethod::new("1");
        let shown = format!("{method:?}");
        let crates = Crates::builder("http://127.0.0.1:5000").pin("1");
        (
            CratesMethod::new("1"),
            crates.build(),
            own.is_ok() && shown.is_empty(),
        )
    }
}

/// Uses the methods.
pub fn all() -> (PinMethod, MaybeMethod, PinBuilder) {
    let (method, crates, _) = hidden::all();
    drop((method, crates));
    let pin = PinMethod::new(UserIdentity::id("u"), "1", "2")
        .r#type("a")
        .loud(true);
    let maybe = MaybeMethod::new("1").loud(true).digits(4_u32);
    (
        pin,
        maybe,
        Pin::builder("http://127.0.0.1:5000")
            .r#type("b")
            .digits(7_u32),
    )
}

/// Uses what is imported only because expansions name it too.
pub fn imported<T: FieldValue, M: AuthMethod>(
    _: &T,
    _: &M,
    _: &(Payload, PluginLoader, PluginOption, CacheId, AuthRequest),
    _: &OptionReader<'_>,
) {
}
