//! How clients prove themselves.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use keystone_sdk::auth::federation::{
    ClientAuthMethod, OidcClientCredentials, OidcClientCredentialsBuilder,
};
use ring::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};
use serde_json::{Value, json};

use crate::op::{Asked, Op, START, transport};
use crate::{log_in, logged};

fn client(op: &Op) -> OidcClientCredentialsBuilder {
    OidcClientCredentials::builder(op.keystone())
        .identity_provider("acme")
        .protocol("openid")
        .discovery_endpoint(op.discovery())
        .client_id("client")
}

async fn asked(op: &Op, builder: OidcClientCredentialsBuilder) -> Asked {
    log_in(&builder.build().unwrap(), &transport().0)
        .await
        .unwrap();
    op.last()
}

/// Which of the proofs a request carries.
fn proof(asked: &Asked) -> &'static str {
    let form = &asked.form;
    let has = |key: &str| form.contains_key(key);
    match (&asked.basic, has("client_secret"), has("client_assertion")) {
        (Some(_), false, false) if !has("client_id") => "basic",
        (None, true, false) => "post",
        (None, false, true) => "jwt",
        (None, false, false) => "none",
        _ => "several",
    }
}

#[tokio::test]
async fn a_secret_goes_by_basic_unless_the_provider_takes_it_in_the_body_alone() {
    let offers = |methods: Value| json!({"token_endpoint_auth_methods_supported": methods});
    for (document, expected) in [
        (json!({}), "basic"),
        (
            offers(json!(["client_secret_basic", "client_secret_post"])),
            "basic",
        ),
        (offers(json!(["client_secret_post"])), "post"),
        (offers(json!(["private_key_jwt"])), "basic"),
    ] {
        let op = Op::start().await;
        *op.document.lock().unwrap() = document;
        let asked = asked(&op, client(&op).client_secret("canary-secret")).await;
        assert_eq!(proof(&asked), expected);
    }
}

#[tokio::test]
async fn the_method_that_was_asked_for_is_used() {
    let op = Op::start().await;
    let builder = || client(&op).client_secret("canary-secret");
    for (method, expected) in [
        (ClientAuthMethod::ClientSecretBasic, "basic"),
        (ClientAuthMethod::ClientSecretPost, "post"),
        (ClientAuthMethod::None, "none"),
    ] {
        let asked = asked(&op, builder().client_auth_method(method)).await;
        assert_eq!(proof(&asked), expected);
    }
    let public = asked(&op, client(&op)).await;
    assert_eq!(
        (proof(&public), public.form["client_id"].as_str()),
        ("none", "client")
    );
}

#[tokio::test]
async fn id_and_secret_are_encoded_before_basic_joins_them() {
    let op = Op::start().await;
    let builder = client(&op)
        .client_id("https://c:1")
        .client_secret("canary-a b%ä");
    let expected = (
        "https%3A%2F%2Fc%3A1".to_owned(),
        "canary-a+b%25%C3%A4".to_owned(),
    );
    assert_eq!(asked(&op, builder).await.basic, Some(expected));
}

#[tokio::test]
async fn a_private_key_signs_an_assertion_that_is_good_for_one_request() {
    let op = Op::start().await;
    let key = rcgen::KeyPair::generate().unwrap();
    let pem = key.serialize_pem();
    let mut seen = Vec::new();
    // On one line, as variables often hold it, and as it is.
    for pem in [pem.replace('\n', "\\n"), pem] {
        let builder = client(&op)
            .client_private_key(pem)
            .client_private_key_id("k1");
        let asked = asked(&op, builder).await;
        assert_eq!(proof(&asked), "jwt");
        let kind = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
        assert_eq!(asked.form["client_assertion_type"], kind);
        let (signed, signature) = asked.form["client_assertion"].rsplit_once('.').unwrap();
        assert!(!logged().contains(signature), "an assertion is a proof");
        let signature = URL_SAFE_NO_PAD.decode(signature).unwrap();
        UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, key.public_key_raw())
            .verify(signed.as_bytes(), &signature)
            .unwrap();
        let parts: Vec<Value> = signed
            .split('.')
            .map(|part| serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap())
            .collect();
        assert_eq!(parts[0], json!({"alg": "ES256", "typ": "JWT", "kid": "k1"}));
        let claims = &parts[1];
        assert_eq!(
            (&claims["iss"], &claims["sub"]),
            (&json!("client"), &json!("client"))
        );
        assert_eq!(claims["aud"], op.url.as_str());
        assert_eq!(
            (&claims["iat"], &claims["exp"]),
            (&json!(START), &json!(START + 60))
        );
        seen.push(claims["jti"].as_str().unwrap().to_owned());
    }
    assert_ne!(seen[0], seen[1]);
}

#[tokio::test]
async fn a_key_of_another_kind_is_refused_without_repeating_it() {
    let op = Op::start().await;
    let p384 = rcgen::KeyPair::generate_for(&rcgen::PKCS_ECDSA_P384_SHA384).unwrap();
    let sec1 = "-----BEGIN EC PRIVATE KEY-----\nY2FuYXJ5LWtleQ==\n-----END EC PRIVATE KEY-----\n";
    for (pem, says) in [
        ("canary-no-key".to_owned(), "is not a private key as PEM"),
        (
            p384.serialize_pem(),
            "is neither an RSA key of 2048 to 4096 bits nor an EC key",
        ),
        (sec1.to_owned(), "is in the form SEC1"),
    ] {
        let error = client(&op).client_private_key(pem).build().unwrap_err();
        let shown = format!("{error} {error:?}");
        assert!(
            shown.contains(says) && shown.contains("openssl pkcs8"),
            "{shown}"
        );
        assert!(
            !shown.contains("canary") && !shown.contains("Y2Fu"),
            "{shown}"
        );
    }
}

#[tokio::test]
async fn a_method_without_what_it_needs_is_refused_before_anything_is_sent() {
    let op = Op::start().await;
    for (method, says) in [
        (ClientAuthMethod::ClientSecretBasic, "set `client_secret`"),
        (ClientAuthMethod::ClientSecretPost, "set `client_secret`"),
        (ClientAuthMethod::PrivateKeyJwt, "set `client_private_key`"),
    ] {
        let error = client(&op).client_auth_method(method).build().unwrap_err();
        assert!(error.to_string().contains(says), "{error}");
    }
    let error = client(&op).client_id(" ").build().unwrap_err();
    assert!(
        error.to_string().contains("`client_id` is blank"),
        "{error}"
    );
}
