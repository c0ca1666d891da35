//! What the service says of itself, and what the owner of a token can reach.

use keystone_sdk::identity::v3::CatalogEndpointInterface;

use crate::world::World;

cases!(
    "discovery",
    both: [versions, own_scopes],
    real: [json_home, scopes_by_their_older_names, what_is_gone_says_so],
);

async fn versions(world: &World) {
    let versions = world.client.versions();
    let all = world.ok(versions.all()).await;
    assert_eq!(all.values.len(), 1);
    let current = world.ok(versions.current()).await;
    assert_eq!(current.id, all.values[0].id);
    assert!(current.id.starts_with("v3."), "{current:?}");
    assert!(current.links.iter().any(|link| link.rel == "self"));
}

async fn own_scopes(world: &World) {
    let scopes = world.client.own_scopes();
    let projects = world.ok(scopes.projects().all()).await;
    assert!(projects.iter().any(|project| project.id == world.project));
    world.ok(scopes.domains().all()).await;
    assert!(world.ok(scopes.system()).await[0].all);
    let catalog = world.ok(scopes.catalog()).await;
    let identity = catalog.iter().find(|service| service.r#type == "identity");
    let endpoints = &identity.unwrap().endpoints;
    let public = CatalogEndpointInterface::Public;
    assert!(
        endpoints
            .iter()
            .any(|endpoint| endpoint.interface == public)
    );
    let stranger = world.stranger().own_scopes();
    world.refused(401, stranger.projects().all()).await;
    world.refused(401, stranger.system()).await;
    world.refused(401, stranger.catalog()).await;
}

async fn json_home(world: &World) {
    let home = world.ok(world.client.versions().json_home()).await;
    let relation = "https://docs.openstack.org/api/openstack-identity/3/rel/users";
    assert!(home.resources.contains_key(relation));
}

async fn scopes_by_their_older_names(world: &World) {
    let scopes = world.client.federation_scopes();
    let projects = world.ok(scopes.projects().all()).await;
    assert!(projects.iter().any(|project| project.id == world.project));
    world.ok(scopes.domains().all()).await;
}

#[expect(deprecated, reason = "that is what the case is about")]
async fn what_is_gone_says_so(world: &World) {
    let certificates = world.client.signing_certificates();
    world.refused(410, certificates.ca()).await;
    world.refused(410, certificates.all()).await;
    world.refused(403, world.client.tokens().revoked()).await;
}
