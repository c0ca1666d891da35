//! Plugins that ask no Keystone: they know their proof, and the one endpoint that they are for.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::header::{AUTHORIZATION, HeaderMap, HeaderValue};
use url::Url;

use super::options::OptionReader;
use super::{
    AuthPlugin, Endpoint, EndpointFilter, EndpointFuture, Options, PluginLoader, PluginOption,
    Token, TokenFuture,
};
use crate::error::{ConfigurationError, DiscoveryError};
use crate::transport::Transport;
use crate::{Error, SecretString};

const ENDPOINT: PluginOption = PluginOption::new(
    "endpoint",
    "OS_ENDPOINT",
    "The address of the service, whichever is asked for",
);

/// What all of them are.
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

    fn at(mut self, endpoint: &str) -> Result<Self, Error> {
        self.endpoint = Some(address(endpoint)?);
        Ok(self)
    }

    /// With the endpoint of the options, if they have one.
    fn at_option(self, options: &OptionReader<'_>) -> Result<Self, Error> {
        match options.optional::<String>(&ENDPOINT)? {
            Some(endpoint) => self
                .at(&endpoint)
                .map_err(|error| options.place(ENDPOINT.name, error)),
            None => Ok(self),
        }
    }

    fn endpoint(&self, filter: &EndpointFilter) -> Result<Endpoint, Error> {
        let url = self.endpoint.clone().ok_or_else(|| {
            let message = format!("there is no catalog in which to find {filter}");
            DiscoveryError::new(message).remedy("set the plugin's option `endpoint`")
        })?;
        Ok(Endpoint::new(url))
    }
}

macro_rules! fixed_plugin {
    ($plugin:ident) => {
        impl AuthPlugin for $plugin {
            fn token<'a>(&'a self, _: &'a Transport) -> TokenFuture<'a> {
                TokenFuture::ready(Ok(self.0.proof.clone()))
            }

            fn endpoint<'a>(
                &'a self,
                _: &'a Transport,
                filter: &'a EndpointFilter,
            ) -> EndpointFuture<'a> {
                EndpointFuture::ready(self.0.endpoint(filter))
            }

            fn invalidate(&self, _: &Token) -> bool {
                false
            }
        }
    };
}

/// No authentication, for a service that runs without it. Loaded as `none`.
///
/// Sends `X-Auth-Token: notused`: services that are told not to authenticate want some token.
///
/// ```
/// use keystone_sdk::auth::fixed::NoAuth;
///
/// let auth = NoAuth::at("http://127.0.0.1:6385")?;
/// # Ok::<_, keystone_sdk::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct NoAuth(Fixed);

impl NoAuth {
    /// For the service at `endpoint`.
    ///
    /// # Errors
    ///
    /// [`Error::Configuration`] when `endpoint` is not an address of HTTP.
    pub fn at(endpoint: &str) -> Result<Self, Error> {
        Ok(Self(Fixed::new(not_used()?).at(endpoint)?))
    }

    /// What a registry needs to load the plugin by its name.
    pub const fn loader() -> PluginLoader {
        const OPTIONS: &[PluginOption] = &[ENDPOINT];
        let help = "No authentication, for a service that runs without it";
        PluginLoader::new("none", help, OPTIONS, |options| {
            let fixed = Fixed::new(not_used()?);
            let reader = OptionReader::new("none", options);
            Ok(Arc::new(Self(fixed.at_option(&reader)?)))
        })
    }
}

fixed_plugin!(NoAuth);

/// HTTP Basic authentication, for a service that has its own users. Loaded as `http_basic`.
///
/// Source: RFC 7617, with UTF-8 for user and password.
///
/// ```
/// use keystone_sdk::auth::fixed::HttpBasic;
///
/// let auth = HttpBasic::new("demo", "secret")?.at("http://127.0.0.1:6385")?;
/// # Ok::<_, keystone_sdk::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct HttpBasic(Fixed);

impl HttpBasic {
    /// For a user of the service.
    ///
    /// # Errors
    ///
    /// [`Error::Configuration`] when the user's name holds a colon, which would begin the password, or
    /// the password is [blank](SecretString::is_blank).
    pub fn new(
        username: impl AsRef<str>,
        password: impl Into<SecretString>,
    ) -> Result<Self, Error> {
        let (username, password) = (username.as_ref(), password.into());
        password.refuse_blank("the password for HTTP Basic authentication")?;
        let header = basic(username, &password)?;
        let headers = HeaderMap::from_iter([(AUTHORIZATION, header)]);
        Ok(Self(Fixed::new(Token::from_headers(headers))))
    }

    /// Says where the service is, for calls that name a path only.
    ///
    /// # Errors
    ///
    /// [`Error::Configuration`] when `endpoint` is not an address of HTTP.
    pub fn at(self, endpoint: &str) -> Result<Self, Error> {
        Ok(Self(self.0.at(endpoint)?))
    }

    /// What a registry needs to load the plugin by its name.
    pub const fn loader() -> PluginLoader {
        const OPTIONS: &[PluginOption] = &[USERNAME, PASSWORD, ENDPOINT];
        let help = "HTTP Basic authentication, for a service that has its own users";
        PluginLoader::new("http_basic", help, OPTIONS, http_basic)
    }
}

fixed_plugin!(HttpBasic);

const USERNAME: PluginOption =
    PluginOption::new("username", "OS_USERNAME", "The user's name at the service")
        .aliases(&["user_name"])
        .required();
