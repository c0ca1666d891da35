//! The v2.0 API of old deployments, by its own plugins and by those that find it.

use http::Method;
use keystone_sdk::auth::{PluginOptions, generic, v2};
use keystone_sdk::catalog::{EndpointFilter, Interface};
use keystone_sdk::session::Call;
use keystone_sdk::{Error, config};
use keystone_testing::{Fault, Keystone};

use super::{password, session};

async fn old() -> Keystone {
    Keystone::builder().v2(true).start().await.unwrap()
}

/// Lets the next discovery find v2.0 only, as on the oldest deployments.
fn without_v3(keystone: &Keystone) {
    let versions = format!(
        r#"{{"versions": {{"values": [{{"id": "v2.0", "status": "stable", "links": [
            {{"rel": "self", "href": "{}/"}}]}}]}}}}"#,
        keystone.v2_url()
    );
    let fault = Fault::body("application/json", versions);
    keystone.fail_next_at("GET", "/", 1, fault);
}

fn lines(keystone: &Keystone) -> Vec<String> {
    let seen = keystone.requests().all();
    let line = |one: &keystone_testing::Seen| format!("{} {}", one.method, one.path);
    seen.iter().map(line).collect()
}

#[tokio::test]
async fn a_password_gives_a_token_for_a_tenant_with_its_catalog() {
    let keystone = old().await;
    let admin = keystone.admin();
    let builder = || v2::Password::builder(keystone.v2_url()).password(admin.password());
    for auth in [
        builder().username("admin").tenant_name("admin"),
        builder()
            .user_id(admin.user_id())
            .tenant_id(admin.project_id()),
    ] {
        let session = session(auth.build().unwrap());
        let access = session.access().await.unwrap();
        assert_eq!(access.username(), "admin");
        assert_eq!(access.project_id(), Some(admin.project_id()));
        assert!(access.has_role("admin"));
        let identity = EndpointFilter::service_type("identity").interface(Interface::Admin);
        let endpoint = session.endpoint(&identity).await.unwrap();
        assert_eq!(endpoint.url.as_str(), keystone.v3_url());
        let projects = Call::new(Method::GET, "projects").endpoint(identity);
        assert_eq!(session.send(projects).await.unwrap().status, 200);
    }
}

#[tokio::test]
async fn a_token_is_exchanged_for_one_for_a_tenant() {
    let keystone = old().await;
    let unscoped = session(password(&keystone).unscoped().build().unwrap());
    let token = unscoped.token().await.unwrap();
    let auth = v2::Token::builder(keystone.v2_url()).token(token.expose());
    let session = session(auth.tenant_name("admin").build().unwrap());
    assert_eq!(
        session.access().await.unwrap().project_name(),
        Some("admin")
    );
    let tenants = Call::new(Method::GET, format!("{}/tenants", keystone.v2_url()));
    let tenants: serde_json::Value = session.send(tenants).await.unwrap().json().unwrap();
    assert_eq!(tenants["tenants"][0]["name"], "admin");
}

#[tokio::test]
async fn a_refused_login_names_the_tenant_and_a_revoked_token_is_replaced() {
    let keystone = old().await;
    let builder = || v2::Password::builder(keystone.v2_url()).username("admin");
    let wrong = builder().password("canary").tenant_name("admin");
    let error = session(wrong.build().unwrap()).token().await.unwrap_err();
    assert!(matches!(error, Error::Authentication(_)), "{error:?}");
    let text = format!("{error} {error:?}");
    assert!(text.contains("by `password` for tenant `admin`"), "{text}");
    assert!(!text.contains("canary"), "{text}");

    let right = builder().password(keystone.admin().password());
    let session = session(right.tenant_name("admin").build().unwrap());
    session.token().await.unwrap();
    keystone.revoke_all_tokens();
    let whoami = EndpointFilter::service_type("identity");
    let whoami = Call::new(Method::GET, "auth/projects").endpoint(whoami);
    assert_eq!(session.send(whoami).await.unwrap().status, 200);
}

#[tokio::test]
async fn v3_is_taken_where_both_are_offered_and_v2_where_no_domain_is_known() {
    let keystone = old().await;
    let builder = || {
        generic::Password::builder(keystone.url())
            .username("admin")
            .password(keystone.admin().password())
            .project_name("admin")
    };
    let newest = builder().default_domain_id("default").build().unwrap();
    session(newest).token().await.unwrap();
    assert_eq!(lines(&keystone), ["GET /", "POST /v3/auth/tokens"]);
    keystone.requests().clear();
    let access = session(builder().build().unwrap()).access().await.unwrap();
    assert_eq!(access.project_name(), Some("admin"));
    assert_eq!(lines(&keystone), ["GET /", "POST /v2.0/tokens"]);
}

#[tokio::test]
async fn v2_is_taken_where_nothing_else_is_offered() {
    let keystone = old().await;
    without_v3(&keystone);
    let options = PluginOptions::new()
        .with("auth_url", keystone.url())
        .with("username", "admin")
        .with("password", keystone.admin().password())
        .with("default_domain_id", "default")
        .with("tenant_name", "admin");
    let session = session(config::load("password", &options).unwrap());
    session.token().await.unwrap();
    keystone.revoke_all_tokens();
    let whoami = EndpointFilter::service_type("identity");
    let whoami = Call::new(Method::GET, "auth/projects").endpoint(whoami);
    session.send(whoami).await.unwrap();
    let lines = lines(&keystone);
    assert_eq!(
        lines
            .iter()
            .filter(|line| *line == "POST /v2.0/tokens")
            .count(),
        2
    );
    assert_eq!(lines.iter().filter(|line| *line == "GET /").count(), 1);
}

#[tokio::test]
async fn what_only_v3_knows_is_refused_where_there_is_only_v2() {
    let keystone = old().await;
    without_v3(&keystone);
    let auth = generic::Password::builder(keystone.url())
        .user_id(keystone.admin().user_id())
        .password("p")
        .system_scope();
    let error = session(auth.build().unwrap()).token().await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "`system_scope` needs the v3 API of Keystone; remove `system_scope`, or use a Keystone with v3"
    );
    assert_eq!(lines(&keystone), ["GET /"]);
}

#[tokio::test]
async fn an_address_that_names_its_version_is_not_asked_for_it() {
    let keystone = old().await;
    let auth = |url: String| {
        generic::Password::builder(url)
            .username("admin")
            .password(keystone.admin().password())
            .default_domain_id("default")
            .build()
            .unwrap()
    };
    session(auth(keystone.v2_url())).token().await.unwrap();
    session(auth(keystone.v3_url())).token().await.unwrap();
    let posted = ["POST /v2.0/tokens", "POST /v3/auth/tokens"];
    assert_eq!(lines(&keystone), posted);
}

#[test]
fn an_address_of_v3_wants_a_domain_at_once() {
    let auth = generic::Password::builder("http://h/v3")
        .username("u")
        .password("p");
    let error = auth.build().unwrap_err().to_string();
    assert!(
        error.starts_with("`username` is `u`, but has no domain"),
        "{error}"
    );
}

#[tokio::test]
async fn a_version_of_v2_in_the_address_does_not_hide_v3_from_what_needs_it() {
    let keystone = old().await;
    let auth = generic::Password::builder(keystone.v2_url())
        .username("admin")
        .user_domain_id("default")
        .password(keystone.admin().password());
    session(auth.build().unwrap()).token().await.unwrap();
    assert_eq!(lines(&keystone), ["GET /", "POST /v3/auth/tokens"]);
}
