use std::time::Duration;

use keystone_sdk::clock::ManualClock;
use serde_json::json;

use super::*;
use crate::auth_token::cache::MemoryStore;
use crate::testing::{TestToken, Tokens};

fn authenticator(tokens: &Tokens) -> Authenticator {
    let clock = ManualClock::new("2030-01-01T00:00:00Z".parse().unwrap());
    let cache = TokenCache::new(
        Arc::new(tokens.clone()),
        Arc::new(MemoryStore::new(1 << 20)),
        clock,
        Some(Duration::from_secs(300)),
        true,
    );
    Authenticator {
        cache: Arc::new(cache),
        challenge: HeaderValue::from_static("Keystone uri=\"http://keystone.example\""),
        delay_auth_decision: false,
        service_type: Some("proxy".to_owned()),
        service_token_roles: vec!["service".to_owned()],
        service_token_roles_required: false,
    }
}

fn request(headers: &[(&'static str, &'static str)]) -> Request<()> {
    let mut request = Request::new(());
    for (name, value) in headers {
        let name = HeaderName::from_static(name);
        request
            .headers_mut()
            .append(name, HeaderValue::from_static(value));
    }
    request
}

#[test]
fn only_a_request_without_a_token_passes_as_a_public_one() {
    let authenticator = authenticator(&tokens());
    for (headers, wanted) in [
        (&[][..], Ok(true)),
        (&[("x-auth-token", "user")], Ok(false)),
        (&[("x-auth-token", "unknown")], Err(Refusal::InvalidToken)),
        (&[("x-auth-token", "")], Err(Refusal::InvalidToken)),
        (&[("x-service-token", "nova")], Ok(true)),
        (
            &[("x-service-token", "unknown")],
            Err(Refusal::InvalidToken),
        ),
    ] {
        let mut request = request(headers);
        let results = results(&authenticator, &mut request);
        let only = authenticator.authenticate(results, true, &mut request);
        assert_eq!(only.map(|only| only.is_some()), wanted, "{headers:?}");
    }
}

#[cfg(feature = "axum")]
#[test]
fn a_public_handler_is_reached_once_it_says_so() {
    let only = PublicOnly::default();
    let seen = only.clone();
    assert!(!seen.is_reached());
    only.reached();
    assert!(seen.is_reached());
}

fn results(authenticator: &Authenticator, request: &mut Request<()>) -> TokenResults {
    match authenticator.validate_tokens(request.headers_mut()) {
        TokenValidation::Done(results) => results,
        TokenValidation::Pending(pending) => pending.now_or_never().unwrap(),
    }
}

/// The request as the service behind the layer gets it, or why it does not.
fn pass(authenticator: &Authenticator, mut request: Request<()>) -> Result<Request<()>, Refusal> {
    let results = results(authenticator, &mut request);
    authenticator.authenticate(results, false, &mut request)?;
    Ok(request)
}

fn tokens() -> Tokens {
    let tokens = Tokens::new();
    tokens.add("user", TestToken::user("u").project("p").roles(["member"]));
    tokens.add("nova", TestToken::user("nova").roles(["service"]));
    tokens.add("other", TestToken::user("other").roles(["member"]));
    tokens
}

/// Each header that carries a token by the API, twice where that is possible.
#[test]
fn no_token_is_shown_by_whoever_prints_the_headers_further_in() {
    let mut authenticator = authenticator(&tokens());
    authenticator.delay_auth_decision = true;
    for headers in [
        &[("x-auth-token", "user")][..],
        &[("x-auth-token", "user"), ("x-auth-token", "canary")],
        &[("x-storage-token", "user")],
        &[("x-storage-token", "canary"), ("x-storage-token", "canary")],
        &[("x-auth-token", "user"), ("x-service-token", "nova")],
        &[("x-auth-token", "user"), ("x-service-token", "canary")],
        &[("x-service-token", "canary"), ("x-service-token", "nova")],
        &[
            ("x-auth-token", "user"),
            ("x-storage-token", "canary"),
            ("x-service-token", "nova"),
        ],
    ] {
        let request = pass(&authenticator, request(headers)).unwrap();
        let kept = ["x-auth-token", "x-storage-token", "x-service-token"]
            .map(|name| request.headers().get_all(name).iter().count());
        assert_eq!(kept.iter().sum::<usize>(), headers.len(), "{headers:?}");
        for (name, value) in request.headers() {
            let is_token = name.as_str().ends_with("-token");
            assert_eq!(value.is_sensitive(), is_token, "{name} of {headers:?}");
        }
        let shown = format!("{:?}", request.headers());
        assert!(!shown.contains("canary"), "{shown}");
    }
}

