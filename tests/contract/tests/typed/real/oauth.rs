//! OAuth 1.0 from the consumer to the access token, and the tokens of OAuth 2.0.

use std::time::{SystemTime, UNIX_EPOCH};

use keystone_sdk::identity::v3::{
    AccessToken, ApplicationCredentialCreate, ClientCredentials, Consumer, ConsumerCreate,
    ConsumerUpdate, RoleRef,
};
use keystone_sdk::{Error, SecretString};

use super::world;
use crate::shape::lossless;
use crate::world::status;

/// The header of a request that is signed by both secrets themselves (RFC 5849, 3.4.4).
#[expect(
    clippy::disallowed_methods,
    reason = "the server compares it with its own clock"
)]
fn signed(
    consumer: &Consumer,
    key: &SecretString,
    token: &[(&str, &str)],
    secret: &str,
) -> SecretString {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    let signature = format!("{}%26{secret}", key.expose());
    let (seconds, nonce) = (now.as_secs().to_string(), now.as_nanos().to_string());
    let own = [
        ("oauth_consumer_key", consumer.id.as_str()),
        ("oauth_signature_method", "PLAINTEXT"),
        ("oauth_timestamp", &seconds),
        ("oauth_nonce", &nonce),
        ("oauth_version", "1.0"),
        ("oauth_signature", &signature),
    ];
    let parts = own.iter().chain(token);
    let parts: Vec<_> = parts
        .map(|(name, value)| format!("{name}=\"{value}\""))
        .collect();
    SecretString::from(format!("OAuth {}", parts.join(", ")))
}

#[tokio::test]
async fn consumers_are_lent_roles() {
    let world = world().await;
    let consumers = world.client.consumers();
    let made = consumers
        .create(ConsumerCreate::new().description("cli"))
        .await
        .unwrap();
    let key = made.secret.clone().unwrap();
    assert!(!format!("{made:?}").contains(key.expose()));
    let consumer = consumers.update(&made.id, ConsumerUpdate::new().clear_description());
    let consumer = consumer.await.unwrap();
    assert_eq!(consumer.description, None);
    assert!(consumers.get(&made.id).await.unwrap().secret.is_none());
    let listed = consumers.list().all().await.unwrap();
    assert!(listed.iter().any(|other| other.id == made.id));

    let requests = world.client.request_tokens();
    let header = signed(&consumer, &key, &[("oauth_callback", "oob")], "");
    let request = requests.create(header, &world.project).await.unwrap();
    assert!(request.oauth_expires_at.is_some());
    let token = request.oauth_token.as_str();
    let admin = [RoleRef::new().name("admin")];
    let verifier = requests
        .authorize(token, admin)
        .await
        .unwrap()
        .oauth_verifier;
    let proofs = [
        ("oauth_token", token),
        ("oauth_verifier", verifier.expose()),
    ];
    let secret = request.oauth_token_secret.expose();
    let header = signed(&consumer, &key, &proofs, secret);
    let access = requests.exchange(header).await.unwrap();
    assert!(!format!("{access:?}").contains(access.oauth_token_secret.expose()));

    let tokens = world.client.access_tokens(&world.user);
    let id = access.oauth_token.as_str();
    let shown = tokens.get(id).await.unwrap();
    assert_eq!(
        (&shown.consumer_id, &shown.project_id),
        (&made.id, &world.project)
    );
    let listed = tokens.list().all().await.unwrap();
    assert!(listed.iter().any(|other| other.id == id));
    let roles = tokens.roles(id).all().await.unwrap();
    assert_eq!(tokens.role(id, &roles[0].id).await.unwrap().name, "admin");
    let user = world.user.as_str();
    let path = ["users", user, "OS-OAUTH1", "access_tokens", id];
    lossless::<AccessToken>(world.client.service(), &path, "access_token").await;
    tokens.delete(id).await.unwrap();
    assert_eq!(status(tokens.get(id).await), 404);
    consumers.delete(&made.id).await.unwrap();
}

#[tokio::test]
async fn an_application_credential_is_exchanged_for_a_bearer_token() {
    let world = world().await;
    let credentials = world.client.application_credentials(&world.user);
    let new = ApplicationCredentialCreate::new(world.name("oauth2"));
    let made = credentials.create(new).await.unwrap();
    let secret = made.secret.clone().unwrap();
    let tokens = world.client.oauth2_tokens();
    let form = ClientCredentials::new("client_credentials", &made.id, secret.expose());
    let token = tokens.issue(form).await.unwrap();
    assert_eq!(token.token_type, "Bearer");
    assert!(token.expires_in > 0);
    assert!(!format!("{token:?}").contains(token.access_token.expose()));
    assert!(
        world
            .client
            .tokens()
            .check(token.access_token)
            .await
            .unwrap()
    );

    let wrong = ClientCredentials::new("client_credentials", &made.id, "wrong");
    let error = tokens.issue(wrong).await.unwrap_err();
    let Error::Response(answer) = &error else {
        panic!("{error}")
    };
    assert_eq!(answer.title(), Some("invalid_client"));
    let other = ClientCredentials::new("password", &made.id, "wrong");
    assert_eq!(status(tokens.issue(other).await), 400);
    credentials.delete(&made.id).await.unwrap();
}
