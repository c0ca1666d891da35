//! One-time passwords, and several methods in one login.

use serde_json::{Value, json};
use totp_rs::Builder;

use crate::call::Call;
use crate::login::Login;
use crate::recorder::Recorder;
use crate::scene::{Person, person};

cases!(
    totp,
    password_and_totp,
    required_methods,
    methods_that_disagree
);

/// 20 bytes, in base 32 as Keystone stores them.
const SECRET: &[u8] = b"twenty bytes of seed";
const SECRET_IN_BASE_32: &str = "OR3WK3TUPEQGE6LUMVZSA33GEBZWKZLE";

/// A person with a TOTP credential.
async fn owner(k: &mut Recorder) -> Person {
    let user = person(k, "user", &["member"]).await;
    let credential = json!({"type": "totp", "user_id": user.id, "blob": SECRET_IN_BASE_32});
    k.create("/credentials", "credential", credential).await;
    user
}

/// The digits that are shown now.
fn passcode() -> String {
    let generator = Builder::new().with_secret(SECRET.to_vec()).build().unwrap();
    generator.generate_current().to_string()
}

fn by_passcode(user: &Person, passcode: &str) -> Login {
    Login::totp(&json!({"id": user.id, "passcode": passcode}))
}

async fn totp(k: &mut Recorder) {
    let user = owner(k).await;
    k.record(
        "right digits",
        by_passcode(&user, &passcode())
            .project(&user.project)
            .call(),
    )
    .await;
    let by_name: Value =
        json!({"name": user.name, "domain": {"name": "Default"}, "passcode": "not digits"});
    k.record("wrong ones", Login::totp(&by_name).call()).await;
    k.record("none", Login::totp(&json!({"id": user.id})).call())
        .await;
    k.record(
        "unknown user",
        Login::totp(&json!({"id": "nobody", "passcode": "000000"})).call(),
    )
    .await;
    let other = person(k, "other", &["member"]).await;
    k.record(
        "a user without a credential",
        by_passcode(&other, "000000").call(),
    )
    .await;
}

async fn password_and_totp(k: &mut Recorder) {
    let user = owner(k).await;
    let both = |passcode: &str| {
        user.login()
            .and(by_passcode(&user, passcode))
            .project(&user.project)
    };
    k.record("both right", both(&passcode()).call()).await;
    k.record("one wrong", both("not digits").call()).await;
    let wrong = Login::password(&json!({"id": user.id, "password": "wrong"}));
    k.record(
        "the other wrong",
        wrong.and(by_passcode(&user, &passcode())).call(),
    )
    .await;
    let token = k.prepare(user.login().call()).await.token();
    k.record(
        "token and password",
        Login::token(&token)
            .and(user.login())
            .project(&user.project)
            .call(),
    )
    .await;
}

async fn required_methods(k: &mut Recorder) {
    let user = owner(k).await;
    let options = json!({"user": {"options": {
        "multi_factor_auth_enabled": true, "multi_factor_auth_rules": [["password", "totp"]],
    }}});
    k.record_as_admin(
        "both methods required",
        Call::patch(format!("/users/{}", user.id), &options),
    )
    .await;
    let first = k
        .record(
            "the first alone gives a receipt",
            user.login_to_project().call(),
        )
        .await;
    let receipt = first
        .header("openstack-auth-receipt")
        .unwrap_or_default()
        .to_owned();
    let second = by_passcode(&user, &passcode())
        .project(&user.project)
        .call();
    k.record(
        "the second with it a token",
        second.header("Openstack-Auth-Receipt", &receipt),
    )
    .await;
    k.record(
        "both at once",
        user.login().and(by_passcode(&user, &passcode())).call(),
    )
    .await;
    let stale = user
        .login_to_project()
        .call()
        .header("Openstack-Auth-Receipt", "nonsense");
    k.record("a receipt that is none", stale).await;
}

async fn methods_that_disagree(k: &mut Recorder) {
    let user = owner(k).await;
    let other = person(k, "other", &["member"]).await;
    let token = k.prepare(other.login().call()).await.token();
    k.record(
        "password of one, token of another",
        user.login().and(Login::token(&token)).call(),
    )
    .await;
}
