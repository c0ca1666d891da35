//! Endpoints.

use keystone_sdk::identity::v3::{
    EndpointCreate, EndpointInterface, EndpointUpdate, RegionCreate, ServiceCreate,
};

use crate::world::World;

cases!("endpoints", both: [life, refusals], real: []);

async fn life(world: &World) {
    let service = ServiceCreate::new("compute").name(world.name("life"));
    let service = world.ok(world.client.services().create(service)).await;
    let region = RegionCreate::new().id(world.name("life").as_str());
    let region = world.ok(world.client.regions().create(region)).await;
    let endpoints = world.client.endpoints();
    let new = EndpointCreate::new(
        &service.id,
        EndpointInterface::Public,
        "http://c/$(project_id)s",
    )
    .region_id(&region.id)
    .name("first")
    .description("d")
    .enabled(true)
    .extra("colour", "blue");
    let made = world.ok(endpoints.create(new)).await;
    assert_eq!(made.region_id.as_ref(), Some(&region.id));
    let bare = EndpointCreate::new(&service.id, EndpointInterface::Admin, "http://c/");
    let bare = world.ok(endpoints.create(bare)).await;
    assert_eq!((&bare.region_id, &bare.region), (&None, &None));
    let change = EndpointUpdate::new()
        .url("http://d/")
        .interface(EndpointInterface::Internal)
        .clear_region_id()
        .enabled(false);
    let changed = world.ok(endpoints.update(&made.id, change)).await;
    assert_eq!(
        (changed.url.as_str(), changed.enabled),
        ("http://d/", false)
    );
    assert_eq!(changed.region_id, None);
    let shown = world.ok(endpoints.get(&made.id)).await;
    assert_eq!(shown.interface, EndpointInterface::Internal);
    let listed = endpoints.list().service_id(&service.id);
    assert_eq!(world.ok(listed.clone().all()).await.len(), 2);
    let listed = listed.interface(EndpointInterface::Internal);
    assert_eq!(world.ok(listed.all()).await[0].id, made.id);
    let of_region = endpoints.list().region_id(&region.id);
    assert!(world.ok(of_region.all()).await.is_empty());
    world.ok(endpoints.delete(&made.id)).await;
    world.ok(endpoints.delete(&bare.id)).await;
    world.refused(404, endpoints.get(&made.id)).await;
    world.ok(world.client.regions().delete(&region.id)).await;
    world.ok(world.client.services().delete(&service.id)).await;
}

async fn refusals(world: &World) {
    let endpoints = world.client.endpoints();
    let service = world
        .ok(world
            .client
            .services()
            .create(ServiceCreate::new("compute")))
        .await;
    let sideways = EndpointInterface::from("sideways");
    let new = EndpointCreate::new(&service.id, sideways, "http://c/");
    world.refused(400, endpoints.create(new)).await;
    let new = EndpointCreate::new("no-such-service", EndpointInterface::Public, "http://c/");
    world.refused(400, endpoints.create(new)).await;
    world.refused(404, endpoints.get("no-such-endpoint")).await;
    let change = EndpointUpdate::new().url("http://d/");
    world
        .refused(404, endpoints.update("no-such-endpoint", change))
        .await;
    world
        .refused(404, endpoints.delete("no-such-endpoint"))
        .await;
    world
        .refused(401, world.stranger().endpoints().list().all())
        .await;
    world.ok(world.client.services().delete(&service.id)).await;
}
