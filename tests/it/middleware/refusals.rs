//! Who is refused, and how.

use axum::Router;
use axum::body::Body;
use axum::response::IntoResponse;
use axum::routing::get;
use http::{Request, StatusCode};
use keystone_middleware::RequestContext;
use keystone_middleware::testing::TestToken;
use serde_json::json;

use super::{CHALLENGE, behind, challenges, request, same, send, status, tokens};

fn app() -> Router {
    Router::new()
        .route("/", get(async || "in"))
        .route(
            "/who",
            get(async |ctx: Option<RequestContext>| match ctx {
                Some(ctx) => ctx.user_id.clone().unwrap_or_default(),
                None => "nobody".to_owned(),
            }),
        )
        .route(
            "/demanding",
            get(async |ctx: RequestContext| format!("{ctx:?}")),
        )
        .route(
            "/refusing",
            get(async || {
                let challenge = [("WWW-Authenticate", "Basic realm=\"app\"")];
                (StatusCode::UNAUTHORIZED, challenge).into_response()
            }),
        )
}

fn with_tokens(values: &[&str]) -> Request<Body> {
    let request = values.iter().fold(request("GET", "/"), |request, value| {
        request.header("X-Auth-Token", *value)
    });
    request.body(Body::empty()).unwrap()
}

#[tokio::test]
async fn a_refusal_looks_like_keystones_own_and_says_where_to_get_a_token() {
    let app = behind(app(), &tokens(), same);
    for values in [
        &[][..],
        &["unknown"],
        &[""],
        &["member", "member"],
        &["me\u{e9}mber"],
    ] {
        let response = send(&app, with_tokens(values)).await;
        assert_eq!(response.status(), StatusCode::UNAUTHORIZED, "{values:?}");
        assert_eq!(challenges(&response), [CHALLENGE]);
        assert_eq!(response.headers()["Content-Type"], "application/json");
        let error = json!({"error": {
            "code": 401,
            "title": "Unauthorized",
            "message": "The request you have made requires authentication.",
        }});
        assert_eq!(super::json(response).await, error);
    }
}

#[tokio::test]
async fn a_valid_token_comes_in_also_with_blanks_around_it() {
    let app = behind(app(), &tokens(), same);
    assert_eq!(status(&app, with_tokens(&["member"])).await, StatusCode::OK);
    assert_eq!(
        status(&app, with_tokens(&[" member "])).await,
        StatusCode::OK
    );
}

#[tokio::test]
async fn the_storage_token_counts_only_without_an_auth_token() {
    let app = behind(app(), &tokens(), same);
    let storage = || request("GET", "/").header("X-Storage-Token", "member");
    let alone = storage().body(Body::empty()).unwrap();
    assert_eq!(status(&app, alone).await, StatusCode::OK);
    let beside_empty = storage()
        .header("X-Auth-Token", "")
        .body(Body::empty())
        .unwrap();
    assert_eq!(status(&app, beside_empty).await, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn an_expired_token_is_refused() {
    let tokens = tokens();
    tokens.add(
        "old",
        TestToken::user("u").expires_at("2020-01-01T00:00:00Z".parse().unwrap()),
    );
    let app = behind(app(), &tokens, same);
    assert_eq!(
        status(&app, with_tokens(&["old"])).await,
        StatusCode::UNAUTHORIZED
    );
}

#[tokio::test]
async fn the_applications_own_401_keeps_its_challenge_and_gets_ours() {
    let app = behind(app(), &tokens(), same);
    let response = send(&app, super::get("/refusing", "member")).await;
    assert_eq!(challenges(&response), ["Basic realm=\"app\"", CHALLENGE]);
    let response = send(&app, super::get("/", "member")).await;
    assert!(challenges(&response).is_empty());
}

#[tokio::test]
async fn nobody_gets_in_while_keystone_cannot_be_asked() {
    let tokens = tokens();
    tokens.set_unavailable(true);
    let app = behind(app(), &tokens, same);
    let response = send(&app, super::get("/", "member")).await;
    assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert!(challenges(&response).is_empty());
    let body = super::json(response).await;
    assert_eq!(
        body["error"]["message"],
        "The Keystone service is temporarily unavailable."
    );
    tokens.set_unavailable(false);
    assert_eq!(
        status(&app, super::get("/", "member")).await,
        StatusCode::OK
    );
}

#[tokio::test]
async fn a_delayed_decision_lets_the_application_choose() {
    let tokens = tokens();
    let app = behind(app(), &tokens, |config| config.delay_auth_decision(true));
    let who = super::text(send(&app, super::get("/who", "member")).await).await;
    assert_eq!(who, "u-member");
    let who = super::text(send(&app, super::get("/who", "unknown")).await).await;
    assert_eq!(who, "nobody");
    let response = send(&app, super::get("/demanding", "unknown")).await;
    assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(challenges(&response), [CHALLENGE]);
}

#[tokio::test]
async fn in_a_delayed_decision_a_token_that_could_not_be_checked_is_not_nobody() {
    let tokens = tokens();
    tokens.set_unavailable(true);
    let app = behind(app(), &tokens, |config| config.delay_auth_decision(true));
    assert_eq!(
        status(&app, super::get("/", "member")).await,
        StatusCode::OK
    );
    for path in ["/who", "/demanding"] {
        let status = status(&app, super::get(path, "member")).await;
        assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE, "{path}");
    }
}

#[tokio::test]
async fn a_service_token_without_the_role_is_refused_beside_a_good_user_token() {
    let tokens = tokens();
    let service = |token: &str| {
        let request = request("GET", "/").header("X-Auth-Token", "member");
        request
            .header("X-Service-Token", token)
            .body(Body::empty())
            .unwrap()
    };
    tokens.add("nova", TestToken::user("nova").roles(["service"]));
    let strict = behind(app(), &tokens, same);
    assert_eq!(status(&strict, service("nova")).await, StatusCode::OK);
    assert_eq!(
        status(&strict, service("member")).await,
        StatusCode::UNAUTHORIZED
    );
    assert_eq!(
        status(&strict, service("unknown")).await,
        StatusCode::UNAUTHORIZED
    );
    let lax = behind(app(), &tokens, |config| {
        config.service_token_roles_required(false)
    });
    assert_eq!(status(&lax, service("member")).await, StatusCode::OK);
    assert_eq!(
        status(&lax, service("unknown")).await,
        StatusCode::UNAUTHORIZED
    );
}

#[tokio::test]
async fn a_valid_service_token_alone_is_no_caller() {
    let tokens = tokens();
    tokens.add("nova", TestToken::user("nova").roles(["service"]));
    let app = behind(app(), &tokens, same);
    let request = request("GET", "/").header("X-Service-Token", "nova");
    let status = status(&app, request.body(Body::empty()).unwrap()).await;
    assert_eq!(status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_context_without_the_layer_is_an_error_of_the_service() {
    let response = send(&app(), super::get("/demanding", "member")).await;
    assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
}

#[test]
fn an_address_that_cannot_stand_in_the_challenge_is_refused_at_start() {
    for uri in ["", "keystone", "http://k/\"x", "http://k/\n"] {
        let config = keystone_middleware::Config::with_validator(uri, tokens());
        let error = config.build().unwrap_err().to_string();
        assert!(error.contains("www_authenticate_uri"), "{error}");
    }
}
