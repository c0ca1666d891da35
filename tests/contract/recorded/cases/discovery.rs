//! Version documents, and addresses that are none.

use serde_json::json;

use crate::call::Call;
use crate::recorder::Recorder;

cases!(version_documents, unknown_routes, wrong_methods);

async fn version_documents(k: &mut Recorder) {
    k.record("the versions, at the root", Call::get("~/")).await;
    k.record("the root without a slash", Call::get("~")).await;
    k.record("version 3", Call::get("~/v3")).await;
    k.record("version 3 with a slash", Call::get("~/v3/")).await;
    k.record("a token does no harm", Call::get("~/v3").token("nonsense"))
        .await;
    k.record("headers only", Call::head("~/v3")).await;
    k.record("version 2.0 is gone", Call::get("~/v2.0")).await;
}

async fn unknown_routes(k: &mut Recorder) {
    k.record("anonymously", Call::get("/nothing-here")).await;
    k.record_as_admin("with a token", Call::get("/nothing-here"))
        .await;
    k.record_as_admin("below a collection", Call::get("/users/some/nothing-here"))
        .await;
    k.record("with a body", Call::post("/nothing-here", &json!({})))
        .await;
    k.record_as_admin(
        "a collection with a slash at its end",
        Call::get("/services/"),
    )
    .await;
}

async fn wrong_methods(k: &mut Recorder) {
    k.record_as_admin("on a collection", Call::put("/services"))
        .await;
    k.record_as_admin("on a resource", Call::put("/users/some"))
        .await;
    k.record("anonymously", Call::delete("/projects")).await;
    k.record("on the tokens", Call::put("/auth/tokens")).await;
}
