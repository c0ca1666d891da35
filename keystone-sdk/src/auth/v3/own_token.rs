//! What Keystone says of a token that came without it.

use http::Method;
use http::header::{ACCEPT, HeaderName, HeaderValue};
use serde::Deserialize;
use url::Url;

use super::request::v3_base;
use crate::Error;
use crate::auth::address::under;
use crate::auth::attempt::{self, Attempt};
use crate::auth::{AccessInfo, Token};
use crate::transport::{Request, Response, Transport};

#[derive(Deserialize)]
struct Body {
    token: AccessInfo,
}

/// `GET {auth_url}/auth/tokens`, with the token itself as proof.
pub(in crate::auth) async fn ask(
    transport: &Transport,
    auth_url: &Url,
    token: &Token,
) -> Result<Response, Error> {
    let url = under(&v3_base(auth_url), &["auth", "tokens"])?;
    let mut request = Request::new(Method::GET, url)
        .header(ACCEPT, HeaderValue::from_static("application/json"))
        .header(HeaderName::from_static("x-subject-token"), token.header());
    request.headers.extend(token.headers().clone());
    transport.send(request).await
}

/// The body of a good response.
pub(in crate::auth) fn read(response: &Response, attempt: &Attempt) -> Result<AccessInfo, Error> {
    Ok(attempt::body::<Body>(response, attempt)?.token)
}
