//! Grants that need no browser, and the ways in which clients prove themselves.

use http::Method;
use http::header::{CONTENT_TYPE, HeaderValue};
use keystone_lab::table::{self, Outcome};
use keystone_sdk::auth::PluginOptions;
use keystone_sdk::config::Registry;
use keystone_sdk::transport::{Request, Transport};
use serde_json::Value;
use url::form_urlencoded::Serializer;

use super::{Lab, OPENID, OPENID_JWKS, discovery};

#[tokio::test]
async fn a_password_logs_in() {
    let _row = table::row("v3oidcpassword", "", OPENID, Outcome::Token);
    let lab = Lab::new();
    let options = lab.by_password("basic");
    lab.proves("v3oidcpassword", &options, "alice").await;
}

#[tokio::test]
async fn a_client_logs_in_by_its_secret_in_the_header() {
    let _row = table::row(
        "v3oidcclientcredentials",
        "client_secret_basic",
        OPENID,
        Outcome::Token,
    );
    let lab = Lab::new();
    let options = lab.options("basic").with("openid_scope", "openid");
    lab.proves("v3oidcclientcredentials", &options, "basic")
        .await;
}

#[tokio::test]
async fn a_client_logs_in_by_its_secret_in_the_body() {
    let _row = table::row(
        "v3oidcclientcredentials",
        "client_secret_post",
        OPENID,
        Outcome::Token,
    );
    let lab = Lab::new();
    let options = lab.options("post").with("openid_scope", "openid");
    lab.proves("v3oidcclientcredentials", &options, "post")
        .await;
}

#[tokio::test]
async fn a_client_logs_in_by_a_signature_of_its_ec_key() {
    let _row = table::row(
        "v3oidcclientcredentials",
        "private_key_jwt, ES256",
        OPENID,
        Outcome::Token,
    );
    let lab = Lab::new();
    let options = lab.options("jwt-es256").with("openid_scope", "openid");
    lab.proves("v3oidcclientcredentials", &options, "jwt-es256")
        .await;
}

#[tokio::test]
async fn a_client_logs_in_by_a_signature_of_its_rsa_key() {
    let _row = table::row(
        "v3oidcclientcredentials",
        "private_key_jwt, RS256",
        OPENID,
        Outcome::Token,
    );
    let lab = Lab::new();
    let options = lab.options("jwt-rs256").with("openid_scope", "openid");
    lab.proves("v3oidcclientcredentials", &options, "jwt-rs256")
        .await;
}

#[tokio::test]
async fn a_public_client_logs_a_user_in() {
    let _row = table::row("v3oidcpassword", "public client", OPENID, Outcome::Token);
    let lab = Lab::new();
    let options = lab.by_password("public");
    lab.proves("v3oidcpassword", &options, "alice").await;
}

#[tokio::test]
async fn explicit_endpoints_need_no_discovery() {
    let _row = table::row(
        "v3oidcpassword",
        "explicit endpoint",
        OPENID,
        Outcome::Token,
    );
    let lab = Lab::new();
    let issuer = &lab.provider().issuer;
    let mut options = lab.by_password("basic");
    options.set("access_token_endpoint", format!("{issuer}/token"));
    // An empty value counts as none.
    options.set("discovery_endpoint", "");
    lab.proves("v3oidcpassword", &options, "alice").await;
}

#[tokio::test]
async fn a_provider_behind_tls_is_trusted_by_its_private_authority_only() {
    let _row = table::row("v3oidcpassword", "TLS, private CA", OPENID, Outcome::Token);
    let mut lab = Lab::new();
    let options = lab
        .by_password("basic")
        .with("discovery_endpoint", discovery(&lab.provider().tls_issuer));
    let error = lab.refusal("v3oidcpassword", &options).await;
    assert!(
        error.starts_with("the discovery document of the OpenID Provider: GET https://"),
        "{error}"
    );
    assert!(
        error.contains("TLS failed; check the URL and the CA certificates"),
        "{error}"
    );
    let authority = std::fs::read(&lab.provider().authority).unwrap();
    let builder = Transport::builder().ca_certificates(&authority).unwrap();
    lab.transport = builder.build().unwrap();
    lab.proves("v3oidcpassword", &options, "alice").await;
}

