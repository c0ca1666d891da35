//! What the provider or Keystone refuses: each error names the step, and the server's own reason.

use keystone_lab::table::{self, Outcome};
use keystone_sdk::auth::PluginOptions;

use super::{Lab, OPENID, OPENID_JWKS, discovery};

#[tokio::test]
async fn a_wrong_password_is_refused_by_the_provider() {
    let _row = table::row("v3oidcpassword", "wrong password", OPENID, Outcome::Refused);
    let lab = Lab::new();
    let options = lab.by_password("basic").with("password", "wrong-password");
    let error = lab.refusal("v3oidcpassword", &options).await;
    let begin = "the token request to the OpenID Provider was refused: `invalid_grant`";
    assert!(error.starts_with(begin), "{error}");
    assert!(
        error.contains("responded with 400 Bad Request: grant request is invalid"),
        "{error}"
    );
    assert!(!error.contains("wrong-password"), "{error}");
}

#[tokio::test]
async fn a_wrong_proof_of_the_client_is_refused_by_the_provider() {
    let _row = table::row(
        "v3oidcclientcredentials",
        "wrong client secret",
        OPENID,
        Outcome::Refused,
    );
    let lab = Lab::new();
    let by_secret = lab.options("basic").with("client_secret", "wrong-secret");
    let stranger = rcgen::KeyPair::generate().unwrap().serialize_pem();
    let by_key = lab
        .options("jwt-es256")
        .with("client_private_key", stranger);
    for options in [by_secret, by_key] {
        let error = lab.refusal("v3oidcclientcredentials", &options).await;
        assert!(error.contains("was refused: `invalid_client`"), "{error}");
        assert!(!error.contains("wrong-secret"), "{error}");
    }
}

#[tokio::test]
async fn a_garbage_bearer_is_refused_by_the_web_server() {
    let _row = table::row(
        "v3oidcaccesstoken",
        "garbage bearer",
        OPENID,
        Outcome::Refused,
    );
    let lab = Lab::new();
    let options = PluginOptions::new()
        .with("auth_url", &*lab.facts.keystone.url)
        .with("identity_provider", &*lab.facts.openid.identity_provider)
        .with("protocol", &*lab.facts.openid.protocol)
        .with("access_token", "garbage-bearer");
    let error = lab.refusal("v3oidcaccesstoken", &options).await;
    assert!(
        error.starts_with("Keystone refused the user of the identity provider"),
        "{error}"
    );
    assert!(!error.contains("garbage-bearer"), "{error}");
}

#[tokio::test]
async fn the_token_of_a_provider_that_keystone_does_not_trust_is_refused() {
    let _row = table::row(
        "v3oidcaccesstoken",
        "token of another provider",
        OPENID,
        Outcome::Refused,
    );
    let lab = Lab::new();
    let other = &lab.facts.other_openid;
    let options = lab
        .by_password("basic")
        .with("discovery_endpoint", discovery(&other.issuer));
    let error = lab.refusal("v3oidcpassword", &options).await;
    assert!(
        error.starts_with("Keystone refused the user of the identity provider"),
        "{error}"
    );
}

#[tokio::test]
async fn a_discovery_document_of_another_issuer_is_refused() {
    let _row = table::row(
        "v3oidcpassword",
        "discovery document of another issuer",
        OPENID,
        Outcome::Refused,
    );
    let lab = Lab::new();
    let options = lab.by_password("basic").with(
        "discovery_endpoint",
        discovery(&lab.provider().another_issuer_url),
    );
    let error = lab.refusal("v3oidcpassword", &options).await;
    assert!(
        error.contains("cannot be relied on: it is that of the issuer"),
        "{error}"
    );
}

#[tokio::test]
async fn an_id_token_of_a_mixed_up_provider_is_refused_here() {
    let _row = table::row(
        "v3oidcpassword",
        "id token of a mixed-up issuer",
        OPENID_JWKS,
        Outcome::Refused,
    );
    let lab = Lab::new();
    let options = lab
        .by_password("basic")
        .with("auth_url", &*lab.facts.keystone.jwks_url)
        .with("access_token_type", "id_token")
        .with(
            "discovery_endpoint",
            discovery(&lab.provider().mixed_up_url),
        );
    let error = lab.refusal("v3oidcpassword", &options).await;
    assert!(
        error.contains("the id token of the OpenID Provider is refused: Invalid issuer"),
        "{error}"
    );
}

#[tokio::test]
async fn a_provider_that_is_down_is_named_with_the_step() {
    let _row = table::row("v3oidcpassword", "provider down", OPENID, Outcome::Refused);
    let lab = Lab::new();
    let closed = &lab.facts.closed_url;
    let options = lab
        .by_password("basic")
        .with("discovery_endpoint", discovery(closed));
    let error = lab.refusal("v3oidcpassword", &options).await;
    assert!(
        error.starts_with("the discovery document of the OpenID Provider: GET"),
        "{error}"
    );
    assert!(error.contains("no connection"), "{error}");
    let mut options = options.with("access_token_endpoint", format!("{closed}/token"));
    options.set("discovery_endpoint", "");
    let error = lab.refusal("v3oidcpassword", &options).await;
    assert!(
        error.starts_with("the token request to the OpenID Provider: POST"),
        "{error}"
    );
}
