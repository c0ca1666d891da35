//! Application credentials and the access rules that come with them.

use keystone_sdk::client::DateTime;
use keystone_sdk::identity::v3::{AllowedCall, ApplicationCredentialCreate, RoleRef};

use crate::world::World;

cases!(
    "application_credentials",
    both: [life, refusals],
    real: [access_rules],
);

async fn life(world: &World) {
    let credentials = world.client.application_credentials(&world.user);
    let expires: DateTime = "2095-01-02T03:04:05".parse().unwrap();
    let new = ApplicationCredentialCreate::new(world.name("life"))
        .description("first")
        .expires_at(expires)
        .roles([RoleRef::new().name("admin")])
        .unrestricted(true);
    let made = world.ok(credentials.create(new)).await;
    assert_eq!(made.expires_at, Some(expires));
    let secret = made.secret.as_ref().unwrap();
    assert!(!format!("{made:?}").contains(secret.expose()));
    let chosen = ApplicationCredentialCreate::new(world.name("chosen")).secret("s3cr3t");
    let chosen = world.ok(credentials.create(chosen)).await;
    assert_eq!((&chosen.description, &chosen.expires_at), (&None, &None));
    let shown = world.ok(credentials.get(&made.id)).await;
    assert!(shown.secret.is_none());
    let listed = credentials.list().name(&made.name);
    assert_eq!(world.ok(listed.all()).await[0].id, made.id);
    let found = credentials.find_by_name(&chosen.name).await.unwrap();
    assert_eq!(found.unwrap().id, chosen.id);
    world.ok(credentials.delete(&made.id)).await;
    world.ok(credentials.delete(&chosen.id)).await;
    world.refused(404, credentials.get(&made.id)).await;
}

async fn access_rules(world: &World) {
    let credentials = world.client.application_credentials(&world.user);
    let call = AllowedCall::new()
        .method("GET")
        .path(format!("/v2/{}/**", world.name("images")))
        .service("image");
    let new = ApplicationCredentialCreate::new(world.name("ruled")).access_rules([call]);
    let made = world.ok(credentials.create(new)).await;
    let id = made.access_rules.as_ref().unwrap()[0].id.clone().unwrap();
    let rules = world.client.access_rules(&world.user);
    let shown = world.ok(rules.get(&id)).await;
    assert_eq!(shown.service, "image");
    let listed = rules.list().service("image").method("GET");
    let listed = world.ok(listed.path(&shown.path).all()).await;
    assert_eq!(listed[0].id, id);
    world.refused(403, rules.delete(&id)).await;
    world.ok(credentials.delete(&made.id)).await;
    world.ok(rules.delete(&id)).await;
    world.refused(404, rules.get(&id)).await;
}

async fn refusals(world: &World) {
    let credentials = world.client.application_credentials(&world.user);
    let named = || ApplicationCredentialCreate::new(world.name("refused"));
    let made = world.ok(credentials.create(named())).await;
    world.refused(409, credentials.create(named())).await;
    let nobody = named().roles([RoleRef::new().name("no-such-role")]);
    world.refused(404, credentials.create(nobody)).await;
    let nameless = ApplicationCredentialCreate::new("");
    world.refused(400, credentials.create(nameless)).await;
    let stranger = world.stranger();
    let stranger = stranger.application_credentials(&world.user);
    world.refused(401, stranger.list().all()).await;
    world.ok(credentials.delete(&made.id)).await;
    world.refused(404, credentials.delete(&made.id)).await;
}
