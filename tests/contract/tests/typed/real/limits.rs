//! Limits, and those that hold unless a project or domain has its own.

use keystone_sdk::identity::v3::{
    Limit, LimitCreate, LimitModelName, LimitUpdate, RegisteredLimit, RegisteredLimitCreate,
    RegisteredLimitUpdate, ServiceCreate,
};

use super::world;
use crate::shape::lossless;
use crate::world::status;

#[tokio::test]
async fn limits() {
    let world = world().await;
    let service = ServiceCreate::new("compute").name(world.name("limited"));
    let service = world.client.services().create(service).await.unwrap();
    let registered = world.client.registered_limits();
    let made = registered
        .create([
            RegisteredLimitCreate::new(&service.id, "cores", 8).description("CPUs"),
            RegisteredLimitCreate::new(&service.id, "ram", -1),
        ])
        .await
        .unwrap();
    assert_eq!(made.len(), 2);
    let cores = made
        .iter()
        .find(|limit| limit.resource_name == "cores")
        .unwrap();
    let again = registered.create([RegisteredLimitCreate::new(&service.id, "cores", 1)]);
    assert_eq!(status(again.await), 409);
    let change = RegisteredLimitUpdate::new()
        .default_limit(10)
        .clear_description();
    let changed = registered.update(&cores.id, change).await.unwrap();
    assert_eq!((changed.default_limit, changed.description), (10, None));
    let listed = registered
        .list()
        .service_id(&service.id)
        .all()
        .await
        .unwrap();
    assert_eq!(listed.len(), 2);
    assert_eq!(registered.get(&cores.id).await.unwrap().default_limit, 10);

    let project = world.make_project("limited").await;
    let limits = world.client.limits();
    let new = LimitCreate::new(&service.id, "cores", 5).project_id(&project);
    let limit = limits.create([new]).await.unwrap().remove(0);
    assert_eq!(limit.project_id.as_ref(), Some(&project));
    let change = LimitUpdate::new().resource_limit(4).description("fewer");
    assert_eq!(
        limits
            .update(&limit.id, change)
            .await
            .unwrap()
            .resource_limit,
        4
    );
    let listed = limits.list().project_id(&project).all().await.unwrap();
    assert_eq!(listed[0].id, limit.id);
    assert_eq!(
        limits.get(&limit.id).await.unwrap().description.as_deref(),
        Some("fewer")
    );
    assert_eq!(limits.model().await.unwrap().name, LimitModelName::Flat);
    assert_eq!(status(registered.delete(&cores.id).await), 403);
    let raw = world.client.service();
    lossless::<Limit>(raw, &["limits", limit.id.as_str()], "limit").await;
    lossless::<Vec<RegisteredLimit>>(raw, &["registered_limits"], "registered_limits").await;

    limits.delete(&limit.id).await.unwrap();
    assert_eq!(status(limits.get(&limit.id).await), 404);
    for limit in made {
        registered.delete(&limit.id).await.unwrap();
    }
    world.client.projects().delete(&project).await.unwrap();
    world.client.services().delete(&service.id).await.unwrap();
}
