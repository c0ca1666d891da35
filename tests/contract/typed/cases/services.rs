//! Services.

use keystone_sdk::client::Match;
use keystone_sdk::identity::v3::{ServiceCreate, ServiceUpdate};

use crate::world::World;

cases!("services", both: [life, refusals], real: []);

async fn life(world: &World) {
    let services = world.client.services();
    let new = ServiceCreate::new("compute")
        .name(world.name("life"))
        .description("first")
        .enabled(false)
        .extra("colour", "blue");
    let made = world.ok(services.create(new)).await;
    assert_eq!((made.r#type.as_str(), made.enabled), ("compute", false));
    let nameless = world.ok(services.create(ServiceCreate::new("image"))).await;
    assert_eq!(nameless.description, None);
    let change = ServiceUpdate::new()
        .name(world.name("renamed"))
        .r#type("volumev3")
        .enabled(true)
        .clear_description();
    let changed = world.ok(services.update(&made.id, change)).await;
    assert_eq!(changed.description, None);
    let shown = world.ok(services.get(&made.id)).await;
    assert_eq!(shown.r#type, "volumev3");
    let listed = services.list().r#type("volumev3");
    let listed = listed.name(Match::contains(world.name("renamed")));
    assert_eq!(world.ok(listed.all()).await[0].id, made.id);
    let found = services.find_by_name(&shown.name).await.unwrap();
    assert_eq!(found.unwrap().id, made.id);
    world.ok(services.delete(&made.id)).await;
    world.ok(services.delete(&nameless.id)).await;
    world.refused(404, services.get(&made.id)).await;
}

async fn refusals(world: &World) {
    let services = world.client.services();
    let made = world
        .ok(services.create(ServiceCreate::new("compute")))
        .await;
    world
        .refused(400, services.create(ServiceCreate::new("")))
        .await;
    world
        .refused(400, services.update(&made.id, ServiceUpdate::new()))
        .await;
    let change = ServiceUpdate::new().description("d");
    world
        .refused(404, services.update("no-such-service", change))
        .await;
    world.refused(404, services.delete("no-such-service")).await;
    world
        .refused(401, world.stranger().services().list().all())
        .await;
    world.ok(services.delete(&made.id)).await;
}
