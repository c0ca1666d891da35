//! `v3k2k`: from Keystone A through mod_shib to Keystone B.

use keystone_lab::federation::Federation;
use keystone_lab::table::{self, Outcome};
use keystone_sdk::Error;
use keystone_sdk::auth::federation::{Keystone2Keystone, Keystone2KeystoneBuilder};
use keystone_sdk::auth::{AuthPlugin as _, PluginOptions, generic, v3};
use keystone_sdk::config;
use keystone_sdk::error::FederationStep;

use crate::login::{assert_failure, assert_token, federation, refusal, transport, validated};
use crate::proxy::Proxy;

const SERVERS: &str = "Keystone, mod_shib, Keystone";

fn home(lab: &Federation, url: &str) -> v3::PasswordBuilder {
    let user = &lab.keystone_a.user;
    v3::Password::builder(url)
        .username(&user.name)
        .password(user.password.as_str())
        .user_domain_id("default")
        .project_name(&user.project)
        .project_domain_id("default")
}

fn k2k(lab: &Federation, url: &str) -> Keystone2KeystoneBuilder {
    let home = home(lab, url).build().unwrap();
    Keystone2Keystone::builder(home, &lab.keystone_a.service_provider)
}

#[tokio::test]
async fn a_user_of_one_keystone_gets_a_token_of_another() {
    let _row = table::row("v3k2k", "", SERVERS, Outcome::Token);
    let lab = federation();
    let unscoped = k2k(&lab, &lab.keystone_a.url).build().unwrap();
    let user = lab.keystone_a.user.name.as_str();
    assert_token(&validated(&lab.keystone.url, &unscoped).await, user, None);
    for project in &lab.keystone.projects {
        let scoped = k2k(&lab, &lab.keystone_a.url)
            .project_name(project)
            .project_domain_name(&lab.keystone.domain)
            .build()
            .unwrap();
        let token = validated(&lab.keystone.url, &scoped).await;
        assert_token(&token, user, Some(project));
    }
}

#[tokio::test]
async fn a_home_login_that_finds_its_api_by_itself_serves_too() {
    let _row = table::row("v3k2k", "home login by discovery", SERVERS, Outcome::Token);
    let lab = federation();
    let user = &lab.keystone_a.user;
    let home = generic::Password::builder(lab.keystone_a.url.trim_end_matches("/v3"))
        .username(&user.name)
        .password(user.password.as_str())
        .default_domain_id("default")
        .project_name(&user.project)
        .build()
        .unwrap();
    let plugin = Keystone2Keystone::builder(home, &lab.keystone_a.service_provider);
    let token = validated(&lab.keystone.url, &plugin.build().unwrap()).await;
    assert_token(&token, &user.name, None);
}

#[tokio::test]
async fn it_is_loaded_by_name_with_the_options_of_the_login_at_home() {
    let _row = table::row("v3k2k", "loaded by name", SERVERS, Outcome::Token);
    let lab = federation();
    let user = &lab.keystone_a.user;
    let project = lab.keystone.projects.first().unwrap();
    let options = PluginOptions::new()
        .with("auth_url", lab.keystone_a.url.as_str())
        .with("username", user.name.as_str())
        .with("password", user.password.as_str())
        .with("user_domain_id", "default")
        .with("project_name", user.project.as_str())
        .with("project_domain_id", "default")
        .with("service_provider", lab.keystone_a.service_provider.as_str())
        .with("remote_project_name", project.as_str())
        .with("remote_project_domain_name", lab.keystone.domain.as_str());
    let plugin = config::load("v3k2k", &options).unwrap();
    let token = validated(&lab.keystone.url, &plugin).await;
    assert_token(&token, &user.name, Some(project));
}

#[tokio::test]
async fn a_refused_token_is_replaced_from_a_new_login_at_home() {
    let _row = table::row("v3k2k", "renewed", SERVERS, Outcome::Token);
    let lab = federation();
    let base = home(&lab, &lab.keystone_a.url).build().unwrap();
    let plugin = Keystone2Keystone::builder(base.clone(), &lab.keystone_a.service_provider);
    let (plugin, transport) = (plugin.build().unwrap(), transport());
    let first = plugin.token(&transport).await.unwrap();
    let of_home = base.token(&transport).await.unwrap();
    assert!(base.invalidate(&of_home) && plugin.invalidate(&first));
    let token = validated(&lab.keystone.url, &plugin).await;
    assert_token(&token, &lab.keystone_a.user.name, None);
}

#[tokio::test]
async fn a_wrong_password_at_home_is_refused() {
    let _row = table::row("v3k2k", "wrong password", SERVERS, Outcome::Refused);
    let lab = federation();
    let home = home(&lab, &lab.keystone_a.url).password("not-hers");
    let plugin = Keystone2Keystone::builder(home.build().unwrap(), "keystone-b");
    let error = refusal(&plugin.build().unwrap(), &["not-hers"]).await;
    assert!(matches!(error, Error::Authentication(_)), "{error:?}");
}

#[tokio::test]
async fn an_unknown_service_provider_gets_the_known_ones() {
    let _row = table::row(
        "v3k2k",
        "unknown service provider",
        SERVERS,
        Outcome::Refused,
    );
    let lab = federation();
    let home = home(&lab, &lab.keystone_a.url).build().unwrap();
    let plugin = Keystone2Keystone::builder(home, "keystone-c")
        .build()
        .unwrap();
    let error = refusal(&plugin, &[]).await.to_string();
    let known = format!("did you mean `{}`?", lab.keystone_a.service_provider);
    assert!(error.contains(&known), "{error}");
}

#[tokio::test]
async fn a_tampered_assertion_is_refused_by_the_service_provider() {
    let _row = table::row("v3k2k", "tampered assertion", SERVERS, Outcome::Refused);
    let lab = federation();
    let user = lab.keystone_a.user.name.clone();
    let home = Proxy::start(&lab.keystone_a.url, move |path, body| {
        if !path.ends_with("/saml2/ecp") {
            return body;
        }
        let name = format!(">{user}<");
        assert!(body.contains(&name));
        body.replace(&name, ">admin<")
    })
    .await;
    let plugin = k2k(&lab, &home.address(&lab.keystone_a.url))
        .build()
        .unwrap();
    let error = refusal(&plugin, &[]).await;
    let reason = "signature could not be verified";
    assert_failure(&error, FederationStep::ServiceProvider, reason);
}

#[tokio::test]
async fn a_service_provider_that_is_down_is_named() {
    let _row = table::row("v3k2k", "service provider down", SERVERS, Outcome::Refused);
    let lab = federation();
    let (real, closed) = (lab.keystone.url.clone(), lab.closed_url.clone());
    let real = real.trim_end_matches("/v3").to_owned();
    let home = Proxy::start(&lab.keystone_a.url, move |path, body| {
        match path.ends_with("/auth/tokens") {
            true => body.replace(&real, &closed),
            false => body,
        }
    })
    .await;
    let plugin = k2k(&lab, &home.address(&lab.keystone_a.url))
        .build()
        .unwrap();
    let error = refusal(&plugin, &[]).await;
    assert!(matches!(error, Error::Transport(_)), "{error:?}");
    assert!(error.to_string().contains(&lab.closed_url), "{error}");
}
