//! Services, endpoints, regions.

use keystone_sdk::client::Match;
use keystone_sdk::identity::v3::{
    EndpointCreate, EndpointInterface, EndpointUpdate, RegionCreate, RegionUpdate, ServiceCreate,
    ServiceUpdate,
};

use super::admin;

#[tokio::test]
async fn services_are_created_found_changed_and_deleted() {
    let (_keystone, client) = admin().await;
    let services = client.services();
    let new = ServiceCreate::new("proxy")
        .name("proxies")
        .extra("owner", "me");
    let service = services.create(new).await.unwrap();
    assert_eq!(
        (service.r#type.as_str(), service.name.as_str()),
        ("proxy", "proxies")
    );
    assert_eq!(service.extra["owner"], "me");

    let listed = services.list().r#type("proxy").send().await.unwrap();
    assert_eq!(listed.into_iter().next().unwrap().id, service.id);
    let loose = services
        .list()
        .name(Match::ends_with("xies"))
        .all()
        .await
        .unwrap();
    assert_eq!(loose.len(), 1);
    let found = services.find_by_name("proxies").await.unwrap();
    assert_eq!(found.unwrap().id, service.id);
    assert!(services.find_by_name("absent").await.unwrap().is_none());

    let change = ServiceUpdate::new().enabled(false).clear_description();
    let changed = services.update(&service.id, change).await.unwrap();
    assert!(!changed.enabled);
    assert_eq!(changed.name, "proxies");
    assert!(!services.get(&service.id).await.unwrap().enabled);

    services.delete(&service.id).await.unwrap();
    let error = services.get(&service.id).await.unwrap_err();
    assert_eq!(error.status().unwrap(), 404);
}

#[tokio::test]
async fn endpoints_are_listed_by_what_keystone_filters_by() {
    let (_keystone, client) = admin().await;
    let region = client
        .regions()
        .create(RegionCreate::new().id("north"))
        .await
        .unwrap();
    let service = client
        .services()
        .create(ServiceCreate::new("proxy"))
        .await
        .unwrap();
    let new = |interface| {
        EndpointCreate::new(&service.id, interface, "http://127.0.0.1:9").region_id(&region.id)
    };
    let endpoints = client.endpoints();
    let public = endpoints
        .create(new(EndpointInterface::Public))
        .await
        .unwrap();
    endpoints
        .create(new(EndpointInterface::Internal))
        .await
        .unwrap();

    let of_service = endpoints.list().service_id(&service.id);
    assert_eq!(of_service.clone().all().await.unwrap().len(), 2);
    let found = of_service
        .interface("public")
        .region_id("north")
        .all()
        .await
        .unwrap();
    assert_eq!(found[0].id, public.id);
    assert_eq!(found.len(), 1);

    let change = EndpointUpdate::new()
        .url("http://127.0.0.1:10")
        .clear_region_id();
    let changed = endpoints.update(&public.id, change).await.unwrap();
    assert_eq!(
        (changed.url.as_str(), changed.region_id),
        ("http://127.0.0.1:10", None)
    );
    endpoints.delete(&public.id).await.unwrap();
    assert_eq!(
        endpoints
            .list()
            .service_id(&service.id)
            .all()
            .await
            .unwrap()
            .len(),
        1
    );
}

#[tokio::test]
async fn regions_can_be_put_at_an_id_and_lie_within_others() {
    let (_keystone, client) = admin().await;
    let regions = client.regions();
    let outer = regions
        .put("outer", RegionCreate::new().description("All"))
        .await
        .unwrap();
    let inner = RegionCreate::new().id("in ner").parent_region_id(&outer.id);
    let inner = regions.create(inner).await.unwrap();
    assert_eq!(regions.get("in ner").await.unwrap().id, inner.id);
    let children = regions
        .list()
        .parent_region_id("outer")
        .all()
        .await
        .unwrap();
    assert_eq!(children.len(), 1);

    let change = RegionUpdate::new()
        .clear_parent_region_id()
        .description("Apart");
    let changed = regions.update(&inner.id, change).await.unwrap();
    assert_eq!(changed.parent_region_id, None);
    assert_eq!(changed.description.as_deref(), Some("Apart"));
    regions.delete(&inner.id).await.unwrap();
    assert_eq!(
        regions
            .list()
            .parent_region_id("outer")
            .all()
            .await
            .unwrap()
            .len(),
        0
    );
}
