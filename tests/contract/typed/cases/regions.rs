//! Regions.

use keystone_sdk::identity::v3::{RegionCreate, RegionUpdate};

use crate::world::World;

cases!("regions", both: [life, refusals], real: []);

async fn life(world: &World) {
    let regions = world.client.regions();
    let new = RegionCreate::new()
        .description("first")
        .extra("colour", "blue");
    let parent = world.ok(regions.create(new)).await;
    let id = world.name("at sea");
    let new = RegionCreate::new().parent_region_id(&parent.id);
    let made = world.ok(regions.put(id.as_str(), new)).await;
    assert_eq!(made.id, id.as_str());
    let listed = regions.list().parent_region_id(&parent.id);
    assert_eq!(world.ok(listed.all()).await[0].id, made.id);
    let change = RegionUpdate::new()
        .clear_parent_region_id()
        .clear_description();
    let changed = world.ok(regions.update(&made.id, change)).await;
    assert_eq!(changed.parent_region_id, None);
    let change = RegionUpdate::new().description("third");
    world.ok(regions.update(&made.id, change)).await;
    let shown = world.ok(regions.get(&made.id)).await;
    assert_eq!(shown.description.as_deref(), Some("third"));
    world.ok(regions.delete(&made.id)).await;
    world.ok(regions.delete(&parent.id)).await;
    world.refused(404, regions.get(&made.id)).await;
}

async fn refusals(world: &World) {
    let regions = world.client.regions();
    let id = world.name("refused");
    let new = || RegionCreate::new().id(id.as_str());
    world.ok(regions.create(new())).await;
    world.refused(409, regions.create(new())).await;
    let orphan = RegionCreate::new().parent_region_id("no-such-region");
    world.refused(404, regions.create(orphan)).await;
    let other = RegionCreate::new().id("other");
    world.refused(400, regions.put(id.as_str(), other)).await;
    let change = RegionUpdate::new().description("d");
    world
        .refused(404, regions.update("no-such-region", change))
        .await;
    world.refused(404, regions.delete("no-such-region")).await;
    let stranger = world.stranger().regions();
    world
        .refused(401, stranger.create(RegionCreate::new()))
        .await;
    world.ok(regions.delete(id.as_str())).await;
}
