//! Identity providers, their protocols and mappings, and service providers.

use keystone_sdk::identity::v3::{
    IdentityProviderCreate, IdentityProviderUpdate, Mapping, MappingCreate, MappingUpdate,
    ProtocolCreate, ProtocolUpdate, ServiceProviderCreate, ServiceProviderUpdate,
};
use serde_json::{Value, json};

use crate::world::World;

cases!(
    "federation",
    both: [],
    real: [
        mappings, identity_providers, protocols, service_providers, logins_need_a_web_server,
        saml_needs_what_a_default_installation_lacks,
    ],
);

fn rules(name: &str) -> [Value; 1] {
    [json!({
        "local": [{"user": {"name": name}}],
        "remote": [{"type": "REMOTE_USER"}],
    })]
}

async fn make_mapping(world: &World, what: &str) -> Mapping {
    let mappings = world.client.mappings();
    let new = MappingCreate::new(rules("{0}"));
    world.ok(mappings.create(world.name(what), new)).await
}

async fn mappings(world: &World) {
    let mappings = world.client.mappings();
    let made = make_mapping(world, "mapping").await;
    let change = MappingUpdate::new().rules(rules("x{0}"));
    let changed = world.ok(mappings.update(&made.id, change)).await;
    let shown = world.ok(mappings.get(&made.id)).await;
    assert_eq!(shown.rules, changed.rules);
    let listed = world.ok(mappings.list().all()).await;
    assert!(listed.iter().any(|mapping| mapping.id == made.id));
    let again = MappingCreate::new(rules("{0}"));
    world.refused(409, mappings.create(&made.id, again)).await;
    let nonsense = MappingCreate::new([json!({"local": 1})]);
    world
        .refused(400, mappings.create(world.name("nonsense"), nonsense))
        .await;
    world.ok(mappings.delete(&made.id)).await;
    world.refused(404, mappings.get(&made.id)).await;
    world.refused(404, mappings.delete(&made.id)).await;
    world
        .refused(401, world.stranger().mappings().list().all())
        .await;
}

async fn identity_providers(world: &World) {
    let providers = world.client.identity_providers();
    let id = world.name("idp");
    let new = IdentityProviderCreate::new()
        .enabled(true)
        .remote_ids([world.name("https://idp")])
        .authorization_ttl(5);
    let made = world.ok(providers.create(&id, new)).await;
    assert_eq!(made.authorization_ttl, Some(5));
    let again = providers.create(&id, IdentityProviderCreate::new());
    world.refused(409, again).await;
    let change = IdentityProviderUpdate::new()
        .description("d")
        .clear_authorization_ttl();
    let changed = world.ok(providers.update(&id, change)).await;
    assert_eq!(changed.authorization_ttl, None);
    let shown = world.ok(providers.get(&id)).await;
    assert_eq!(shown.description.as_deref(), Some("d"));
    let found = providers.list().enabled(true).id(id.as_str());
    assert_eq!(world.ok(found.all()).await[0].id, id.as_str());
    world.ok(providers.delete(&id)).await;
    world.refused(404, providers.get(&id)).await;
    world.refused(404, providers.delete(&id)).await;
    world
        .refused(401, world.stranger().identity_providers().list().all())
        .await;
    // The domain that Keystone made for it stays.
    if let Some(domain) = &made.domain_id {
        world.remove_domain(domain).await;
    }
}

async fn protocols(world: &World) {
    let mapping = make_mapping(world, "of-protocol").await;
    let providers = world.client.identity_providers();
    let id = world.name("idp");
    let new = IdentityProviderCreate::new().domain_id("default");
    world.ok(providers.create(&id, new)).await;
    let protocols = world.client.protocols(&id);
    let new = ProtocolCreate::new(&mapping.id).remote_id_attribute("HTTP_ISS");
    let made = world.ok(protocols.create("saml2", new)).await;
    assert_eq!(made.mapping_id, mapping.id);
    let again = protocols.create("saml2", ProtocolCreate::new(&mapping.id));
    world.refused(409, again).await;
    let change = ProtocolUpdate::new(&mapping.id).remote_id_attribute("OIDC_ISS");
    world.ok(protocols.update("saml2", change)).await;
    assert_eq!(world.ok(protocols.get("saml2")).await.id, "saml2");
    assert_eq!(world.ok(protocols.list().all()).await.len(), 1);
    world.ok(protocols.delete("saml2")).await;
    world.refused(404, protocols.get("saml2")).await;
    world.refused(404, protocols.delete("saml2")).await;
    let nowhere = world.client.protocols("no-such-idp");
    world.refused(404, nowhere.get("saml2")).await;
    world.ok(providers.delete(&id)).await;
    world.ok(world.client.mappings().delete(&mapping.id)).await;
}

/// Nobody is identified by a web server here.
async fn logins_need_a_web_server(world: &World) {
    let mapping = make_mapping(world, "of-login").await;
    let providers = world.client.identity_providers();
    let id = world.name("idp");
    let new = IdentityProviderCreate::new().domain_id("default");
    world.ok(providers.create(&id, new)).await;
    let protocols = world.client.protocols(&id);
    let new = ProtocolCreate::new(&mapping.id);
    world.ok(protocols.create("saml2", new)).await;
    world.refused(401, protocols.authenticate("saml2")).await;
    world
        .refused(401, protocols.authenticate_by_post("saml2"))
        .await;
    let origin = "https://dashboard/auth/websso/";
    world
        .refused(401, protocols.web_login("saml2", origin))
        .await;
    world
        .refused(401, protocols.web_login_by_post("saml2", origin))
        .await;
    let logins = world.client.web_logins();
    world.refused(401, logins.start("saml2", origin)).await;
    world
        .refused(401, logins.start_by_post("saml2", origin))
        .await;
    world.ok(protocols.delete("saml2")).await;
    world.ok(providers.delete(&id)).await;
    world.ok(world.client.mappings().delete(&mapping.id)).await;
}

async fn service_providers(world: &World) {
    let providers = world.client.service_providers();
    let id = world.name("sp");
    let new = || ServiceProviderCreate::new("http://sp/auth", "http://sp/sp").enabled(true);
    let made = world.ok(providers.create(&id, new())).await;
    assert_eq!(made.description, None);
    world.refused(409, providers.create(&id, new())).await;
    let change = ServiceProviderUpdate::new().description("d").enabled(false);
    let changed = world.ok(providers.update(&id, change)).await;
    assert!(!changed.enabled);
    let shown = world.ok(providers.get(&id)).await;
    assert_eq!(shown.description.as_deref(), Some("d"));
    let found = providers.list().id(id.as_str());
    assert_eq!(world.ok(found.all()).await.len(), 1);
    let nonsense = ServiceProviderCreate::new("no address", "http://sp/sp");
    world
        .refused(400, providers.create(world.name("nonsense"), nonsense))
        .await;
    world.ok(providers.delete(&id)).await;
    world.refused(404, providers.get(&id)).await;
    world
        .refused(401, world.stranger().service_providers().list().all())
        .await;
}

async fn saml_needs_what_a_default_installation_lacks(world: &World) {
    let assertions = world.client.saml_assertions();
    world.refused(500, assertions.metadata()).await;
    let auth = json!({
        "identity": {"methods": ["token"], "token": {"id": "canary"}},
        "scope": {"service_provider": {"id": "none"}},
    });
    let request = assertions.create(auth.clone());
    assert!(!format!("{request:?}").contains("canary"));
    world.refused(404, request).await;
    world.refused(404, assertions.create_for_ecp(auth)).await;
}