#[tokio::test]
async fn an_id_token_is_validated_here_and_by_the_keys_of_the_provider_at_keystone() {
    let _row = table::row("v3oidcpassword", "id token", OPENID_JWKS, Outcome::Token);
    let lab = Lab::new();
    let options = lab
        .by_password("basic")
        .with("auth_url", &*lab.facts.keystone.jwks_url)
        .with("access_token_type", "id_token");
    lab.proves("v3oidcpassword", &options, "alice").await;
}

/// An access token of a caller of the client.
async fn callers_token(lab: &Lab) -> String {
    let client = lab.provider().client("public").unwrap();
    let user = lab.facts.user("alice").unwrap();
    let form = [
        ("grant_type", "password"),
        ("client_id", &client.id),
        ("username", &user.name),
        ("password", &user.password),
        ("scope", "openid profile"),
    ];
    let url = format!("{}/token", lab.provider().issuer).parse().unwrap();
    let mut request = Request::new(http::Method::POST, url);
    let form = Serializer::new(String::new()).extend_pairs(form).finish();
    request.body = Some(form.into());
    let kind = HeaderValue::from_static("application/x-www-form-urlencoded");
    let request = request.header(CONTENT_TYPE, kind);
    let body: Value = lab.transport.send(request).await.unwrap().json().unwrap();
    body["access_token"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_callers_token_is_exchanged_for_one_that_keystone_takes() {
    let _row = table::row("v3oidctokenexchange", "", OPENID, Outcome::Token);
    let lab = Lab::new();
    let caller = callers_token(&lab).await;
    let at_audience = lab
        .options("basic")
        .with("auth_url", &*lab.facts.keystone.audience_url);
    // The caller's own token is not for Keystone.
    let direct = keystone_sdk::auth::PluginOptions::new()
        .with("auth_url", &*lab.facts.keystone.audience_url)
        .with("identity_provider", &*lab.facts.openid.identity_provider)
        .with("protocol", &*lab.facts.openid.protocol)
        .with("access_token", &*caller);
    let plugin = Registry::builtin()
        .load("v3oidcaccesstoken", &direct)
        .unwrap();
    lab.log_in(&*plugin).await.unwrap_err();

    let options = at_audience
        .with("subject_token", &*caller)
        .with("audience", &*lab.provider().audience);
    lab.proves("v3oidctokenexchange", &options, "alice").await;
    let options = options.with("audience", "https://other.example");
    let error = lab.refusal("v3oidctokenexchange", &options).await;
    assert!(error.contains("was refused: `invalid_target`"), "{error}");
    assert!(
        error.contains("no tokens are issued for this audience"),
        "{error}"
    );
}

#[tokio::test]
async fn an_access_token_that_somebody_else_got_logs_in() {
    let _row = table::row("v3oidcaccesstoken", "", OPENID, Outcome::Token);
    let lab = Lab::new();
    let (client, user) = (
        lab.provider().client("post").unwrap(),
        lab.facts.user("alice"),
    );
    let (secret, user) = (client.secret.as_deref().unwrap(), user.unwrap());
    let form = [
        ("grant_type", "password"),
        ("scope", "openid profile"),
        ("client_id", &client.id),
        ("client_secret", secret),
        ("username", &user.name),
        ("password", &user.password),
    ];
    let form = Serializer::new(String::new()).extend_pairs(form).finish();
    let url = format!("{}/token", lab.provider().issuer).parse().unwrap();
    let kind = HeaderValue::from_static("application/x-www-form-urlencoded");
    let mut request = Request::new(Method::POST, url).header(CONTENT_TYPE, kind);
    request.body = Some(form.into());
    let response = lab.transport.send(request).await.unwrap();
    let tokens: Value = response.error_for_status().unwrap().json().unwrap();
    let options = PluginOptions::new()
        .with("auth_url", &*lab.facts.keystone.url)
        .with("identity_provider", &*lab.facts.openid.identity_provider)
        .with("protocol", &*lab.facts.openid.protocol)
        .with("access_token", tokens["access_token"].as_str().unwrap())
        .with("project_name", &*lab.facts.keystone.projects[0])
        .with("project_domain_name", &*lab.facts.keystone.domain);
    lab.proves("v3oidcaccesstoken", &options, "alice").await;
}
