//! Domains.

use keystone_sdk::identity::v3::{DomainCreate, DomainUpdate};

use crate::world::World;

cases!("domains", both: [life, refusals], real: [an_id_of_ones_own]);

async fn life(world: &World) {
    let domains = world.client.domains();
    let new = DomainCreate::new(world.name("life"))
        .description("first")
        .tags(["blue"])
        .enabled(true)
        .extra("colour", "blue");
    let made = world.ok(domains.create(new)).await;
    let shown = world.ok(domains.get(&made.id)).await;
    assert_eq!(shown.name, made.name);
    let listed = domains.list().name(&made.name).enabled(true);
    assert_eq!(world.ok(listed.all()).await[0].id, made.id);
    let found = domains.find_by_name(&made.name).await.unwrap();
    assert_eq!(found.unwrap().id, made.id);
    let as_project = world.client.projects().list().is_domain(true);
    let as_project = as_project.name(&made.name);
    assert!(world.ok(as_project.all()).await[0].is_domain);
    world.refused(403, domains.delete(&made.id)).await;
    let change = DomainUpdate::new()
        .name(world.name("renamed"))
        .clear_description()
        .enabled(false);
    let changed = world.ok(domains.update(&made.id, change)).await;
    assert!(!changed.enabled);
    world.ok(domains.delete(&made.id)).await;
    world.refused(404, domains.get(&made.id)).await;
}

async fn an_id_of_ones_own(world: &World) {
    let domains = world.client.domains();
    // 32 hexadecimal digits, of which no two runs have the same.
    let random = world.name("");
    let id = format!("{0}{0}", random.trim_start_matches('-'));
    let new = DomainCreate::new(world.name("chosen")).explicit_domain_id(&id);
    let made = world.ok(domains.create(new)).await;
    assert_eq!(made.id, id.as_str());
    world.remove_domain(&made.id).await;
}

async fn refusals(world: &World) {
    let domains = world.client.domains();
    let id = world.make_domain("refused").await;
    let again = DomainCreate::new(world.name("refused"));
    world.refused(409, domains.create(again)).await;
    world
        .refused(400, domains.create(DomainCreate::new("")))
        .await;
    let change = DomainUpdate::new().description("d");
    world
        .refused(404, domains.update("no-such-domain", change))
        .await;
    world.refused(404, domains.delete("no-such-domain")).await;
    world
        .refused(401, world.stranger().domains().list().all())
        .await;
    world.remove_domain(&id).await;
}
