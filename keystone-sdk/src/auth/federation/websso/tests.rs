//! The whole login at a stub of Keystone, with a stub of a browser.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::sync::{Arc, Mutex};
use std::thread;

use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use super::*;
use crate::auth::AuthPlugin as _;
use crate::clock::{ManualClock, SystemClock};
use crate::error::ConfigurationError;

const CANARY: &str = "canary";

fn body() -> Json<Value> {
    Json(json!({"token": {
        "expires_at": "2999-01-01T00:00:00Z", "methods": ["openid"], "user": {"id": "u", "name": "ada"},
    }}))
}

/// `GET` says what the browser's token is, `POST` exchanges it.
async fn keystone() -> String {
    let check = |headers: HeaderMap| async move {
        let shown = ["x-auth-token", "x-subject-token"].map(|name| headers.get(name).cloned());
        match shown
            .iter()
            .all(|one| one.as_ref().is_some_and(|one| one == CANARY))
        {
            true => body().into_response(),
            false => StatusCode::UNAUTHORIZED.into_response(),
        }
    };
    let exchange = |Json(asked): Json<Value>| async move {
        let from = &asked["auth"]["identity"]["token"]["id"];
        let token = format!("scoped by {}", from.as_str().unwrap());
        (StatusCode::CREATED, [("x-subject-token", token)], body()).into_response()
    };
    serve(Router::new().route("/v3/auth/tokens", get(check).post(exchange))).await
}

async fn serve(app: Router) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, app).await });
    format!("http://{address}/v3")
}

/// Sends Keystone's form to the origin in the address, as the person's browser does in the end.
#[derive(Clone)]
struct Browser {
    token: &'static str,
    opened: Arc<Mutex<Vec<Url>>>,
}

impl Browser {
    fn with(token: &'static str) -> Self {
        let opened = Arc::default();
        Self { token, opened }
    }

    fn opened(&self) -> Vec<Url> {
        self.opened.lock().unwrap().clone()
    }
}

impl BrowserOpener for Browser {
    fn open(&self, url: &Url) -> Result<(), Error> {
        self.opened.lock().unwrap().push(url.clone());
        let (_, origin) = url
            .query_pairs()
            .find(|(name, _)| name == "origin")
            .unwrap();
        let target = Url::parse(&origin).unwrap();
        let (host, body) = (
            target.authority().to_owned(),
            format!("token={}", self.token),
        );
        thread::spawn(move || {
            let mut stream = TcpStream::connect(&host).unwrap();
            let length = body.len();
            write!(
                stream,
                "POST /auth/websso/ HTTP/1.1\r\nHost: {host}\r\n\
                 Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {length}\r\n\
                 Sec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: navigate\r\n\
                 Sec-Fetch-Dest: document\r\n\r\n{body}"
            )
            .unwrap();
            let mut page = String::new();
            stream.read_to_string(&mut page).unwrap();
            assert!(page.starts_with("HTTP/1.1 200 OK"), "{page}");
        });
        Ok(())
    }
}

fn builder(url: &str) -> WebSsoBuilder {
    WebSso::builder(url)
        .identity_provider("acme")
        .protocol("openid")
        .redirect_host("127.0.0.1")
        .redirect_port(0_u16)
}

fn transport() -> Transport {
    let clock = SystemClock::shared();
    Transport::builder().clock(clock).build().unwrap()
}

/// By whose clock a wait takes no time.
fn hurried() -> Transport {
    let clock = ManualClock::new("2023-11-14T22:13:20Z".parse().unwrap());
    Transport::builder().clock(clock).build().unwrap()
}

#[tokio::test]
async fn the_token_of_the_browser_is_the_unscoped_one() {
    let (url, browser) = (keystone().await, Browser::with(CANARY));
    let plugin = builder(&url).browser(browser.clone()).build().unwrap();
    let transport = transport();
    let token = plugin.token(&transport).await.unwrap();
    assert_eq!(token.expose(), CANARY);
    assert_eq!(token.expires_at(), "2999-01-01T00:00:00Z".parse().ok());
    let access = plugin.access(&transport).await.unwrap();
    assert_eq!(access.user.name, "ada");
    let [opened] = &browser.opened()[..] else {
        panic!("{:?}", browser.opened());
    };
    let begin = format!(
        "{url}/auth/OS-FEDERATION/identity_providers/acme/protocols/openid/websso\
         ?origin=http%3A%2F%2F127.0.0.1%3A"
    );
    assert!(opened.as_str().starts_with(&begin), "{opened}");
    assert!(opened.as_str().ends_with("%2Fauth%2Fwebsso%2F"), "{opened}");
    assert!(!format!("{plugin:?} {token:?} {access:?}").contains(CANARY));
}

#[tokio::test]
async fn the_browser_opens_once_for_all_scoped_tokens() {
    let (url, browser) = (keystone().await, Browser::with(CANARY));
    let builder = builder(&url).browser(browser.clone()).project_id("p");
    let (plugin, transport) = (builder.build().unwrap(), transport());
    for _ in 0..2 {
        let token = plugin.token(&transport).await.unwrap();
        assert_eq!(token.expose(), "scoped by canary");
        assert!(plugin.invalidate(&token));
    }
    assert_eq!(browser.opened().len(), 1);
}

