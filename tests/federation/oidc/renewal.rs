//! Renewal by refresh tokens, which the provider rotates.

use super::OPENID;
use keystone_lab::table::{self, Outcome};
use keystone_sdk::auth::AuthPlugin;
use keystone_sdk::config::Registry;

use super::Lab;

/// Has the plugin log in anew, as when a service refuses its token.
async fn again(lab: &Lab, plugin: &dyn AuthPlugin) -> Result<(), String> {
    let token = plugin.token(&lab.transport).await.unwrap();
    assert!(plugin.invalidate(&token));
    let renewed = lab.log_in(plugin).await?;
    assert_eq!(renewed["user"]["name"], "alice");
    Ok(())
}

#[tokio::test]
async fn a_login_by_code_is_renewed_by_refresh_tokens_that_rotate() {
    let _row = table::row(
        "v3oidcauthcode",
        "renewed by refresh tokens",
        OPENID,
        Outcome::Token,
    );
    let lab = Lab::new();
    let scope = "openid profile offline_access";
    let code = lab.code("basic", scope).await;
    // Unscoped, so that each login asks the provider.
    let builder = lab.code_builder("basic", scope).authorized(&code);
    let plugin = builder.build().unwrap();
    lab.log_in(&plugin).await.unwrap();
    // A code would be refused the second time, and a rotated token the third.
    for _ in 0..3 {
        again(&lab, &plugin).await.unwrap();
    }
}

#[tokio::test]
async fn a_login_by_code_without_offline_access_is_not_repeated() {
    let _row = table::row(
        "v3oidcauthcode",
        "repeated without a refresh token",
        OPENID,
        Outcome::Refused,
    );
    let lab = Lab::new();
    let code = lab.code("basic", "openid profile").await;
    let plugin = lab.by_code("basic", "openid profile", &code);
    let token = plugin.token(&lab.transport).await.unwrap();
    assert!(!plugin.invalidate(&token));
}

#[tokio::test]
async fn a_login_by_password_is_renewed() {
    let _row = table::row("v3oidcpassword", "renewed", OPENID, Outcome::Token);
    let lab = Lab::new();
    let mut options = lab.by_password("short-lived");
    options.set("openid_scope", "openid profile offline_access");
    options.set("project_name", "");
    options.set("project_domain_name", "");
    let plugin = Registry::builtin()
        .load("v3oidcpassword", &options)
        .unwrap();
    for _ in 0..2 {
        again(&lab, &*plugin).await.unwrap();
    }
}
