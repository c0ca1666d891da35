//! Regions, whose ids the caller may choose.

use serde_json::json;

use crate::call::Call;
use crate::crud::ResourceKind;
use crate::recorder::Recorder;

cases!(
    life,
    changes,
    bad_input,
    filters,
    parents,
    with_endpoints,
    refusals
);

const REGIONS: ResourceKind = ResourceKind {
    collection: "/regions",
    envelope: "region",
};

async fn life(k: &mut Recorder) {
    let unnamed = REGIONS
        .create(
            k,
            "creation with nothing",
            json!({"description": k.name("")}),
        )
        .await;
    let new = json!({"id": k.name("region"), "description": "some", "colour": "red"});
    let id = REGIONS
        .create(k, "creation with an id and more", new.clone())
        .await;
    REGIONS.create(k, "the same id again", new).await;
    REGIONS.show_and_delete(k, &id).await;
    k.record_as_admin(
        "deletion by a made id",
        Call::delete(REGIONS.path(&unnamed)),
    )
    .await;
}

async fn changes(k: &mut Recorder) {
    let id = REGIONS
        .create(k, "creation", json!({"id": k.name("region")}))
        .await;
    REGIONS
        .change(k, &id, "description", json!({"description": "some"}))
        .await;
    REGIONS
        .change(k, &id, "no description", json!({"description": null}))
        .await;
    REGIONS
        .change(k, &id, "an extra attribute", json!({"colour": "blue"}))
        .await;
    REGIONS.change(k, &id, "nothing", json!({})).await;
    REGIONS
        .change(k, &id, "the id", json!({"id": "another"}))
        .await;
    REGIONS
        .change(
            k,
            &id,
            "an unknown parent",
            json!({"parent_region_id": "nothing"}),
        )
        .await;
}

async fn bad_input(k: &mut Recorder) {
    let attempts = [
        ("id is a number", json!({"id": 1})),
        (
            "description is a number",
            json!({"id": k.name("region"), "description": 1}),
        ),
        (
            "an unknown parent",
            json!({"id": k.name("region"), "parent_region_id": "nothing"}),
        ),
    ];
    REGIONS.bad_creations(k, &attempts).await;
}

async fn filters(k: &mut Recorder) {
    let parent = k.name("parent");
    k.create("/regions", "region", json!({"id": parent})).await;
    let child = json!({"id": k.name("child"), "parent_region_id": parent});
    k.create("/regions", "region", child).await;
    let queries = [
        ("all", String::new()),
        ("by parent", format!("parent_region_id={parent}")),
        (
            "by a parent that is none",
            "parent_region_id=nothing".to_owned(),
        ),
        ("by something unknown", "colour=red".to_owned()),
    ];
    REGIONS.lists(k, &queries).await;
}

async fn parents(k: &mut Recorder) {
    let parent = k.name("parent");
    k.create("/regions", "region", json!({"id": parent})).await;
    let child = REGIONS
        .create(
            k,
            "a child",
            json!({"id": k.name("child"), "parent_region_id": parent}),
        )
        .await;
    REGIONS
        .change(k, &parent, "a circle", json!({"parent_region_id": child}))
        .await;
    k.record_as_admin(
        "deletion of the parent",
        Call::delete(REGIONS.path(&parent)),
    )
    .await;
    k.record_as_admin("the child", Call::get(REGIONS.path(&child)))
        .await;
}

async fn with_endpoints(k: &mut Recorder) {
    let id = k
        .create("/regions", "region", json!({"id": k.name("region")}))
        .await;
    let service = k
        .create("/services", "service", json!({"type": k.name("type")}))
        .await;
    let endpoint = json!({
        "service_id": service, "region_id": id, "interface": "public", "url": "http://localhost",
    });
    k.create("/endpoints", "endpoint", endpoint).await;
    k.record_as_admin("deletion", Call::delete(REGIONS.path(&id)))
        .await;
}

async fn refusals(k: &mut Recorder) {
    let new = json!({"id": k.name("region")});
    let id = k.create("/regions", "region", new).await;
    REGIONS
        .refusals(k, &id, json!({"id": k.name("other")}))
        .await;
}
