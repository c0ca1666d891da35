//! A new authentication mechanism: the struct in `pin.rs`, and what can be done with it.

use std::error::Error;

use keystone_sdk::auth::{DomainIdentity, PluginOptions, UserIdentity, v3};
use keystone_sdk::config::Registry;
use keystone_sdk::{SecretString, Session};
use keystone_testing::Keystone;

use crate::pin::{Pin, PinMethod};

pub mod pin;

/// Logs in by the new mechanism in four ways, at an embedded Keystone that knows it, and reports
/// the result of each.
///
/// # Errors
///
/// Whatever keeps one of the first three from logging in.
pub async fn tour() -> Result<Vec<String>, Box<dyn Error>> {
    let keystone = Keystone::builder()
        .auth_method("pin", |data| {
            data.pointer("/user/pin") == Some(&"1234".into())
        })
        .start()
        .await?;
    let url = keystone.v3_url();
    let admin = keystone.admin();

    let by_builder = Pin::builder(&url)
        .username(admin.username())
        .user_domain_id(admin.domain_id())
        .pin("1234")
        .project_name(admin.project_name())
        .project_domain_id(admin.domain_id())
        .build()?;
    let user = UserIdentity::name(admin.username(), DomainIdentity::id(admin.domain_id()));
    let with_password = v3::Auth::builder(&url)
        .method(PinMethod::new(user.clone(), "1234"))
        .method(v3::PasswordMethod::new(user, admin.password()))
        .build()?;
    let options = PluginOptions::new()
        .with("auth_url", url.as_str())
        .with("user_id", admin.user_id())
        .with("pin", SecretString::from("1234"));
    let by_name = Registry::builtin()
        .with(Pin::loader())
        .load("v3pin", &options)?;
    let wrong = Pin::builder(&url)
        .user_id(admin.user_id())
        .pin("0000")
        .build()?;

    let refused = Session::new(wrong)?.token().await.err();
    Ok(vec![
        format!("by builder: {}", whoami(Session::new(by_builder)?).await?),
        format!(
            "with a password: {}",
            whoami(Session::new(with_password)?).await?
        ),
        format!("by name: {}", whoami(Session::new(by_name)?).await?),
        refused.map_or_else(
            || "wrong number: accepted".to_owned(),
            |error| format!("wrong number: {error}"),
        ),
    ])
}

async fn whoami(session: Session) -> Result<String, keystone_sdk::Error> {
    let access = session.access().await?;
    let project = access.project_name().unwrap_or("no project");
    Ok(format!(
        "{} in {project}, methods {}",
        access.username(),
        access.methods.join(" and ")
    ))
}
