//! Federated logins at a Keystone of two endpoints.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Json;
use axum::Router;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use super::*;
use crate::Error;
use crate::auth::AuthPlugin as _;
use crate::clock::ManualClock;

const FEDERATION: &str = "/v3/OS-FEDERATION/identity_providers/acme/protocols/openid/auth";

/// Counts what it is asked for.
#[derive(Default)]
struct Keystone {
    unscoped: AtomicUsize,
    scoped: AtomicUsize,
    /// The exchange that is refused.
    refused_exchange: usize,
    /// How many first logins meet a conflict.
    conflicts: usize,
    /// How long an unscoped token lives.
    short_lived: bool,
}

fn token(name: &str, expires_at: &str) -> Response {
    let body =
        json!({"token": {"expires_at": expires_at, "methods": ["openid"], "user": {"id": "u"}}});
    (
        StatusCode::CREATED,
        [("x-subject-token", name.to_owned())],
        Json(body),
    )
        .into_response()
}

impl Keystone {
    async fn start(self) -> (Arc<Self>, String) {
        let keystone = Arc::new(self);
        let (one, other) = (Arc::clone(&keystone), Arc::clone(&keystone));
        let app = Router::new()
            .route(
                FEDERATION,
                post(move |headers: HeaderMap| async move { one.unscoped(&headers) }),
            )
            .route(
                "/v3/auth/tokens",
                post(move |Json(body): Json<Value>| async move { other.scoped(&body) }),
            );
        (keystone, serve(app).await)
    }

    fn unscoped(&self, headers: &HeaderMap) -> Response {
        if headers["authorization"] != "Bearer canary" {
            return StatusCode::UNAUTHORIZED.into_response();
        }
        let number = self.unscoped.fetch_add(1, Ordering::SeqCst) + 1;
        if number <= self.conflicts {
            return StatusCode::CONFLICT.into_response();
        }
        let expires_at = if self.short_lived {
            "2023-11-14T22:14:50Z".to_owned()
        } else {
            "2999-01-01T00:00:00Z".to_owned()
        };
        token(&format!("unscoped{number}"), &expires_at)
    }

    fn scoped(&self, body: &Value) -> Response {
        let number = self.scoped.fetch_add(1, Ordering::SeqCst) + 1;
        if number == self.refused_exchange {
            let error =
                json!({"error": {"code": 401, "message": "revoked", "title": "Unauthorized"}});
            return (StatusCode::UNAUTHORIZED, Json(error)).into_response();
        }
        let from = body["auth"]["identity"]["token"]["id"].as_str().unwrap();
        token(&format!("scoped{number} of {from}"), "2999-01-01T00:00:00Z")
    }

    fn counts(&self) -> (usize, usize) {
        (
            self.unscoped.load(Ordering::SeqCst),
            self.scoped.load(Ordering::SeqCst),
        )
    }
}

async fn serve(app: Router) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, app).await });
    format!("http://{address}/v3")
}

fn builder(url: &str) -> OidcAccessTokenBuilder {
    OidcAccessToken::builder(url)
        .identity_provider("acme")
        .protocol("openid")
        .access_token("canary")
}

fn transport() -> Transport {
    // 90 seconds before the short-lived token ends.
    let clock = ManualClock::new("2023-11-14T22:13:20Z".parse().unwrap());
    Transport::builder().clock(clock).build().unwrap()
}

async fn text(plugin: &OidcAccessToken, transport: &Transport) -> Result<String, Error> {
    Ok(plugin.token(transport).await?.expose().to_owned())
}

async fn refusal(app: Router) -> String {
    let plugin = builder(&serve(app).await).build().unwrap();
    let error = plugin.token(&transport()).await.unwrap_err();
    let shown = format!("{error} {error:?} {plugin:?}");
    assert!(!shown.contains("canary"), "{shown}");
    error.to_string()
}

#[tokio::test]
async fn without_a_scope_the_unscoped_token_is_the_result() {
    let (keystone, url) = Keystone::default().start().await;
    for plugin in [builder(&url).build(), builder(&url).unscoped().build()] {
        assert!(
            text(&plugin.unwrap(), &transport())
                .await
                .unwrap()
                .starts_with("unscoped")
        );
    }
    assert_eq!(keystone.counts(), (2, 0));
}

#[tokio::test]
async fn a_first_login_that_meets_another_is_sent_once_more() {
    for (conflicts, good) in [(1, true), (2, false)] {
        let keystone = Keystone {
            conflicts,
            ..Keystone::default()
        };
        let (keystone, url) = keystone.start().await;
        let plugin = builder(&url).build().unwrap();
        let outcome = text(&plugin, &transport()).await;
        assert_eq!(outcome.is_ok(), good, "{outcome:?}");
        assert_eq!(keystone.counts(), (2, 0));
    }
}

#[tokio::test]
async fn a_refused_scoped_token_is_replaced_from_the_kept_unscoped_one() {
    let (keystone, url) = Keystone::default().start().await;
    let (plugin, transport) = (builder(&url).project_id("p").build().unwrap(), transport());
    let first = plugin.token(&transport).await.unwrap();
    assert_eq!(first.expose(), "scoped1 of unscoped1");
    assert!(plugin.invalidate(&first));
    assert_eq!(
        text(&plugin, &transport).await.unwrap(),
        "scoped2 of unscoped1"
    );
    assert_eq!(keystone.counts(), (1, 2));
}

