//! Plugins without Keystone, with fixed credentials and one endpoint.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::header::{AUTHORIZATION, HeaderMap, HeaderValue};
use url::Url;

use super::load::Made;
use super::{
    AuthPlugin, Endpoint, EndpointFilter, EndpointFuture, OptionReader, Token, TokenFuture, address,
};
use crate::error::{ConfigurationError, DiscoveryError};
use crate::transport::Transport;
use crate::{Error, SecretString, auth_plugin};

/// Fixed credentials and their endpoint.
#[derive(Clone, Debug)]
struct Fixed {
    endpoint: Option<Url>,
    proof: Token,
}

impl Fixed {
    fn new(proof: Token) -> Self {
        Self {
            endpoint: None,
            proof,
        }
    }

    fn at(self, endpoint: Option<Url>) -> Self {
        Self { endpoint, ..self }
    }

    fn find(&self, filter: &EndpointFilter) -> Result<Endpoint, Error> {
        let url = self.endpoint.clone().ok_or_else(|| {
            let message = format!("there is no catalog in which to find {filter}");
            DiscoveryError::new(message).remedy("set the plugin's option `endpoint`")
        })?;
        Ok(Endpoint::new(url))
    }
}

impl AuthPlugin for Fixed {
    fn token<'a>(&'a self, _: &'a Transport) -> TokenFuture<'a> {
        TokenFuture::ready(Ok(self.proof.clone()))
    }

    fn endpoint<'a>(&'a self, _: &'a Transport, filter: &'a EndpointFilter) -> EndpointFuture<'a> {
        EndpointFuture::ready(self.find(filter))
    }

    fn invalidate(&self, _: &Token) -> bool {
        false
    }
}

/// No authentication, for a service that runs without it. Loaded as `none`.
///
/// Sends `X-Auth-Token: notused`, because services that do not authenticate still expect a token.
///
/// ```
/// use keystone_sdk::auth::fixed::NoAuth;
///
/// let auth = NoAuth::at("http://127.0.0.1:6385")?;
/// # Ok::<_, keystone_sdk::Error>(())
/// ```
#[auth_plugin(
    "none",
    plugin = pub NoAuth,
    inner = Fixed,
    make = NoAuthOptions::make,
    spec = "specs/auth-methods.yaml"
)]
struct NoAuthOptions {
    /// The URL of the service, whatever the endpoint filter.
    endpoint: Option<Url>,
}

impl NoAuth {
    /// The service at `endpoint`.
    ///
    /// # Errors
    ///
    /// [`Error::Configuration`] when `endpoint` is not an HTTP URL.
    pub fn at(endpoint: &str) -> Result<Self, Error> {
        let endpoint = Some(address::of_option("endpoint", endpoint)?);
        Ok(Self(Made(Fixed::new(not_used()?).at(endpoint))))
    }
}

impl NoAuthOptions {
    fn make(self, _: &OptionReader<'_>) -> Result<Fixed, Error> {
        Ok(Fixed::new(not_used()?).at(self.endpoint))
    }
}

/// HTTP Basic authentication, for a service with its own users. Loaded as `http_basic`.
///
/// Source: RFC 7617, with UTF-8 for user and password.
///
/// ```
/// use keystone_sdk::auth::fixed::HttpBasic;
///
/// let auth = HttpBasic::new("demo", "secret")?.at("http://127.0.0.1:6385")?;
/// # Ok::<_, keystone_sdk::Error>(())
/// ```
#[auth_plugin(
    "http_basic",
    plugin = pub HttpBasic,
    inner = Fixed,
    make = HttpBasicOptions::make,
    spec = "specs/auth-methods.yaml"
)]
struct HttpBasicOptions {
    /// The user's name at the service.
    username: String,
    /// The user's password at the service.
    #[auth(secret)]
    password: SecretString,
    /// The URL of the service, whatever the endpoint filter.
    endpoint: Option<Url>,
}

impl HttpBasic {
    /// A user of the service.
    ///
    /// # Errors
    ///
    /// [`Error::Configuration`] when the name contains a colon, after which the password would
    /// begin, or the password is [blank](SecretString::is_blank).
    pub fn new(
        username: impl AsRef<str>,
        password: impl Into<SecretString>,
    ) -> Result<Self, Error> {
        let (username, password) = (username.as_ref(), password.into());
        password.refuse_blank("the password for HTTP Basic authentication")?;
        let header = basic(username, &password)?;
        let headers = HeaderMap::from_iter([(AUTHORIZATION, header)]);
        Ok(Self(Made(Fixed::new(Token::from_headers(headers)))))
    }

    /// Sets the URL of the service, for calls that only have a path.
    ///
    /// # Errors
    ///
    /// [`Error::Configuration`] when `endpoint` is not an HTTP URL.
    pub fn at(self, endpoint: &str) -> Result<Self, Error> {
        let endpoint = Some(address::of_option("endpoint", endpoint)?);
        Ok(Self(Made(self.0.0.at(endpoint))))
    }
}

impl HttpBasicOptions {
    fn make(self, reader: &OptionReader<'_>) -> Result<Fixed, Error> {
        let plugin = HttpBasic::new(self.username, self.password)
            .map_err(|error| reader.place("username", error))?;
        Ok(plugin.0.0.at(self.endpoint))
    }
}

