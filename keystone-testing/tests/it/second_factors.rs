//! TOTP, several methods in one request, and receipts.

use std::time::Duration;

use keystone_testing::{Keystone, ManualClock};
use reqwest::Method;
use serde_json::{Value, json};
use totp_rs::{Builder, Secret};

use crate::client::{Caller, by_password};

const SECRET: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

/// The passcode that a device shows now.
fn shown(clock: &ManualClock) -> String {
    let totp = Builder::new()
        .with_secret(Secret::try_from_base32(SECRET).unwrap())
        .build()
        .unwrap();
    totp.generate(u64::try_from(clock.now().as_second()).unwrap())
        .to_string()
}

fn by_totp(user: &str, passcode: &str) -> Value {
    json!({ "methods": ["totp"], "totp": { "user": { "id": user, "passcode": passcode } } })
}

async fn user_with_device(admin: &Caller<'_>) -> String {
    let user = admin.make_user("ann").await;
    let credential = json!({ "type": "totp", "user_id": user, "blob": SECRET });
    admin.make("credentials", "credential", credential).await;
    user
}

fn clock() -> ManualClock {
    ManualClock::at("2030-01-01T00:00:00Z".parse().unwrap())
}

#[tokio::test]
async fn a_passcode_counts_while_it_is_shown_and_one_step_longer() {
    let clock = clock();
    let keystone = Keystone::builder().clock(&clock).start().await.unwrap();
    let admin = Caller::admin(&keystone).await;
    let user = user_with_device(&admin).await;
    let passcode = shown(&clock);
    let made = admin.authenticate(by_totp(&user, &passcode), None).await;
    assert_eq!(made.body["token"]["methods"], json!(["totp"]));
    clock.advance(Duration::from_secs(30));
    assert_eq!(
        admin
            .authenticate(by_totp(&user, &passcode), None)
            .await
            .status,
        201
    );
    clock.advance(Duration::from_secs(30));
    assert_eq!(
        admin
            .authenticate(by_totp(&user, &passcode), None)
            .await
            .status,
        401
    );
}

#[tokio::test]
async fn several_methods_must_name_one_user() {
    let clock = clock();
    let keystone = Keystone::builder().clock(&clock).start().await.unwrap();
    let admin = Caller::admin(&keystone).await;
    let user = user_with_device(&admin).await;
    let other = admin.make_user("ben").await;
    let both = |password_user: &str| {
        json!({
            "methods": ["password", "totp"],
            "password": { "user": { "id": password_user, "password": "pw" } },
            "totp": { "user": { "id": user, "passcode": shown(&clock) } },
        })
    };
    let made = admin.authenticate(both(&user), None).await;
    assert_eq!(made.body["token"]["methods"], json!(["password", "totp"]));
    assert_eq!(admin.authenticate(both(&other), None).await.status, 401);
}

#[tokio::test]
async fn a_receipt_stands_for_the_methods_already_proved() {
    let clock = clock();
    let keystone = Keystone::builder().clock(&clock).start().await.unwrap();
    let admin = Caller::admin(&keystone).await;
    let user = user_with_device(&admin).await;
    let rules = json!({ "multi_factor_auth_enabled": true, "multi_factor_auth_rules": [["password", "totp"]] });
    admin
        .patch(
            &format!("users/{user}"),
            json!({ "user": { "options": rules } }),
        )
        .await;

    let half = admin.authenticate(by_password(&user, "pw"), None).await;
    assert_eq!(half.status, 401);
    assert_eq!(half.header("www-authenticate"), None);
    assert_eq!(
        half.body["required_auth_methods"],
        json!([["password", "totp"]])
    );
    assert_eq!(half.body["receipt"]["methods"], json!(["password"]));
    let receipt = half.header("openstack-auth-receipt").unwrap();

    let rest = || {
        let body = json!({ "auth": { "identity": by_totp(&user, &shown(&clock)) } });
        let request = Caller::anonymous(&keystone)
            .request(Method::POST, "auth/tokens")
            .json(&body);
        request.header("Openstack-Auth-Receipt", receipt)
    };
    let whole = admin.send(rest()).await;
    assert_eq!(whole.body["token"]["methods"], json!(["password", "totp"]));
    clock.advance(Duration::from_mins(5));
    assert_eq!(admin.send(rest()).await.status, 401);
}