#[test]
fn the_storage_token_counts_only_where_there_is_no_other() {
    let authenticator = authenticator(&tokens());
    let user = |headers: &[(&'static str, &'static str)]| {
        let request = pass(&authenticator, request(headers));
        request.map(|request| request.headers()["x-user-id"].clone())
    };
    assert_eq!(user(&[("x-storage-token", "other")]).unwrap(), "other");
    let both = [("x-auth-token", "user"), ("x-storage-token", "other")];
    assert_eq!(user(&both).unwrap(), "u");
    let empty = [("x-auth-token", ""), ("x-storage-token", "other")];
    assert_eq!(user(&empty).unwrap_err(), Refusal::InvalidToken);
    assert_eq!(user(&[]).unwrap_err(), Refusal::NoToken);
}

#[test]
fn a_token_is_trimmed_and_the_only_one() {
    let authenticator = authenticator(&tokens());
    assert!(pass(&authenticator, request(&[("x-auth-token", " user\t")])).is_ok());
    for headers in [
        &[("x-auth-token", "user"), ("x-auth-token", "user")][..],
        &[("x-auth-token", " ")],
        &[("x-auth-token", "us er")],
        &[("x-auth-token", "unknown")],
    ] {
        let refusal = pass(&authenticator, request(headers)).unwrap_err();
        assert_eq!(refusal, Refusal::InvalidToken, "{headers:?}");
    }
}

#[test]
fn a_service_token_is_refused_by_itself_and_by_its_role() {
    let mut authenticator = authenticator(&tokens());
    for (required, service, wanted) in [
        (false, "nova", Ok("Confirmed")),
        (false, "other", Ok("Confirmed")),
        (false, "unknown", Err(Refusal::InvalidToken)),
        (true, "nova", Ok("Confirmed")),
        (true, "other", Err(Refusal::InvalidToken)),
    ] {
        authenticator.service_token_roles_required = required;
        let headers = [("x-auth-token", "user"), ("x-service-token", service)];
        let found = pass(&authenticator, request(&headers));
        let found = found.map(|request| request.headers()["x-service-identity-status"].clone());
        assert_eq!(
            found,
            wanted.map(HeaderValue::from_static),
            "{required} {service}"
        );
    }
}

#[test]
fn without_the_decision_of_the_layer_the_service_is_told_that_nobody_is_known() {
    let tokens = tokens();
    let mut authenticator = authenticator(&tokens);
    authenticator.delay_auth_decision = true;
    let status = |request: &Request<()>| request.headers()["x-identity-status"].clone();
    let anonymous = pass(&authenticator, request(&[])).unwrap();
    assert_eq!(status(&anonymous), "Invalid");
    assert!(matches!(
        anonymous.extensions().get(),
        Some(Caller::Anonymous)
    ));
    tokens.set_unavailable(true);
    let unknown = pass(&authenticator, request(&[("x-auth-token", "user")])).unwrap();
    assert_eq!(status(&unknown), "Invalid");
    assert!(matches!(unknown.extensions().get(), Some(Caller::Unknown)));
    authenticator.delay_auth_decision = false;
    let refused = pass(&authenticator, request(&[("x-auth-token", "user")]));
    assert_eq!(refused.unwrap_err(), Refusal::Unavailable);
}

#[test]
fn access_rules_are_held_against_the_call() {
    let tokens = tokens();
    let rules = json!([{"id": "r", "service": "proxy", "method": "GET", "path": "/a"}]);
    let credential = json!({"id": "a", "name": "a", "access_rules": rules});
    let catalog = json!([{"type": "proxy", "id": "s", "name": "proxy", "endpoints": []}]);
    let limited = TestToken::user("u").with("application_credential", credential);
    tokens.add("limited", limited.with("catalog", catalog));
    let authenticator = authenticator(&tokens);
    for (path, service, allowed) in [
        ("/a", "", true),
        ("/b", "", false),
        ("/b", "nova", true),
        ("/b", "other", false),
    ] {
        let mut headers = vec![("x-auth-token", "limited")];
        headers.extend((!service.is_empty()).then_some(("x-service-token", service)));
        let mut request = request(&headers);
        *request.uri_mut() = path.parse().unwrap();
        assert_eq!(
            pass(&authenticator, request).is_ok(),
            allowed,
            "{path} {service}"
        );
    }
}

#[test]
fn what_is_shown_of_an_authenticator_names_its_settings() {
    let shown = format!("{:?}", authenticator(&tokens()));
    assert!(shown.contains("service_type: Some(\"proxy\")"), "{shown}");
}

#[test]
fn calls_on_the_users_behalf_carry_the_token_that_counted() {
    for (headers, wanted) in [
        (&[][..], None),
        (&[("x-service-token", "nova")], None),
        (&[("x-auth-token", "user")], Some("user")),
        (&[("x-storage-token", "other")], Some("other")),
        (
            &[("x-storage-token", "other"), ("x-auth-token", "user")],
            Some("user"),
        ),
    ] {
        let request = request(headers);
        let token = user_token(request.headers());
        assert_eq!(token, wanted.map(HeaderValue::from_static), "{headers:?}");
    }
}
