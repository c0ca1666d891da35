//! The layer and the embedded Keystone: real tokens, and a Keystone that is not well.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::header::LOCATION;
use http::{Method, Request, StatusCode};
use keystone_middleware::sdk::auth::fixed::AdminToken;
use keystone_middleware::sdk::auth::v3;
use keystone_middleware::sdk::catalog::EndpointFilter;
use keystone_middleware::sdk::config::ini::Ini;
use keystone_middleware::sdk::printable;
use keystone_middleware::sdk::session::{Call, Session};
use keystone_middleware::{AuthToken, Config, ConfigBuilder, RequestContext};
use keystone_testing::{Fault, Keystone};
use serde_json::{Value, json};
use tokio::task::JoinSet;

use super::{challenges, send, status};
use crate::auth::stub::{Nobody, Stub, with_header};
use crate::log::Log;

const TOKENS: &str = "/v3/auth/tokens";
/// The body of a token, as short as can be.
const SOMEBODY: &str =
    "{\"token\": {\"expires_at\": \"2999-01-01T00:00:00Z\", \"user\": {\"id\": \"u\"}}}";

fn password(keystone: &Keystone, password: &str) -> v3::PasswordBuilder {
    let admin = keystone.admin();
    v3::Password::builder(keystone.v3_url())
        .username(admin.username())
        .password(password)
        .user_domain_id(admin.domain_id())
}

/// A service that responds with the caller's user, project and roles.
pub(super) fn service(config: ConfigBuilder) -> Router {
    let who = async |ctx: RequestContext| {
        let user = ctx.user_id.clone().unwrap_or_default();
        let project = ctx.project_id.clone().unwrap_or_default();
        format!("{user} {project} {}", ctx.has_role("admin"))
    };
    let config = config.build().unwrap();
    Router::new()
        .route("/", get(who))
        .layer(AuthToken::layer(config))
}

pub(super) fn config(keystone: &Keystone) -> ConfigBuilder {
    let admin = keystone.admin();
    let auth = password(keystone, admin.password())
        .project_name(admin.project_name())
        .project_domain_id(admin.domain_id());
    // No pause between attempts, which the clock on the wall would have to bridge.
    Config::builder(keystone.v3_url(), auth.build().unwrap()).connect_retries(0)
}

/// A session of a caller.
fn caller(keystone: &Keystone) -> Session {
    let admin = keystone.admin();
    let auth = password(keystone, admin.password())
        .project_name(admin.project_name())
        .project_domain_id(admin.domain_id());
    Session::new(auth.build().unwrap()).unwrap()
}

pub(super) async fn token(keystone: &Keystone) -> String {
    caller(keystone).token().await.unwrap().expose().to_owned()
}

fn with(token: &str) -> Request<Body> {
    super::get("/", token)
}

#[tokio::test]
async fn a_real_token_tells_who_calls_and_is_asked_about_once() {
    let keystone = Keystone::start().await.unwrap();
    let app = service(config(&keystone));
    let token = token(&keystone).await;
    keystone.requests().clear();
    for _ in 0..3 {
        let response = send(&app, with(&token)).await;
        assert_eq!(response.status(), StatusCode::OK);
        let admin = keystone.admin();
        let wanted = format!("{} {} true", admin.user_id(), admin.project_id());
        assert_eq!(super::text(response).await, wanted);
    }
    assert_eq!(keystone.requests().count("GET", TOKENS), 1);
    assert_eq!(keystone.requests().count("POST", TOKENS), 1);
}

#[tokio::test]
async fn an_unscoped_token_is_an_identity_without_a_project() {
    let keystone = Keystone::start().await.unwrap();
    let auth = password(&keystone, keystone.admin().password()).unscoped();
    let session = Session::new(auth.build().unwrap()).unwrap();
    let token = session.token().await.unwrap();
    let response = send(&service(config(&keystone)), with(token.expose())).await;
    let wanted = format!("{}  false", keystone.admin().user_id());
    assert_eq!(super::text(response).await, wanted);
}

#[tokio::test]
async fn an_invented_token_is_refused() {
    let keystone = Keystone::start().await.unwrap();
    let response = send(&service(config(&keystone)), with("invented")).await;
    assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
    let challenge = format!("Keystone uri=\"{}\"", keystone.v3_url());
    assert_eq!(challenges(&response), [challenge]);
}

