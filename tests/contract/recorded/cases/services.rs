//! Services of the catalog.

use serde_json::json;

use crate::crud::ResourceKind;
use crate::recorder::Recorder;
use crate::shape::MARK;

cases!(life, changes, bad_input, filters, refusals);

const SERVICES: ResourceKind = ResourceKind {
    collection: "/services",
    envelope: "service",
};

async fn life(k: &mut Recorder) {
    let id = SERVICES
        .create(
            k,
            "creation with the least",
            json!({"type": k.name("type")}),
        )
        .await;
    let full = json!({
        "type": k.name("type"), "name": k.name("service"), "description": "some", "enabled": false,
        "colour": "red", "nested": {"deep": [1, null]},
    });
    SERVICES
        .create(k, "the same type with everything and more", full.clone())
        .await;
    SERVICES.create(k, "names may repeat", full).await;
    SERVICES.show_and_delete(k, &id).await;
}

async fn changes(k: &mut Recorder) {
    let new = json!({"type": k.name("type"), "name": k.name("service"), "colour": "red"});
    let id = SERVICES.create(k, "creation", new).await;
    SERVICES
        .change(k, &id, "name", json!({"name": k.name("renamed")}))
        .await;
    SERVICES
        .change(
            k,
            &id,
            "type and state",
            json!({"type": k.name("other"), "enabled": false}),
        )
        .await;
    SERVICES
        .change(k, &id, "description", json!({"description": "some"}))
        .await;
    SERVICES
        .change(k, &id, "no description", json!({"description": null}))
        .await;
    SERVICES
        .change(
            k,
            &id,
            "an extra attribute",
            json!({"colour": "blue", "size": 3}),
        )
        .await;
    SERVICES
        .change(k, &id, "no extra attribute", json!({"colour": null}))
        .await;
    SERVICES
        .change(k, &id, "no name", json!({"name": null}))
        .await;
    SERVICES.change(k, &id, "nothing", json!({})).await;
    SERVICES
        .change(k, &id, "the id", json!({"id": "another"}))
        .await;
    SERVICES
        .change(k, &id, "the same id", json!({"id": id}))
        .await;
    SERVICES
        .change(k, &id, "a wrong type", json!({"enabled": "perhaps"}))
        .await;
    SERVICES
        .change(k, &id, "no type", json!({"type": null}))
        .await;
}

async fn bad_input(k: &mut Recorder) {
    let attempts = [
        ("no type", json!({"name": "some"})),
        ("empty type", json!({"type": ""})),
        ("type is null", json!({"type": null})),
        ("type is a number", json!({"type": 1})),
        (
            "name is a number",
            json!({"type": k.name("type"), "name": 1}),
        ),
        (
            "enabled is a word",
            json!({"type": k.name("type"), "enabled": "perhaps"}),
        ),
    ];
    SERVICES.bad_creations(k, &attempts).await;
}

async fn filters(k: &mut Recorder) {
    for name in ["alpha", "beta"] {
        let new = json!({"type": k.name(&format!("type-{name}")), "name": k.name(name)});
        k.create("/services", "service", new).await;
    }
    let queries = [
        ("all", String::new()),
        ("by name", format!("name={}", k.name("alpha"))),
        ("by type", format!("type={}", k.name("type-beta"))),
        (
            "by both, which disagree",
            format!("name={}&type={}", k.name("alpha"), k.name("type-beta")),
        ),
        ("by a name that is none", "name=nothing".to_owned()),
        (
            "by the start of a name",
            format!("name__startswith={}", k.name("")),
        ),
        ("by a part of a name", "name__contains=-alph".to_owned()),
        ("by the end of a name", "name__endswith=-alpha".to_owned()),
        (
            "by the start, whatever its case",
            format!("name__istartswith={}", MARK.to_uppercase()),
        ),
        (
            "by something unknown",
            format!("colour=red&name={}", k.name("beta")),
        ),
    ];
    SERVICES.lists(k, &queries).await;
}

async fn refusals(k: &mut Recorder) {
    let new = json!({"type": k.name("type"), "name": k.name("service")});
    let id = k.create("/services", "service", new.clone()).await;
    SERVICES.refusals(k, &id, new).await;
}
