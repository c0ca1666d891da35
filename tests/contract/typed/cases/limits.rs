//! Limits, and those that hold unless a project or domain has its own.

use keystone_sdk::client::Match;
use keystone_sdk::identity::v3::{
    LimitCreate, LimitModelName, LimitUpdate, RegionCreate, RegisteredLimitCreate,
    RegisteredLimitUpdate, ServiceCreate,
};

use crate::world::World;

cases!("limits", both: [], real: [registered, of_a_project, refusals]);

async fn registered(world: &World) {
    let client = &world.client;
    let service = ServiceCreate::new("compute").name(world.name("limited"));
    let service = world.ok(client.services().create(service)).await;
    let region = RegionCreate::new().id(world.name("limited").as_str());
    let region = world.ok(client.regions().create(region)).await;
    let limits = client.registered_limits();
    let new = [
        RegisteredLimitCreate::new(&service.id, "cores", 8).description("CPUs"),
        RegisteredLimitCreate::new(&service.id, "ram", -1).region_id(&region.id),
    ];
    let made = world.ok(limits.create(new)).await;
    assert_eq!(made.len(), 2);
    let cores = made
        .iter()
        .find(|limit| limit.resource_name == "cores")
        .unwrap();
    let again = limits.create([RegisteredLimitCreate::new(&service.id, "cores", 1)]);
    world.refused(409, again).await;
    let change = RegisteredLimitUpdate::new()
        .default_limit(10)
        .clear_description();
    let changed = world.ok(limits.update(&cores.id, change)).await;
    assert_eq!((changed.default_limit, changed.description), (10, None));
    let all = || limits.list().service_id(&service.id);
    assert_eq!(world.ok(all().all()).await.len(), 2);
    let found = all().resource_name(Match::contains("ore"));
    assert_eq!(world.ok(found.all()).await[0].id, cores.id);
    let found = all().region_id(&region.id);
    assert_eq!(world.ok(found.all()).await[0].resource_name, "ram");
    assert_eq!(world.ok(limits.get(&cores.id)).await.default_limit, 10);
    let ram = made.iter().find(|limit| limit.resource_name == "ram");
    world.ok(limits.delete(&ram.unwrap().id)).await;
    world.ok(limits.delete(&cores.id)).await;
    world.refused(404, limits.get(&cores.id)).await;
    world.ok(client.regions().delete(&region.id)).await;
    world.ok(client.services().delete(&service.id)).await;
}

async fn of_a_project(world: &World) {
    let client = &world.client;
    let service = ServiceCreate::new("compute").name(world.name("limited"));
    let service = world.ok(client.services().create(service)).await;
    let registered = client.registered_limits();
    let new = [RegisteredLimitCreate::new(&service.id, "cores", 8)];
    let cores = world.ok(registered.create(new)).await.remove(0);
    let project = world.make_project("limited").await;
    let limits = client.limits();
    let new = LimitCreate::new(&service.id, "cores", 5).project_id(&project);
    let limit = world.ok(limits.create([new])).await.remove(0);
    assert_eq!(limit.project_id.as_ref(), Some(&project));
    let change = LimitUpdate::new().resource_limit(4).description("fewer");
    let changed = world.ok(limits.update(&limit.id, change)).await;
    assert_eq!(changed.resource_limit, 4);
    let listed = limits.list().project_id(&project).service_id(&service.id);
    assert_eq!(world.ok(listed.all()).await[0].id, limit.id);
    let shown = world.ok(limits.get(&limit.id)).await;
    assert_eq!(shown.description.as_deref(), Some("fewer"));
    let expanded = client.projects().get(&project).include_limits(true);
    world.ok(expanded.parents_as_list(true)).await;
    assert_eq!(world.ok(limits.model()).await.name, LimitModelName::Flat);
    world.refused(403, registered.delete(&cores.id)).await;
    world.ok(limits.delete(&limit.id)).await;
    world.refused(404, limits.get(&limit.id)).await;
    world.ok(registered.delete(&cores.id)).await;
    world.ok(client.projects().delete(&project)).await;
    world.ok(client.services().delete(&service.id)).await;
}

async fn refusals(world: &World) {
    let limits = world.client.limits();
    let registered = world.client.registered_limits();
    let new = LimitCreate::new("no-such-service", "cores", 5).project_id(&world.project);
    world.refused(400, limits.create([new])).await;
    let new = RegisteredLimitCreate::new("no-such-service", "cores", 5);
    world.refused(400, registered.create([new])).await;
    let change = LimitUpdate::new().resource_limit(4);
    world
        .refused(404, limits.update("no-such-limit", change))
        .await;
    world.refused(404, limits.delete("no-such-limit")).await;
    world
        .refused(401, world.stranger().limits().list().all())
        .await;
}
