//! What the service says of itself, and what the owner of a token can reach.

use keystone_sdk::identity::v3::{CatalogEndpointInterface, CatalogService, Domain, Project};

use crate::shape::lossless;
use crate::world::World;

cases!(own_scopes, versions);

async fn versions(world: &World) {
    let versions = world.client.versions();
    let all = versions.all().await.unwrap();
    assert_eq!(all.values.len(), 1);
    let current = versions.current().await.unwrap();
    assert_eq!(current.id, all.values[0].id);
    assert!(current.id.starts_with("v3."), "{current:?}");
    assert!(current.links.iter().any(|link| link.rel == "self"));
    assert!(current.extra.is_empty(), "{:?}", current.extra);
}

async fn own_scopes(world: &World) {
    let scopes = world.client.own_scopes();
    let projects = scopes.projects().all().await.unwrap();
    assert!(projects.iter().any(|project| project.id == world.project));
    scopes.domains().all().await.unwrap();
    assert!(scopes.system().await.unwrap()[0].all);
    let catalog = scopes.catalog().await.unwrap();
    let identity = catalog.iter().find(|service| service.r#type == "identity");
    let endpoints = &identity.unwrap().endpoints;
    assert!(
        endpoints
            .iter()
            .any(|endpoint| endpoint.interface == CatalogEndpointInterface::Public)
    );
    let service = world.client.service();
    lossless::<Vec<Project>>(service, &["auth", "projects"], "projects").await;
    lossless::<Vec<Domain>>(service, &["auth", "domains"], "domains").await;
    lossless::<Vec<CatalogService>>(service, &["auth", "catalog"], "catalog").await;
}
