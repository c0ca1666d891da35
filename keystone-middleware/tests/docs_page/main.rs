//! The page that documents a service, without a browser.

#![cfg(feature = "axum")]
#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test fails where it unwraps"
)]

use std::fs;

use axum::Router;
use axum::body::Body;
use http::header::{
    CACHE_CONTROL, CONTENT_LENGTH, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, IF_NONE_MATCH,
    REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderMap, Request, StatusCode};
use http_body_util::BodyExt;
use keystone_middleware::policy::{Enforcer, EnforcerBuilder};
use keystone_middleware::testing::{TestToken, Tokens};
use keystone_middleware::{AuthToken, Config, DocsPage, Routes, policies, reload_policy_files};
use serde_json::{Value, json};
use tower::ServiceExt;

policies!("tests/docs_page/policies.yaml");

const DOCUMENT: &str = "\
openapi: 3.1.0
info: {title: 'Notes & <more>', version: v1}
paths:
  /v1/notes:
    get: {operationId: note.list, x-openstack-policies: ['note:index']}
  /v1/notes/{note_id}:
    patch: {operationId: note.update, x-openstack-policies: ['note:update', 'note:unknown']}
";

fn enforcer() -> EnforcerBuilder {
    Enforcer::builder(&policies::DEFAULTS)
}

fn routes(enforcer: EnforcerBuilder) -> Routes {
    Routes::new(enforcer.build().unwrap())
}

fn page() -> DocsPage {
    DocsPage::new(DOCUMENT).unwrap()
}

/// Behind token validation, with tokens whose names are those of their roles.
fn app(routes: Routes) -> Router {
    let tokens = Tokens::new();
    for role in ["member", "auditor"] {
        tokens.add(role, TestToken::user("u1").project("p1").roles([role]));
    }
    let config = Config::with_validator("http://keystone.example/v3", tokens);
    routes.into_router_with(AuthToken::layer(config.build().unwrap()))
}

async fn send(app: &Router, request: http::request::Builder) -> (StatusCode, HeaderMap, String) {
    let request = request.body(Body::empty()).unwrap();
    let response = app.clone().oneshot(request).await.unwrap();
    let (status, headers) = (response.status(), response.headers().clone());
    let body = response.into_body().collect().await.unwrap().to_bytes();
    (status, headers, String::from_utf8(body.to_vec()).unwrap())
}

async fn get(app: &Router, path: &str) -> (StatusCode, HeaderMap, String) {
    send(app, Request::get(path)).await
}

async fn access(app: &Router, token: &str) -> Value {
    let request = Request::get("/docs/access.json").header("X-Auth-Token", token);
    let (status, headers, body) = send(app, request).await;
    assert_eq!(status, StatusCode::OK, "{body}");
    assert_eq!(headers[CACHE_CONTROL], "no-store");
    serde_json::from_str(&body).unwrap()
}

/// The addresses in the page, as a browser resolves them from `/docs`.
fn addresses(page: &str) -> Vec<String> {
    let parts = page.split(['"', '\'']);
    let found = parts.filter_map(|part| part.strip_prefix("./docs/"));
    let mut found: Vec<String> = found.map(|part| format!("/docs/{part}")).collect();
    found.sort();
    found.dedup();
    found
}

#[tokio::test]
async fn everything_that_the_page_consists_of_is_served_to_everybody_and_forbids_the_rest() {
    let app = app(routes(enforcer()).docs_page("/docs", page()));
    let (status, headers, html) = get(&app, "/docs").await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(headers[CONTENT_TYPE], "text/html; charset=utf-8");
    assert!(
        html.contains("<title>Notes &amp; &lt;more&gt;</title>"),
        "{html}"
    );
    let addresses = addresses(&html);
    assert_eq!(addresses.len(), 6, "{addresses:?}");
    for address in addresses.iter().filter(|address| !address.ends_with('/')) {
        let (status, headers, body) = get(&app, address).await;
        assert_eq!(status, StatusCode::OK, "{address}");
        assert!(!body.is_empty());
        let policy = headers[CONTENT_SECURITY_POLICY].to_str().unwrap();
        let directives: Vec<&str> = policy.split("; ").collect();
        for directive in [
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "connect-src 'self'",
            "frame-ancestors 'none'",
            "base-uri 'none'",
            "form-action 'none'",
        ] {
            assert!(directives.contains(&directive), "{policy}");
        }
        assert!(!policy.contains("unsafe"), "{policy}");
        assert_eq!(headers[X_CONTENT_TYPE_OPTIONS], "nosniff");
        assert_eq!(headers[REFERRER_POLICY], "no-referrer");
    }
}