#[tokio::test]
async fn a_revoked_token_is_refused_once_the_cache_has_let_go_of_it() {
    let keystone = Keystone::start().await.unwrap();
    let cached = service(config(&keystone));
    let uncached = service(config(&keystone).token_cache_time(Duration::ZERO));
    let caller = caller(&keystone);
    let token = caller.token().await.unwrap();
    for app in [&cached, &uncached] {
        assert_eq!(status(app, with(token.expose())).await, StatusCode::OK);
    }
    let revoke = Call::new(Method::DELETE, format!("{}/auth/tokens", keystone.v3_url()));
    let subject = http::HeaderName::from_static("x-subject-token");
    let text = token.expose().into();
    caller
        .send(revoke.secret_header(subject, &text).unwrap())
        .await
        .unwrap();
    assert_eq!(status(&cached, with(token.expose())).await, StatusCode::OK);
    assert_eq!(
        status(&uncached, with(token.expose())).await,
        StatusCode::UNAUTHORIZED
    );
}

#[tokio::test]
async fn a_service_whose_own_token_was_revoked_logs_in_again() {
    let keystone = Keystone::start().await.unwrap();
    let app = service(config(&keystone));
    let first = token(&keystone).await;
    assert_eq!(status(&app, with(&first)).await, StatusCode::OK);
    keystone.revoke_all_tokens();
    let second = token(&keystone).await;
    assert_eq!(status(&app, with(&second)).await, StatusCode::OK);
}

#[tokio::test]
async fn a_herd_with_one_new_token_asks_once() {
    let keystone = Keystone::start().await.unwrap();
    let app = service(config(&keystone));
    let token = token(&keystone).await;
    keystone.requests().clear();
    let mut herd = JoinSet::new();
    for _ in 0..200 {
        let (app, request) = (app.clone(), with(&token));
        herd.spawn(async move { status(&app, request).await });
    }
    for status in herd.join_all().await {
        assert_eq!(status, StatusCode::OK);
    }
    assert_eq!(keystone.requests().count("GET", TOKENS), 1);
}

#[tokio::test]
async fn a_keystone_that_is_not_well_is_the_services_trouble_not_the_callers() {
    let keystone = Keystone::start().await.unwrap();
    let app = service(config(&keystone));
    let token = token(&keystone).await;
    for fault in [
        Fault::status(403),
        Fault::status(404),
        Fault::status(429),
        Fault::status(500),
        Fault::status(503),
        Fault::body("text/html", "<html>"),
        Fault::body("application/json", "{\"token\": {}}"),
        Fault::body("application/json", SOMEBODY).header("x-subject-token", "another"),
    ] {
        let name = format!("{fault:?}");
        keystone.fail_next_at("GET", TOKENS, 1, fault);
        let status = status(&app, with(&token)).await;
        assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE, "{name}");
    }
    assert_eq!(status(&app, with(&token)).await, StatusCode::OK);
}

#[tokio::test]
async fn a_keystone_that_never_responds_is_given_up() {
    let keystone = Keystone::start().await.unwrap();
    let brief = |config: ConfigBuilder| {
        config.session(|session| session.timeout(Duration::from_millis(200)))
    };
    let strict = service(brief(config(&keystone)));
    let delayed = service(brief(config(&keystone)).delay_auth_decision(true));
    let token = token(&keystone).await;
    for app in [strict, delayed] {
        keystone.fail_next_at("GET", TOKENS, 1, Fault::hang());
        let response = send(&app, with(&token)).await;
        assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
    }
}

#[tokio::test]
async fn a_keystone_that_is_gone_keeps_everybody_out() {
    let keystone = Keystone::start().await.unwrap();
    let (app, token) = (service(config(&keystone)), token(&keystone).await);
    keystone.fail_next(usize::MAX, Fault::close());
    let response = send(&app, with(&token)).await;
    assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
    let nobody = Nobody::new();
    let auth = v3::Password::builder(&nobody.url)
        .user_id("u")
        .password("p");
    let app = service(Config::builder(&nobody.url, auth.build().unwrap()));
    let response = send(&app, with(&token)).await;
    assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
}

