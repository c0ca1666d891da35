//! The page while the rules change.

use axum::Router;
use keystone_lab::chromium::Chromium;
use keystone_middleware::policy::Enforcer;
use keystone_middleware::testing::{TestToken, Tokens};
use keystone_middleware::{AuthToken, Config, DocsPage, Routes, reload_policy_files};
use tokio::fs;
use tokio::net::TcpListener;

use super::{open, open_operation, text, use_token};

const DOCUMENT: &str = include_str!("../../../specs/openapi/proxies.yaml");

/// Serves an application until the test ends.
pub(super) async fn serve(app: Router) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, app).await });
    url
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_shows_the_rules_that_an_operator_has_put_in_force() {
    let folder = std::path::PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
    let file = folder.join(format!("docs-page-{}.yaml", std::process::id()));
    fs::write(&file, "{}\n").await.unwrap();
    let enforcer = Enforcer::builder(&proxy_service::policies::DEFAULTS)
        .policy_file(&file)
        .build()
        .unwrap();
    let tokens = Tokens::new();
    tokens.add(
        "member",
        TestToken::user("u1").project("p1").roles(["member"]),
    );
    let config = Config::with_validator("http://keystone.example/v3", tokens);
    let page = DocsPage::new(DOCUMENT).unwrap();
    let routes = Routes::new(enforcer.clone()).docs_page("/docs", page);
    let url = serve(routes.into_router_with(AuthToken::layer(config.build().unwrap()))).await;

    let chromium = Chromium::start().await;
    open(&chromium, &format!("{url}/docs")).await;
    use_token(&chromium, "member").await;
    open_operation(&chromium, "proxy.create").await;
    let shown = text(&chromium).await;
    assert!(
        shown.contains("Callers with the role admin (project token)"),
        "{shown}"
    );

    fs::write(&file, "admin: role:wizard\n").await.unwrap();
    let reloaded = reload_policy_files(&enforcer).await;
    fs::remove_file(&file).await.unwrap();
    assert!(reloaded.unwrap());
    chromium.press("Fetch the rules again").await;
    chromium
        .text("Callers with the role wizard (project token)")
        .await;
    chromium.text("changed by the operator").await;
}