#[tokio::test]
async fn the_page_has_no_inline_code_and_no_address_elsewhere() {
    let app = app(routes(enforcer()).docs_page("/docs", page()));
    let (_, _, html) = get(&app, "/docs").await;
    for mistake in [
        "<style",
        " style=",
        " onclick=",
        "javascript:",
        "http:",
        "https:",
    ] {
        assert!(!html.contains(mistake), "{mistake}");
    }
    assert_eq!(html.matches("<script").count(), 1);
    let (_, without_scripts) = html.split_once("<noscript>").unwrap();
    assert!(
        without_scripts.contains("<a href=\"./docs/openapi.json\">"),
        "{html}"
    );
    let (_, _, script) = get(&app, "/docs/page.js").await;
    for mistake in [
        "innerHTML",
        "outerHTML",
        "insertAdjacentHTML",
        "eval(",
        "document.write",
        "localStorage",
        "sessionStorage",
        "cookie",
    ] {
        assert!(!script.contains(mistake), "{mistake}");
    }
}

#[tokio::test]
async fn files_are_revalidated_by_their_digest_and_kept_forever_by_their_version() {
    let app = app(routes(enforcer()).docs_page("/docs", page()));
    let (_, _, html) = get(&app, "/docs").await;
    let script = addresses(&html)
        .into_iter()
        .find(|one| one.contains("page.js"))
        .unwrap();
    let cached = async |address: &str| get(&app, address).await.1[CACHE_CONTROL].clone();
    assert_eq!(cached(&script).await, "public, max-age=31536000, immutable");
    for address in [
        "/docs",
        "/docs/page.js",
        "/docs/page.js?v=older",
        "/docs/openapi.json",
    ] {
        assert_eq!(cached(address).await, "no-cache", "{address}");
    }
    let tag = get(&app, "/docs").await.1[ETAG]
        .to_str()
        .unwrap()
        .to_owned();
    for known in [
        tag.clone(),
        format!("W/{tag}"),
        format!("\"other\", {tag}"),
        "*".to_owned(),
    ] {
        let request = Request::get("/docs").header(IF_NONE_MATCH, known);
        let (status, headers, body) = send(&app, request).await;
        assert_eq!(status, StatusCode::NOT_MODIFIED);
        assert_eq!(headers[ETAG], tag.as_str());
        assert_eq!(body, "");
    }
    let request = Request::get("/docs").header(IF_NONE_MATCH, "\"other\"");
    assert_eq!(send(&app, request).await.0, StatusCode::OK);
}

#[tokio::test]
async fn head_is_get_without_the_body_and_other_methods_are_refused() {
    let app = app(routes(enforcer()).docs_page("/docs", page().access_for_everybody()));
    for path in [
        "/docs",
        "/docs/page.css",
        "/docs/openapi.json",
        "/docs/access.json",
    ] {
        let (_, _, body) = get(&app, path).await;
        let (status, headers, nothing) = send(&app, Request::head(path)).await;
        assert_eq!(status, StatusCode::OK, "{path}");
        assert_eq!(headers[CONTENT_LENGTH], body.len().to_string(), "{path}");
        assert_eq!(nothing, "");
        let (status, headers, _) = send(&app, Request::post(path)).await;
        // Like every call without a token of what is not public.
        assert_eq!(status, StatusCode::UNAUTHORIZED, "{path}");
        assert!(!headers.contains_key(ETAG), "{path}");
    }
}

#[tokio::test]
async fn the_document_is_served_as_json_and_as_it_was_given() {
    let app_of_yaml = app(routes(enforcer()).docs_page("/docs", page()));
    let (_, headers, yaml) = get(&app_of_yaml, "/docs/openapi.yaml").await;
    assert_eq!(headers[CONTENT_TYPE], "application/yaml");
    assert_eq!(yaml, DOCUMENT);
    let (_, headers, text) = get(&app_of_yaml, "/docs/openapi.json").await;
    assert_eq!(headers[CONTENT_TYPE], "application/json");
    let json: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(json["info"]["title"], "Notes & <more>");

    let page = DocsPage::new(&text).unwrap();
    let app_of_json = app(routes(enforcer()).docs_page("/docs", page));
    assert_eq!(get(&app_of_json, "/docs/openapi.json").await.2, text);
    assert_eq!(
        get(&app_of_json, "/docs/openapi.yaml").await.0,
        StatusCode::UNAUTHORIZED
    );
    assert!(!get(&app_of_json, "/docs").await.2.contains("openapi.yaml"));
}

