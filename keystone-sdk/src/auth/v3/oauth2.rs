//! Access tokens of OAuth 2.0, which services behind an OAuth 2.0 middleware want.
//!
//! Source: RFC 6749, section 4.4; RFC 8705 for clients with a certificate.

use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use http::{Method, StatusCode};
use jiff::SignedDuration;
use serde::Deserialize;
use url::Url;
use url::form_urlencoded::Serializer;

use crate::auth::Token;
use crate::auth::attempt::place;
use crate::error::{AuthenticationError, DecodeError};
use crate::transport::{Request, Response, Transport};
use crate::{Error, SecretString};

mod client_credential;
mod mtls;

pub use client_credential::{OAuth2ClientCredential, OAuth2ClientCredentialBuilder};
pub use mtls::{OAuth2MtlsClientCredential, OAuth2MtlsClientCredentialBuilder};

/// An access token, and how long it lives.
#[derive(Deserialize)]
struct AccessToken {
    access_token: SecretString,
    expires_in: Option<u64>,
}

impl AccessToken {
    /// Adds `Authorization: Bearer` to a token.
    fn beside(&self, token: Token) -> Result<Token, Error> {
        let bearer = SecretString::new(format!("Bearer {}", self.access_token.expose()));
        token.with_header(AUTHORIZATION, &bearer)
    }

    fn life(&self) -> Option<SignedDuration> {
        let seconds = i64::try_from(self.expires_in?).ok()?;
        Some(SignedDuration::from_secs(seconds))
    }
}

/// `POST {endpoint}`: asks for an access token for a client.
async fn access_token(
    transport: &Transport,
    endpoint: &Url,
    client_id: Option<&str>,
    authorization: Option<HeaderValue>,
) -> Result<AccessToken, Error> {
    let kind = HeaderValue::from_static("application/x-www-form-urlencoded");
    let mut request = Request::new(Method::POST, endpoint.clone())
        .header(CONTENT_TYPE, kind)
        .header(ACCEPT, HeaderValue::from_static("application/json"))
        // A second token does no harm.
        .replayable(true);
    request.body = Some(form(client_id).into());
    if let Some(authorization) = authorization {
        request.headers.insert(AUTHORIZATION, authorization);
    }
    let response = transport.send(request).await?;
    if response.status != StatusCode::OK {
        return Err(refusal(&response));
    }
    let token: AccessToken = response.json()?;
    if token.access_token.is_blank() {
        let error = DecodeError::new("the access token of OAuth 2.0 is empty");
        return Err(error.at(place(&response)).into());
    }
    Ok(token)
}

fn form(client_id: Option<&str>) -> String {
    let mut form = Serializer::new(String::new());
    form.append_pair("grant_type", "client_credentials");
    if let Some(id) = client_id {
        form.append_pair("client_id", id);
    }
    form.finish()
}

fn refusal(response: &Response) -> Error {
    let error = response.to_error();
    if !response.status.is_client_error() || response.status == StatusCode::TOO_MANY_REQUESTS {
        return error.into();
    }
    let message = format!(
        "no access token of OAuth 2.0 for this client ({}); check `oauth2_endpoint` and the \
         client's id and secret or certificate",
        place(response)
    );
    AuthenticationError::new(message).refused_by(error).into()
}
