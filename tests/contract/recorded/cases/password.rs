//! Logging in with a password.

use serde_json::{Value, json};

use crate::call::Call;
use crate::login::Login;
use crate::recorder::Recorder;
use crate::scene::{domain, person, role_id};

cases!(
    unscoped,
    project_scopes,
    domain_scopes,
    system_scope,
    default_project,
    wrong_credentials,
    disabled_actors,
    scopes_without_roles,
    scopes_that_do_not_exist,
    contradictory_scopes,
    malformed_requests,
);

async fn unscoped(k: &mut Recorder) {
    let user = person(k, "user", &["member"]).await;
    k.record("by id", user.login().call()).await;
    let by_name =
        json!({"name": user.name, "password": user.password, "domain": {"id": "default"}});
    k.record("by name and domain id", Login::password(&by_name).call())
        .await;
    let by_names =
        json!({"name": user.name, "password": user.password, "domain": {"name": "Default"}});
    k.record("by name and domain name", Login::password(&by_names).call())
        .await;
    k.record("said so", user.login().scope(json!("unscoped")).call())
        .await;
}

async fn project_scopes(k: &mut Recorder) {
    let user = person(k, "user", &["member"]).await;
    k.record("by id", user.login_to_project().call()).await;
    let by_name = json!({"project": {"name": user.project_name, "domain": {"id": "default"}}});
    k.record("by name and domain id", user.login().scope(by_name).call())
        .await;
    let by_names = json!({"project": {"name": user.project_name, "domain": {"name": "Default"}}});
    k.record(
        "by name and domain name",
        user.login().scope(by_names).call(),
    )
    .await;
    let without_catalog = user.login_to_project().call_at("/auth/tokens?nocatalog");
    k.record("without a catalog", without_catalog).await;
    k.record("as the administrator", k.admin_login().call())
        .await;
}

async fn domain_scopes(k: &mut Recorder) {
    let user = person(k, "user", &[]).await;
    let domain = domain(k, "domain").await;
    let role = role_id(k, "reader").await;
    let grant = format!("/domains/{domain}/users/{}/roles/{role}", user.id);
    k.prepare_as_admin(Call::put(grant)).await;
    k.record("by id", user.login().domain(&domain).call()).await;
    let by_name = json!({"domain": {"name": k.name("domain")}});
    k.record("by name", user.login().scope(by_name).call())
        .await;
}

async fn system_scope(k: &mut Recorder) {
    let user = person(k, "user", &["member"]).await;
    k.record("without a role on the system", user.login().system().call())
        .await;
    let role = role_id(k, "reader").await;
    k.prepare_as_admin(Call::put(format!("/system/users/{}/roles/{role}", user.id)))
        .await;
    k.record("with one", user.login().system().call()).await;
    k.record("as the administrator", k.admin_login().system().call())
        .await;
}

async fn default_project(k: &mut Recorder) {
    let user = person(k, "user", &["member"]).await;
    let change = json!({"user": {"default_project_id": user.project}});
    k.prepare_as_admin(Call::patch(format!("/users/{}", user.id), &change))
        .await;
    k.record("no scope is the default project", user.login().call())
        .await;
    k.record(
        "unless said otherwise",
        user.login().scope(json!("unscoped")).call(),
    )
    .await;
    let other = person(k, "other", &[]).await;
    let change = json!({"user": {"default_project_id": other.project}});
    k.prepare_as_admin(Call::patch(format!("/users/{}", user.id), &change))
        .await;
    k.record(
        "a default project without a role is none",
        user.login().call(),
    )
    .await;
}

async fn wrong_credentials(k: &mut Recorder) {
    let user = person(k, "user", &["member"]).await;
    let attempts: [(&str, Value); 6] = [
        (
            "wrong password",
            json!({"id": user.id, "password": "wrong"}),
        ),
        ("empty password", json!({"id": user.id, "password": ""})),
        ("unknown id", json!({"id": "nobody", "password": "wrong"})),
        (
            "unknown name",
            json!({"name": k.name("nobody"), "domain": {"id": "default"}, "password": "wrong"}),
        ),
        (
            "unknown domain id",
            json!({"name": user.name, "domain": {"id": "nowhere"}, "password": user.password}),
        ),
        (
            "unknown domain name",
            json!({"name": user.name, "domain": {"name": "nowhere"}, "password": user.password}),
        ),
    ];
    for (what, attempt) in attempts {
        k.record(what, Login::password(&attempt).call()).await;
    }
}