#[tokio::test]
async fn a_revoked_unscoped_token_is_replaced_once() {
    let keystone = Keystone {
        refused_exchange: 2,
        ..Keystone::default()
    };
    let (keystone, url) = keystone.start().await;
    let (plugin, transport) = (builder(&url).project_id("p").build().unwrap(), transport());
    let first = plugin.token(&transport).await.unwrap();
    plugin.invalidate(&first);
    assert_eq!(
        text(&plugin, &transport).await.unwrap(),
        "scoped3 of unscoped2"
    );
    assert_eq!(keystone.counts(), (2, 3));
}

#[tokio::test]
async fn a_refused_exchange_of_a_new_unscoped_token_is_an_error() {
    let keystone = Keystone {
        refused_exchange: 1,
        ..Keystone::default()
    };
    let (keystone, url) = keystone.start().await;
    let plugin = builder(&url).project_id("p").build().unwrap();
    let error = plugin.token(&transport()).await.unwrap_err();
    assert_eq!(
        error.status(),
        Some(http::StatusCode::UNAUTHORIZED),
        "{error}"
    );
    assert_eq!(keystone.counts(), (1, 1));
}

#[tokio::test]
async fn an_unscoped_token_near_its_end_is_not_exchanged_again() {
    let keystone = Keystone {
        short_lived: true,
        ..Keystone::default()
    };
    let (keystone, url) = keystone.start().await;
    let (plugin, transport) = (builder(&url).project_id("p").build().unwrap(), transport());
    let first = plugin.token(&transport).await.unwrap();
    plugin.invalidate(&first);
    assert_eq!(
        text(&plugin, &transport).await.unwrap(),
        "scoped2 of unscoped2"
    );
    assert_eq!(keystone.counts(), (2, 2));
}

#[tokio::test]
async fn a_redirect_to_the_identity_provider_is_a_refusal_and_not_followed() {
    let elsewhere = serve(Router::new().route("/v3", get(|| async { "stolen" }))).await;
    let to = format!("{elsewhere}?state=canary");
    let app = Router::new().route(FEDERATION, post(move || async move { Redirect::to(&to) }));
    let error = refusal(app).await;
    assert!(error.contains("did not accept the login"), "{error}");
    assert!(error.contains("redirects to `http://127.0.0.1"), "{error}");
}

#[tokio::test]
async fn a_success_without_a_token_is_an_error() {
    let page = Router::new().route(FEDERATION, post(|| async { Html("<p>Log in") }));
    let error = refusal(page).await;
    assert!(
        error.contains("returned a web page, not a token"),
        "{error}"
    );
    let bare = Router::new().route(
        FEDERATION,
        post(|| async {
            Json(json!({"token": {"expires_at": "2999-01-01T00:00:00Z", "user": {"id": "u"}}}))
        }),
    );
    let error = refusal(bare).await;
    assert!(error.contains("no header `X-Subject-Token`"), "{error}");
}

#[tokio::test]
async fn a_refused_user_is_told_from_a_wrong_address() {
    let refused = Router::new().route(FEDERATION, post(|| async { StatusCode::FORBIDDEN }));
    let error = refusal(refused).await;
    assert!(
        error.starts_with("Keystone refused the user of the identity provider `acme`"),
        "{error}"
    );
    let error = refusal(Router::new()).await;
    assert!(error.starts_with("no v3 API here"), "{error}");
}

#[test]
fn ids_are_parts_of_the_path_and_no_more() {
    let url = |base: &str, provider: &str| {
        let base = Url::parse(base).unwrap();
        FederationEndpoint::new(&base, provider, "openid")
            .map(|endpoint| endpoint.url().to_string())
    };
    let path = "/OS-FEDERATION/identity_providers";
    for (base, at) in [
        ("http://h", "http://h/v3"),
        ("http://h/identity/v3/", "http://h/identity/v3"),
    ] {
        for (id, part) in [
            ("acme", "acme"),
            ("a/b?c#d", "a%2Fb%3Fc%23d"),
            ("ä %2e", "%C3%A4%20%252e"),
        ] {
            let expected = format!("{at}{path}/{part}/protocols/openid/auth");
            assert_eq!(url(base, id).unwrap(), expected);
        }
    }
    for id in ["", " ", ".", ".."] {
        let error = url("http://h", id).unwrap_err().to_string();
        assert!(
            error.contains(&format!("`identity_provider` is `{id}`")),
            "{error}"
        );
    }
}

#[test]
fn a_browser_begins_at_the_websso_address_with_its_origin() {
    let base = Url::parse("http://h/v3").unwrap();
    let endpoint = FederationEndpoint::new(&base, "acme", "openid").unwrap();
    assert_eq!(
        endpoint
            .websso_url("http://localhost:9990/auth/websso/")
            .unwrap()
            .as_str(),
        "http://h/v3/auth/OS-FEDERATION/identity_providers/acme/protocols/openid/websso\
         ?origin=http%3A%2F%2Flocalhost%3A9990%2Fauth%2Fwebsso%2F"
    );
}
