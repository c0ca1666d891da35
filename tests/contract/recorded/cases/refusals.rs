//! Callers without a right, whatever they ask.

use crate::call::Call;
use crate::login::Login;
use crate::recorder::Recorder;
use crate::scene::person;

cases!(bad_tokens, unscoped_administrators, body_before_token);

async fn bad_tokens(k: &mut Recorder) {
    let user = person(k, "user", &["member"]).await;
    let revoked = k.prepare(user.login_to_project().call()).await.token();
    k.prepare_as_admin(Call::delete("/auth/tokens").subject(&revoked))
        .await;
    k.record("none", Call::get("/users")).await;
    k.record("empty", Call::get("/users").token("")).await;
    k.record("nonsense", Call::get("/users").token("nonsense"))
        .await;
    k.record("revoked", Call::get("/users").token(&revoked))
        .await;
}

async fn unscoped_administrators(k: &mut Recorder) {
    let unscoped = k.prepare(k.admin_login().unscoped().call()).await.token();
    k.record("list", Call::get("/users").token(&unscoped)).await;
    let system = k.prepare(k.admin_login().system().call()).await.token();
    k.record(
        "a system token may",
        Call::get("/roles?name=admin").token(&system),
    )
    .await;
    let domainless = Login::token(&unscoped).domain("default");
    k.record("no role on the domain", domainless.call()).await;
}

async fn body_before_token(k: &mut Recorder) {
    let bad = serde_json::json!({"service": {"type": 1}});
    k.record(
        "a malformed body, anonymously",
        Call::post("/services", &bad),
    )
    .await;
    let bad = serde_json::json!({"project": {}});
    k.record(
        "a project without a name, anonymously",
        Call::post("/projects", &bad),
    )
    .await;
    let half = Call::post("/services", &bad).raw("application/json", "{");
    k.record("half a body, anonymously", half).await;
}
