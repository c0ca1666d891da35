//! Trusts: one user acting for another.

use serde_json::{Value, json};

use crate::call::Call;
use crate::recorder::Recorder;
use crate::scene::person;

cases!(scope, life);

fn trust(trustor: &str, trustee: &str, project: &str, impersonation: bool) -> Value {
    json!({"trust": {
        "trustor_user_id": trustor, "trustee_user_id": trustee, "project_id": project,
        "impersonation": impersonation, "roles": [{"name": "member"}],
    }})
}

async fn scope(k: &mut Recorder) {
    let trustor = person(k, "trustor", &["member"]).await;
    let trustee = person(k, "trustee", &[]).await;
    let stranger = person(k, "stranger", &[]).await;
    let token = k.prepare(trustor.login_to_project().call()).await.token();
    for (what, impersonation) in [("as the trustee", false), ("as the trustor", true)] {
        let new = trust(&trustor.id, &trustee.id, &trustor.project, impersonation);
        let created = k
            .prepare(Call::post("/OS-TRUST/trusts", &new).token(&token))
            .await;
        let id = created.text("/trust/id");
        k.undo(Call::delete(format!("/OS-TRUST/trusts/{id}")));
        let scope = json!({"OS-TRUST:trust": {"id": id}});
        let response = k
            .record(what, trustee.login().scope(scope.clone()).call())
            .await;
        k.record_as_admin(
            "validation",
            Call::get("/auth/tokens").subject(&response.token()),
        )
        .await;
        k.record("a stranger", stranger.login().scope(scope).call())
            .await;
    }
}

async fn life(k: &mut Recorder) {
    let trustor = person(k, "trustor", &["member"]).await;
    let trustee = person(k, "trustee", &[]).await;
    let token = k.prepare(trustor.login_to_project().call()).await.token();
    let new = trust(&trustor.id, &trustee.id, &trustor.project, false);
    let created = k
        .record(
            "creation",
            Call::post("/OS-TRUST/trusts", &new).token(&token),
        )
        .await;
    let path = format!("/OS-TRUST/trusts/{}", created.text("/trust/id"));
    k.record("show", Call::get(&path).token(&token)).await;
    let list = format!("/OS-TRUST/trusts?trustor_user_id={}", trustor.id);
    k.record("list", Call::get(list).token(&token)).await;
    k.record("deletion", Call::delete(&path).token(&token))
        .await;
    k.record("show when gone", Call::get(&path).token(&token))
        .await;
    let scope = json!({"OS-TRUST:trust": {"id": created.text("/trust/id")}});
    k.record("login when gone", trustee.login().scope(scope).call())
        .await;
    k.record("without a project", {
        let new = json!({"trust": {
            "trustor_user_id": trustor.id, "trustee_user_id": trustee.id, "impersonation": false,
        }});
        Call::post("/OS-TRUST/trusts", &new).token(&token)
    })
    .await;
}
