//! Domains, which have to be disabled before they are deleted.

use serde_json::json;

use crate::call::Call;
use crate::crud::ResourceKind;
use crate::recorder::Recorder;
use crate::scene::domain;

cases!(life, changes, bad_input, filters, deletion, refusals);

const DOMAINS: ResourceKind = ResourceKind {
    collection: "/domains",
    envelope: "domain",
};

async fn life(k: &mut Recorder) {
    let new = json!({"name": k.name("domain"), "enabled": false});
    let id = DOMAINS.create(k, "creation", new.clone()).await;
    DOMAINS.create(k, "the same name again", new).await;
    let full = json!({
        "name": k.name("full"), "enabled": false, "description": "some", "options": {}, "tags": ["blue"], "colour": "red",
    });
    DOMAINS
        .create(k, "creation with everything and more", full)
        .await;
    DOMAINS.show_and_delete(k, &id).await;
}

async fn changes(k: &mut Recorder) {
    domain(k, "other").await;
    let id = DOMAINS
        .create(
            k,
            "creation",
            json!({"name": k.name("domain"), "enabled": false}),
        )
        .await;
    DOMAINS
        .change(k, &id, "name", json!({"name": k.name("renamed")}))
        .await;
    DOMAINS
        .change(k, &id, "description", json!({"description": "some"}))
        .await;
    DOMAINS
        .change(k, &id, "no description", json!({"description": null}))
        .await;
    DOMAINS
        .change(
            k,
            &id,
            "a name that is taken",
            json!({"name": k.name("other")}),
        )
        .await;
    DOMAINS
        .change(k, &id, "the id", json!({"id": "another"}))
        .await;
    DOMAINS.change(k, &id, "nothing", json!({})).await;
}

async fn bad_input(k: &mut Recorder) {
    let attempts = [
        ("no name", json!({})),
        ("empty name", json!({"name": ""})),
        ("blank name", json!({"name": "   "})),
        ("long name", json!({"name": "x".repeat(65)})),
        ("name is a number", json!({"name": 1})),
        (
            "enabled is a word",
            json!({"name": k.name("domain"), "enabled": "perhaps"}),
        ),
    ];
    DOMAINS.bad_creations(k, &attempts).await;
}

async fn filters(k: &mut Recorder) {
    domain(k, "alpha").await;
    let beta = json!({"name": k.name("beta"), "enabled": false});
    k.create("/domains", "domain", beta).await;
    let queries = [
        ("by name", format!("name={}", k.name("alpha"))),
        (
            "by name and state",
            format!("name={}&enabled=false", k.name("alpha")),
        ),
        (
            "by the start of a name",
            format!("name__startswith={}", k.name("")),
        ),
        ("by a name that is none", "name=nothing".to_owned()),
    ];
    DOMAINS.lists(k, &queries).await;
}

async fn deletion(k: &mut Recorder) {
    let id = domain(k, "domain").await;
    let user = json!({"name": k.name("user"), "domain_id": id});
    let user = k.create("/users", "user", user).await;
    let project = json!({"name": k.name("project"), "domain_id": id});
    let project = k.create("/projects", "project", project).await;
    k.record_as_admin("while enabled", Call::delete(DOMAINS.path(&id)))
        .await;
    DOMAINS
        .change(k, &id, "disabling", json!({"enabled": false}))
        .await;
    k.record_as_admin("when disabled", Call::delete(DOMAINS.path(&id)))
        .await;
    k.record_as_admin("its user", Call::get(format!("/users/{user}")))
        .await;
    k.record_as_admin("its project", Call::get(format!("/projects/{project}")))
        .await;
}

async fn refusals(k: &mut Recorder) {
    let id = domain(k, "domain").await;
    DOMAINS
        .refusals(k, &id, json!({"name": k.name("new")}))
        .await;
}