async fn disabled_actors(k: &mut Recorder) {
    let user = person(k, "user", &["member"]).await;
    let disabled = |envelope: &str| json!({envelope: {"enabled": false}});
    let project = format!("/projects/{}", user.project);
    k.prepare_as_admin(Call::patch(project, &disabled("project")))
        .await;
    k.record("disabled project", user.login_to_project().call())
        .await;
    k.prepare_as_admin(Call::patch(
        format!("/users/{}", user.id),
        &disabled("user"),
    ))
    .await;
    k.record("disabled user", user.login().call()).await;
}

async fn scopes_without_roles(k: &mut Recorder) {
    let user = person(k, "user", &["member"]).await;
    let other = person(k, "other", &[]).await;
    k.record(
        "another's project",
        user.login().project(&other.project).call(),
    )
    .await;
    k.record("a domain", user.login().domain("default").call())
        .await;
    k.record("the system", user.login().system().call()).await;
}

async fn scopes_that_do_not_exist(k: &mut Recorder) {
    let user = person(k, "user", &["member"]).await;
    k.record("project id", user.login().project("nothing").call())
        .await;
    let project = json!({"project": {"name": "nothing", "domain": {"id": "default"}}});
    k.record("project name", user.login().scope(project).call())
        .await;
    let project = json!({"project": {"name": user.project_name, "domain": {"id": "nowhere"}}});
    k.record("project's domain", user.login().scope(project).call())
        .await;
    k.record("domain id", user.login().domain("nowhere").call())
        .await;
    k.record(
        "domain name",
        user.login()
            .scope(json!({"domain": {"name": "nowhere"}}))
            .call(),
    )
    .await;
    k.record(
        "trust",
        user.login()
            .scope(json!({"OS-TRUST:trust": {"id": "nothing"}}))
            .call(),
    )
    .await;
}

async fn contradictory_scopes(k: &mut Recorder) {
    let user = person(k, "user", &["member"]).await;
    let scopes: [(&str, Value); 6] = [
        (
            "project and domain",
            json!({"project": {"id": user.project}, "domain": {"id": "default"}}),
        ),
        ("empty", json!({})),
        ("null", Value::Null),
        ("unknown kind", json!({"galaxy": {"id": "milky-way"}})),
        (
            "project without a domain",
            json!({"project": {"name": user.project_name}}),
        ),
        ("a part of the system", json!({"system": {"all": false}})),
    ];
    for (what, scope) in scopes {
        k.record(what, user.login().scope(scope).call()).await;
    }
}

async fn malformed_requests(k: &mut Recorder) {
    let post = |body: Value| Call::post("/auth/tokens", &body);
    let attempts: [(&str, Call); 12] = [
        (
            "not JSON",
            Call::put("/auth/tokens").raw("application/json", "{\"auth\": "),
        ),
        ("nothing", Call::put("/auth/tokens")),
        ("an array", post(json!([]))),
        ("no auth", post(json!({}))),
        ("auth is null", post(json!({"auth": null}))),
        ("no identity", post(json!({"auth": {}}))),
        ("no methods", post(json!({"auth": {"identity": {}}}))),
        (
            "empty methods",
            post(json!({"auth": {"identity": {"methods": []}}})),
        ),
        (
            "unknown method",
            post(json!({"auth": {"identity": {"methods": ["handshake"], "handshake": {}}}})),
        ),
        (
            "method without data",
            post(json!({"auth": {"identity": {"methods": ["password"]}}})),
        ),
        (
            "user without a password",
            Login::password(&json!({"id": "some"})).call(),
        ),
        (
            "name without a domain",
            Login::password(&json!({"name": "some", "password": "some"})).call(),
        ),
    ];
    for (what, mut call) in attempts {
        call.method = reqwest::Method::POST;
        k.record(what, call).await;
    }
    let form =
        Call::post("/auth/tokens", &json!({})).raw("application/x-www-form-urlencoded", "a=b");
    k.record("a form", form).await;
    let number = json!({"id": 1, "password": true});
    k.record("wrong types", Login::password(&number).call())
        .await;
}
