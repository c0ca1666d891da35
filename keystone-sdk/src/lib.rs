//! OpenStack Keystone for applications: sessions, authentication plugins and a typed Identity v3
//! client.
//!
//! A [`Session`] sends calls to services. It gets tokens from an [authentication plugin](auth),
//! finds services in the [catalog] of the token and their versions by [discovery], and sends
//! requests with a [transport]. Sessions are configured in code, or with `config` by files and the
//! environment; `identity` has typed calls for Keystone's own API.
//!
//! # Features
//!
//! - `client-macro`: `client!`, which generates the typed client of any OpenStack-style API.
//! - `config` (default): options from the environment, from oslo.config files and `clouds.yaml`.
//! - `identity` (default): the generated Identity v3 client and its runtime.
//! - `kerberos`: logins by Kerberos tickets. Nothing of Kerberos is needed to build; its library is
//!   opened when a ticket is wanted.
//! - `oauth1`: the method `oauth1`, logins with access tokens of OAuth 1.0a.
//! - `oidc`: logins by an OpenID Provider, with the crates `oauth2` and `openidconnect`.
//! - `saml2`: logins by a password at a SAML 2.0 identity provider or at ADFS.
//! - `token-files`: tokens in encrypted files between runs of a program.
//! - `tls` (default): HTTPS by rustls with the ring provider, which is never made the default of
//!   the process. It gives reqwest TLS without a provider: a program that makes reqwest clients of
//!   its own, without any TLS feature of reqwest, has to install one first.
//! - `websso`: the plugin `v3websso`, logins in the person's browser.

extern crate self as keystone_sdk;

pub mod auth;
pub mod catalog;
#[cfg(feature = "client")]
pub mod client;
pub mod clock;
#[cfg(feature = "config")]
pub mod config;
pub mod discovery;
pub mod error;
#[cfg(feature = "identity")]
pub mod identity;
pub mod microversion;
pub mod printable;
pub mod secret;
pub mod session;
mod setters;
// The middleware validates tokens with the same single flight.
#[doc(hidden)]
pub mod sync;
pub mod transport;

/// Turns a struct into an authentication method, and generates a plugin that logs in with it.
///
/// The argument is the method's name in `auth.identity.methods` of the token request. The name of
/// the struct ends in `Method`; that of the plugin is the same without this suffix.
///
/// ```
/// use keystone_sdk::auth::UserIdentity;
/// use keystone_sdk::{SecretString, auth_method};
///
/// /// Proves the identity by a number that was sent to the user's phone.
/// #[auth_method("text_message")]
/// pub struct TextMessageMethod {
///     #[auth(user)]
///     user: UserIdentity,
///     /// The number in the message.
///     #[auth(secret)]
///     number: SecretString,
/// }
///
/// let auth = TextMessage::builder("http://127.0.0.1:5000/v3")
///     .username("demo")
///     .user_domain_id("default")
///     .number("481516")
///     .project_name("demo")
///     .project_domain_id("default")
///     .build()?;
/// assert!(!format!("{auth:?}").contains("481516"));
/// assert_eq!(TextMessage::loader().name(), "v3textmessage");
/// # Ok::<_, keystone_sdk::Error>(())
/// ```
///
/// It generates the [`AuthMethod`](auth::AuthMethod) with the payload of the token request and the
/// cache id; a `Debug` that shows no secret; `new` with the required fields, and a setter for each
/// of the others; the plugin (an [`AuthPlugin`](auth::AuthPlugin)) with its builder; and typed
/// options, so that the plugin can be loaded by its name, which is `v3` and the method's name
/// without `_`. [`v3::Auth`](auth::v3::Auth) combines the struct with other methods in one login.
///
/// # Arguments
///
/// - `alone`: using the method beside another is an error.
/// - `once`: the credential is valid for one login only, like a passcode, and is never sent twice.
/// - `plugin = Name`: another name for the plugin.
/// - `payload = flat`: fields are next to `user`. Otherwise they are inside it, if the method has a
///   required user.
/// - `scope = own`: the credential has a scope of its own, so none can be requested.
/// - `check = path`: a `fn(&Self) -> Result<(), Error>` that checks the fields against each other.
/// - `spec = "specs/auth-methods.yaml"`: the struct is checked against the method's entry in that
///   file (relative to the crate's manifest, or else to the source file), which also names and
///   describes the options.
/// - `crate = path`: another path to this crate.
///
/// # Fields
///
/// A field may be an `Option`. It is a `String`, or any other
/// [`FieldValue`](auth::FieldValue), and can carry `#[auth(..)]` with
///
/// - `user`: a [`UserIdentity`](auth::UserIdentity), by id or by name and domain;
/// - `secret`: a [`SecretString`];
/// - `plain`: anything that may be shown; fields without an attribute are plain;
/// - `flag`: a `bool`, sent as `true` or left out;
/// - `header = "x-name"`: sent in that header, and in the payload only if a kind is given too; a
///   header alone is a secret;
/// - `rename = "id"`: another name in the payload;
/// - `option = "name"`: another name of the option in files, and of the variable `OS_NAME`;
/// - `env = "OS_NAME"`: another name of the variable;
/// - `aliases = ["older"]`: deprecated names of the option, still read from files;
/// - `help = "One line"`: the description in lists of options; otherwise the first line of the
///   docs;
/// - `default = ..`: the default value, such as `6` or `"sms"`. The field is then no `Option`, and
///   has a setter. Not for secrets.
///
/// With feature `schema`, [`PluginLoader::schema`](auth::PluginLoader::schema) is the JSON Schema
/// of the options.
pub use keystone_macros::auth_method;

