//! Validating, checking and revoking tokens.

use std::time::{Duration, Instant};

use keystone_sdk::clock::{Clock as _, SystemClock};
use keystone_testing::Clock;
use serde_json::json;

use crate::call::Call;
use crate::login::Login;
use crate::recorder::Recorder;
use crate::scene::person;

cases!(
    validation,
    checking,
    revocation,
    unknown_subjects,
    without_authority,
    expired_tokens,
    revocation_by_change,
);

async fn validation(k: &mut Recorder) {
    let user = person(k, "user", &["member"]).await;
    let unscoped = k.prepare(user.login().call()).await.token();
    let scoped = k.prepare(user.login_to_project().call()).await.token();
    let system = k.prepare(k.admin_login().system().call()).await.token();
    k.record_as_admin(
        "an unscoped token",
        Call::get("/auth/tokens").subject(&unscoped),
    )
    .await;
    k.record_as_admin("a project's", Call::get("/auth/tokens").subject(&scoped))
        .await;
    k.record_as_admin("the system's", Call::get("/auth/tokens").subject(&system))
        .await;
    k.record_as_admin(
        "without a catalog",
        Call::get("/auth/tokens?nocatalog").subject(&scoped),
    )
    .await;
    k.record_as_admin(
        "expired ones allowed",
        Call::get("/auth/tokens?allow_expired=1").subject(&scoped),
    )
    .await;
    k.record(
        "by its owner",
        Call::get("/auth/tokens").subject(&scoped).token(&scoped),
    )
    .await;
}

async fn checking(k: &mut Recorder) {
    let user = person(k, "user", &["member"]).await;
    let token = k.prepare(user.login_to_project().call()).await.token();
    k.record_as_admin("valid", Call::head("/auth/tokens").subject(&token))
        .await;
    k.record_as_admin("unknown", Call::head("/auth/tokens").subject("nonsense"))
        .await;
    k.record("anonymously", Call::head("/auth/tokens").subject(&token))
        .await;
}

async fn revocation(k: &mut Recorder) {
    let user = person(k, "user", &["member"]).await;
    let token = k.prepare(user.login_to_project().call()).await.token();
    let other = k.prepare(user.login_to_project().call()).await.token();
    k.record_as_admin(
        "by the administrator",
        Call::delete("/auth/tokens").subject(&token),
    )
    .await;
    k.record_as_admin("validation", Call::get("/auth/tokens").subject(&token))
        .await;
    k.record_as_admin("check", Call::head("/auth/tokens").subject(&token))
        .await;
    k.record_as_admin("once more", Call::delete("/auth/tokens").subject(&token))
        .await;
    k.record("as the caller's", Call::get("/auth/projects").token(&token))
        .await;
    k.record_as_admin(
        "another of the same user lives on",
        Call::head("/auth/tokens").subject(&other),
    )
    .await;
    k.record(
        "by its owner",
        Call::delete("/auth/tokens").subject(&other).token(&other),
    )
    .await;
    k.record_as_admin("which ends it", Call::head("/auth/tokens").subject(&other))
        .await;
}

async fn unknown_subjects(k: &mut Recorder) {
    k.record_as_admin(
        "validation of nonsense",
        Call::get("/auth/tokens").subject("nonsense"),
    )
    .await;
    k.record_as_admin("validation of nothing", Call::get("/auth/tokens"))
        .await;
    k.record_as_admin(
        "validation of the empty token",
        Call::get("/auth/tokens").subject(""),
    )
    .await;
    k.record_as_admin(
        "revocation of nonsense",
        Call::delete("/auth/tokens").subject("nonsense"),
    )
    .await;
    k.record_as_admin("revocation of nothing", Call::delete("/auth/tokens"))
        .await;
}

async fn without_authority(k: &mut Recorder) {
    let user = person(k, "user", &["member"]).await;
    let other = person(k, "other", &["member"]).await;
    let token = k.prepare(user.login_to_project().call()).await.token();
    let others = k.prepare(other.login_to_project().call()).await.token();
    k.record(
        "validation, anonymously",
        Call::get("/auth/tokens").subject(&token),
    )
    .await;
    k.record(
        "validation with nonsense",
        Call::get("/auth/tokens").subject(&token).token("nonsense"),
    )
    .await;
    k.record(
        "validation by another",
        Call::get("/auth/tokens").subject(&token).token(&others),
    )
    .await;
    k.record(
        "revocation, anonymously",
        Call::delete("/auth/tokens").subject(&token),
    )
    .await;
    k.record(
        "revocation by another",
        Call::delete("/auth/tokens").subject(&token).token(&others),
    )
    .await;
}

async fn expired_tokens(k: &mut Recorder) {
    let user = person(k, "user", &["member"]).await;
    let token = k.prepare(user.login_to_project().call()).await.token();
    // Without a fraction, which a token does not keep.
    let expires = format!("{:.0}", Clock::system().now() + Duration::from_secs(5));
    let credential = json!({"application_credential": {
        "name": k.name("credential"), "secret": "brief", "expires_at": expires,
    }});
    let path = format!("/users/{}/application_credentials", user.id);
    let created = k.prepare(Call::post(path, &credential).token(&token)).await;
    let id = created.text("/application_credential/id");
    k.undo(Call::delete(format!(
        "/users/{}/application_credentials/{id}",
        user.id
    )));
    let login = Login::application_credential(json!({"id": id, "secret": "brief"}));
    let brief = k.prepare(login.call()).await;
    let same = brief.at("/token/expires_at") == created.at("/application_credential/expires_at");
    k.note(format!(
        "the token's end is written as the credential's: {same}"
    ));
    let brief = brief.token();
    let started = Instant::now();
    while k
        .status_as_admin(Call::head("/auth/tokens").subject(&brief))
        .await
        == 200
    {
        assert!(
            started.elapsed() < Duration::from_secs(30),
            "the token does not expire"
        );
        SystemClock::default()
            .sleep(Duration::from_millis(100))
            .await;
    }
    k.record_as_admin("validation", Call::get("/auth/tokens").subject(&brief))
        .await;
    k.record_as_admin(
        "expired ones allowed",
        Call::get("/auth/tokens?allow_expired=1").subject(&brief),
    )
    .await;
    k.record("as the caller's", Call::get("/auth/projects").token(&brief))
        .await;
    k.record("the expired credential", login.call()).await;
}

async fn revocation_by_change(k: &mut Recorder) {
    let user = person(k, "user", &["member"]).await;
    let token = k.prepare(user.login_to_project().call()).await.token();
    let change = json!({"user": {"password": "another one"}});
    k.prepare_as_admin(Call::patch(format!("/users/{}", user.id), &change))
        .await;
    k.record_as_admin(
        "after a new password",
        Call::head("/auth/tokens").subject(&token),
    )
    .await;
    let other = person(k, "other", &["member"]).await;
    let token = k.prepare(other.login_to_project().call()).await.token();
    let change = json!({"project": {"enabled": false}});
    k.prepare_as_admin(Call::patch(format!("/projects/{}", other.project), &change))
        .await;
    k.record_as_admin(
        "after its project was disabled",
        Call::head("/auth/tokens").subject(&token),
    )
    .await;
    let third = person(k, "third", &["member"]).await;
    let token = k.prepare(third.login_to_project().call()).await.token();
    let role = crate::scene::role_id(k, "member").await;
    let grant = format!(
        "/projects/{}/users/{}/roles/{role}",
        third.project, third.id
    );
    k.prepare_as_admin(Call::delete(grant)).await;
    k.record_as_admin(
        "after its only role was withdrawn",
        Call::head("/auth/tokens").subject(&token),
    )
    .await;
}
