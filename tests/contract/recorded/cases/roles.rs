//! Roles.

use serde_json::json;

use crate::call::Call;
use crate::crud::ResourceKind;
use crate::recorder::Recorder;
use crate::scene::{domain, role_id};

cases!(life, changes, bad_input, filters, immutable, refusals);

const ROLES: ResourceKind = ResourceKind {
    collection: "/roles",
    envelope: "role",
};

async fn life(k: &mut Recorder) {
    let id = ROLES
        .create(
            k,
            "creation with the least",
            json!({"name": k.name("role")}),
        )
        .await;
    ROLES
        .create(k, "the same name again", json!({"name": k.name("role")}))
        .await;
    let domain = domain(k, "domain").await;
    let full = json!({
        "name": k.name("role"), "domain_id": domain, "description": "some", "options": {}, "colour": "red",
    });
    ROLES
        .create(
            k,
            "the same name in a domain, with everything and more",
            full,
        )
        .await;
    ROLES.show_and_delete(k, &id).await;
}

async fn changes(k: &mut Recorder) {
    k.create("/roles", "role", json!({"name": k.name("other")}))
        .await;
    let id = ROLES
        .create(k, "creation", json!({"name": k.name("role")}))
        .await;
    ROLES
        .change(k, &id, "name", json!({"name": k.name("renamed")}))
        .await;
    ROLES
        .change(k, &id, "description", json!({"description": "some"}))
        .await;
    ROLES
        .change(k, &id, "no description", json!({"description": null}))
        .await;
    ROLES
        .change(k, &id, "an extra attribute", json!({"colour": "blue"}))
        .await;
    ROLES.change(k, &id, "nothing", json!({})).await;
    ROLES
        .change(
            k,
            &id,
            "a name that is taken",
            json!({"name": k.name("other")}),
        )
        .await;
    ROLES
        .change(k, &id, "the id", json!({"id": "another"}))
        .await;
    ROLES
        .change(k, &id, "the domain", json!({"domain_id": "default"}))
        .await;
}

async fn bad_input(k: &mut Recorder) {
    let attempts = [
        ("no name", json!({})),
        ("empty name", json!({"name": ""})),
        ("name is a number", json!({"name": 1})),
        (
            "an unknown option",
            json!({"name": k.name("role"), "options": {"colour": "red"}}),
        ),
    ];
    ROLES.bad_creations(k, &attempts).await;
}

async fn filters(k: &mut Recorder) {
    k.create("/roles", "role", json!({"name": k.name("alpha")}))
        .await;
    let domain = domain(k, "domain").await;
    k.create(
        "/roles",
        "role",
        json!({"name": k.name("beta"), "domain_id": domain}),
    )
    .await;
    let queries = [
        ("by name", format!("name={}", k.name("alpha"))),
        (
            "by the start of a name, without those of domains",
            format!("name__startswith={}", k.name("")),
        ),
        ("by domain", format!("domain_id={domain}")),
        ("by a name that is none", "name=nothing".to_owned()),
    ];
    ROLES.lists(k, &queries).await;
    for role in ["admin", "manager", "member", "reader", "service"] {
        k.record_as_admin(
            &format!("the bootstrapped {role}"),
            Call::get(format!("/roles?name={role}")),
        )
        .await;
    }
}

async fn immutable(k: &mut Recorder) {
    let options = json!({"name": k.name("role"), "options": {"immutable": true}});
    let id = ROLES.create(k, "creation", options).await;
    ROLES
        .change(k, &id, "change", json!({"description": "some"}))
        .await;
    k.record_as_admin("deletion", Call::delete(ROLES.path(&id)))
        .await;
    ROLES
        .change(k, &id, "release", json!({"options": {"immutable": null}}))
        .await;
    k.record_as_admin("deletion when released", Call::delete(ROLES.path(&id)))
        .await;
    let admin = role_id(k, "admin").await;
    k.record_as_admin("a bootstrapped role", Call::delete(ROLES.path(&admin)))
        .await;
}

async fn refusals(k: &mut Recorder) {
    let id = k
        .create("/roles", "role", json!({"name": k.name("role")}))
        .await;
    ROLES.refusals(k, &id, json!({"name": k.name("new")})).await;
}
