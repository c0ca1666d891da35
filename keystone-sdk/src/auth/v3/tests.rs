//! Token requests as they go over the wire.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::*;
use crate::auth::{AuthPlugin as _, DomainIdentity, UserIdentity};
use crate::transport::Request;

const URL: &str = "http://h/v3";

fn request(auth: &Auth) -> Request {
    request::token_request(
        auth.0.login(),
        &request::v3_base(auth.auth_url()),
        Timestamp::UNIX_EPOCH,
    )
    .unwrap()
    .0
}

fn body(auth: &Auth) -> Value {
    serde_json::from_slice(&request(auth).body.unwrap()).unwrap()
}

fn identity(auth: &Auth) -> Value {
    body(auth)["auth"]["identity"].clone()
}

fn user() -> UserIdentity {
    UserIdentity::name("U", DomainIdentity::id("D"))
}

#[test]
fn a_password_stands_inside_its_user_beside_the_scope() {
    let auth = Password::builder(URL)
        .username("U")
        .user_domain_id("D")
        .password("P")
        .project_id("p")
        .build()
        .unwrap();
    assert_eq!(
        body(auth.auth()),
        json!({"auth": {
            "identity": {
                "methods": ["password"],
                "password": {"user": {"password": "P", "name": "U", "domain": {"id": "D"}}},
            },
            "scope": {"project": {"id": "p"}},
        }})
    );
}

#[test]
fn a_user_by_id_has_no_domain() {
    let auth = Password::builder(URL)
        .user_id("UID")
        .user_domain_id("D")
        .password("P")
        .build()
        .unwrap();
    let user = json!({"password": "P", "id": "UID"});
    assert_eq!(
        identity(auth.auth()),
        json!({"methods": ["password"], "password": {"user": user}})
    );
    assert_eq!(body(auth.auth())["auth"].get("scope"), None);
}

#[test]
fn a_token_stands_in_the_body_and_in_a_sensitive_header() {
    let auth = Token::builder(URL).token("T").unscoped().build().unwrap();
    assert_eq!(
        identity(auth.auth()),
        json!({"methods": ["token"], "token": {"id": "T"}})
    );
    assert_eq!(body(auth.auth())["auth"]["scope"], "unscoped");
    let header = request(auth.auth()).headers["x-auth-token"].clone();
    assert_eq!(header, "T");
    assert!(header.is_sensitive());
}

#[test]
fn a_passcode_stands_inside_its_user() {
    let auth = Totp::builder(URL)
        .user_id("UID")
        .passcode("1")
        .build()
        .unwrap();
    assert_eq!(
        identity(auth.auth()),
        json!({"methods": ["totp"], "totp": {"user": {"passcode": "1", "id": "UID"}}})
    );
}

#[test]
fn an_application_credential_stands_beside_its_user() {
    let by_id = ApplicationCredential::builder(URL)
        .id("I")
        .secret("S")
        .build()
        .unwrap();
    assert_eq!(
        identity(by_id.auth())["application_credential"],
        json!({"secret": "S", "id": "I"})
    );
    let by_name = ApplicationCredential::builder(URL)
        .name("N")
        .secret("S")
        .username("U")
        .user_domain_id("D")
        .build()
        .unwrap();
    assert_eq!(
        identity(by_name.auth())["application_credential"],
        json!({"secret": "S", "name": "N", "user": {"name": "U", "domain": {"id": "D"}}})
    );
}

#[test]
fn an_application_credential_by_name_needs_its_user() {
    let builder = ApplicationCredential::builder(URL).name("N").secret("S");
    let error = builder.build().unwrap_err().to_string();
    assert!(error.contains("has a name, but no user; set"), "{error}");
    let error = ApplicationCredential::builder(URL)
        .secret("S")
        .build()
        .unwrap_err();
    assert!(error.to_string().contains("has neither id nor name"));
}

#[test]
fn several_methods_stand_in_one_request() {
    let auth = Auth::builder(URL)
        .method(PasswordMethod::new(user(), "P"))
        .method(TotpMethod::new(user(), "123"))
        .system_scope()
        .build()
        .unwrap();
    let user = |key: &str, value: &str| json!({key: value, "name": "U", "domain": {"id": "D"}});
    assert_eq!(
        body(&auth),
        json!({"auth": {
            "identity": {
                "methods": ["password", "totp"],
                "password": {"user": user("password", "P")},
                "totp": {"user": user("passcode", "123")},
            },
            "scope": {"system": {"all": true}},
        }})
    );
}

#[test]
fn a_receipt_stands_in_a_sensitive_header_beside_the_remaining_methods() {
    let receipt = Receipt::read("canary", b"");
    let first = Password::builder(URL).user_id("UID").password("P");
    let first = first
        .project_id("p")
        .include_catalog(false)
        .build()
        .unwrap();
    let totp = TotpMethod::new(UserIdentity::id("UID"), "1");
    let auth = first.auth().resume(&receipt).method(totp).build().unwrap();
    assert_eq!(
        body(&auth)["auth"],
        json!({
            "identity": {"methods": ["totp"], "totp": {"user": {"passcode": "1", "id": "UID"}}},
            "scope": {"project": {"id": "p"}},
        })
    );
    let request = request(&auth);
    assert_eq!(request.url.query(), Some("nocatalog"));
    let header = &request.headers["openstack-auth-receipt"];
    assert!(header == "canary" && header.is_sensitive());
    assert!(!format!("{auth:?}").contains("canary"));
    assert_ne!(auth.cache_id(), first.auth().cache_id());
}

#[test]
fn the_catalog_can_be_left_out() {
    let token = || Token::builder("http://h").token("T");
    let auth = token().build().unwrap();
    assert_eq!(request(auth.auth()).url.as_str(), "http://h/v3/auth/tokens");
    let auth = token().include_catalog(false).build().unwrap();
    let url = "http://h/v3/auth/tokens?nocatalog";
    assert_eq!(request(auth.auth()).url.as_str(), url);
}

#[test]
fn a_missing_option_is_named_with_its_setter() {
    let error = Totp::builder(URL).user_id("u").build().unwrap_err();
    assert_eq!(
        error.to_string(),
        "`v3totp` needs the option `passcode`; call `.passcode(..)` before `.build()`"
    );
}

#[test]
fn no_secret_is_shown_by_debug() {
    let auth = Auth::builder(URL)
        .method(PasswordMethod::new(user(), "canary"))
        .method(TokenMethod::new("canary"))
        .build()
        .unwrap();
    let builder = Totp::builder(URL).passcode("canary");
    let shown = format!(
        "{auth:?} {builder:?} {:?}",
        TotpMethod::new(user(), "canary")
    );
    assert!(!shown.contains("canary"), "{shown}");
}

#[test]
fn cache_ids_tell_logins_apart() {
    let password = |password: &str| Password::builder(URL).user_id("u").password(password);
    let id = |builder: PasswordBuilder| builder.build().unwrap().auth().cache_id();
    let one = id(password("P"));
    assert_eq!(one, id(password("P")));
    for other in [
        id(password("Q")),
        id(password("P").unscoped()),
        id(password("P").system_scope()),
        id(password("P").project_id("p")),
        id(password("P").user_id("v")),
        id(Password::builder("http://other").user_id("u").password("P")),
    ] {
        assert_ne!(one, other);
    }
}
