//! OAuth 2.0: application credentials as clients that get bearer tokens.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use crate::call::{Call, FORM};
use crate::recorder::Recorder;
use crate::scene::person;

cases!(client_credentials, refused_requests);

fn ask(form: &str) -> Call {
    Call::new(reqwest::Method::POST, "/OS-OAUTH2/token").raw(FORM, form)
}

fn basic(call: Call, id: &str, secret: &str) -> Call {
    let pair = STANDARD.encode(format!("{id}:{secret}"));
    call.header("Authorization", &format!("Basic {pair}"))
}

/// Id and secret of a new client.
async fn client(k: &mut Recorder) -> (String, String) {
    let owner = person(k, "owner", &["member"]).await;
    let token = k.prepare(owner.login_to_project().call()).await.token();
    let path = format!("/users/{}/application_credentials", owner.id);
    let new = json!({"application_credential": {"name": "client"}});
    let made = k.prepare(Call::post(path, &new).token(&token)).await;
    let text = |name: &str| made.text(&format!("/application_credential/{name}"));
    (text("id"), text("secret"))
}

async fn client_credentials(k: &mut Recorder) {
    let (id, secret) = client(k).await;
    let call = basic(ask("grant_type=client_credentials"), &id, &secret);
    let response = k.record("token", call).await;
    let token = response.text("/access_token");
    k.record_as_admin("validation", Call::get("/auth/tokens").subject(&token))
        .await;
}

async fn refused_requests(k: &mut Recorder) {
    let (id, secret) = client(k).await;
    let grant = "grant_type=client_credentials";
    k.record("nobody", ask(grant)).await;
    k.record("wrong secret", basic(ask(grant), &id, "wrong"))
        .await;
    k.record("unknown client", basic(ask(grant), "unknown", &secret))
        .await;
    k.record("no grant type", basic(ask("a=b"), &id, &secret))
        .await;
    let other = ask("grant_type=password");
    k.record("another grant type", basic(other, &id, &secret))
        .await;
    k.record("another method", Call::get("/OS-OAUTH2/token"))
        .await;
}
