//! Trading one token for another.

use serde_json::json;

use crate::call::Call;
use crate::login::Login;
use crate::recorder::Recorder;
use crate::scene::{person, role_id};

cases!(
    rescoping,
    audit_ids_show_the_chain,
    unusable_tokens,
    own_scopes
);

async fn rescoping(k: &mut Recorder) {
    let user = person(k, "user", &["member"]).await;
    let role = role_id(k, "reader").await;
    k.prepare_as_admin(Call::put(format!("/system/users/{}/roles/{role}", user.id)))
        .await;
    let unscoped = k.prepare(user.login().call()).await.token();
    let scoped = k
        .record(
            "unscoped to project",
            Login::token(&unscoped).project(&user.project).call(),
        )
        .await;
    k.record(
        "project to unscoped",
        Login::token(&scoped.token())
            .scope(json!("unscoped"))
            .call(),
    )
    .await;
    k.record(
        "project to the same",
        Login::token(&scoped.token()).project(&user.project).call(),
    )
    .await;
    k.record(
        "project to system",
        Login::token(&scoped.token()).system().call(),
    )
    .await;
    k.record(
        "to a domain without a role",
        Login::token(&unscoped).domain("default").call(),
    )
    .await;
    k.record(
        "without a catalog",
        Login::token(&unscoped)
            .project(&user.project)
            .call_at("/auth/tokens?nocatalog"),
    )
    .await;
}

async fn audit_ids_show_the_chain(k: &mut Recorder) {
    let user = person(k, "user", &["member"]).await;
    let first = k.prepare(user.login().call()).await;
    let second = k
        .prepare(Login::token(&first.token()).project(&user.project).call())
        .await;
    let ids = |response: &crate::call::Response| {
        response
            .at("/token/audit_ids")
            .as_array()
            .cloned()
            .unwrap_or_default()
    };
    k.note(format!(
        "{} audit id, then {}",
        ids(&first).len(),
        ids(&second).len()
    ));
    k.note(format!(
        "the second ends in the first: {}",
        ids(&second).last() == ids(&first).first()
    ));
    let same = first.at("/token/expires_at") == second.at("/token/expires_at");
    k.note(format!("both expire together: {same}"));
}

async fn unusable_tokens(k: &mut Recorder) {
    let user = person(k, "user", &["member"]).await;
    k.record("nonsense", Login::token("nonsense").call()).await;
    k.record("empty", Login::token("").call()).await;
    k.record("no id", Login::method("token", json!({})).call())
        .await;
    let revoked = k.prepare(user.login().call()).await.token();
    k.prepare_as_admin(Call::delete("/auth/tokens").subject(&revoked))
        .await;
    k.record(
        "revoked",
        Login::token(&revoked).project(&user.project).call(),
    )
    .await;
}

async fn own_scopes(k: &mut Recorder) {
    let user = person(k, "user", &["member"]).await;
    let token = k.prepare(user.login().call()).await.token();
    let scoped = k.prepare(user.login_to_project().call()).await.token();
    k.record("projects", Call::get("/auth/projects").token(&token))
        .await;
    k.record("domains", Call::get("/auth/domains").token(&token))
        .await;
    k.record("system", Call::get("/auth/system").token(&token))
        .await;
    k.record(
        "catalog of an unscoped token",
        Call::get("/auth/catalog").token(&token),
    )
    .await;
    k.record("catalog", Call::get("/auth/catalog").token(&scoped))
        .await;
    for path in [
        "/auth/projects",
        "/auth/domains",
        "/auth/system",
        "/auth/catalog",
    ] {
        k.record("anonymously", Call::get(path)).await;
    }
}