#[tokio::test]
async fn the_matrix_tells_who_may_call_by_the_rules_in_force() {
    let app = app(routes(enforcer()).docs_page("/docs", page()));
    let access = access(&app, "member").await;
    assert_eq!(access["roles"], json!(["admin"]));
    assert_eq!(access["scopes"], json!(["system", "domain", "project"]));
    let policies = access["policies"].as_object().unwrap();
    assert_eq!(
        policies.keys().collect::<Vec<_>>(),
        ["note:index", "note:unknown", "note:update"]
    );
    let update = &policies["note:update"];
    assert_eq!(update["description"], "Change a note.");
    assert_eq!(update["scope_types"], json!(["project"]));
    assert_eq!(
        update["rule"],
        json!({"text": "(rule:admin and rule:owner)", "default": null})
    );
    assert_eq!(update["uses"]["owner"]["text"], "project_id:%(project_id)s");
    assert_eq!(update["replaces"]["name"], "note:modify");
    let who =
        "callers with the role admin, if the object belongs to the token's project (project token)";
    assert_eq!(update["who"], json!([who]));
    let verdicts = |policy: &str| -> Vec<&str> {
        let rows = policies[policy]["cells"].as_array().unwrap().iter();
        let cells = rows.flat_map(|row| row.as_array().unwrap());
        cells
            .map(|cell| cell["verdict"].as_str().unwrap())
            .collect()
    };
    let wrong = "wrong_scope";
    assert_eq!(
        verdicts("note:update"),
        [wrong, wrong, "depends", wrong, wrong, "denied"]
    );
    assert_eq!(verdicts("note:index"), ["allowed"; 6]);
    assert_eq!(policies["note:unknown"]["declared"], false);
    assert_eq!(policies["note:unknown"]["who"], json!([]));
}

#[tokio::test(start_paused = true)]
async fn the_matrix_follows_a_reload_of_the_rules() {
    let file = std::env::temp_dir().join(format!("keystone-docs-page-{}.yaml", std::process::id()));
    fs::write(&file, "{}\n").unwrap();
    let enforcer = enforcer().policy_file(&file).build().unwrap();
    let app = app(Routes::new(enforcer.clone()).docs_page("/docs", page()));
    assert_eq!(access(&app, "member").await["roles"], json!(["admin"]));

    fs::write(&file, "admin: role:boss\n").unwrap();
    let reloaded = reload_policy_files(&enforcer).await;
    fs::remove_file(&file).unwrap();
    assert!(reloaded.unwrap());
    let access = access(&app, "member").await;
    assert_eq!(access["roles"], json!(["boss"]));
    let rule = &access["policies"]["note:update"]["uses"]["admin"];
    assert_eq!(rule, &json!({"text": "role:boss", "default": "role:admin"}));
}

#[tokio::test]
async fn addresses_of_remote_checks_are_not_shown() {
    let remote = "rule:admin or http://me:canary@checks.example/%(id)s";
    let enforcer = enforcer().override_rule("note:index", remote);
    let app = app(routes(enforcer).docs_page("/docs", page()));
    let access = access(&app, "member").await;
    let index = &access["policies"]["note:index"];
    assert_eq!(index["rule"]["text"], "(rule:admin or http://***)");
    assert!(!access.to_string().contains("canary"), "{access}");
}

#[tokio::test]
async fn the_matrix_is_for_callers_with_a_token_unless_the_service_says_otherwise() {
    let settings: [(DocsPage, [u16; 3]); 4] = [
        (page(), [401, 200, 200]),
        (page().access_for::<policies::note::Docs>(), [401, 403, 200]),
        (page().access_for_everybody(), [200, 200, 200]),
        (page().without_access(), [401, 404, 404]),
    ];
    for (setting, expected) in settings {
        let app = app(routes(enforcer()).docs_page("/docs", setting));
        for (token, expected) in ["", "member", "auditor"].into_iter().zip(expected) {
            let request = Request::get("/docs/access.json");
            let request = match token {
                "" => request,
                token => request.header("X-Auth-Token", token),
            };
            assert_eq!(send(&app, request).await.0, expected, "{token}");
        }
        assert_eq!(get(&app, "/docs").await.0, StatusCode::OK);
    }
}

#[tokio::test]
async fn the_page_works_at_the_root_deeper_down_and_below_a_prefix() {
    let app = app(routes(enforcer())
        .docs_page("/", page())
        .docs_page("/about/this/docs/", page())
        .nest("/api", routes(enforcer()).docs_page("/docs", page())));
    for (path, folder, root) in [
        ("/", "./", "./"),
        ("/about/this/docs", "./docs/", "../../"),
        ("/api/docs", "./docs/", "./"),
    ] {
        let (status, _, html) = get(&app, path).await;
        assert_eq!(status, StatusCode::OK, "{path}");
        let says = format!("data-folder=\"{folder}\" data-root=\"{root}\"");
        assert!(html.contains(&says), "{html}");
    }
    for path in ["/page.js", "/about/this/docs/page.js", "/api/docs/page.js"] {
        assert_eq!(get(&app, path).await.0, StatusCode::OK, "{path}");
    }
}

#[test]
fn the_table_of_routes_shows_who_sees_the_matrix() {
    let page = page().access_for::<policies::note::Docs>();
    let table = routes(enforcer()).docs_page("/docs", page).table();
    let entry = table.iter().find(|entry| entry.path == "/docs/access.json");
    assert_eq!(entry.unwrap().policy, Some("note:docs"));
}

#[test]
fn a_text_that_is_no_document_is_refused_with_its_place() {
    let error = DocsPage::new("openapi: 3.1.0\npaths: no\n").unwrap_err();
    let says = "the OpenAPI document:2:8: `paths` must be a mapping from paths to operations";
    assert_eq!(error.to_string(), says);
}
