//! The validation of id tokens.

use keystone_sdk::auth::federation::{AccessTokenType, OidcAuthCode, OidcPassword};
use serde_json::{Value, json};

use crate::logins::password;
use crate::op::{Op, START, encoded, tokens, transport};
use crate::{log_in, logged};

/// What becomes of a login by this id token.
async fn shown(op: &Op, id_token: Option<String>) -> Result<String, String> {
    let mut body = tokens(1);
    if let Some(id_token) = &id_token {
        body["id_token"] = id_token.as_str().into();
    }
    op.reply(200, body);
    let builder = password(op).access_token_type(AccessTokenType::IdToken);
    let outcome = log_in(&builder.build().unwrap(), &transport().0).await;
    for part in id_token
        .iter()
        .flat_map(|it| it.split('.').skip(1))
        .filter(|it| !it.is_empty())
    {
        assert!(!logged().contains(part));
        assert!(!outcome.as_ref().is_err_and(|error| error.contains(part)));
    }
    outcome?;
    Ok(op.shown().pop().unwrap())
}

#[tokio::test]
async fn a_good_id_token_is_shown_to_keystone() {
    let op = Op::start().await;
    for changes in [
        json!({}),
        json!({"aud": ["client"]}),
        json!({"aud": ["keystone", "client"], "azp": "client"}),
    ] {
        let id_token = op.id_token(&changes);
        assert_eq!(shown(&op, Some(id_token.clone())).await, Ok(id_token));
    }
}

#[tokio::test]
async fn an_id_token_that_proves_nothing_is_refused_and_not_shown() {
    let cases: [(Value, &str); 8] = [
        (json!({"iss": "https://other"}), "Invalid issuer"),
        (json!({"iss": null}), "is malformed"),
        (json!({"aud": "other"}), "Invalid audiences"),
        (json!({"aud": null}), "Invalid audiences"),
        (
            json!({"aud": ["client", "other"]}),
            "was not given to the client `client`",
        ),
        (
            json!({"aud": ["client", "other"], "azp": "other"}),
            "was not given to the client",
        ),
        (json!({"exp": START}), "Expired"),
        (json!({"exp": START - 1}), "Expired"),
    ];
    for (changes, says) in cases {
        let op = Op::start().await;
        let error = shown(&op, Some(op.id_token(&changes))).await.unwrap_err();
        assert!(error.contains(says), "{changes}: {error}");
        assert!(op.shown().is_empty());
    }
}

#[tokio::test]
async fn a_signature_by_anybody_else_is_refused() {
    let op = Op::start().await;
    let good = op.id_token(&json!({}));
    let (signed, signature) = good.rsplit_once('.').unwrap();
    let payload = signed.split_once('.').unwrap().1;
    let unsigned = format!("{}.{payload}.", encoded(&json!({"alg": "none"})));
    let by_secret = format!(
        "{}.{payload}.{signature}",
        encoded(&json!({"alg": "HS256"}))
    );
    let other_claims = encoded(
        &json!({"iss": op.url, "sub": "admin", "aud": "client", "iat": START, "exp": START + 9}),
    );
    let tampered = format!(
        "{}.{other_claims}.{signature}",
        signed.split_once('.').unwrap().0
    );
    for (id_token, says) in [
        (unsigned, "No signature found"),
        (by_secret, "algorithm `HS256` is not one of"),
        (tampered, "its signature is wrong"),
        ("canary-no-jwt".to_owned(), "is malformed"),
    ] {
        let error = shown(&op, Some(id_token)).await.unwrap_err();
        assert!(error.contains(says), "{error}");
    }
    op.tell_another_key();
    let error = shown(&op, Some(good)).await.unwrap_err();
    assert!(error.contains("its signature is wrong"), "{error}");
    let error = shown(&op, None).await.unwrap_err();
    assert!(error.contains("gave no id token"), "{error}");
}

#[tokio::test]
async fn without_keys_no_id_token_is_used() {
    let op = Op::start().await;
    let builder = || {
        OidcPassword::builder(op.keystone())
            .identity_provider("acme")
            .protocol("openid")
            .client_id("client")
            .username("alice")
            .password("canary-password")
            .access_token_endpoint(format!("{}/token", op.url))
            .access_token_type(AccessTokenType::IdToken)
    };
    let error = builder().issuer("x").build().unwrap_err().to_string();
    assert!(
        error.contains("set `discovery_endpoint`, or `issuer` and `jwks_endpoint`"),
        "{error}"
    );
    let keys = format!("{}/jwks", op.url);
    let plugin = builder()
        .issuer(&*op.url)
        .jwks_endpoint(keys)
        .build()
        .unwrap();
    let id_token = op.id_token(&json!({}));
    let mut body = tokens(1);
    body["id_token"] = id_token.clone().into();
    op.reply(200, body);
    log_in(&plugin, &transport().0).await.unwrap();
    assert_eq!(op.shown(), [id_token]);

    *op.document.lock().unwrap() = json!({"jwks_uri": format!("{}/nowhere", op.url)});
    let error = shown(&op, Some(op.id_token(&json!({})))).await.unwrap_err();
    assert!(
        error.contains("the request for the public keys of the OpenID Provider was refused"),
        "{error}"
    );
}

#[tokio::test]
async fn the_nonce_of_a_code_has_to_come_back_in_the_id_token() {
    let op = Op::start().await;
    let plugin = || {
        let builder = OidcAuthCode::builder(op.keystone())
            .identity_provider("acme")
            .protocol("openid")
            .discovery_endpoint(op.discovery())
            .client_id("client")
            .code("canary-code")
            .nonce("canary-nonce");
        builder.build().unwrap()
    };
    for (changes, says) in [
        (Some(json!({"nonce": "other"})), Some("nonce mismatch")),
        (Some(json!({})), Some("missing nonce")),
        (None, Some("gave no id token")),
        (Some(json!({"nonce": "canary-nonce"})), None),
    ] {
        let mut body = tokens(1);
        if let Some(changes) = &changes {
            body["id_token"] = op.id_token(changes).into();
        }
        op.reply(200, body);
        let outcome = log_in(&plugin(), &transport().0).await;
        match says {
            Some(says) => assert!(outcome.unwrap_err().contains(says)),
            None => assert!(outcome.is_ok()),
        }
    }
    assert_eq!(op.shown(), ["canary-access-1"]);
}
