use std::sync::{Arc, Mutex};

use futures_util::FutureExt;
use keystone_sdk::auth::fixed::AdminToken;
use keystone_sdk::clock::{Clock, ManualClock, SharedClock};
use keystone_sdk::error::ConfigurationError;
use keystone_sdk::session::Session;
use keystone_sdk::transport::Retries;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use super::*;

fn validator_at(url: &str, catalog: bool) -> SessionValidator {
    let clock = ManualClock::new("2029-01-01T00:00:00Z".parse().unwrap());
    validator_by(clock, url, catalog, 0)
}

fn validator_by(clock: SharedClock, url: &str, catalog: bool, retries: u32) -> SessionValidator {
    let auth = AdminToken::new(url, "own-token").unwrap();
    let session = Session::builder(auth).clock(clock).build().unwrap();
    let identity = session
        .adapter()
        .service_type("identity")
        .retries(Retries::new().connect(retries));
    SessionValidator::new(identity.build().unwrap(), catalog)
}

fn validator(catalog: bool) -> SessionValidator {
    validator_at("http://keystone.example/v3", catalog)
}

/// A Keystone that sends these responses, the last one again and again, and notes the targets asked for.
async fn keystone(responses: Vec<String>) -> (String, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/v3", listener.local_addr().unwrap());
    let asked = Arc::new(Mutex::new(Vec::new()));
    let targets = Arc::clone(&asked);
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut head = Vec::new();
            while !head.ends_with(b"\r\n\r\n") {
                head.push(stream.read_u8().await.unwrap());
            }
            let head = String::from_utf8(head).unwrap();
            let response = {
                let mut targets = targets.lock().unwrap();
                targets.push(head.split(' ').nth(1).unwrap().to_owned());
                responses[targets.len().min(responses.len()) - 1].clone()
            };
            stream.write_all(response.as_bytes()).await.unwrap();
        }
    });
    (url, asked)
}

fn response(status: u16, headers: &str, body: &Value) -> String {
    let body = body.to_string();
    format!(
        "HTTP/1.1 {status} X\r\nconnection: close\r\ncontent-type: application/json\r\n\
         {headers}content-length: {}\r\n\r\n{body}",
        body.len()
    )
}

fn token_body(more: &Value) -> Value {
    let mut token = json!({"expires_at": "2030-01-01T00:00:00.000000Z", "user": {"id": "u"}});
    for (name, value) in more.as_object().unwrap() {
        token[name] = value.clone();
    }
    json!({ "token": token })
}

/// What a validation of `canary` comes to, in a word or in the error's.
async fn outcome(response: String) -> String {
    let (url, _) = keystone(vec![response]).await;
    let validator = validator_at(&url, true);
    match validator.validate(&SecretString::from("canary")).await {
        Ok(access) => format!("valid {}", access.user.id),
        Err(Error::InvalidToken(error)) => format!("invalid: {error}"),
        Err(error) => {
            let text = crate::error::Chain(&error).to_string();
            assert!(!text.contains("canary"), "{text}");
            format!("unavailable: {text}")
        }
    }
}

/// Keystone's own error body.
fn says(code: u16) -> Value {
    json!({"error": {"code": code, "message": "m", "title": "t"}})
}

#[tokio::test]
async fn each_response_says_something_of_the_token_or_of_keystone() {
    const FAILED: &str = "unavailable: a token cannot be validated";
    let body = token_body(&json!({}));
    let subject = |id: &str| format!("x-subject-token: {id}\r\n");
    let untitled = json!({"error": {"code": 404}});
    let other = "unavailable: the response to a token validation is about another token";
    let own = "unavailable: Keystone refuses the token of this service";
    let role = "unavailable: the user of this service may not validate tokens";
    for (response, starts) in [
        (response(200, "", &body), "valid u"),
        (response(200, &subject("canary"), &body), "valid u"),
        (response(200, &subject("other"), &body), other),
        (response(404, "", &says(404)), "invalid: "),
        (response(404, "", &json!({})), FAILED),
        (response(404, "", &says(400)), FAILED),
        (response(404, "", &untitled), FAILED),
        // Whatever a body says, only the status 404 is about the token.
        (response(400, "", &says(404)), FAILED),
        (response(200, "", &says(404)), FAILED),
        (response(401, "", &says(401)), own),
        (response(403, "", &says(403)), role),
        (response(500, "", &says(500)), FAILED),
    ] {
        let found = outcome(response.clone()).await;
        assert!(found.starts_with(starts), "{found}\n{response}");
    }
}

