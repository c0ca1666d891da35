//! The plugin: all that a session needs is in one `impl`.

use std::sync::Arc;

use http::{HeaderMap, HeaderValue, Method};
use keystone_sdk::Error;
use keystone_sdk::auth::options::OptionReader;
use keystone_sdk::auth::{
    AuthPlugin, Endpoint, EndpointFilter, EndpointFuture, PluginLoader, PluginOption, Token,
    TokenFuture,
};
use keystone_sdk::error::{AuthenticationError, ConfigurationError};
use keystone_sdk::transport::{Request, Transport};

/// Proves the identity by a badge, which a porter hands out to whoever asks for one.
#[derive(Debug)]
pub struct Badge {
    porter: Endpoint,
}

const PORTER: PluginOption =
    PluginOption::new("porter", "OS_PORTER", "Where badges are").required();

impl Badge {
    /// Gets badges from the porter at this address, who also knows the services.
    ///
    /// # Errors
    /// When the address cannot be read.
    pub fn at(porter: &str) -> Result<Self, Error> {
        let url = porter.parse().map_err(|error| {
            ConfigurationError::new("the porter's address cannot be read").caused_by(error)
        })?;
        let porter = Endpoint::new(url);
        Ok(Self { porter })
    }

    /// For loading by the name `badge`, as built-in plugins are.
    pub const fn loader() -> PluginLoader {
        PluginLoader::new(
            "badge",
            "Proves the identity by a badge",
            &[PORTER],
            |options| {
                let porter: String = OptionReader::new("badge", options).required(&PORTER)?;
                Ok(Arc::new(Self::at(&porter)?))
            },
        )
    }

    async fn ask(&self, transport: &Transport) -> Result<Token, Error> {
        let request = Request::new(Method::GET, self.porter.url.clone());
        let answer = transport.send(request).await?.error_for_status()?;
        let badge = HeaderValue::from_bytes(&answer.body)
            .map_err(|_| AuthenticationError::new("the porter's badge fits into no header"))?;
        let mut headers = HeaderMap::new();
        headers.insert("x-badge", badge);
        Ok(Token::from_headers(headers))
    }
}

impl AuthPlugin for Badge {
    fn token<'a>(&'a self, transport: &'a Transport) -> TokenFuture<'a> {
        TokenFuture::wire(self.ask(transport))
    }

    fn endpoint<'a>(&'a self, _: &'a Transport, _: &'a EndpointFilter) -> EndpointFuture<'a> {
        EndpointFuture::ready(Ok(self.porter.clone()))
    }

    fn invalidate(&self, _: &Token) -> bool {
        // Nothing is kept, so the next badge is a new one.
        true
    }
}
