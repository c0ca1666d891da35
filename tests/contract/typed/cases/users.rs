//! Users.

use keystone_sdk::client::{Match, TimeMatch, Timestamp};
use keystone_sdk::identity::v3::{PasswordChange, UserCreate, UserUpdate};
use serde_json::{Map, json};

use crate::world::{PASSWORD, World};

cases!(
    "users",
    both: [life, filters, of_a_user, passwords, refusals],
    real: [of_an_identity_provider, tokens_are_revoked],
);

async fn life(world: &World) {
    let users = world.client.users();
    let mut options = Map::new();
    options.insert("lock_password".to_owned(), json!(true));
    let new = UserCreate::new(world.name("life"))
        .domain_id("default")
        .password("canary")
        .default_project_id(&world.project)
        .description("first")
        .email("life@example.org")
        .enabled(false)
        .options(options)
        .extra("colour", "blue");
    let made = world.ok(users.create(new)).await;
    assert_eq!(made.extra["colour"], "blue");
    assert_eq!(made.options.as_ref().unwrap()["lock_password"], true);
    let shown = world.ok(users.get(&made.id)).await;
    assert_eq!(shown.email.as_deref(), Some("life@example.org"));

    let change = UserUpdate::new()
        .name(world.name("renamed"))
        .enabled(true)
        .description("second");
    let changed = world.ok(users.update(&made.id, change)).await;
    assert_eq!(
        (changed.name, changed.enabled),
        (world.name("renamed"), true)
    );
    assert_eq!(changed.description.as_deref(), Some("second"));
    assert_eq!(changed.email, made.email);
    let change = UserUpdate::new()
        .clear_description()
        .clear_email()
        .clear_default_project_id()
        .clear_password();
    let cleared = world.ok(users.update(&made.id, change)).await;
    assert_eq!((cleared.description, cleared.email), (None, None));
    assert_eq!(cleared.default_project_id, None);
    world.ok(users.delete(&made.id)).await;
    world.refused(404, users.get(&made.id)).await;
}

async fn filters(world: &World) {
    let users = world.client.users();
    let made = world.make_user("filters").await;
    let found = world.ok(users.list().name(&made.name).all()).await;
    assert_eq!(found[0].id, made.id);
    let part = Match::contains(world.name("ILTERS")).ignore_case();
    let found = world
        .ok(users.list().domain_id("default").name(part).all())
        .await;
    assert_eq!(found.len(), 1);
    let list = users.list().name(&made.name);
    assert!(world.ok(list.clone().enabled(false).all()).await.is_empty());
    let now: Timestamp = "2030-01-01T00:00:00Z".parse().unwrap();
    let expired = list.password_expires_at(TimeMatch::before(now));
    assert!(world.ok(expired.all()).await.is_empty());
    assert!(
        users
            .find_by_name(world.name("nobody"))
            .await
            .unwrap()
            .is_none()
    );
    world.ok(users.delete(&made.id)).await;
}

async fn of_a_user(world: &World) {
    let users = world.client.users();
    let made = world.make_user("member").await;
    let projects = users.projects(&made.id).all();
    assert!(world.ok(projects).await.is_empty());
    let roles = world.client.project_user_roles(&world.project, &made.id);
    world.ok(roles.add(&world.member)).await;
    let projects = users.projects(&made.id).enabled(true).domain_id("default");
    let projects = world.ok(projects.all()).await;
    assert_eq!(projects[0].id, world.project);
    assert!(world.ok(users.groups(&made.id).all()).await.is_empty());
    world.ok(users.delete(&made.id)).await;
    world.refused(404, users.projects(&made.id).all()).await;
}

async fn passwords(world: &World) {
    let users = world.client.users();
    let made = world.make_user("forgetful").await;
    let change = PasswordChange::new(PASSWORD, "another Password 4 tests");
    assert!(!format!("{change:?}").contains("another"));
    world.ok(users.change_password(&made.id, change)).await;
    let again = PasswordChange::new(PASSWORD, "a third Password 4 tests");
    world
        .refused(401, users.change_password(&made.id, again))
        .await;
    world.ok(users.delete(&made.id)).await;
}

async fn of_an_identity_provider(world: &World) {
    let list = world.client.users().list();
    let list = list.idp_id("nowhere").protocol_id("mapped").unique_id("x");
    assert!(world.ok(list.all()).await.is_empty());
}

async fn tokens_are_revoked(world: &World) {
    let users = world.client.users();
    let made = world.make_user("revoked").await;
    world.ok(users.revoke_tokens(&made.id)).await;
    world.ok(users.delete(&made.id)).await;
}

async fn refusals(world: &World) {
    let users = world.client.users();
    let made = world.make_user("refused").await;
    let error = world
        .refused(409, users.create(UserCreate::new(&made.name)))
        .await;
    assert!(error.to_string().contains("Duplicate"), "{error}");
    let nameless = users.create(UserCreate::new(""));
    world.refused(400, nameless).await;
    world
        .refused(400, users.update(&made.id, UserUpdate::new()))
        .await;
    world.refused(404, users.get("no-such-user")).await;
    let change = || UserUpdate::new().description("d");
    world
        .refused(404, users.update("no-such-user", change()))
        .await;
    world.refused(404, users.delete("no-such-user")).await;
    let stranger = world.stranger().users();
    world.refused(401, stranger.get(&made.id)).await;

    let own = world.client_of(&made.id, PASSWORD, None).users();
    let oneself = world.ok(own.get(&made.id)).await;
    assert_eq!(oneself.id, made.id);
    world.refused(403, own.get(&world.user)).await;
    world.refused(403, own.list().all()).await;
    world.refused(403, own.update(&made.id, change())).await;
    world.refused(403, own.create(UserCreate::new("n"))).await;
    world.refused(403, own.delete(&made.id)).await;
    world.ok(users.delete(&made.id)).await;
}