#[tokio::test]
async fn a_service_with_a_wrong_password_or_region_lets_nobody_in() {
    let keystone = Keystone::start().await.unwrap();
    let token = token(&keystone).await;
    let wrong = password(&keystone, "wrong").build().unwrap();
    let wrong = service(Config::builder(keystone.v3_url(), wrong));
    let nowhere = service(config(&keystone).region_name("nowhere"));
    for app in [wrong, nowhere] {
        let response = send(&app, with(&token)).await;
        assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
        let body = super::json(response).await;
        assert_eq!(body["error"]["code"], 503);
        assert!(!body.to_string().contains("password"), "{body}");
    }
}

#[tokio::test]
async fn a_section_in_the_words_of_keystonemiddleware_makes_the_layer() {
    let keystone = Keystone::start().await.unwrap();
    let (url, admin) = (keystone.url(), keystone.admin());
    let text = format!(
        "[keystone_authtoken]\nwww_authenticate_uri = {url}/v3\nauth_url = {url}\n\
         auth_type = password\nusername = {}\npassword = {}\nproject_name = {}\n\
         user_domain_id = default\nproject_domain_id = default\ninterface = public\n\
         service_type = proxy\nhttp_connect_timeout = 30\ndelay_auth_decision = false\n",
        admin.username(),
        admin.password(),
        admin.project_name(),
    );
    let ini = Ini::parse("proxies.ini", &text).unwrap();
    let section = ini.section("keystone_authtoken").unwrap();
    let app = service(ConfigBuilder::from_section(&section).unwrap());
    assert_eq!(
        status(&app, with(&token(&keystone).await)).await,
        StatusCode::OK
    );
}

/// A token that is limited to `GET /` of a service of this type.
async fn limited_token(keystone: &Keystone, service_type: &str) -> String {
    let rule = json!({"method": "GET", "path": "/", "service": service_type});
    let body = json!({"application_credential": {
        "name": service_type, "secret": "s3cret", "access_rules": [rule],
    }});
    let url = format!(
        "users/{}/application_credentials",
        keystone.admin().user_id()
    );
    let call = Call::new(Method::POST, &url).json(&body).unwrap();
    let call = call.endpoint(EndpointFilter::service_type("identity").major_version(3));
    let response = caller(keystone).send(call).await.unwrap();
    let made: Value = response.json().unwrap();
    let id = made["application_credential"]["id"].as_str().unwrap();
    let auth = v3::ApplicationCredential::builder(keystone.v3_url())
        .id(id)
        .secret("s3cret");
    let limited = Session::new(auth.build().unwrap()).unwrap();
    limited.token().await.unwrap().expose().to_owned()
}

#[tokio::test]
async fn without_the_catalog_a_token_with_access_rules_is_judged_by_them_all_the_same() {
    let keystone = Keystone::start().await.unwrap();
    let limited = limited_token(&keystone, "identity").await;
    let elsewhere = limited_token(&keystone, "compute").await;
    let config = config(&keystone).service_type("identity");
    let app = service(config.include_service_catalog(false));
    keystone.requests().clear();
    assert_eq!(status(&app, with(&limited)).await, StatusCode::OK);
    assert_eq!(
        status(&app, with(&elsewhere)).await,
        StatusCode::UNAUTHORIZED
    );
    let asked: Vec<_> = keystone.requests().all();
    let asked: Vec<_> = asked
        .iter()
        .filter(|seen| seen.method == "GET" && seen.path == TOKENS)
        .map(|seen| seen.query.as_deref().unwrap_or_default())
        .collect();
    assert_eq!(asked, ["nocatalog=1", "", "nocatalog=1", ""]);
    // A token without rules is asked about once.
    keystone.requests().clear();
    assert_eq!(
        status(&app, with(&token(&keystone).await)).await,
        StatusCode::OK
    );
    assert_eq!(keystone.requests().count("GET", TOKENS), 1);
}

/// What Keystone says of a token that it does not know.
const UNKNOWN: &str =
    r#"{"error": {"code": 404, "message": "Could not find token.", "title": "Not Found"}}"#;

fn response(status: u16, body: &str) -> Response {
    let status = StatusCode::from_u16(status).unwrap();
    let json = [("content-type", "application/json")];
    (status, json, body.to_owned()).into_response()
}

/// A service that asks the stub about tokens.
fn asking(stub: &Stub) -> Router {
    let auth = AdminToken::new(&format!("{}/v3", stub.url), "of-the-service").unwrap();
    service(Config::builder("http://keystone.example/v3", auth).connect_retries(0))
}