const PASSWORD: PluginOption = PluginOption::new(
    "password",
    "OS_PASSWORD",
    "The user's password at the service",
)
.secret()
.required();

fn http_basic(options: &Options) -> Result<Arc<dyn AuthPlugin>, Error> {
    let reader = OptionReader::new("http_basic", options);
    let username: String = reader.required(&USERNAME)?;
    let password: SecretString = reader.required(&PASSWORD)?;
    let plugin =
        HttpBasic::new(username, password).map_err(|error| reader.place(USERNAME.name, error))?;
    Ok(Arc::new(HttpBasic(plugin.0.at_option(&reader)?)))
}

/// A token that was agreed on with the service, such as the `admin_token` of Keystone. Loaded as
/// `admin_token`.
///
/// ```
/// use keystone_sdk::auth::fixed::AdminToken;
///
/// let auth = AdminToken::new("http://127.0.0.1:5000/v3", "s3cr3t")?;
/// # Ok::<_, keystone_sdk::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct AdminToken(Fixed);

impl AdminToken {
    /// For the service at `endpoint`.
    ///
    /// # Errors
    ///
    /// [`Error::Configuration`] when `endpoint` is not an address of HTTP or the token is
    /// [blank](SecretString::is_blank), [`Error::Authentication`] when the token fits into no header.
    pub fn new(endpoint: &str, token: impl Into<SecretString>) -> Result<Self, Error> {
        let token = token.into();
        token.refuse_blank("the token that was agreed on")?;
        let proof = Token::new(token, None)?;
        Ok(Self(Fixed::new(proof).at(endpoint)?))
    }

    /// What a registry needs to load the plugin by its name.
    pub const fn loader() -> PluginLoader {
        const OPTIONS: &[PluginOption] = &[URL, TOKEN];
        let help = "A token that was agreed on with the service";
        PluginLoader::new("admin_token", help, OPTIONS, |options| {
            let reader = OptionReader::new("admin_token", options);
            let endpoint: String = reader.required(&URL)?;
            let token: SecretString = reader.required(&TOKEN)?;
            let fixed = Fixed::new(Token::new(token, None)?);
            let fixed = fixed.at(&endpoint);
            Ok(Arc::new(Self(
                fixed.map_err(|error| reader.place(URL.name, error))?,
            )))
        })
    }
}

fixed_plugin!(AdminToken);

const URL: PluginOption = ENDPOINT.aliases(&["url"]).required();
const TOKEN: PluginOption =
    PluginOption::new("token", "OS_TOKEN", "The token that the service knows")
        .secret()
        .required();

fn not_used() -> Result<Token, Error> {
    Token::new("notused".into(), None)
}

/// `Basic` and the user with the password. Source: RFC 7617, section 2.
pub(super) fn basic(username: &str, password: &SecretString) -> Result<HeaderValue, Error> {
    if username.contains(':') {
        let message = "the user's name for HTTP Basic authentication holds a colon";
        return Err(ConfigurationError::new(message)
            .remedy("the part behind it would count as the password's beginning; use another user")
            .into());
    }
    let pair = SecretString::new(format!("{username}:{}", password.expose()));
    let encoded = SecretString::new(format!("Basic {}", STANDARD.encode(pair.expose())));
    let mut header = HeaderValue::from_str(encoded.expose()).map_err(|error| {
        ConfigurationError::new("user and password fit into no header").caused_by(error)
    })?;
    header.set_sensitive(true);
    Ok(header)
}

/// An address of HTTP without user and password.
fn address(text: &str) -> Result<Url, Error> {
    super::address::read(
        "endpoint",
        text,
        "write the address of the service, such as http://127.0.0.1:6385",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(loader: PluginLoader, options: &Options) -> Result<Arc<dyn AuthPlugin>, String> {
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
        let options = Options::new()
            .with("username", "a:b")
            .with("password", "canary");
        let error = load(HttpBasic::loader(), &options).unwrap_err();
        assert!(error.contains("holds a colon"), "{error}");
        assert!(!error.contains("canary"), "{error}");
    }

    #[test]
    fn what_is_missing_is_named() {
        let error = load(HttpBasic::loader(), &Options::new().with("username", "u"));
        assert!(
            error
                .unwrap_err()
                .starts_with("`http_basic` needs the option `password`")
        );
        let error = load(AdminToken::loader(), &Options::new().with("token", "t"));
        assert!(
            error
                .unwrap_err()
                .starts_with("`admin_token` needs the option `endpoint`")
        );
        assert!(load(NoAuth::loader(), &Options::new()).is_ok());
    }

    #[test]
    fn an_endpoint_that_is_no_address_is_refused_at_its_place() {
        let mut options = Options::new();
        options.set_at("endpoint", "ironic", "the variable `OS_ENDPOINT`");
        let error = load(NoAuth::loader(), &options).unwrap_err();
        assert_eq!(
            error,
            "`endpoint` is no address (the variable `OS_ENDPOINT`); \
             write the address of the service, such as http://127.0.0.1:6385"
        );
    }

    #[test]
    fn an_older_name_of_the_endpoint_is_read() {
        let options = Options::new()
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
            plugin.0.endpoint(&filter).unwrap_err().to_string(),
            "there is no catalog in which to find type `baremetal`, interface public; \
             set the plugin's option `endpoint`"
        );
    }
}
