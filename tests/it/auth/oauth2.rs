//! Access tokens of OAuth 2.0 beside tokens, and calls without any token.

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use http::Method;
use keystone_sdk::auth::{PluginOptions, v3};
use keystone_sdk::catalog::EndpointFilter;
use keystone_sdk::session::Call;
use keystone_sdk::{Error, config};
use keystone_testing::Keystone;
use serde_json::json;

use super::mechanisms::{admin, make};
use super::session;
use super::stub::{Seen, Stub};

const TOKEN: &str = "/v3/OS-OAUTH2/token";

/// The id of an application credential of the administrator.
async fn client(keystone: &Keystone) -> String {
    let path = format!(
        "users/{}/application_credentials",
        keystone.admin().user_id()
    );
    let wanted = json!({"application_credential": {"name": "client", "secret": "s3cr3t"}});
    let made = make(&admin(keystone), Method::POST, &path, wanted).await;
    let id = made["application_credential"]["id"].as_str().unwrap();
    id.to_owned()
}

fn plugin(keystone: &Keystone, id: &str, secret: &str) -> v3::OAuth2ClientCredential {
    v3::OAuth2ClientCredential::builder(keystone.v3_url())
        .oauth2_endpoint(format!("{}{TOKEN}", keystone.url()))
        .oauth2_client_id(id)
        .oauth2_client_secret(secret)
        .build()
        .unwrap()
}

#[tokio::test]
async fn services_see_one_bearer_beside_one_token() {
    let keystone = Keystone::start().await.unwrap();
    let session = session(plugin(&keystone, &client(&keystone).await, "s3cr3t"));
    let stub = Stub::content().await;
    keystone.requests().clear();
    for _ in 0..3 {
        let call = Call::new(Method::GET, format!("{}/v1/things", stub.url));
        session.send(call).await.unwrap();
    }
    let seen = stub.last();
    let bearer = seen.header("authorization").unwrap();
    let access_token = bearer.strip_prefix("Bearer ").unwrap();
    let token = session.token().await.unwrap();
    assert_eq!(seen.header("x-auth-token"), Some(token.expose()));
    assert_ne!(access_token, token.expose());
    assert_eq!(keystone.requests().count("POST", TOKEN), 1);
    assert_eq!(keystone.requests().count("POST", "/v3/auth/tokens"), 1);
    assert!(
        session
            .access()
            .await
            .unwrap()
            .application_credential
            .is_some()
    );

    let identity = EndpointFilter::service_type("identity").major_version(3);
    let whoami = Call::new(Method::GET, "auth/projects").endpoint(identity);
    keystone.revoke_all_tokens();
    assert_eq!(session.send(whoami).await.unwrap().status, 200);
    assert_eq!(keystone.requests().count("POST", TOKEN), 2);
}

#[tokio::test]
async fn a_client_that_is_not_known_is_refused_without_its_secret() {
    let keystone = Keystone::start().await.unwrap();
    let id = client(&keystone).await;
    let wrong = session(plugin(&keystone, &id, "canary")).token().await;
    let error = wrong.unwrap_err();
    assert!(matches!(error, Error::Authentication(_)), "{error:?}");
    assert!(
        !format!("{error} {error:?}").contains("canary"),
        "{error:?}"
    );
}

/// A server with tokens of every kind for whom shows a certificate, which plain HTTP cannot.
fn trusting(seen: &Seen) -> Response {
    let json = [(header::CONTENT_TYPE, "application/json")];
    match seen.line.as_str() {
        "POST /oauth2/token" => {
            let token = r#"{"access_token": "bound", "token_type": "Bearer", "expires_in": 3600}"#;
            (json, token).into_response()
        }
        "GET /v3/auth/tokens" => {
            let body = r#"{"token": {"expires_at": "2999-01-01T00:00:00Z", "user": {"id": "u"}}}"#;
            (json, body).into_response()
        }
        _ => "".into_response(),
    }
}

