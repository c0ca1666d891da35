//! A login that lacks a method gets a receipt, and goes on with it.

use http::Method;
use jiff::Timestamp;
use keystone_sdk::Error;
use keystone_sdk::auth::{UserIdentity, v3};
use keystone_testing::Keystone;
use serde_json::json;

use super::mechanisms::{at, make, passcode, system};
use super::{password, session};

/// A Keystone whose administrator needs password and passcode, and the passcode.
async fn with_two_factors() -> (Keystone, String) {
    let now = Timestamp::from_second(1_800_000_000).unwrap();
    let keystone = at(now).await;
    let passcode = passcode(&keystone, now).await;
    let rules = json!({"user": {"options": {
        "multi_factor_auth_enabled": true,
        "multi_factor_auth_rules": [["password", "totp"]],
    }}});
    let path = format!("users/{}", keystone.admin().user_id());
    make(&system(&keystone), Method::PATCH, &path, rules).await;
    (keystone, passcode)
}

#[tokio::test]
async fn a_login_goes_on_with_its_receipt_for_the_same_scope() {
    let (keystone, passcode) = with_two_factors().await;
    let admin = keystone.admin();
    let first = password(&keystone)
        .project_id(admin.project_id())
        .build()
        .unwrap();
    let error = session(first.clone()).token().await.unwrap_err();
    let text = error.to_string();
    assert!(
        text.starts_with("Keystone accepted `password`, but requires `totp` too"),
        "{text}"
    );
    let receipt = error.receipt().unwrap();
    assert_eq!(receipt.methods(), ["password"]);
    assert_eq!(receipt.required_auth_methods(), [["password", "totp"]]);
    assert_eq!(receipt.missing_methods().collect::<Vec<_>>(), [["totp"]]);
    assert!(receipt.expires_at().is_some());
    let shown = format!("{error} {error:?}");
    assert!(!shown.contains(receipt.expose()), "{shown}");

    let totp = v3::TotpMethod::new(UserIdentity::id(admin.user_id()), passcode);
    let whole = first.auth().resume(receipt).method(totp).build().unwrap();
    let access = session(whole).access().await.unwrap();
    assert_eq!(access.methods, ["password", "totp"]);
    assert_eq!(access.project_id(), Some(admin.project_id()));
}

#[tokio::test]
async fn a_wrong_second_factor_is_refused_without_a_receipt() {
    let (keystone, _) = with_two_factors().await;
    let first = password(&keystone).build().unwrap();
    let error = session(first.clone()).token().await.unwrap_err();
    let totp = v3::TotpMethod::new(UserIdentity::id(keystone.admin().user_id()), "wrong");
    let whole = first.auth().resume(error.receipt().unwrap()).method(totp);
    let error = session(whole.build().unwrap()).token().await.unwrap_err();
    assert!(matches!(error, Error::Authentication(_)), "{error:?}");
    assert!(error.receipt().is_none());
}