/// A shared secret of the service, such as the `admin_token` of Keystone. Loaded as `admin_token`.
///
/// ```
/// use keystone_sdk::auth::fixed::AdminToken;
///
/// let auth = AdminToken::new("http://127.0.0.1:5000/v3", "s3cr3t")?;
/// # Ok::<_, keystone_sdk::Error>(())
/// ```
#[auth_plugin(
    "admin_token",
    plugin = pub AdminToken,
    inner = Fixed,
    make = AdminTokenOptions::make,
    spec = "specs/auth-methods.yaml"
)]
struct AdminTokenOptions {
    /// The URL of the service, whatever the endpoint filter.
    endpoint: Url,
    /// The token of the service.
    #[auth(secret)]
    token: SecretString,
}

impl AdminToken {
    /// The service at `endpoint`.
    ///
    /// # Errors
    ///
    /// [`Error::Configuration`] when `endpoint` is not an HTTP URL or the token is
    /// [blank](SecretString::is_blank), [`Error::Authentication`] when no header can carry the
    /// token.
    pub fn new(endpoint: &str, token: impl Into<SecretString>) -> Result<Self, Error> {
        let token = token.into();
        token.refuse_blank("the token that was agreed on")?;
        let endpoint = Some(address::of_option("endpoint", endpoint)?);
        let proof = Token::new(token, None)?;
        Ok(Self(Made(Fixed::new(proof).at(endpoint))))
    }
}

impl AdminTokenOptions {
    fn make(self, _: &OptionReader<'_>) -> Result<Fixed, Error> {
        Ok(Fixed::new(Token::new(self.token, None)?).at(Some(self.endpoint)))
    }
}

fn not_used() -> Result<Token, Error> {
    Token::new("notused".into(), None)
}

/// `Basic` and the user with the password. Source: RFC 7617, section 2.
pub(super) fn basic(username: &str, password: &SecretString) -> Result<HeaderValue, Error> {
    if username.contains(':') {
        let message = "the user name for HTTP Basic authentication contains a colon";
        return Err(ConfigurationError::new(message)
            .remedy(
                "the part after it would be read as the start of the password; use another user",
            )
            .into());
    }
    let pair = SecretString::new(format!("{username}:{}", password.expose()));
    let encoded = SecretString::new(format!("Basic {}", STANDARD.encode(pair.expose())));
    // Base64 fits into any header.
    let header = encoded.to_header();
    header.ok_or_else(|| ConfigurationError::new("the credentials do not fit into a header").into())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::auth::{PluginLoader, PluginOptions};

    fn load(loader: PluginLoader, options: &PluginOptions) -> Result<Arc<dyn AuthPlugin>, String> {
        loader.load(options).map_err(|error| error.to_string())
    }

    #[test]
    fn user_and_password_become_one_header() {
        let header = basic("Aladdin", &"open sesame".into()).unwrap();
        assert_eq!(header, "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
        assert!(header.is_sensitive());
        let header = basic("test", &"123\u{a3}".into()).unwrap();
        assert_eq!(header, "Basic dGVzdDoxMjPCow==", "UTF-8, as in RFC 7617");
    }

    #[test]
    fn a_colon_in_the_users_name_is_refused_without_the_password() {
        let options = PluginOptions::new()
            .with("username", "a:b")
            .with("password", "canary");
        let error = load(HttpBasic::loader(), &options).unwrap_err();
        assert!(error.contains("contains a colon"), "{error}");
        assert!(!error.contains("canary"), "{error}");
    }

    #[test]
    fn what_is_missing_is_named() {
        let error = load(
            HttpBasic::loader(),
            &PluginOptions::new().with("username", "u"),
        );
        assert!(
            error
                .unwrap_err()
                .starts_with("`http_basic` needs the option `password`")
        );
        let error = load(
            AdminToken::loader(),
            &PluginOptions::new().with("token", "t"),
        );
        assert!(
            error
                .unwrap_err()
                .starts_with("`admin_token` needs the option `endpoint`")
        );
        assert!(load(NoAuth::loader(), &PluginOptions::new()).is_ok());
    }

    #[test]
    fn an_endpoint_that_is_no_address_is_refused_at_its_place() {
        let mut options = PluginOptions::new();
        options.set_at("endpoint", "ironic", "the variable `OS_ENDPOINT`");
        let error = load(NoAuth::loader(), &options).unwrap_err();
        assert_eq!(
            error,
            "`endpoint` is not a URL (the variable `OS_ENDPOINT`); \
             write the address of the service, such as http://127.0.0.1:6385"
        );
    }

    #[test]
    fn an_older_name_of_the_endpoint_is_read() {
        let options = PluginOptions::new()
            .with("url", "http://h")
            .with("token", "canary");
        let plugin = load(AdminToken::loader(), &options).unwrap();
        let shown = format!("{plugin:?}");
        assert!(shown.contains("endpoint: Some"), "{shown}");
        assert!(!shown.contains("canary"), "{shown}");
    }

    #[test]
    fn without_an_endpoint_a_service_is_not_found() {
        let plugin = HttpBasic::new("u", "p").unwrap();
        let filter = EndpointFilter::service_type("baremetal");
        assert_eq!(
            plugin.0.0.find(&filter).unwrap_err().to_string(),
            "there is no catalog in which to find type `baremetal`, interface public; \
             set the plugin's option `endpoint`"
        );
    }
}
