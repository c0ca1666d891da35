//! Users.

use serde_json::json;

use crate::call::Call;
use crate::crud::ResourceKind;
use crate::login::Login;
use crate::recorder::Recorder;
use crate::scene::{domain, person};

cases!(
    life,
    changes,
    refused_changes,
    bad_input,
    filters,
    passwords,
    refusals,
    oneself
);

const USERS: ResourceKind = ResourceKind {
    collection: "/users",
    envelope: "user",
};

async fn life(k: &mut Recorder) {
    let id = USERS
        .create(
            k,
            "creation with the least",
            json!({"name": k.name("user")}),
        )
        .await;
    USERS
        .create(k, "the same name again", json!({"name": k.name("user")}))
        .await;
    let domain = domain(k, "domain").await;
    let project = k
        .create("/projects", "project", json!({"name": k.name("project")}))
        .await;
    let full = json!({
        "name": k.name("user"), "domain_id": domain, "description": "some", "email": "some@localhost",
        "default_project_id": project, "enabled": false, "password": "some",
        "options": {"ignore_password_expiry": true}, "colour": "red",
    });
    USERS
        .create(
            k,
            "the same name in another domain, with everything and more",
            full,
        )
        .await;
    USERS.show_and_delete(k, &id).await;
}

async fn changes(k: &mut Recorder) {
    let id = USERS
        .create(
            k,
            "creation",
            json!({"name": k.name("user"), "email": "some@localhost"}),
        )
        .await;
    let project = k
        .create("/projects", "project", json!({"name": k.name("project")}))
        .await;
    USERS
        .change(
            k,
            &id,
            "name and state",
            json!({"name": k.name("renamed"), "enabled": false}),
        )
        .await;
    USERS
        .change(k, &id, "description", json!({"description": "some"}))
        .await;
    USERS
        .change(k, &id, "no description", json!({"description": null}))
        .await;
    USERS
        .change(k, &id, "no email", json!({"email": null}))
        .await;
    USERS
        .change(
            k,
            &id,
            "default project",
            json!({"default_project_id": project}),
        )
        .await;
    USERS
        .change(
            k,
            &id,
            "no default project",
            json!({"default_project_id": null}),
        )
        .await;
    USERS
        .change(k, &id, "an extra attribute", json!({"colour": "blue"}))
        .await;
    USERS
        .change(
            k,
            &id,
            "an option",
            json!({"options": {"lock_password": true}}),
        )
        .await;
    USERS
        .change(
            k,
            &id,
            "no option",
            json!({"options": {"lock_password": null}}),
        )
        .await;
    USERS
        .change(k, &id, "password", json!({"password": "some"}))
        .await;
}

async fn refused_changes(k: &mut Recorder) {
    k.create("/users", "user", json!({"name": k.name("other")}))
        .await;
    let id = USERS
        .create(k, "creation", json!({"name": k.name("user")}))
        .await;
    USERS.change(k, &id, "nothing", json!({})).await;
    USERS
        .change(
            k,
            &id,
            "a name that is taken",
            json!({"name": k.name("other")}),
        )
        .await;
    USERS
        .change(k, &id, "the id", json!({"id": "another"}))
        .await;
    USERS
        .change(k, &id, "the domain", json!({"domain_id": "another"}))
        .await;
    USERS.change(k, &id, "no name", json!({"name": null})).await;
}

async fn bad_input(k: &mut Recorder) {
    let attempts = [
        ("no name", json!({})),
        ("empty name", json!({"name": ""})),
        ("blank name", json!({"name": "   "})),
        ("long name", json!({"name": "x".repeat(256)})),
        ("name is a number", json!({"name": 1})),
        (
            "password is a number",
            json!({"name": k.name("user"), "password": 1}),
        ),
        (
            "enabled is a word",
            json!({"name": k.name("user"), "enabled": "perhaps"}),
        ),
        (
            "an unknown domain",
            json!({"name": k.name("user"), "domain_id": "nowhere"}),
        ),
        (
            "an unknown option",
            json!({"name": k.name("user"), "options": {"colour": "red"}}),
        ),
    ];
    USERS.bad_creations(k, &attempts).await;
}

async fn filters(k: &mut Recorder) {
    let domain = domain(k, "domain").await;
    for (name, enabled) in [("alpha", true), ("beta", false)] {
        let new = json!({"name": k.name(name), "domain_id": domain, "enabled": enabled});
        k.create("/users", "user", new).await;
    }
    let inside = |query: &str| format!("domain_id={domain}&{query}");
    let queries = [
        ("by domain", inside("")),
        ("by name", format!("name={}", k.name("alpha"))),
        ("by state", inside("enabled=false")),
        (
            "by the start of a name",
            inside(&format!("name__startswith={}", k.name("a"))),
        ),
        (
            "by the start, whatever its case",
            inside("name__istartswith=CONTRACT"),
        ),
        ("by a name that is none", inside("name=nothing")),
        ("by something unknown", inside("colour=red")),
    ];
    USERS.lists(k, &queries).await;
}

async fn passwords(k: &mut Recorder) {
    let user = person(k, "user", &["member"]).await;
    let token = k.prepare(user.login().call()).await.token();
    let path = format!("/users/{}/password", user.id);
    let change =
        |old: &str, new: &str| json!({"user": {"original_password": old, "password": new}});
    let calls = [
        ("wrong old password", change("wrong", "new")),
        ("the same again", change(user.password, user.password)),
        ("no old password", json!({"user": {"password": "new"}})),
        ("change", change(user.password, "new")),
    ];
    for (what, body) in calls {
        k.record(what, Call::post(&path, &body).token(&token)).await;
    }
    k.record("the old token", Call::get("/auth/projects").token(&token))
        .await;
    k.record("the old password", user.login().call()).await;
    let new = Login::password(&json!({"id": user.id, "password": "new"}));
    k.record("the new password", new.call()).await;
}

async fn refusals(k: &mut Recorder) {
    let id = k
        .create("/users", "user", json!({"name": k.name("user")}))
        .await;
    USERS.refusals(k, &id, json!({"name": k.name("new")})).await;
}

async fn oneself(k: &mut Recorder) {
    let user = person(k, "user", &["member"]).await;
    let token = k.prepare(user.login_to_project().call()).await.token();
    k.record("show", Call::get(USERS.path(&user.id)).token(&token))
        .await;
    let change = json!({"user": {"description": "some"}});
    k.record(
        "change",
        Call::patch(USERS.path(&user.id), &change).token(&token),
    )
    .await;
    k.record(
        "groups",
        Call::get(format!("/users/{}/groups", user.id)).token(&token),
    )
    .await;
    k.record("deletion", Call::delete(USERS.path(&user.id)).token(&token))
        .await;
}
