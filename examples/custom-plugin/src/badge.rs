//! The plugin: its options, and how it logs in.

use http::{HeaderMap, HeaderName, HeaderValue, Method};
use keystone_sdk::auth::{Endpoint, EndpointFilter, LogIn, LogInFuture, Login, Token};
use keystone_sdk::error::AuthenticationError;
use keystone_sdk::transport::{Request, Transport};
use keystone_sdk::{Error, Url, auth_plugin};

const BADGE: HeaderName = HeaderName::from_static("x-badge");

/// Proves the identity by a badge, which a porter hands out to whoever asks for one.
#[auth_plugin("badge")]
pub struct BadgeLogin {
    /// Where badges are. The porter also knows the services.
    porter: Url,
}

impl LogIn for BadgeLogin {
    fn auth_url(&self) -> &Url {
        &self.porter
    }

    fn log_in<'a>(&'a self, transport: &'a Transport) -> LogInFuture<'a> {
        LogInFuture::wire(self.ask(transport))
    }

    fn endpoint(&self, _: &EndpointFilter) -> Option<Endpoint> {
        Some(Endpoint::new(self.porter.clone()))
    }
}

impl BadgeLogin {
    async fn ask(&self, transport: &Transport) -> Result<Login, Error> {
        let request = Request::new(Method::GET, self.porter.clone());
        let response = transport.send(request).await?.error_for_status()?;
        let badge = HeaderValue::from_bytes(&response.body)
            .map_err(|_| AuthenticationError::new("the porter's badge fits into no header"))?;
        let headers = HeaderMap::from_iter([(BADGE, badge)]);
        Ok(Login::without_access(Token::from_headers(headers)))
    }
}