#[tokio::test]
async fn the_catalog_is_asked_for_where_there_are_access_rules_and_no_catalog() {
    let rules = json!({"application_credential": {"id": "a", "name": "a", "access_rules": []}});
    let mut with_catalog = rules.clone();
    with_catalog["catalog"] = json!([]);
    let (with, without) = ("/v3/auth/tokens", "/v3/auth/tokens?nocatalog=1");
    for (catalog, token, wanted) in [
        (false, json!({}), &[without][..]),
        (false, rules.clone(), &[without, with]),
        (false, with_catalog, &[without]),
        (true, json!({}), &[with]),
    ] {
        let (url, asked) = keystone(vec![response(200, "", &token_body(&token))]).await;
        let validator = validator_at(&url, catalog);
        let access = validator.validate(&SecretString::from("canary")).await;
        assert_eq!(access.unwrap().user.id, "u");
        assert_eq!(*asked.lock().unwrap(), wanted, "{token}");
    }
}

/// Each pause is up to half a second, then up to twice that; half of it at least.
#[tokio::test]
async fn where_there_is_no_connection_it_is_tried_again_by_the_injected_clock() {
    let start = "2029-01-01T00:00:00Z".parse().unwrap();
    for (retries, least, most) in [(0, 0, 0), (1, 250, 500), (3, 1750, 3500)] {
        let clock = ManualClock::new(start);
        // Port 0 is nobody's.
        let url = "http://127.0.0.1:0/v3";
        let validator = validator_by(Arc::<ManualClock>::clone(&clock), url, true, retries);
        let token = SecretString::from("canary");
        let error = validator.validate(&token).await.unwrap_err();
        assert_eq!(error.to_string(), "a token cannot be validated");
        let waited = clock.now().duration_since(start).as_millis();
        assert!((least..=most).contains(&waited), "{retries}: {waited} ms");
    }
}

#[tokio::test]
async fn a_response_is_not_asked_for_again() {
    let clock = ManualClock::new("2029-01-01T00:00:00Z".parse().unwrap());
    for status in [500, 503] {
        let response = response(status, "", &says(status));
        let (url, asked) = keystone(vec![response]).await;
        let validator = validator_by(Arc::<ManualClock>::clone(&clock), &url, true, 3);
        let token = SecretString::from("canary");
        assert!(validator.validate(&token).await.is_err());
        assert_eq!(asked.lock().unwrap().len(), 1);
    }
}

#[test]
fn what_is_wrong_with_the_service_itself_is_not_told_of_the_token() {
    let error = ConfigurationError::new("x").into();
    assert_eq!(
        unavailable(error).to_string(),
        "a token cannot be validated"
    );
}

#[test]
fn credentials_that_keystone_refuses_are_the_operators_matter() {
    let refused = keystone_sdk::error::AuthenticationError::new("no such user");
    let told = unavailable(refused.into());
    let text = crate::error::Chain(&told).to_string();
    assert!(
        text.starts_with("Keystone does not accept the credentials of this service"),
        "{text}"
    );
    assert!(text.contains("no such user"), "{text}");
}

/// The whole request, with nothing taken from the product's own constants.
#[test]
fn the_question_is_as_the_identity_api_wants_it() {
    let token = SecretString::from("canary");
    for (catalog, address) in [
        (true, "http://keystone.example/v3/auth/tokens"),
        (false, "http://keystone.example/v3/auth/tokens?nocatalog=1"),
    ] {
        let validator = validator(catalog);
        let call = validator.call(&token, catalog).unwrap();
        let request = validator.identity.prepare(call).now_or_never().unwrap();
        let request = request.unwrap();
        assert_eq!(request.method, "GET");
        assert_eq!(request.url.as_str(), address);
        assert!(request.body.is_none());
        let headers = &request.headers;
        assert_eq!(headers["x-auth-token"], "own-token");
        assert_eq!(headers["x-subject-token"], "canary");
        // Keystone takes it for a version: whatever is below 1 hides tokens with access rules.
        assert_eq!(headers["openstack-identity-access-rules"], "1");
        assert!(headers["x-subject-token"].is_sensitive());
        assert!(headers["x-auth-token"].is_sensitive());
        assert!(!format!("{request:?}").contains("canary"));
    }
}

#[test]
fn access_rules_are_seen_also_when_there_are_none_in_the_list() {
    for (credential, wanted) in [
        (json!(null), false),
        (json!({"id": "a", "name": "a"}), false),
        (json!({"id": "a", "name": "a", "access_rules": []}), true),
        (
            json!({"id": "a", "name": "a", "access_rules": [{"id": "r"}]}),
            true,
        ),
    ] {
        let body = json!({
            "expires_at": "2030-01-01T00:00:00.000000Z",
            "user": {"id": "u"},
            "application_credential": credential,
        });
        let access = serde_json::from_value(body).unwrap();
        assert_eq!(has_access_rules(&access), wanted, "{credential}");
    }
}

#[test]
fn what_is_shown_of_a_validator_holds_no_secret() {
    let shown = format!("{:?}", validator(true));
    assert!(shown.contains("catalog: true"), "{shown}");
    assert!(!shown.contains("own-token"), "{shown}");
}
