//! OAuth 1.0 from the consumer to the access token, and the tokens of OAuth 2.0.

use jiff::Timestamp;
use keystone_sdk::auth::v3::{OAuth1, OAuth1Consumer};
use keystone_sdk::identity::v3::{
    ApplicationCredentialCreate, ClientCredentials, ConsumerCreate, ConsumerUpdate, RoleRef,
};
use keystone_sdk::{Error, Session};

use crate::world::World;

cases!("oauth", both: [], real: [bearer_tokens, consumers_are_lent_roles, refusals]);

#[expect(
    clippy::disallowed_methods,
    reason = "the server compares it with its own clock"
)]
fn now() -> Timestamp {
    Timestamp::now()
}

async fn consumers_are_lent_roles(world: &World) {
    let consumers = world.client.consumers();
    let new = ConsumerCreate::new()
        .description("cli")
        .extra("colour", "blue");
    let made = world.ok(consumers.create(new)).await;
    let key = made.secret.clone().unwrap();
    assert!(!format!("{made:?}").contains(key.expose()));
    let change = ConsumerUpdate::new().clear_description();
    let changed = world.ok(consumers.update(&made.id, change)).await;
    assert_eq!(changed.description, None);
    let shown = world.ok(consumers.get(&made.id)).await;
    assert!(shown.secret.is_none());
    let listed = world.ok(consumers.list().all()).await;
    assert!(listed.iter().any(|other| other.id == made.id));

    let requests = world.client.request_tokens();
    let address = world.keystone();
    let forger = OAuth1Consumer::new(made.id.as_str(), "forged");
    let header = forger.request_token(&address, now()).unwrap();
    world
        .refused(401, requests.create(header, &world.project))
        .await;
    let consumer = OAuth1Consumer::new(made.id.as_str(), key.clone());
    let header = consumer.request_token(&address, now()).unwrap();
    let request = world.ok(requests.create(header, &world.project)).await;
    assert!(request.oauth_expires_at.is_some());
    let token = request.oauth_token.as_str();
    let admin = [RoleRef::new().name("admin")];
    let verifier = world.ok(requests.authorize(token, admin)).await;
    let verifier = verifier.oauth_verifier;
    let asked = (token, &request.oauth_token_secret);
    let header = consumer.access_token(&address, asked, &verifier, now());
    let access = world.ok(requests.exchange(header.unwrap())).await;
    assert!(!format!("{access:?}").contains(access.oauth_token_secret.expose()));

    if world.is_live() {
        let login = OAuth1::builder(address.as_str())
            .consumer_key(made.id.as_str())
            .consumer_secret(key)
            .access_key(&access.oauth_token)
            .access_secret(access.oauth_token_secret.clone());
        let session = Session::new(login.build().unwrap()).unwrap();
        let lent = session.access().await.unwrap();
        assert_eq!(lent.methods, ["oauth1"]);
        assert_eq!(lent.project_id(), Some(world.project.as_str()));
    }

    let tokens = world.client.access_tokens(&world.user);
    let id = access.oauth_token.as_str();
    let shown = world.ok(tokens.get(id)).await;
    assert_eq!(
        (&shown.consumer_id, &shown.project_id),
        (&made.id, &world.project)
    );
    let listed = world.ok(tokens.list().all()).await;
    assert!(listed.iter().any(|other| other.id == id));
    let roles = world.ok(tokens.roles(id).all()).await;
    let role = world.ok(tokens.role(id, &roles[0].id)).await;
    assert_eq!(role.name, "admin");
    world.ok(tokens.delete(id)).await;
    world.refused(404, tokens.get(id)).await;
    world.ok(consumers.delete(&made.id)).await;
}

async fn refusals(world: &World) {
    let consumers = world.client.consumers();
    world.refused(404, consumers.get("no-such-consumer")).await;
    let change = ConsumerUpdate::new().description("d");
    world
        .refused(404, consumers.update("no-such-consumer", change))
        .await;
    world
        .refused(404, consumers.delete("no-such-consumer"))
        .await;
    world
        .refused(401, world.stranger().consumers().list().all())
        .await;
    let requests = world.client.request_tokens();
    let admin = [RoleRef::new().name("admin")];
    world
        .refused(404, requests.authorize("no-such-token", admin))
        .await;
}

async fn bearer_tokens(world: &World) {
    let credentials = world.client.application_credentials(&world.user);
    let new = ApplicationCredentialCreate::new(world.name("oauth2"));
    let made = world.ok(credentials.create(new)).await;
    let secret = made.secret.clone().unwrap();
    let tokens = world.client.oauth2_tokens();
    let form = ClientCredentials::new("client_credentials", &made.id, secret.expose());
    let token = world.ok(tokens.issue(form)).await;
    assert_eq!(token.token_type, "Bearer");
    assert!(token.expires_in > 0);
    assert!(!format!("{token:?}").contains(token.access_token.expose()));
    let check = world.client.tokens().check(token.access_token);
    assert!(world.ok(check).await);

    let wrong = ClientCredentials::new("client_credentials", &made.id, "wrong");
    let error = world.refused(401, tokens.issue(wrong)).await;
    let Error::Response(response) = &error else {
        panic!("{error}")
    };
    assert_eq!(response.title(), Some("invalid_client"));
    let other = ClientCredentials::new("password", &made.id, "wrong");
    world.refused(400, tokens.issue(other)).await;
    world.ok(credentials.delete(&made.id)).await;
}
