//! Redacts requests and responses for logs and errors.
//!
//! The transport logs with `tracing`: requests and responses without bodies at `DEBUG`, bodies at
//! `TRACE`, all redacted by these functions. Programs that show traffic themselves should use them
//! too.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::header::{AUTHORIZATION, CONTENT_LOCATION, CONTENT_TYPE, LINK, LOCATION, REFERER};
use http::{HeaderMap, HeaderName, HeaderValue};
use percent_encoding::percent_decode_str;
use serde_json::Value;
use url::{Url, form_urlencoded};

use crate::{SecretString, printable};

/// The replacement for a secret.
pub const HIDDEN: &str = "***";

/// Shorter secrets are not searched for in responses: they occur in many words.
const SHORTEST_SECRET: usize = 4;

/// Bodies beyond this many bytes are not shown.
const LONGEST_BODY: usize = 64 << 10;

/// Words in the names of secret headers.
const SECRET_HEADER_WORDS: [&str; 11] = [
    "api-key",
    "apikey",
    "auth-key",
    "authorization",
    "cookie",
    "credential",
    "passw",
    "receipt",
    "secret",
    "signature",
    "temp-url-key",
];

/// Headers that are never secret.
const PLAIN_HEADERS: [&str; 12] = [
    "accept",
    "connection",
    "content-length",
    "content-type",
    "date",
    "keep-alive",
    "openstack-api-version",
    "server",
    "transfer-encoding",
    "user-agent",
    "vary",
    "x-openstack-request-id",
];

/// Words in the names of secret keys of forms and JSON.
const SECRET_KEY_WORDS: [&str; 15] = [
    "assertion",
    "blob",
    "cookie",
    "credential",
    "mfa",
    "otp",
    "pass",
    "privatekey",
    "receipt",
    "saml",
    "secret",
    "signature",
    "token",
    "verifier",
    "wresult",
];

/// Marks the values of secret headers, so that no `Debug` shows them.
pub(super) fn mark(headers: &mut HeaderMap) {
    for (name, value) in headers.iter_mut() {
        if is_secret_header(name) {
            value.set_sensitive(true);
        }
    }
}

/// Whether a header of this name carries a secret, in requests or in responses.
pub fn is_secret_header(name: &HeaderName) -> bool {
    let name = name.as_str();
    // Most headers are these, and each is checked several times.
    if PLAIN_HEADERS.contains(&name) {
        return false;
    }
    // `X-Auth-Token`, `X-Subject-Token`, but not the rate limits of some, `X-Tokens-Left`.
    name.ends_with("-token") || SECRET_HEADER_WORDS.iter().any(|word| name.contains(word))
}

/// Shows headers without secrets, whether they are marked or not.
#[derive(Clone, Copy)]
pub struct Headers<'a>(&'a HeaderMap);

/// Headers whose `Debug` is redacted.
pub fn headers(headers: &HeaderMap) -> Headers<'_> {
    Headers(headers)
}

impl fmt::Debug for Headers<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut map = f.debug_map();
        for (name, value) in self.0 {
            map.entry(name, &header(name, value));
        }
        map.finish()
    }
}

/// The redacted value of a header, on one [line](printable::line): URLs are shown without their
/// query, which can contain codes and signatures.
pub fn header(name: &HeaderName, value: &HeaderValue) -> String {
    printable::owned(header_text(name, value))
}

fn header_text(name: &HeaderName, value: &HeaderValue) -> String {
    if value.is_sensitive() || is_secret_header(name) {
        return HIDDEN.to_owned();
    }
    let text = String::from_utf8_lossy(value.as_bytes());
    if [CONTENT_LOCATION, LINK, LOCATION, REFERER].contains(name) {
        return match Url::parse(&text) {
            Ok(url) => address(&url),
            Err(_) => text.split(['?', '#']).next().unwrap_or_default().to_owned(),
        };
    }
    if *name == http::header::WWW_AUTHENTICATE {
        // A challenge may carry a piece of the exchange: `Negotiate oRQwEqAD..`.
        return text.split(',').map(challenge).collect::<Vec<_>>().join(",");
    }
    text.into_owned()
}

