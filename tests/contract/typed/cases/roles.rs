//! Roles, and those that bring others with them.

use keystone_sdk::client::Match;
use keystone_sdk::identity::v3::{RoleCreate, RoleUpdate};
use serde_json::{Map, json};

use crate::world::World;

cases!("roles", both: [life, implied, refusals], real: []);

async fn life(world: &World) {
    let roles = world.client.roles();
    let domain = world.make_domain("roles").await;
    let new = RoleCreate::new(world.name("life"))
        .domain_id(&domain)
        .description("first")
        .extra("colour", "blue");
    let made = world.ok(roles.create(new)).await;
    assert_eq!(made.domain_id.as_ref(), Some(&domain));
    let shown = world.ok(roles.get(&made.id)).await;
    assert_eq!(shown.description.as_deref(), Some("first"));
    let listed = roles.list().domain_id(&domain);
    let listed = listed.name(Match::ends_with(&made.name[4..]));
    assert_eq!(world.ok(listed.all()).await[0].id, made.id);
    let mut options = Map::new();
    options.insert("immutable".to_owned(), json!(true));
    let change = RoleUpdate::new()
        .name(world.name("renamed"))
        .clear_description()
        .options(options);
    let changed = world.ok(roles.update(&made.id, change)).await;
    assert_eq!(changed.description, None);
    let change = RoleUpdate::new().description("third");
    world.refused(403, roles.update(&made.id, change)).await;
    let mut options = Map::new();
    options.insert("immutable".to_owned(), json!(null));
    let change = RoleUpdate::new().options(options);
    world.ok(roles.update(&made.id, change)).await;
    world.ok(roles.delete(&made.id)).await;
    world.refused(404, roles.get(&made.id)).await;
    world.remove_domain(&domain).await;
}

async fn implied(world: &World) {
    let roles = world.client.roles();
    let head = world
        .ok(roles.create(RoleCreate::new(world.name("head"))))
        .await;
    let hand = world
        .ok(roles.create(RoleCreate::new(world.name("hand"))))
        .await;
    let implied = world.client.implied_roles(&head.id);
    assert!(!world.ok(implied.check(&hand.id)).await);
    world.refused(404, implied.get(&hand.id)).await;

    let made = world.ok(implied.add(&hand.id)).await;
    assert_eq!(
        (&made.prior_role.id, &made.implies.id),
        (&head.id, &hand.id)
    );
    assert!(world.ok(implied.check(&hand.id)).await);
    let shown = world.ok(implied.get(&hand.id)).await;
    assert_eq!(shown.implies.name, hand.name);
    let listed = world.ok(implied.list()).await;
    assert_eq!(listed.implies[0].id, hand.id);
    let rules = world.ok(world.client.role_inferences().list().all()).await;
    let rule = rules.iter().find(|rule| rule.prior_role.id == head.id);
    assert_eq!(rule.unwrap().implies[0].id, hand.id);

    world.ok(implied.remove(&hand.id)).await;
    assert!(world.ok(implied.list()).await.implies.is_empty());
    world.ok(roles.delete(&head.id)).await;
    world.ok(roles.delete(&hand.id)).await;
}

async fn refusals(world: &World) {
    let roles = world.client.roles();
    let made = world
        .ok(roles.create(RoleCreate::new(world.name("refused"))))
        .await;
    world
        .refused(409, roles.create(RoleCreate::new(&made.name)))
        .await;
    world.refused(400, roles.create(RoleCreate::new(""))).await;
    world
        .refused(400, roles.update(&made.id, RoleUpdate::new()))
        .await;
    let change = RoleUpdate::new().description("d");
    world
        .refused(404, roles.update("no-such-role", change))
        .await;
    world.refused(404, roles.delete("no-such-role")).await;
    world
        .refused(401, world.stranger().roles().list().all())
        .await;
    world.ok(roles.delete(&made.id)).await;
}
