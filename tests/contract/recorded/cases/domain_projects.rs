//! Domains by way of the projects API.

use serde_json::json;

use crate::call::Call;
use crate::crud::ResourceKind;
use crate::recorder::Recorder;
use crate::scene::{domain, domain_caller};

cases!(life, bad_input, by_a_manager);

const PROJECTS: ResourceKind = ResourceKind {
    collection: "/projects",
    envelope: "project",
};

async fn life(k: &mut Recorder) {
    let id = PROJECTS
        .create(
            k,
            "creation",
            json!({"name": k.name("domain"), "is_domain": true}),
        )
        .await;
    let path = format!("/projects/{id}");
    k.record_as_admin("show", Call::get(&path)).await;
    let changes = [
        ("name", json!({"name": k.name("renamed")})),
        (
            "description and more",
            json!({"description": "some", "colour": "red"}),
        ),
        ("tags", json!({"tags": ["blue"]})),
        ("its own kind", json!({"is_domain": true})),
    ];
    for (what, change) in changes {
        PROJECTS.change(k, &id, what, change).await;
    }
    k.record_as_admin("as a domain", Call::get(format!("/domains/{id}")))
        .await;
    for call in [
        Call::get(format!("{path}/tags")),
        Call::put(format!("{path}/tags/green")),
        Call::delete(format!("{path}/tags/blue")),
        Call::delete(format!("{path}/tags")),
    ] {
        k.record_as_admin("its tags", call).await;
    }
    k.record_as_admin("deletion while enabled", Call::delete(&path))
        .await;
    PROJECTS
        .change(k, &id, "disabled", json!({"enabled": false}))
        .await;
    k.record_as_admin("deletion", Call::delete(&path)).await;
    k.record_as_admin("it is gone", Call::get(format!("/domains/{id}")))
        .await;
}

async fn bad_input(k: &mut Recorder) {
    let id = domain(k, "domain").await;
    let changes = [
        ("no domain any more", json!({"is_domain": false})),
        ("a parent", json!({"parent_id": "default"})),
        ("a domain", json!({"domain_id": "default"})),
        (
            "no domain of its own",
            json!({"domain_id": null, "parent_id": null}),
        ),
        ("another id", json!({"id": "other"})),
        ("the name of another", json!({"name": "Default"})),
    ];
    for (what, change) in changes {
        PROJECTS.change(k, &id, what, change).await;
    }
    let project = json!({"name": k.name("project")});
    let project = k.create("/projects", "project", project).await;
    PROJECTS
        .change(
            k,
            &project,
            "a domain from now on",
            json!({"is_domain": true}),
        )
        .await;
    for (what, place) in [("parent", "parent_id"), ("domain", "domain_id")] {
        let new = json!({"name": k.name("new"), "is_domain": true, place: "default"});
        PROJECTS
            .create(k, &format!("a domain with a {what}"), new)
            .await;
    }
}

async fn by_a_manager(k: &mut Recorder) {
    let own = domain(k, "own").await;
    let (_, token) = domain_caller(k, "manager", &own, "manager").await;
    let path = format!("/projects/{own}");
    let change = json!({"project": {"description": "some"}});
    for call in [
        Call::get(&path),
        Call::patch(&path, &change),
        Call::delete(&path),
        Call::get(format!("{path}/tags")),
        Call::put(format!("{path}/tags/blue")),
        Call::get("/projects?is_domain=true"),
    ] {
        k.record("its own domain", call.token(&token)).await;
    }
    let new = json!({"project": {"name": k.name("new"), "is_domain": true}});
    k.record("a new domain", Call::post("/projects", &new).token(&token))
        .await;
}