fn challenge(text: &str) -> &str {
    match text.trim_start().split_once(' ') {
        Some((scheme, rest)) if !rest.contains('=') || rest.ends_with('=') => scheme,
        _ => text,
    }
}

/// The URL without query, fragment and user, on one [line](printable::line).
pub fn address(url: &Url) -> String {
    let mut url = url.clone();
    url.set_query(None);
    url.set_fragment(None);
    // Both only fail for URLs that cannot have a user.
    let _ = url.set_username("");
    let _ = url.set_password(None);
    printable::owned(url.into())
}

/// The redacted body: JSON and forms without the values of secret keys; of anything else (XML,
/// HTML, binary data) and of bodies beyond 64 KiB only the length. Invisible characters are
/// escaped, as by [`printable`].
///
/// ```
/// use http::HeaderMap;
/// use keystone_sdk::transport::redact;
///
/// let shown = redact::body(&HeaderMap::new(), br#"{"user": {"name": "demo", "password": "x"}}"#);
/// assert_eq!(shown, r#"{"user":{"name":"demo","password":"***"}}"#);
/// ```
pub fn body(headers: &HeaderMap, body: &[u8]) -> String {
    body_without(headers, body, &[])
}

/// As [`body`], without these secrets, which the server may have repeated. They are removed before
/// characters are escaped, which would hide them from the search but not from a reader.
pub(super) fn body_without(headers: &HeaderMap, body: &[u8], secrets: &[SecretString]) -> String {
    let declared = headers.get(CONTENT_TYPE).and_then(|it| it.to_str().ok());
    let declared = declared.unwrap_or_default();
    let media_type = declared.split(';').next().unwrap_or_default().trim();
    if body.is_empty() {
        return String::new();
    }
    if body.len() <= LONGEST_BODY {
        if media_type == "application/x-www-form-urlencoded" {
            return printable::whole(&scrub(form(body), secrets)).into_owned();
        }
        if let Ok(mut value) = serde_json::from_slice(body)
            && !matches!(value, Value::String(_))
        {
            each_secret(&mut value, false, &mut |value| *value = Value::from(HIDDEN));
            leave_out_catalogs(&mut value);
            if !secrets.is_empty() {
                scrub_texts(&mut value, secrets);
            }
            return printable::json(&scrub(value.to_string(), secrets)).into_owned();
        }
    }
    let what = if media_type.is_empty() {
        "no declared type"
    } else {
        media_type
    };
    format!("<{} bytes of {}>", body.len(), printable::line(what))
}

fn form(body: &[u8]) -> String {
    let pairs = form_urlencoded::parse(body).map(|(key, value)| {
        let secret = is_secret_key(&key) || is_code(&key);
        let value = if secret { HIDDEN.into() } else { value };
        format!("{key}={value}")
    });
    pairs.collect::<Vec<_>>().join("&")
}

/// The secrets of a request: values of secret headers, and of secret keys in its body.
pub(super) fn secrets(headers: &HeaderMap, body: &[u8]) -> Vec<SecretString> {
    let mut found = Vec::new();
    let mut keep = |text: &str| {
        if text.len() >= SHORTEST_SECRET {
            found.push(SecretString::from(text));
        }
    };
    for (name, value) in headers {
        if value.is_sensitive() || is_secret_header(name) {
            let text = String::from_utf8_lossy(value.as_bytes());
            keep(&text);
            // A server may repeat the token without the scheme in front of it.
            if let Some((_, proof)) = text.split_once(' ').filter(|_| *name == AUTHORIZATION) {
                keep(proof);
                basic_passwords(proof)
                    .iter()
                    .for_each(|password| keep(password.expose()));
            }
        }
    }
    if let Ok(mut value) = serde_json::from_slice(body) {
        each_secret(&mut value, false, &mut |value| {
            if let Value::String(text) = value {
                keep(text);
            }
        });
    } else {
        for (key, value) in form_urlencoded::parse(body) {
            if is_secret_key(&key) || is_code(&key) {
                keep(&value);
            }
        }
    }
    found
}

