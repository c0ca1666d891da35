//! The token request.

use http::Method;
use http::header::{ACCEPT, HeaderValue};
use jiff::Timestamp;
use serde_json::{Map, Value, json};
use url::Url;

use super::MethodLogin;
use super::response::RECEIPT;
use crate::Error;
use crate::auth::AuthRequest;
use crate::auth::address::under;
use crate::auth::attempt::Attempt;
use crate::transport::Request;

/// `POST {base}/auth/tokens`.
///
/// Source: Identity API v3, "Password authentication with scoped authorization" and its siblings.
pub(super) fn token_request(
    auth: &MethodLogin,
    base: &Url,
    now: Timestamp,
) -> Result<(Request, Attempt), Error> {
    let mut url = under(base, &["auth", "tokens"])?;
    if !auth.include_catalog {
        url.set_query(Some("nocatalog"));
    }
    let mut extra = AuthRequest::new(url.clone(), now);
    let mut identity = Map::new();
    let mut names = Vec::new();
    for method in &auth.methods {
        let data = method.auth_data(&mut extra)?;
        identity.insert(method.name().to_owned(), data);
        names.push(method.name().to_owned());
    }
    if let Some(receipt) = &auth.receipt {
        extra.secret_header(RECEIPT, receipt)?;
    }
    identity.insert("methods".to_owned(), json!(names));
    let mut body = Map::from_iter([("identity".to_owned(), Value::from(identity))]);
    if let Some(scope) = auth.scope.to_json() {
        body.insert("scope".to_owned(), scope);
    }
    let mut request = Request::new(Method::POST, url)
        .header(ACCEPT, HeaderValue::from_static("application/json"))
        .json(&json!({ "auth": body }))?
        // A second token does no harm, so the request may be repeated on a dead connection, except
        // if the credentials are valid only once.
        .replayable(!auth.is_once() && !extra.is_sent_once());
    request.headers.extend(extra.into_headers());
    let attempt = Attempt {
        api: "v3",
        methods: names,
        scope: auth.scope.to_string(),
    };
    Ok((request, attempt))
}

/// The URL itself if it ends in `v3`, else with `/v3` appended.
pub(in crate::auth) fn v3_base(auth_url: &Url) -> Url {
    let ends_in_v3 = auth_url
        .path_segments()
        .and_then(|mut segments| segments.rfind(|segment| !segment.is_empty()))
        == Some("v3");
    if ends_in_v3 {
        auth_url.clone()
    } else {
        under(auth_url, &["v3"]).unwrap_or_else(|_| auth_url.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_is_appended_unless_it_stands_at_the_end() {
        for (given, base) in [
            ("http://h:5000", "http://h:5000/v3"),
            ("http://h:5000/", "http://h:5000/v3"),
            ("http://h:5000/v3", "http://h:5000/v3"),
            ("http://h/identity", "http://h/identity/v3"),
            ("http://h/identity/v3/", "http://h/identity/v3/"),
            ("http://h/rev3", "http://h/rev3/v3"),
        ] {
            assert_eq!(v3_base(&Url::parse(given).unwrap()).as_str(), base);
        }
    }
}
