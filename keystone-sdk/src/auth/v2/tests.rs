//! Token requests of the v2.0 API as they go over the wire.

use serde_json::{Value, json};

use super::*;
use crate::auth::AuthPlugin as _;

const URL: &str = "http://h/v2.0/";

fn body(auth: &Auth) -> Value {
    let (request, _) = request::token_request(auth.0.login(), auth.auth_url()).unwrap();
    assert_eq!(request.url.as_str(), "http://h/v2.0/tokens");
    serde_json::from_slice(&request.body.unwrap()).unwrap()
}

fn by_password() -> PasswordBuilder {
    Password::builder(URL).password("P")
}

#[test]
fn a_password_stands_beside_its_user_and_the_tenant_beside_both() {
    let auth = by_password()
        .username("U")
        .tenant_name("t")
        .build()
        .unwrap();
    assert_eq!(
        body(&auth.0.0),
        json!({"auth": {"passwordCredentials": {"password": "P", "username": "U"}, "tenantName": "t"}})
    );
    let auth = by_password().user_id("UID").tenant_id("i").trust_id("tr");
    assert_eq!(
        body(&auth.build().unwrap().0.0),
        json!({"auth": {
            "passwordCredentials": {"password": "P", "userId": "UID"}, "tenantId": "i", "trust_id": "tr",
        }})
    );
}

#[test]
fn the_name_of_a_user_and_the_id_of_a_tenant_count() {
    let auth = by_password().username("U").user_id("UID");
    let auth = auth.tenant_id("i").tenant_name("t").build().unwrap();
    assert_eq!(
        body(&auth.0.0),
        json!({"auth": {"passwordCredentials": {"password": "P", "username": "U"}, "tenantId": "i"}})
    );
}

#[test]
fn a_token_stands_in_the_body_and_in_a_sensitive_header() {
    let auth = Token::builder(URL).token("T").build().unwrap();
    assert_eq!(body(&auth.0.0), json!({"auth": {"token": {"id": "T"}}}));
    let (request, _) = request::token_request(auth.0.0.0.login(), auth.0.0.auth_url()).unwrap();
    let header = &request.headers["x-auth-token"];
    assert!(header == "T" && header.is_sensitive());
}

#[test]
fn a_missing_option_is_named_with_its_setter() {
    let error = by_password().build().unwrap_err();
    assert_eq!(
        error.to_string(),
        "`v2password` needs the option `username`; call `.username(..)` before `.build()`"
    );
}

#[test]
fn no_secret_is_shown_by_debug_and_each_tells_logins_apart() {
    let auth = |password: &str| {
        let auth = by_password().username("U").password(password);
        auth.build().unwrap()
    };
    let shown = format!(
        "{:?} {:?}",
        auth("canary"),
        by_password().password("canary")
    );
    assert!(!shown.contains("canary"), "{shown}");
    assert_eq!(auth("P").cache_id(), auth("P").cache_id());
    assert_ne!(auth("P").cache_id(), auth("Q").cache_id());
}
