//! Identity providers, their protocols and mappings, and service providers.

use keystone_sdk::identity::v3::{
    IdentityProvider, IdentityProviderCreate, IdentityProviderUpdate, Mapping, MappingCreate,
    MappingUpdate, Protocol, ProtocolCreate, ProtocolUpdate, ServiceProvider,
    ServiceProviderCreate, ServiceProviderUpdate,
};
use serde_json::{Value, json};

use super::world;
use crate::shape::lossless;
use crate::world::{World, status};

fn rules(name: &str) -> [Value; 1] {
    [json!({
        "local": [{"user": {"name": name}}],
        "remote": [{"type": "REMOTE_USER"}],
    })]
}

async fn mapping(world: &World) -> Mapping {
    let mappings = world.client.mappings();
    let id = world.name("mapping");
    let new = MappingCreate::new(rules("{0}"));
    mappings.create(&id, new).await.unwrap();
    let change = MappingUpdate::new().rules(rules("x{0}"));
    let changed = mappings.update(&id, change).await.unwrap();
    assert_eq!(mappings.get(&id).await.unwrap().rules, changed.rules);
    let listed = mappings.list().all().await.unwrap();
    assert!(listed.iter().any(|mapping| mapping.id == changed.id));
    let path = ["OS-FEDERATION", "mappings", id.as_str()];
    lossless::<Mapping>(world.client.service(), &path, "mapping").await;
    changed
}

#[tokio::test]
async fn identity_providers_with_their_protocols() {
    let world = world().await;
    let mapping = mapping(&world).await;
    let providers = world.client.identity_providers();
    let id = world.name("idp");
    let new = IdentityProviderCreate::new()
        .enabled(true)
        .remote_ids([world.name("https://idp")])
        .authorization_ttl(5);
    let made = providers.create(&id, new).await.unwrap();
    assert_eq!(made.authorization_ttl, Some(5));
    let again = providers.create(&id, IdentityProviderCreate::new());
    assert_eq!(status(again.await), 409);
    let change = IdentityProviderUpdate::new()
        .description("d")
        .clear_authorization_ttl();
    let changed = providers.update(&id, change).await.unwrap();
    assert_eq!(changed.authorization_ttl, None);
    assert_eq!(
        providers.get(&id).await.unwrap().description.as_deref(),
        Some("d")
    );
    let found = providers
        .list()
        .enabled(true)
        .id(id.as_str())
        .all()
        .await
        .unwrap();
    assert_eq!(found[0].id, id.as_str());

    let protocols = world.client.protocols(&id);
    let made = protocols
        .create("saml2", ProtocolCreate::new(&mapping.id))
        .await
        .unwrap();
    assert_eq!(made.mapping_id, mapping.id);
    protocols
        .update("saml2", ProtocolUpdate::new(&mapping.id))
        .await
        .unwrap();
    assert_eq!(protocols.get("saml2").await.unwrap().id, "saml2");
    assert_eq!(protocols.list().all().await.unwrap().len(), 1);
    let service = world.client.service();
    let path = ["OS-FEDERATION", "identity_providers", id.as_str()];
    lossless::<IdentityProvider>(service, &path, "identity_provider").await;
    let path = [
        "OS-FEDERATION",
        "identity_providers",
        id.as_str(),
        "protocols",
    ];
    lossless::<Vec<Protocol>>(service, &path, "protocols").await;

    // Nobody is identified by a web server here.
    for refused in [
        protocols.authenticate("saml2").await,
        protocols.authenticate_by_post("saml2").await,
    ] {
        assert_eq!(status(refused), 401);
    }
    let origin = "https://dashboard/auth/websso/";
    let logins = world.client.web_logins();
    for refused in [
        protocols.web_login("saml2", origin).await,
        protocols.web_login_by_post("saml2", origin).await,
        logins.start("saml2", origin).await,
        logins.start_by_post("saml2", origin).await,
    ] {
        assert_eq!(status(refused), 401);
    }
    protocols.delete("saml2").await.unwrap();
    providers.delete(&id).await.unwrap();
    world.client.mappings().delete(&mapping.id).await.unwrap();
}

#[tokio::test]
async fn service_providers() {
    let world = world().await;
    let providers = world.client.service_providers();
    let id = world.name("sp");
    let new = ServiceProviderCreate::new("http://sp/auth", "http://sp/sp").enabled(true);
    let made = providers.create(&id, new).await.unwrap();
    assert_eq!(made.description, None);
    let change = ServiceProviderUpdate::new().description("d").enabled(false);
    assert!(!providers.update(&id, change).await.unwrap().enabled);
    assert_eq!(
        providers.get(&id).await.unwrap().description.as_deref(),
        Some("d")
    );
    let found = providers.list().id(id.as_str()).all().await.unwrap();
    assert_eq!(found.len(), 1);
    let path = ["OS-FEDERATION", "service_providers", id.as_str()];
    lossless::<ServiceProvider>(world.client.service(), &path, "service_provider").await;
    providers.delete(&id).await.unwrap();
    assert_eq!(status(providers.get(&id).await), 404);
}

#[tokio::test]
async fn scopes_by_their_older_names() {
    let world = world().await;
    let scopes = world.client.federation_scopes();
    let projects = scopes.projects().all().await.unwrap();
    assert!(projects.iter().any(|project| project.id == world.project));
    scopes.domains().all().await.unwrap();
}

#[tokio::test]
async fn saml_needs_what_a_default_installation_lacks() {
    let world = world().await;
    let assertions = world.client.saml_assertions();
    assert_eq!(status(assertions.metadata().await), 500);
    let auth = json!({
        "identity": {"methods": ["token"], "token": {"id": "canary"}},
        "scope": {"service_provider": {"id": "none"}},
    });
    let request = assertions.create(auth.clone());
    assert!(!format!("{request:?}").contains("canary"));
    assert_eq!(status(request.await), 404);
    assert_eq!(status(assertions.create_for_ecp(auth).await), 404);
}
