//! Settings of a v3 login.

use std::sync::atomic::AtomicBool;

use super::{Auth, MethodLogin};
use crate::auth::address;
use crate::auth::options::{OptionReader, Origin, PluginOptions};
use crate::auth::{AuthMethod, CacheId, Cached, Scope};
use crate::error::{ConfigurationError, Receipt};
use crate::setters::setters;
use crate::{Error, SecretString};

/// Settings of an [`Auth`] to change before [`build`](AuthBuilder::build).
#[derive(Debug)]
#[must_use]
pub struct AuthBuilder {
    auth_url: String,
    discover: bool,
    methods: Vec<Box<dyn AuthMethod>>,
    receipt: Option<SecretString>,
    scope: Option<Scope>,
    options: PluginOptions,
    include_catalog: bool,
    reauthenticate: bool,
}

impl AuthBuilder {
    pub(super) fn new(auth_url: String) -> Self {
        Self {
            auth_url,
            discover: false,
            methods: Vec::new(),
            receipt: None,
            scope: None,
            options: PluginOptions::from_origin(Origin::Builder),
            include_catalog: true,
            reauthenticate: true,
        }
    }

    /// Adds a method. Several are combined in one request, for multi-factor authentication.
    pub fn method(mut self, method: impl AuthMethod + 'static) -> Self {
        self.methods.push(Box::new(method));
        self
    }

    /// Adds a method whose type is only known at run time.
    pub(crate) fn boxed_method(mut self, method: Box<dyn AuthMethod>) -> Self {
        self.methods.push(method);
        self
    }

    /// Continues a login for which Keystone returned a receipt: add only the missing methods.
    /// [`Auth::resume`] also takes over scope and URL.
    ///
    /// A receipt is valid for minutes, so it is not used for a new token when a service rejects the
    /// first.
    pub fn receipt(mut self, receipt: &Receipt) -> Self {
        self.receipt = Some(receipt.text().clone());
        self.reauthenticate = false;
        self
    }

    /// Sets the whole scope, instead of its parts.
    pub fn scope(mut self, scope: Scope) -> Self {
        self.scope = Some(scope);
        self
    }

    setters! {
        /// Whether the token has a catalog; the default is `true`.
        pub include_catalog: bool;

        /// Whether to log in again when a service rejects the token; the default is `true`. A
        /// credential that is valid only once cannot.
        pub reauthenticate: bool;
    }

    crate::__auth_scope_setters!();

    setters! {
        /// Whether to find the v3 API by discovery, instead of appending `/v3`.
        pub(crate) discover: bool;
    }

    /// Builds the plugin. Nothing is sent yet.
    ///
    /// # Errors
    ///
    /// [`Error::Configuration`] when the URL is not one of HTTP, there is no method, methods cannot
    /// be combined, a secret is [blank](SecretString::is_blank), or two scopes are requested.
    pub fn build(self) -> Result<Auth, Error> {
        Ok(Auth(Cached::new(self.login()?)))
    }

    /// The login alone, for plugins that add to its result.
    pub(in crate::auth) fn login(self) -> Result<MethodLogin, Error> {
        let auth_url = address::of_keystone(&self.auth_url)?;
        check_methods(&self.methods)?;
        let scope = match self.scope {
            Some(scope) => scope,
            None => OptionReader::new("v3", &self.options).scope()?,
        };
        Ok(MethodLogin {
            auth_url,
            discover: self.discover,
            methods: self.methods,
            receipt: self.receipt,
            scope,
            include_catalog: self.include_catalog,
            reauthenticate: self.reauthenticate,
            used_up: AtomicBool::new(false),
        })
    }
}

fn check_methods(methods: &[Box<dyn AuthMethod>]) -> Result<(), Error> {
    if methods.is_empty() {
        return Err(ConfigurationError::new("a login needs at least one method")
            .remedy("call `.method(..)` before `.build()`")
            .into());
    }
    for (index, method) in methods.iter().enumerate() {
        let name = method.name();
        // The cache id contains all secrets.
        let mut id = CacheId::default();
        method.cache_id(&mut id);
        if let Some(field) = id.blank {
            let field = field.strip_prefix(&format!("{name}_")).unwrap_or(&field);
            let what = format!("the secret `{field}` of the method `{name}`");
            SecretString::default().refuse_blank(&what)?;
        }
        let message = if method.alone() && methods.len() > 1 {
            format!("the method `{name}` cannot be combined with others")
        } else if methods.iter().take(index).any(|other| other.name() == name) {
            format!("the method `{name}` is used twice in one login")
        } else {
            continue;
        };
        return Err(ConfigurationError::new(message)
            .remedy("remove one of them")
            .into());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::v3::{PasswordMethod, TokenMethod};
    use crate::auth::{AuthRequest, UserIdentity};

    #[derive(Debug)]
    struct Lonely;

    impl AuthMethod for Lonely {
        fn name(&self) -> &'static str {
            "lonely"
        }

        fn auth_data(&self, _: &mut AuthRequest) -> Result<serde_json::Value, Error> {
            Ok(serde_json::json!({}))
        }

        fn cache_id(&self, _: &mut CacheId) {}

        fn alone(&self) -> bool {
            true
        }
    }

    fn refused(builder: AuthBuilder) -> String {
        builder.build().unwrap_err().to_string()
    }

    #[test]
    fn a_lonely_method_refuses_company() {
        let builder = Auth::builder("http://h").method(TokenMethod::new("t"));
        assert_eq!(
            refused(builder.method(Lonely)),
            "the method `lonely` cannot be combined with others; remove one of them"
        );
        assert!(Auth::builder("http://h").method(Lonely).build().is_ok());
    }

    #[test]
    fn a_method_that_stands_twice_is_refused() {
        let method = || PasswordMethod::new(UserIdentity::id("u"), "p");
        let builder = Auth::builder("http://h").method(method()).method(method());
        assert!(refused(builder).contains("`password` is used twice"));
    }

    #[test]
    fn a_blank_secret_is_refused_in_a_method_made_by_hand() {
        for blank in ["", " ", "\t\n", "\u{a0}"] {
            let method = PasswordMethod::new(UserIdentity::id("u"), blank);
            let error = refused(Auth::builder("http://h").method(method));
            assert!(
                error.contains("the secret `password` of the method `password` is blank"),
                "{error}"
            );
            let method = TokenMethod::new(blank);
            assert!(refused(Auth::builder("http://h").method(method)).contains("is blank"));
        }
    }

    #[test]
    fn a_login_without_a_method_is_refused() {
        assert!(refused(Auth::builder("http://h")).contains("at least one method"));
    }
}