#[tokio::test]
async fn a_client_with_a_certificate_sends_its_id_and_asks_for_its_token() {
    let stub = Stub::start(trusting).await;
    let options = PluginOptions::new()
        .with("auth_url", &*stub.url)
        .with("oauth2_endpoint", format!("{}/oauth2/token", stub.url))
        .with("oauth2_client_id", "c l");
    let session = session(config::load("v3oauth2mtlsclientcredential", &options).unwrap());
    for _ in 0..2 {
        let call = Call::new(Method::GET, format!("{}/things", stub.url));
        session.send(call).await.unwrap();
    }
    let lines = [
        "POST /oauth2/token",
        "GET /v3/auth/tokens",
        "GET /things",
        "GET /things",
    ];
    assert_eq!(stub.lines(), lines);
    let [form, ask, call, _] = <[Seen; 4]>::try_from(stub.seen()).ok().unwrap();
    assert_eq!(form.body, "grant_type=client_credentials&client_id=c+l");
    assert_eq!(
        form.header("content-type"),
        Some("application/x-www-form-urlencoded")
    );
    assert_eq!(form.header("authorization"), None);
    assert_eq!(ask.header("x-subject-token"), Some("bound"));
    assert_eq!(ask.header("authorization"), None);
    assert_eq!(call.header("authorization"), Some("Bearer bound"));
    for seen in [ask, call] {
        assert_eq!(seen.header("x-auth-token"), Some("bound"));
    }
}

#[tokio::test]
async fn what_gives_no_access_token_is_an_error_with_its_address() {
    for (status, body, says) in [
        (
            401,
            r#"{"error": "invalid_client"}"#,
            "no access token of OAuth 2.0 for this client",
        ),
        (200, "<html>", "an HTML page"),
        (
            200,
            r#"{"access_token": ""}"#,
            "the access token of OAuth 2.0 is empty",
        ),
        (503, "", "responded with 503"),
    ] {
        let status = StatusCode::from_u16(status).unwrap();
        let stub = Stub::start(move |_: &Seen| (status, body)).await;
        let auth = v3::OAuth2MtlsClientCredential::builder(&stub.url)
            .oauth2_endpoint(&stub.url)
            .oauth2_client_id("c");
        let error = session(auth.build().unwrap()).token().await.unwrap_err();
        let text = error.to_string();
        assert!(text.contains(says) && text.contains(&stub.url), "{text}");
    }
}

async fn headers(stub: &Stub, options: &[(&str, &str)]) -> Vec<String> {
    let all = PluginOptions::new().with("auth_url", format!("{}/v3", stub.url));
    let all = options
        .iter()
        .fold(all, |all, (name, value)| all.with(*name, *value));
    let session = session(config::load("v3tokenlessauth", &all).unwrap());
    let users = Call::new(Method::GET, "users").endpoint(EndpointFilter::service_type("identity"));
    session.send(users).await.unwrap();
    let seen = stub.last();
    assert_eq!(seen.line, "GET /v3/users");
    assert_eq!(seen.header("x-auth-token"), None);
    let scope = seen.headers.iter().filter(|(name, _)| {
        name.as_str().starts_with("x-project") || name.as_str().starts_with("x-domain")
    });
    let mut scope: Vec<_> = scope
        .map(|(name, value)| format!("{name}: {}", value.to_str().unwrap()))
        .collect();
    scope.sort();
    scope
}

#[tokio::test]
async fn a_call_without_a_token_names_its_scope() {
    let stub = Stub::content().await;
    for (options, sent) in [
        (&[("project_id", "p")][..], &["x-project-id: p"][..]),
        (
            &[("project_name", "n"), ("project_domain_id", "d")],
            &["x-project-domain-id: d", "x-project-name: n"],
        ),
        (
            &[("project_name", "n"), ("project_domain_name", "D")],
            &["x-project-domain-name: D", "x-project-name: n"],
        ),
        (&[("domain_id", "d")], &["x-domain-id: d"]),
        (&[("domain_name", "D")], &["x-domain-name: D"]),
    ] {
        assert_eq!(headers(&stub, options).await, sent);
    }
}

#[tokio::test]
async fn a_call_without_a_token_goes_to_keystone_only_and_needs_a_scope() {
    let builder = || v3::Tokenless::builder("http://127.0.0.1:1/v3");
    let error = builder().build().unwrap_err();
    assert!(
        error.to_string().contains("needs a project or a domain"),
        "{error}"
    );
    let auth = builder().project_id("p").build().unwrap();
    let session = session(auth);
    let compute = EndpointFilter::service_type("compute");
    let error = session.endpoint(&compute).await.unwrap_err();
    assert!(matches!(error, Error::Discovery(_)), "{error:?}");
    assert!(session.token().await.is_err() && session.access().await.is_err());
}
