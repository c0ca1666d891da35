//! Policy files that Keystone keeps for other services.

use keystone_sdk::identity::v3::{
    EndpointCreate, EndpointInterface, Policy, PolicyCreate, PolicyUpdate, RegionCreate,
    ServiceCreate,
};

use super::world;
use crate::shape::lossless;
use crate::world::{World, status};

#[expect(deprecated, reason = "clouds still serve it")]
async fn policy(world: &World) -> Policy {
    let policies = world.client.policies();
    let new = PolicyCreate::new("application/json", "{}").extra("colour", "blue");
    let policy = policies.create(new).await.unwrap();
    assert_eq!(policy.extra["colour"], "blue");
    let change = PolicyUpdate::new().blob("{\"a\": \"\"}");
    let changed = policies.update(&policy.id, change).await.unwrap();
    assert_eq!(policies.get(&policy.id).await.unwrap().blob, changed.blob);
    let listed = policies
        .list()
        .r#type("application/json")
        .all()
        .await
        .unwrap();
    assert!(listed.iter().any(|other| other.id == policy.id));
    changed
}

#[tokio::test]
async fn a_policy_belongs_to_endpoints_services_and_regions() {
    let world = world().await;
    let client = &world.client;
    let policy = policy(&world).await;
    let service = ServiceCreate::new("compute").name(world.name("ruled"));
    let service = client.services().create(service).await.unwrap();
    let region = RegionCreate::new().id(world.name("ruled").as_str());
    let region = client.regions().create(region).await.unwrap();
    let new = EndpointCreate::new(&service.id, EndpointInterface::Public, "http://c/");
    let endpoint = client.endpoints().create(new).await.unwrap();

    let endpoints = client.policy_endpoints(&policy.id);
    assert!(!endpoints.check(&endpoint.id).await.unwrap());
    endpoints.add(&endpoint.id).await.unwrap();
    assert!(endpoints.check(&endpoint.id).await.unwrap());
    assert_eq!(endpoints.list().all().await.unwrap()[0].id, endpoint.id);
    assert_eq!(
        client.endpoints().policy(&endpoint.id).await.unwrap().id,
        policy.id
    );
    endpoints.remove(&endpoint.id).await.unwrap();

    let services = client.policy_services(&policy.id);
    services.add(&service.id).await.unwrap();
    assert!(services.check(&service.id).await.unwrap());
    services.remove(&service.id).await.unwrap();
    assert!(!services.check(&service.id).await.unwrap());

    let regions = client.policy_service_regions(&policy.id, &service.id);
    regions.add(&region.id).await.unwrap();
    assert!(regions.check(&region.id).await.unwrap());
    regions.remove(&region.id).await.unwrap();
    assert!(!regions.check(&region.id).await.unwrap());

    let path = ["policies", policy.id.as_str()];
    lossless::<Policy>(client.service(), &path, "policy").await;
    client.services().delete(&service.id).await.unwrap();
    client.regions().delete(&region.id).await.unwrap();
    #[expect(deprecated, reason = "clouds still serve it")]
    let policies = client.policies();
    policies.delete(&policy.id).await.unwrap();
    assert_eq!(status(policies.get(&policy.id).await), 404);
}
