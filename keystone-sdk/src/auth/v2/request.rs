//! The token request of the v2.0 API and its response.
//!
//! Source: Identity API v2.0, "Authenticate for admin API" (`POST /v2.0/tokens`).

use http::header::{ACCEPT, HeaderValue};
use http::{Method as Verb, StatusCode};
use serde_json::{Map, Value, json};
use url::Url;

use super::{Method, Tenant, TenantLogin, User};
use crate::Error;
use crate::auth::address::under;
use crate::auth::attempt::{Attempt, body, refusal};
use crate::auth::{AccessInfo, Login, Token};
use crate::transport::{Request, Response};

impl Method {
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Password(..) => "password",
            Self::Token(_) => "token",
        }
    }
}

/// `POST {base}/tokens`.
pub(super) fn token_request(auth: &TenantLogin, base: &Url) -> Result<(Request, Attempt), Error> {
    let mut request = Request::new(Verb::POST, under(base, &["tokens"])?)
        .header(ACCEPT, HeaderValue::from_static("application/json"))
        .json(&json_body(auth))?
        // A second token does no harm, so the request may be repeated on a dead connection.
        .replayable(true);
    if let Method::Token(token) = &auth.method {
        let token = Token::new(token.clone(), None)?;
        request.headers.extend(token.headers().clone());
    }
    let attempt = Attempt {
        api: "v2.0",
        methods: vec![auth.method.name().to_owned()],
        scope: scope(auth),
    };
    Ok((request, attempt))
}

/// `{"auth": {..}}`.
pub(super) fn json_body(auth: &TenantLogin) -> Value {
    let mut body = Map::new();
    match &auth.method {
        Method::Password(user, password) => {
            let (key, user) = match user {
                User::Id(id) => ("userId", id),
                User::Name(name) => ("username", name),
            };
            let credentials = json!({ key: user, "password": password.expose() });
            body.insert("passwordCredentials".to_owned(), credentials);
        }
        Method::Token(token) => {
            body.insert("token".to_owned(), json!({ "id": token.expose() }));
        }
    }
    let tenant = auth.tenant.as_ref().map(|tenant| match tenant {
        Tenant::Id(id) => ("tenantId", id),
        Tenant::Name(name) => ("tenantName", name),
    });
    let trust = auth.trust_id.as_ref().map(|id| ("trust_id", id));
    for (key, value) in tenant.into_iter().chain(trust) {
        body.insert(key.to_owned(), value.as_str().into());
    }
    json!({ "auth": body })
}

/// The scope in words.
pub(super) fn scope(auth: &TenantLogin) -> String {
    match (&auth.tenant, &auth.trust_id) {
        (_, Some(id)) => format!("trust `{id}`"),
        (Some(Tenant::Id(name) | Tenant::Name(name)), None) => format!("tenant `{name}`"),
        (None, None) => "the default scope".to_owned(),
    }
}

/// Reads the token from the response.
pub(super) fn read(response: &Response, attempt: &Attempt) -> Result<Login, Error> {
    if response.status != StatusCode::OK
        && response.status != StatusCode::NON_AUTHORITATIVE_INFORMATION
    {
        return Err(refusal(response, attempt));
    }
    let found: crate::auth::access::V2Body = body(response, attempt)?;
    let (token, access) = found.into_parts();
    let token = Token::new(token, Some(access.expires_at))?;
    Ok(Login::new(token, AccessInfo::new(access)).of_v2(true))
}