/// The password in credentials of HTTP Basic, as it is sent, and as it is where OAuth 2.0 encodes it
/// first (RFC 6749, section 2.3.1). Nothing for other credentials.
fn basic_passwords(credentials: &str) -> Vec<SecretString> {
    let decoded = STANDARD.decode(credentials).ok();
    let decoded = decoded.and_then(|bytes| String::from_utf8(bytes).ok());
    let decoded = SecretString::from(decoded.unwrap_or_default());
    let Some((_, password)) = decoded.expose().split_once(':') else {
        return Vec::new();
    };
    let spaced = SecretString::from(password.replace('+', " "));
    let plain = percent_decode_str(spaced.expose()).decode_utf8_lossy();
    vec![password.into(), plain.into_owned().into()]
}

/// Removes secrets from a text of a server, which may have repeated them.
pub(super) fn scrub(mut text: String, secrets: &[SecretString]) -> String {
    for secret in secrets {
        if text.contains(secret.expose()) {
            text = text.replace(secret.expose(), HIDDEN);
        }
    }
    text
}

fn scrub_texts(value: &mut Value, secrets: &[SecretString]) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| scrub_texts(item, secrets)),
        Value::Object(members) => {
            *members = std::mem::take(members)
                .into_iter()
                .map(|(key, mut value)| {
                    scrub_texts(&mut value, secrets);
                    (scrub(key, secrets), value)
                })
                .collect();
        }
        Value::String(text) => *text = scrub(std::mem::take(text), secrets),
        Value::Bool(_) | Value::Null | Value::Number(_) => {}
    }
}

/// Calls `found` for each value under a secret key. `under_token`: the id of a token is the token.
fn each_secret(value: &mut Value, under_token: bool, found: &mut impl FnMut(&mut Value)) {
    match value {
        Value::Array(items) => {
            for item in items {
                each_secret(item, under_token, found);
            }
        }
        Value::Object(members) => {
            for (key, value) in members {
                if is_secret_key(key) || (under_token && key == "id") || is_code(key) {
                    each_below(key, value, found);
                } else {
                    each_secret(value, false, found);
                }
            }
        }
        _ => {}
    }
}

/// Strings and numbers under a secret key are secret; objects are searched, because keys such as
/// `token` and `password` also name objects. A code that is a number is a status.
fn each_below(key: &str, value: &mut Value, found: &mut impl FnMut(&mut Value)) {
    match value {
        Value::Null | Value::Bool(_) => {}
        Value::Number(_) if is_code(key) && !is_secret_key(key) => {}
        Value::Array(items) => {
            for item in items {
                each_below(key, item, found);
            }
        }
        Value::Object(_) => each_secret(value, squeezed(key).contains("token"), found),
        Value::Number(_) | Value::String(_) => found(value),
    }
}

/// Catalogs are long and not interesting in logs.
fn leave_out_catalogs(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(leave_out_catalogs),
        Value::Object(members) => {
            for (key, value) in members {
                if key == "catalog" || key == "serviceCatalog" {
                    *value = Value::from("<left out>");
                } else {
                    leave_out_catalogs(value);
                }
            }
        }
        _ => {}
    }
}

fn is_secret_key(key: &str) -> bool {
    let key = squeezed(key);
    SECRET_KEY_WORDS.iter().any(|word| key.contains(word))
}

/// Authorization and device codes are secret.
fn is_code(key: &str) -> bool {
    squeezed(key).ends_with("code")
}

