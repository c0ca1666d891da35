//! Endpoints of the catalog.

use serde_json::{Value, json};

use crate::call::Call;
use crate::crud::ResourceKind;
use crate::recorder::Recorder;

cases!(life, changes, bad_input, filters, in_the_catalog, refusals);

const ENDPOINTS: ResourceKind = ResourceKind {
    collection: "/endpoints",
    envelope: "endpoint",
};

async fn service(k: &mut Recorder) -> String {
    let new = json!({"type": k.name("type"), "name": k.name("service")});
    k.create("/services", "service", new).await
}

async fn region(k: &mut Recorder) -> String {
    k.create("/regions", "region", json!({"id": k.name("region")}))
        .await
}

/// With what is required only.
fn least(service: &str) -> Value {
    json!({"service_id": service, "interface": "public", "url": "http://localhost:1/v1"})
}

async fn life(k: &mut Recorder) {
    let service = service(k).await;
    let region = region(k).await;
    let id = ENDPOINTS
        .create(k, "creation with the least", least(&service))
        .await;
    let full = json!({
        "service_id": service, "region_id": region, "interface": "internal", "url": "http://localhost:1/$(project_id)s",
        "enabled": false, "name": "some", "description": "some", "colour": "red",
    });
    ENDPOINTS
        .create(k, "creation with everything and more", full)
        .await;
    let by_region = json!({
        "service_id": service, "region": region, "interface": "admin", "url": "http://localhost:1",
    });
    ENDPOINTS
        .create(k, "creation with the old name of the region", by_region)
        .await;
    ENDPOINTS.create(k, "the same again", least(&service)).await;
    ENDPOINTS.show_and_delete(k, &id).await;
}

async fn changes(k: &mut Recorder) {
    let service = service(k).await;
    let region = region(k).await;
    let id = ENDPOINTS.create(k, "creation", least(&service)).await;
    ENDPOINTS
        .change(k, &id, "url", json!({"url": "http://localhost:2"}))
        .await;
    ENDPOINTS
        .change(
            k,
            &id,
            "interface and state",
            json!({"interface": "admin", "enabled": false}),
        )
        .await;
    ENDPOINTS
        .change(k, &id, "region", json!({"region_id": region}))
        .await;
    ENDPOINTS
        .change(k, &id, "no region", json!({"region_id": null}))
        .await;
    ENDPOINTS
        .change(k, &id, "an extra attribute", json!({"colour": "red"}))
        .await;
    ENDPOINTS.change(k, &id, "nothing", json!({})).await;
    ENDPOINTS
        .change(
            k,
            &id,
            "an unknown interface",
            json!({"interface": "secret"}),
        )
        .await;
    ENDPOINTS
        .change(k, &id, "an unknown region", json!({"region_id": "nothing"}))
        .await;
    ENDPOINTS
        .change(
            k,
            &id,
            "an unknown service",
            json!({"service_id": "nothing"}),
        )
        .await;
    ENDPOINTS
        .change(k, &id, "the id", json!({"id": "another"}))
        .await;
}

async fn bad_input(k: &mut Recorder) {
    let service = service(k).await;
    let with = |key: &str, value: Value| {
        let mut endpoint = least(&service);
        endpoint[key] = value;
        endpoint
    };
    let attempts = [
        (
            "no service",
            json!({"interface": "public", "url": "http://localhost"}),
        ),
        (
            "no interface",
            json!({"service_id": service, "url": "http://localhost"}),
        ),
        (
            "no url",
            json!({"service_id": service, "interface": "public"}),
        ),
        ("an unknown service", with("service_id", json!("nothing"))),
        ("an unknown region", with("region_id", json!("nothing"))),
        ("an unknown interface", with("interface", json!("secret"))),
        ("an empty url", with("url", json!(""))),
        (
            "an unknown substitution",
            with("url", json!("http://localhost/$(shell)s")),
        ),
        ("url is a number", with("url", json!(1))),
        ("enabled is a word", with("enabled", json!("perhaps"))),
    ];
    ENDPOINTS.bad_creations(k, &attempts).await;
}

async fn filters(k: &mut Recorder) {
    let service = service(k).await;
    let region = region(k).await;
    for interface in ["public", "admin"] {
        let mut new = least(&service);
        new["interface"] = json!(interface);
        new["enabled"] = json!(interface == "public");
        new["region_id"] = json!(region);
        k.create("/endpoints", "endpoint", new).await;
    }
    let queries = [
        ("by service", format!("service_id={service}")),
        (
            "by service and interface",
            format!("service_id={service}&interface=admin"),
        ),
        ("by region", format!("region_id={region}")),
        ("by a service that is none", "service_id=nothing".to_owned()),
        (
            "state is no filter",
            format!("service_id={service}&enabled=false"),
        ),
        (
            "an interface that is none",
            format!("service_id={service}&interface=secret"),
        ),
    ];
    ENDPOINTS.lists(k, &queries).await;
}

async fn in_the_catalog(k: &mut Recorder) {
    let service = service(k).await;
    let region = region(k).await;
    let mut enabled = least(&service);
    enabled["url"] = json!("http://localhost/$(project_id)s/%(project_id)s");
    enabled["region_id"] = json!(region);
    k.create("/endpoints", "endpoint", enabled).await;
    let mut disabled = least(&service);
    disabled["interface"] = json!("admin");
    disabled["enabled"] = json!(false);
    k.create("/endpoints", "endpoint", disabled).await;
    let without = json!({"type": k.name("without"), "name": k.name("without")});
    k.create("/services", "service", without).await;
    k.record_as_admin("enabled endpoints only", Call::get("/auth/catalog"))
        .await;
    k.record("the same at a login", k.admin_login().call())
        .await;
    let change = json!({"service": {"enabled": false}});
    k.prepare_as_admin(Call::patch(format!("/services/{service}"), &change))
        .await;
    k.record_as_admin("and of enabled services only", Call::get("/auth/catalog"))
        .await;
    let path = format!("/services/{service}");
    k.record_as_admin("deletion of the service", Call::delete(path))
        .await;
    let list = Call::get(format!("/endpoints?service_id={service}"));
    k.record_as_admin("takes its endpoints along", list).await;
}

async fn refusals(k: &mut Recorder) {
    let service = service(k).await;
    let id = k.create("/endpoints", "endpoint", least(&service)).await;
    ENDPOINTS.refusals(k, &id, least(&service)).await;
}
