//! Policy files that Keystone keeps for other services.

use keystone_sdk::identity::v3::{
    EndpointCreate, EndpointInterface, Policy, PolicyCreate, PolicyUpdate, RegionCreate,
    ServiceCreate,
};

use crate::world::World;

cases!("policies", both: [], real: [life, of_endpoints_services_and_regions]);

#[expect(deprecated, reason = "clouds still serve it")]
async fn make_policy(world: &World) -> Policy {
    let new = PolicyCreate::new("application/json", "{}").extra("colour", "blue");
    world.ok(world.client.policies().create(new)).await
}

#[expect(deprecated, reason = "clouds still serve it")]
async fn life(world: &World) {
    let policies = world.client.policies();
    let policy = make_policy(world).await;
    assert_eq!(policy.extra["colour"], "blue");
    let change = PolicyUpdate::new().blob("{\"a\": \"\"}");
    let changed = world.ok(policies.update(&policy.id, change)).await;
    let shown = world.ok(policies.get(&policy.id)).await;
    assert_eq!(shown.blob, changed.blob);
    let listed = policies.list().r#type("application/json");
    let listed = world.ok(listed.all()).await;
    assert!(listed.iter().any(|other| other.id == policy.id));
    world.ok(policies.delete(&policy.id)).await;
    world.refused(404, policies.get(&policy.id)).await;
    world
        .refused(
            400,
            policies.create(PolicyCreate::new("", "{}").extra("type", 1)),
        )
        .await;
    world
        .refused(401, world.stranger().policies().list().all())
        .await;
}

/// A link is looked for, made, looked for and removed.
macro_rules! come_and_go {
    ($world:expr, $links:expr, $id:expr) => {{
        let links = $links;
        assert!(!$world.ok(links.check($id)).await);
        $world.ok(links.add($id)).await;
        assert!($world.ok(links.check($id)).await);
        $world.ok(links.remove($id)).await;
        assert!(!$world.ok(links.check($id)).await);
    }};
}

#[expect(deprecated, reason = "clouds still serve it")]
async fn of_endpoints_services_and_regions(world: &World) {
    let client = &world.client;
    let policy = make_policy(world).await;
    let service = ServiceCreate::new("compute").name(world.name("ruled"));
    let service = world.ok(client.services().create(service)).await;
    let region = RegionCreate::new().id(world.name("ruled").as_str());
    let region = world.ok(client.regions().create(region)).await;
    let new = EndpointCreate::new(&service.id, EndpointInterface::Public, "http://c/");
    let endpoint = world.ok(client.endpoints().create(new)).await;

    come_and_go!(world, client.policy_endpoints(&policy.id), &endpoint.id);
    come_and_go!(world, client.policy_services(&policy.id), &service.id);
    let regions = client.policy_service_regions(&policy.id, &service.id);
    come_and_go!(world, regions, &region.id);
    let endpoints = client.policy_endpoints(&policy.id);
    world.ok(endpoints.add(&endpoint.id)).await;
    let listed = world.ok(endpoints.list().all()).await;
    assert_eq!(listed[0].id, endpoint.id);
    let of_endpoint = world.ok(client.endpoints().policy(&endpoint.id)).await;
    assert_eq!(of_endpoint.id, policy.id);
    world.ok(endpoints.remove(&endpoint.id)).await;
    world
        .refused(404, client.endpoints().policy(&endpoint.id))
        .await;

    world.ok(client.services().delete(&service.id)).await;
    world.ok(client.regions().delete(&region.id)).await;
    world.ok(client.policies().delete(&policy.id)).await;
}