#[tokio::test]
async fn a_token_that_keystone_does_not_know_is_refused_and_not_shown() {
    let url = keystone().await;
    let builder = builder(&url).browser(Browser::with("canary-of-another"));
    let error = builder
        .build()
        .unwrap()
        .token(&transport())
        .await
        .unwrap_err();
    let shown = format!("{error} {error:?}");
    assert!(matches!(error, Error::Authentication(_)), "{shown}");
    assert_eq!(error.status(), Some(StatusCode::UNAUTHORIZED));
    let failure = error.federation().unwrap();
    assert_eq!(failure.step(), FederationStep::ServiceProvider);
    let says = "Keystone does not know the token that the browser brought (GET http://127.0.0.1:";
    assert!(shown.starts_with(says), "{shown}");
    assert!(!shown.contains("canary"), "{shown}");
}

#[tokio::test]
async fn what_is_no_keystone_is_no_refusal_of_the_token() {
    async fn error(answer: fn() -> Response) -> Error {
        let app = Router::new().route("/v3/auth/tokens", get(async move || answer()));
        let builder = builder(&serve(app).await).browser(Browser::with(CANARY));
        builder
            .build()
            .unwrap()
            .token(&transport())
            .await
            .unwrap_err()
    }
    let page = error(|| axum::response::Html("canary").into_response()).await;
    assert!(matches!(page, Error::Decode(_)), "{page:?}");
    let broken = error(|| StatusCode::BAD_GATEWAY.into_response()).await;
    assert!(matches!(broken, Error::Response(_)), "{broken:?}");
    assert!(!format!("{page} {page:?} {broken:?}").contains(CANARY));
}

#[tokio::test]
async fn nobody_waits_longer_than_the_login_may_take() {
    let builder = builder("http://127.0.0.1:1").browser(|_: &Url| Ok(()));
    let plugin = builder
        .login_timeout(Duration::from_millis(2500))
        .build()
        .unwrap();
    let error = plugin.token(&hurried()).await.unwrap_err().to_string();
    let begin = "the browser brought no token to `http://127.0.0.1:";
    assert!(error.starts_with(begin), "{error}");
    assert!(
        error.contains("/auth/websso/` within 2.5 seconds;"),
        "{error}"
    );
    assert!(error.contains("`trusted_dashboard`"), "{error}");
}

#[tokio::test]
async fn a_person_may_open_the_address_where_no_browser_can_be_opened() {
    let (url, browser) = (keystone().await, Browser::with(CANARY));
    let by_hand = browser.clone();
    let failing = move |url: &Url| {
        by_hand.open(url)?;
        Err(ConfigurationError::new("no display").into())
    };
    let plugin = builder(&url).browser(failing).build().unwrap();
    assert_eq!(plugin.token(&transport()).await.unwrap().expose(), CANARY);
}

#[tokio::test]
async fn the_browser_does_not_open_where_nothing_listens() {
    let browser = Browser::with(CANARY);
    let builder = builder("http://127.0.0.1:1").browser(browser.clone());
    let plugin = builder.redirect_host("192.0.2.1").build().unwrap();
    let error = plugin.token(&transport()).await.unwrap_err();
    assert!(matches!(error, Error::Configuration(_)), "{error:?}");
    assert!(browser.opened().is_empty());
}

#[test]
fn kept_tokens_are_told_apart_by_what_makes_another_login() {
    let id = |change: fn(WebSsoBuilder) -> WebSsoBuilder| {
        change(builder("http://h/v3"))
            .build()
            .unwrap()
            .cache_id()
            .unwrap()
    };
    let usual = id(|same| same);
    assert_eq!(usual, id(|same| same.redirect_port(1_u16)));
    assert_eq!(usual, id(|same| same.login_timeout(Duration::from_secs(5))));
    for other in [
        id(|other| other.username("ada")),
        id(|other| other.protocol("saml2")),
        id(|other| other.identity_provider("other")),
        id(|other| other.project_id("p")),
    ] {
        assert_ne!(usual, other);
    }
    let oidc = crate::auth::federation::OidcAccessToken::builder("http://h/v3");
    let oidc = oidc.identity_provider("acme").protocol("openid");
    let oidc = oidc.access_token("x").build().unwrap();
    assert_ne!(Some(usual), oidc.cache_id());
}

#[test]
fn a_time_that_is_none_is_refused() {
    let loader = WebSso::loader();
    let options = || {
        crate::auth::PluginOptions::new()
            .with("auth_url", "http://h/v3")
            .with("identity_provider", "acme")
            .with("protocol", "openid")
    };
    for (option, wrong, right) in [
        ("login_timeout", "0", "60"),
        ("login_timeout", "-1", "0.5"),
        ("login_timeout", "inf", "1e3"),
        ("login_timeout", "soon", "60.0"),
        ("redirect_port", "65536", "65535"),
    ] {
        loader.load(&options().with(option, right)).unwrap();
        let error = loader
            .load(&options().with(option, wrong))
            .unwrap_err()
            .to_string();
        assert!(
            error.contains(&format!("the value of `{option}`")),
            "{error}"
        );
    }
}