/// Turns a struct that [logs in](auth::LogIn) into a plugin that is made from options.
///
/// The argument is the name by which the plugin is loaded. The name of the struct ends in `Login`;
/// that of the plugin is the same without this suffix.
///
/// ```
/// use http::Method;
/// use keystone_sdk::auth::{CacheId, LoadPlugin, LogIn, LogInFuture, Login, Token};
/// use keystone_sdk::transport::{Request, Transport};
/// use keystone_sdk::{SecretString, Url, auth_plugin};
///
/// /// Takes a token from a broker.
/// #[auth_plugin("broker")]
/// pub struct BrokerLogin {
///     /// The address of Keystone.
///     auth_url: Url,
///     /// Where tokens are.
///     broker: Url,
///     /// What the broker knows the program by.
///     #[auth(secret)]
///     key: SecretString,
/// }
///
/// impl LogIn for BrokerLogin {
///     fn auth_url(&self) -> &Url {
///         &self.auth_url
///     }
///
///     fn log_in<'a>(&'a self, transport: &'a Transport) -> LogInFuture<'a> {
///         LogInFuture::wire(async {
///             let request = Request::new(Method::POST, self.broker.clone())
///                 .json(&serde_json::json!({ "key": self.key.expose() }))?;
///             let response = transport.send(request).await?.error_for_status()?;
///             let token = String::from_utf8_lossy(&response.body).into_owned();
///             Ok(Login::without_access(Token::new(token.into(), None)?))
///         })
///     }
///
///     fn cache_id(&self) -> Option<CacheId> {
///         Some(self.identity())
///     }
/// }
///
/// fn main() -> Result<(), keystone_sdk::Error> {
///     let auth = Broker::builder("http://127.0.0.1:5000/v3")
///         .broker("http://127.0.0.1:8080/tokens")
///         .key("s3cr3t")
///         .build()?;
///     assert!(!format!("{auth:?}").contains("s3cr3t"));
///     assert_eq!(Broker::loader().name(), "broker");
///     Ok(())
/// }
/// ```
///
/// The struct has to be in a module, not in a function, where the plugin could not name it.
///
/// It generates the plugin (an [`AuthPlugin`](auth::AuthPlugin) with [`Cached`](auth::Cached)) with
/// its builder; a `Debug` that shows no secret; and typed options, so that the plugin can be loaded
/// by its name from files and the environment ([`LoadPlugin`](auth::LoadPlugin)).
///
/// # Arguments
///
/// - `plugin = Name`: another name for the plugin; `plugin = pub Name` if the struct is not public.
/// - `scope = own`: the credential has a scope of its own, so none can be requested.
/// - `check = path`: a `fn(&Self) -> Result<(), Error>` that checks the fields against each other.
/// - `inner = Type, make = path`: another plugin does the work, and the struct only has the
///   options. `make` is a `fn(Self, &OptionReader<'_>) -> Result<Type, Error>`.
/// - `spec = "specs/auth-methods.yaml"`: the struct is checked against the plugin's entry in that
///   file (relative to the crate's manifest, or else to the source file), which also names and
///   describes the options.
/// - `crate = path`: another path to this crate.
///
/// # Fields
///
/// A field may be an `Option`. It is a `String`, or any other
/// [`FieldValue`](auth::FieldValue), or
///
/// - `auth_url: Url`: the URL of Keystone, with which the builder starts. A plugin without that
///   field does not use Keystone;
/// - any other `Url`: an HTTP URL, without user and password.
///
/// It can carry `#[auth(..)]` with `user`, `secret`, `plain`, `flag`, `option`, `env`, `aliases`, `help`
/// and `default`, as in [`auth_method`](macro@auth_method), and with
///
/// - `scope`: a [`Scope`](auth::Scope), with its options and setters.
pub use keystone_macros::auth_plugin;

/// Generates the typed client of an API from its description, as the content of a module.
///
/// ```
/// mod proxies {
///     keystone_sdk::client!("specs/services/proxies.yaml");
/// }
///
/// async fn domains(session: &keystone_sdk::Session) -> Result<Vec<String>, keystone_sdk::Error> {
///     let proxies = proxies::Client::new(session).proxies().list().all().await?;
///     Ok(proxies.into_iter().map(|proxy| proxy.domain).collect())
/// }
/// ```
///
/// The argument is the path of a resource spec, relative to the crate's manifest or else to the
/// source file, or several that describe one API together. Errors in it are reported at the path,
/// with the line in the file, and the crate is rebuilt when it changes. `crate = path` sets another
/// path to this crate.
///
/// The same code can be generated into a file by `keystone codegen client`, or in `build.rs` by
/// `keystone_codegen::build`. It needs no other crate.
#[cfg(feature = "client-macro")]
pub use keystone_macros::client;

pub use error::Error;
pub use secret::SecretString;
pub use session::{Adapter, Session};
pub use url::Url;

/// The runtime of this crate's macros. Not part of the public API.
#[doc(hidden)]
pub mod __private {
    pub use ::http;
    pub use serde;
    pub use serde_json;

    pub use keystone_macros::{AuthMethodFields, AuthPluginFields};

    pub use crate::auth::expansion as field;
    pub use crate::auth::load::{Made, plugin};
    pub use crate::auth::v3::load::v3;
}