#[tokio::test]
async fn only_keystones_own_words_say_that_a_token_is_unknown() {
    let of_others = [
        r#"{"message": "The resource could not be found.", "code": "404 Not Found", "title": "Not Found"}"#,
        r#"{"NeutronError": {"type": "HTTPNotFound", "message": "Not Found", "detail": ""}}"#,
        r#"{"itemNotFound": {"code": 404, "message": "No such thing"}}"#,
        r#"{"errors": [{"status": 404, "title": "Not Found", "detail": "No"}]}"#,
        r#"{"error": "not_found", "error_description": "no route"}"#,
        r#"{"error": {"code": 503, "message": "no", "title": "Not Found"}}"#,
        r#"{"error": {"code": 404, "title": "Not Found"}}"#,
        "<html><title>404 Not Found</title>",
        "",
    ];
    for (body, expected) in of_others
        .iter()
        .map(|body| (*body, StatusCode::SERVICE_UNAVAILABLE))
        .chain([(UNKNOWN, StatusCode::UNAUTHORIZED)])
    {
        let stub = Stub::start(move |_| response(404, body)).await;
        assert_eq!(
            status(&asking(&stub), with("token")).await,
            expected,
            "{body}"
        );
        assert_eq!(stub.seen().len(), 1);
    }
}

#[tokio::test]
async fn what_another_origin_says_of_a_token_counts_for_nothing() {
    for (code, body) in [(404, UNKNOWN), (200, SOMEBODY), (401, UNKNOWN), (403, "")] {
        let elsewhere = Stub::start(move |_| response(code, body)).await;
        for redirect in [301, 302, 303, 307, 308] {
            let to = format!("{}/v3/auth/tokens", elsewhere.url);
            let stub = Stub::start(move |_| with_header(redirect, LOCATION, &to)).await;
            let found = status(&asking(&stub), with("token")).await;
            assert_eq!(
                found,
                StatusCode::SERVICE_UNAVAILABLE,
                "{code} by {redirect}"
            );
            assert!(elsewhere.last().header("x-subject-token").is_none());
        }
    }
}

#[tokio::test]
async fn what_a_hostile_keystone_writes_does_not_break_out_of_the_log() {
    let evil = "\u{1b}]0;x\u{7}\u{202e}\u{9b}31m\nERROR forged";
    let body =
        serde_json::json!({"error": {"code": 500, "title": evil, "message": evil.repeat(50_000)}});
    let body = body.to_string();
    let log = Log::start();
    let stub = Stub::start(move |_| response(500, &body)).await;
    let found = status(&asking(&stub), with("token")).await;
    assert_eq!(found, StatusCode::SERVICE_UNAVAILABLE);
    let log = log.text();
    let lines = log
        .lines()
        .filter(|line| line.contains("keystone_middleware"));
    for line in lines {
        assert!(
            line.len() < 4 << 10 && !line.contains(printable::is_unseen),
            "{line:?}"
        );
    }
    assert!(
        log.contains("ERROR keystone_middleware") && !log.contains("\nERROR forged"),
        "{log}"
    );
}

/// The request comes back without what it carried, so the response says nothing of the token either.
#[tokio::test]
async fn a_way_through_another_origin_counts_for_nothing() {
    let home = Arc::new(OnceLock::new());
    let back = Arc::clone(&home);
    let elsewhere = Stub::start(move |_| {
        let home: &String = back.get().unwrap();
        with_header(302, LOCATION, &format!("{home}/v3/other"))
    });
    let away = format!("{}/x", elsewhere.await.url);
    let stub = Stub::start(move |seen| match seen.target() {
        "/v3/other" => response(404, UNKNOWN),
        _ => with_header(302, LOCATION, &away),
    });
    let stub = stub.await;
    home.set(stub.url.clone()).unwrap();
    let found = status(&asking(&stub), with("token")).await;
    assert_eq!(found, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(stub.seen().len(), 2);
}

#[tokio::test]
async fn a_redirect_within_the_origin_is_keystones_own() {
    let stub = Stub::start(|seen| match seen.target() {
        "/v3/other" => response(404, UNKNOWN),
        _ => with_header(302, LOCATION, "/v3/other"),
    });
    let found = status(&asking(&stub.await), with("token")).await;
    assert_eq!(found, StatusCode::UNAUTHORIZED);
}
