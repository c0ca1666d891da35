//! OAuth 1.0 from the consumer to the access token, and the tokens of OAuth 2.0.

use jiff::Timestamp;
use keystone_sdk::auth::v3::{OAuth1, OAuth1Consumer};
use keystone_sdk::identity::v3::{
    AccessToken, ApplicationCredentialCreate, ClientCredentials, ConsumerCreate, ConsumerUpdate,
    RoleRef,
};
use keystone_sdk::{Error, Session};

use super::world;
use crate::shape::lossless;
use crate::world::status;

#[expect(
    clippy::disallowed_methods,
    reason = "the server compares it with its own clock"
)]
fn now() -> Timestamp {
    Timestamp::now()
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
    let change = ConsumerUpdate::new().clear_description();
    let changed = consumers.update(&made.id, change).await.unwrap();
    assert_eq!(changed.description, None);
    assert!(consumers.get(&made.id).await.unwrap().secret.is_none());
    let listed = consumers.list().all().await.unwrap();
    assert!(listed.iter().any(|other| other.id == made.id));

    let requests = world.client.request_tokens();
    let identity = world.client.service().base_url().await.unwrap();
    let consumer = OAuth1Consumer::new(made.id.as_str(), key.clone());
    let header = consumer.request_token(&identity, now()).unwrap();
    let request = requests.create(header, &world.project).await.unwrap();
    assert!(request.oauth_expires_at.is_some());
    let token = request.oauth_token.as_str();
    let admin = [RoleRef::new().name("admin")];
    let verifier = requests
        .authorize(token, admin)
        .await
        .unwrap()
        .oauth_verifier;
    let asked = (token, &request.oauth_token_secret);
    let header = consumer.access_token(&identity, asked, &verifier, now());
    let header = header.unwrap();
    let access = requests.exchange(header).await.unwrap();
    assert!(!format!("{access:?}").contains(access.oauth_token_secret.expose()));

    let login = OAuth1::builder(identity.as_str())
        .consumer_key(made.id.as_str())
        .consumer_secret(key)
        .access_key(&access.oauth_token)
        .access_secret(access.oauth_token_secret.clone());
    let session = Session::new(login.build().unwrap()).unwrap();
    let lent = session.access().await.unwrap();
    assert_eq!(
        (lent.methods.as_slice(), lent.project_id()),
        (&["oauth1".to_owned()][..], Some(world.project.as_str()))
    );

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
