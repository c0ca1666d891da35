//! Projects.

use serde_json::json;

use crate::call::Call;
use crate::crud::ResourceKind;
use crate::recorder::Recorder;
use crate::scene::{domain, person};

cases!(
    life, changes, bad_input, filters, trees, of_a_user, refusals
);

const PROJECTS: ResourceKind = ResourceKind {
    collection: "/projects",
    envelope: "project",
};

async fn life(k: &mut Recorder) {
    let id = PROJECTS
        .create(
            k,
            "creation with the least",
            json!({"name": k.name("project")}),
        )
        .await;
    PROJECTS
        .create(k, "the same name again", json!({"name": k.name("project")}))
        .await;
    let domain = domain(k, "domain").await;
    let full = json!({
        "name": k.name("project"), "domain_id": domain, "description": "some", "enabled": false,
        "tags": ["blue", "green"], "options": {}, "colour": "red",
    });
    PROJECTS
        .create(
            k,
            "the same name in another domain, with everything and more",
            full,
        )
        .await;
    PROJECTS.show_and_delete(k, &id).await;
}

async fn changes(k: &mut Recorder) {
    let id = PROJECTS
        .create(k, "creation", json!({"name": k.name("project")}))
        .await;
    PROJECTS
        .change(
            k,
            &id,
            "name and state",
            json!({"name": k.name("renamed"), "enabled": false}),
        )
        .await;
    PROJECTS
        .change(k, &id, "description", json!({"description": "some"}))
        .await;
    PROJECTS
        .change(k, &id, "no description", json!({"description": null}))
        .await;
    PROJECTS
        .change(k, &id, "an extra attribute", json!({"colour": "blue"}))
        .await;
    PROJECTS
        .change(k, &id, "no extra attribute", json!({"colour": null}))
        .await;
    PROJECTS
        .change(k, &id, "tags", json!({"tags": ["new"]}))
        .await;
    PROJECTS.change(k, &id, "nothing", json!({})).await;
    PROJECTS
        .change(k, &id, "the id", json!({"id": "another"}))
        .await;
    PROJECTS
        .change(k, &id, "the domain", json!({"domain_id": "another"}))
        .await;
    PROJECTS
        .change(k, &id, "an empty name", json!({"name": ""}))
        .await;
    PROJECTS
        .change(k, &id, "no name", json!({"name": null}))
        .await;
}

async fn bad_input(k: &mut Recorder) {
    let attempts = [
        ("no name", json!({})),
        ("empty name", json!({"name": ""})),
        ("blank name", json!({"name": "   "})),
        ("long name", json!({"name": "x".repeat(65)})),
        ("name is a number", json!({"name": 1})),
        (
            "an unknown domain",
            json!({"name": k.name("project"), "domain_id": "nowhere"}),
        ),
        (
            "an unknown parent",
            json!({"name": k.name("project"), "parent_id": "nothing"}),
        ),
        (
            "enabled is a word",
            json!({"name": k.name("project"), "enabled": "perhaps"}),
        ),
        (
            "tags are a word",
            json!({"name": k.name("project"), "tags": "blue"}),
        ),
        (
            "a tag with a comma",
            json!({"name": k.name("project"), "tags": ["blue,green"]}),
        ),
    ];
    PROJECTS.bad_creations(k, &attempts).await;
}

async fn filters(k: &mut Recorder) {
    let domain = domain(k, "domain").await;
    for (name, enabled, tags) in [
        ("alpha", true, json!(["blue"])),
        ("beta", false, json!(["blue", "green"])),
    ] {
        let new =
            json!({"name": k.name(name), "domain_id": domain, "enabled": enabled, "tags": tags});
        k.create("/projects", "project", new).await;
    }
    let inside = |query: &str| format!("domain_id={domain}&{query}");
    let queries = [
        ("by domain", inside("")),
        ("by name", format!("name={}", k.name("alpha"))),
        ("by state", inside("enabled=false")),
        ("by state without a value", inside("enabled")),
        ("by tags", inside("tags=blue,green")),
        ("by any tag", inside("tags-any=green,red")),
        ("by no tag", inside("not-tags=green")),
        ("by parent", format!("parent_id={domain}")),
        ("by the end of a name", inside("name__endswith=beta")),
        ("by a domain that is none", "domain_id=nowhere".to_owned()),
        ("by something unknown", inside("colour=red")),
        (
            "domains are projects",
            format!("is_domain=true&name={}", k.name("domain")),
        ),
    ];
    PROJECTS.lists(k, &queries).await;
}

async fn trees(k: &mut Recorder) {
    let parent = k
        .create("/projects", "project", json!({"name": k.name("parent")}))
        .await;
    let child = json!({"name": k.name("child"), "parent_id": parent});
    let child = PROJECTS.create(k, "a child", child).await;
    k.record_as_admin(
        "its parents",
        Call::get(format!("/projects/{child}?parents_as_ids")),
    )
    .await;
    k.record_as_admin(
        "the children",
        Call::get(format!("/projects/{parent}?subtree_as_ids")),
    )
    .await;
    k.record_as_admin(
        "deletion of the parent",
        Call::delete(PROJECTS.path(&parent)),
    )
    .await;
    PROJECTS
        .change(
            k,
            &parent,
            "disabling the parent",
            json!({"enabled": false}),
        )
        .await;
    PROJECTS
        .change(k, &child, "another parent", json!({"parent_id": "default"}))
        .await;
}

async fn of_a_user(k: &mut Recorder) {
    let user = person(k, "user", &["member"]).await;
    let other = person(k, "other", &["member"]).await;
    let token = k.prepare(user.login_to_project().call()).await.token();
    let path = format!("/users/{}/projects", user.id);
    k.record("one's own", Call::get(&path).token(&token)).await;
    k.record_as_admin("by the administrator", Call::get(&path))
        .await;
    k.record(
        "another's",
        Call::get(format!("/users/{}/projects", other.id)).token(&token),
    )
    .await;
    k.record_as_admin("of an unknown user", Call::get("/users/nobody/projects"))
        .await;
    k.record(
        "a member sees its project",
        Call::get(format!("/projects/{}", user.project)).token(&token),
    )
    .await;
}

async fn refusals(k: &mut Recorder) {
    let id = k
        .create("/projects", "project", json!({"name": k.name("project")}))
        .await;
    PROJECTS
        .refusals(k, &id, json!({"name": k.name("new")}))
        .await;
}