/// Lower case, without `_` and `-`, so that `privateKey`, `private_key` and `Private-Key` are
/// equal.
fn squeezed(key: &str) -> String {
    let letters = key.chars().filter(char::is_ascii_alphanumeric);
    letters.map(|letter| letter.to_ascii_lowercase()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(content_type: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static(content_type))])
    }

    #[test]
    fn secret_headers_are_not_shown_and_get_marked() {
        let mut headers = HeaderMap::new();
        for name in [
            "authorization",
            "cookie",
            "openstack-auth-receipt",
            "proxy-authorization",
            "set-cookie",
            "x-api-key",
            "x-auth-key",
            "x-auth-token",
            "x-service-token",
            "x-storage-token",
            "x-subject-token",
        ] {
            headers.append(name, HeaderValue::from_static("canary"));
            headers.append(name, HeaderValue::from_static("canary"));
        }
        headers.insert("x-plain", HeaderValue::from_static("seen"));
        let shown = format!("{:?}", Headers(&headers));
        assert!(
            !shown.contains("canary") && shown.contains("seen"),
            "{shown}"
        );
        mark(&mut headers);
        assert!(!format!("{headers:?}").contains("canary"));
    }

    #[test]
    fn what_follows_a_scheme_is_a_secret_too() {
        let headers = [(AUTHORIZATION, HeaderValue::from_static("Bearer canary"))];
        let secrets = secrets(&HeaderMap::from_iter(headers), b"");
        let shown = scrub("no token canary (Bearer canary)".to_owned(), &secrets);
        assert_eq!(shown, "no token *** (***)");
    }

    #[test]
    fn no_header_that_is_known_to_be_plain_has_the_name_of_a_secret() {
        for plain in PLAIN_HEADERS {
            assert!(!plain.ends_with("-token"), "{plain}");
            let word = SECRET_HEADER_WORDS
                .iter()
                .find(|word| plain.contains(**word));
            assert_eq!(word, None, "{plain}");
        }
    }

    #[test]
    fn headers_that_hold_addresses_or_challenges_lose_what_may_be_secret() {
        for (name, value, shown) in [
            (
                "location",
                "https://u:canary@h/x?code=canary",
                "https://h/x",
            ),
            ("location", "/x?token=canary", "/x"),
            ("www-authenticate", "Negotiate canary==", "Negotiate"),
            (
                "www-authenticate",
                "Keystone uri=\"http://h\"",
                "Keystone uri=\"http://h\"",
            ),
        ] {
            let headers = HeaderMap::from_iter([(
                HeaderName::from_static(name),
                HeaderValue::from_static(value),
            )]);
            let all = format!("{:?}", Headers(&headers));
            assert_eq!(
                header(&HeaderName::from_static(name), &headers[name]),
                shown
            );
            assert!(!all.contains("canary"), "{all}");
        }
    }

    #[test]
    fn addresses_lose_user_and_query() {
        let url = Url::parse("https://user:canary@h/v3/users?name=canary#canary").unwrap();
        assert_eq!(address(&url), "https://h/v3/users");
    }

    #[test]
    fn secret_values_of_json_are_hidden_wherever_they_stand() {
        let json = typed("application/json");
        for text in [
            r#"{"auth": {"identity": {"methods": ["password"], "password": {"user": {"id": "u", "password": "canary"}}}}}"#,
            r#"{"auth": {"identity": {"methods": ["token"], "token": {"id": "canary"}}}}"#,
            r#"{"auth": {"passwordCredentials": {"username": "u", "password": "canary"}}}"#,
            r#"{"access": {"token": {"id": "canary", "expires": "x"}}}"#,
            r#"{"application_credential": {"id": "a", "secret": "canary"}}"#,
            r#"{"credential": {"type": "totp", "blob": "canary"}}"#,
            r#"{"user": {"original_password": "canary", "password": "canary"}}"#,
            r#"{"access_token": "canary", "refresh_token": "canary", "id_token": "canary"}"#,
            r#"{"server": {"adminPass": "canary"}}"#,
            r#"{"totp": {"user": {"passcode": ["canary", 123456]}}}"#,
            r#"{"code": "canary", "device_code": "canary"}"#,
            r#"{"users": [{"name": "u"}, {"password": "canary"}]}"#,
            r#"[{"credentials": [[{"blob": "canary"}]]}]"#,
        ] {
            let shown = body(&json, text.as_bytes());
            assert!(
                !shown.contains("canary") && !shown.contains("123456"),
                "{shown}"
            );
            assert!(shown.contains(HIDDEN), "{shown}");
        }
    }

    #[test]
    fn what_is_not_secret_stays_readable() {
        let json = typed("application/json");
        for text in [
            r#"{"error":{"code":401,"message":"no","title":"Unauthorized"}}"#,
            r#"{"methods":["password","token"],"user":{"id":"u","name":"demo"}}"#,
            r#"{"token":{"expires_at":"2030","methods":["password"]}}"#,
        ] {
            assert_eq!(body(&json, text.as_bytes()), text);
        }
        let catalog = body(&json, br#"{"token": {"catalog": [{"type": "identity"}]}}"#);
        assert_eq!(catalog, r#"{"token":{"catalog":"<left out>"}}"#);
        let catalogs = body(
            &json,
            br#"[{"access": [{"serviceCatalog": [{"type": "x"}]}]}]"#,
        );
        assert_eq!(
            catalogs,
            r#"[{"access":[{"serviceCatalog":"<left out>"}]}]"#
        );
    }

    #[test]
    fn secret_values_of_forms_are_hidden() {
        let text = b"grant_type=password&username=u&password=canary&client_secret=canary\
            &code=canary&otp=canary&wresult=canary&SAMLResponse=canary&code_verifier=canary";
        let shown = body(&typed("application/x-www-form-urlencoded"), text);
        assert!(
            shown.starts_with("grant_type=password&username=u&"),
            "{shown}"
        );
        assert!(!shown.contains("canary"), "{shown}");
    }

    #[test]
    fn what_a_server_repeats_of_the_secrets_it_got_is_taken_out() {
        let headers = HeaderMap::from_iter([(
            HeaderName::from_static("x-auth-token"),
            HeaderValue::from_static("canary-1"),
        )]);
        let json = br#"{"user": {"name": "demo", "password": "canary-2", "pin_code": "12"}}"#;
        let found = secrets(&headers, json);
        let text = "no canary-1, no canary-2, no demo, no 12".to_owned();
        assert_eq!(scrub(text, &found), "no ***, no ***, no demo, no 12");
        let found = secrets(&HeaderMap::new(), b"username=demo&client_secret=canary%203");
        assert_eq!(scrub("demo: canary 3".to_owned(), &found), "demo: ***");
    }

    #[test]
    fn a_repeated_secret_is_found_whatever_has_to_be_escaped_in_it() {
        for secret in ["can\"ary\\x", "can\u{200b}ary", "canary\u{1b}é"] {
            let secrets = [SecretString::from(secret)];
            let json = serde_json::json!({"a": [format!("no {secret}")], secret: 1}).to_string();
            let form: String = form_urlencoded::Serializer::new(String::new())
                .append_pair("a", secret)
                .finish();
            for (kind, text) in [
                ("application/json", json),
                ("application/x-www-form-urlencoded", form),
            ] {
                let shown = body_without(&typed(kind), text.as_bytes(), &secrets);
                assert!(!shown.contains("ary") && shown.contains(HIDDEN), "{shown}");
            }
        }
    }

    #[test]
    fn what_nobody_sees_is_escaped_in_headers_and_bodies() {
        let value = HeaderValue::from_bytes("a\u{9b}31m\u{202e}".as_bytes()).unwrap();
        let name = HeaderName::from_static("x-plain");
        assert_eq!(header(&name, &value), r"a\u{9b}31m\u{202e}");
        let long = HeaderValue::from_str(&"x".repeat(100_000)).unwrap();
        assert!(header(&name, &long).len() <= printable::LONGEST);
        let json = serde_json::json!({"\u{202e}": "\u{1b}\u{9b}"}).to_string();
        let shown = body(&HeaderMap::new(), json.as_bytes());
        assert_eq!(shown, r#"{"\u202e":"\u001b\u009b"}"#);
        let form = typed("application/x-www-form-urlencoded");
        assert_eq!(body(&form, b"a=%1B%E2%80%AE"), r"a=\u{1b}\u{202e}");
    }

    #[test]
    fn other_bodies_are_only_measured() {
        for (content_type, text) in [
            (
                "text/xml",
                "<s:Envelope><Password>canary</Password></s:Envelope>",
            ),
            ("text/html", "<p>canary"),
            ("application/json", r#"{"password": "canary"#),
            ("application/json", r#""canary""#),
            ("", "canary"),
        ] {
            let shown = body(&typed(content_type), text.as_bytes());
            assert!(
                shown.starts_with('<') && !shown.contains("canary"),
                "{shown}"
            );
        }
        let long = format!(r#"{{"x": "{}"}}"#, "canary".repeat(20_000));
        assert!(body(&typed("application/json"), long.as_bytes()).len() < 60);
    }
}
