//! No secret of any plugin is seen: not in logs of any level, not in errors, not by `Debug`.
//!
//! The plugins come from the registry and their secret options from their own lists, so that a new
//! plugin is covered without a word here.

use std::error::Error as _;
use std::fmt::Write as _;
use std::time::Duration;

use axum::Json;
use axum::http::header::{self, HeaderName};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderValue, StatusCode};
use keystone_sdk::auth::federation::SharedBrowserOpener;
use keystone_sdk::auth::fixed::AdminToken;
use keystone_sdk::auth::{PluginLoader, PluginOptions};
use keystone_sdk::config::Registry;
use keystone_sdk::session::Call;
use keystone_sdk::transport::Retries;
use keystone_sdk::{Error, Session};
use serde_json::json;

use crate::auth::browser::Browser;
use crate::auth::stub::{Seen, Stub, with_header};
use crate::log::Log;

/// In every secret that is planted.
const CANARY: &str = "canary";

/// How the server behaves.
#[derive(Clone, Copy, Debug)]
enum Mood {
    /// Gives whatever is asked for, with secrets in all places that have one.
    Content,
    /// Refuses, and repeats in its error what it was told.
    Repeating,
    /// Accepts a part of the login, and repeats what it was told.
    Receipt,
    /// Welcomes browsers.
    Page,
    /// Sends elsewhere, with secrets in the address.
    Elsewhere,
    /// Breaks off within a secret.
    Truncated,
    /// Is never ready.
    Busy,
}

const MOODS: [Mood; 7] = [
    Mood::Content,
    Mood::Repeating,
    Mood::Receipt,
    Mood::Page,
    Mood::Elsewhere,
    Mood::Truncated,
    Mood::Busy,
];

fn answer(mood: Mood, seen: &Seen) -> Response {
    // Credentials of HTTP Basic also as the server reads them.
    let basic = seen.header("authorization").and_then(|value| {
        let credentials = value.strip_prefix("Basic ")?;
        String::from_utf8(STANDARD.decode(credentials).ok()?).ok()
    });
    let repeated = json!({"error": {
        "code": 401,
        "title": "Unauthorized",
        "message": format!("not with {} and {:?} of {basic:?}", seen.body, seen.headers),
    }});
    match mood {
        Mood::Content => content(seen),
        Mood::Repeating => (StatusCode::UNAUTHORIZED, Json(repeated)).into_response(),
        Mood::Receipt => {
            let receipt = [("openstack-auth-receipt", "canary-receipt")];
            (StatusCode::UNAUTHORIZED, receipt, Json(repeated)).into_response()
        }
        Mood::Page => {
            let html = [(header::CONTENT_TYPE, "text/html")];
            (html, format!("<p>canary-page {}", seen.body)).into_response()
        }
        Mood::Elsewhere => {
            let to = "http://u:canary-user@127.0.0.1:1/x?code=canary-code";
            with_header(302, header::LOCATION, to)
        }
        Mood::Truncated => {
            let json = [(header::CONTENT_TYPE, "application/json")];
            (json, r#"{"access_token": "canary-access"#).into_response()
        }
        Mood::Busy => StatusCode::SERVICE_UNAVAILABLE.into_response(),
    }
}

/// Version documents for `GET`, a token of every kind for `POST`.
fn content(seen: &Seen) -> Response {
    let user = json!({"id": "u", "name": "u", "domain": {"id": "d"}, "roles": []});
    let version =
        json!({"id": "v3.14", "status": "stable", "links": [{"rel": "self", "href": "/v3"}]});
    let body = json!({
        "versions": {"values": [version]},
        "token": {"expires_at": "2999-01-01T00:00:00Z", "methods": ["password"], "user": user},
        "access": {
            "token": {"id": "canary-v2-token", "expires": "2999-01-01T00:00:00Z"},
            "user": user,
            "serviceCatalog": [],
        },
        "access_token": "canary-access-token",
        "refresh_token": "canary-refresh-token",
        "token_type": "Bearer",
        "expires_in": 3600,
    });
    let headers = [
        (
            HeaderName::from_static("x-subject-token"),
            "canary-subject-token",
        ),
        (header::SET_COOKIE, "session=canary-cookie"),
        (header::WWW_AUTHENTICATE, "Negotiate canaryNegotiate=="),
    ];
    let created = seen.method() == "POST" && !seen.target().contains("oauth2");
    let status = if created {
        StatusCode::CREATED
    } else {
        StatusCode::OK
    };
    (status, headers, Json(body)).into_response()
}

/// Options with a canary in each secret one. Beyond those that are required, as few of the usual
/// ones are set as the plugin needs.
fn options(loader: &PluginLoader, registry: &Registry, url: &str) -> PluginOptions {
    let all = registry.loaders();
    let tried = (0..1 << USUAL.len()).map(|chosen| planted(loader, all, url, chosen));
    let mut loadable = tried.filter(|options| loader.load_among(options, all).is_ok());
    loadable.next().unwrap_or_else(|| {
        panic!(
            "`{}` needs options that this test does not know",
            loader.name()
        )
    })
}

/// Options of which a plugin may need one or two, each a bit of a number.
const USUAL: [&str; 4] = [
    "user_id",
    "application_credential_id",
    "project_id",
    "username",
];

fn planted(loader: &PluginLoader, all: &[PluginLoader], url: &str, chosen: usize) -> PluginOptions {
    let mut options = PluginOptions::new();
    options.attach(SharedBrowserOpener::new(Browser("canary-of-browser")));
    if loader.options().any(|option| option.name == "auth_methods") {
        options.set("auth_methods", "v3password,v3totp");
    }
    let further = loader.further_options(&options, all).unwrap();
    for option in loader.options().chain(further) {
        let name = option.name;
        let bit = USUAL.iter().position(|usual| *usual == name);
        let is_address = ["url", "uri", "endpoint"]
            .iter()
            .any(|part| name.contains(part));
        if name == "redirect_port" {
            options.set(name, "0");
        } else if name == "redirect_host" {
            options.set(name, "127.0.0.1");
        } else if name == "client_private_key" {
            // A canary is no key. keystone-sdk/tests/oidc looks for a real one.
        } else if name == "code_verifier" {
            // The shortest that RFC 7636 knows has 43 characters.
            options.set(name, format!("{CANARY}-{name}-{}", "x".repeat(43)));
        } else if name == "idp_otp_key" {
            options.set(name, "otp");
        } else if option.secret {
            options.set(name, format!("{CANARY}-{name}"));
        } else if is_address {
            options.set(name, format!("{url}/{name}"));
        } else if options.get(name).is_none()
            && (option.required || bit.is_some_and(|bit| chosen & (1 << bit) != 0))
        {
            options.set(name, "usual");
        }
    }
    options
}

/// Everything that a person may see of an error.
pub(super) fn shown(error: &Error) -> String {
    let mut text = format!("{error} {error:?} {error:#?}");
    let mut cause = error.source();
    while let Some(error) = cause {
        write!(text, "{error} {error:?}").unwrap();
        cause = error.source();
    }
    text
}

/// Logs in and calls a service; what is seen besides the log.
pub(super) async fn flow(loader: &PluginLoader, registry: &Registry, url: &str) -> String {
    let options = options(loader, registry, url);
    let plugin = loader.load_among(&options, registry.loaders()).unwrap();
    let retries = Retries::new().status(1).status_pause(Duration::ZERO);
    let session = Session::builder(plugin.clone()).retries(retries);
    let session = session.build().unwrap();
    let mut seen = format!("{options:?} {loader:?} {plugin:?}");
    for call in [Call::get(url), Call::get(url).unauthenticated()] {
        match session.send(call).await {
            Ok(answer) => write!(seen, "{answer:?}").unwrap(),
            Err(error) => seen.push_str(&shown(&error)),
        }
    }
    match session.access().await {
        Ok(access) => write!(seen, "{access:?}").unwrap(),
        Err(error) => seen.push_str(&shown(&error)),
    }
    match session.token().await {
        Ok(token) => write!(seen, "{token:?}").unwrap(),
        Err(error) => {
            write!(seen, "{:?}", error.receipt()).unwrap();
            seen.push_str(&shown(&error));
        }
    }
    write!(seen, "{session:?} {:?}", session.adapter()).unwrap();
    seen
}

fn hold(name: &str, mood: &str, what: &str, seen: &str, wire: &[Seen]) {
    let mut secrets = vec![CANARY.to_owned()];
    // What is sent encoded, as by HTTP Basic.
    let proofs = wire.iter().filter_map(|seen| seen.header("authorization"));
    secrets.extend(proofs.filter_map(|proof| proof.split(' ').nth(1).map(str::to_owned)));
    for secret in secrets {
        if let Some(at) = seen.find(&secret) {
            let from = seen.floor_char_boundary(at.saturating_sub(300));
            let to = seen.floor_char_boundary(at + 60);
            panic!("{what} of `{name}` ({mood}): .. {} ..", &seen[from..to]);
        }
    }
}

#[tokio::test]
async fn no_secret_of_any_plugin_is_seen_whatever_the_server_does() {
    let registry = Registry::builtin();
    for loader in registry.loaders() {
        for mood in MOODS {
            let log = Log::start();
            let server = Stub::start(move |seen| answer(mood, seen)).await;
            let seen = flow(loader, &registry, &server.url).await;
            let (log, wire) = (log.text(), server.seen());
            let name = loader.name();
            assert!(!wire.is_empty(), "`{name}` asked nothing");
            assert!(log.contains("keystone_sdk::transport"), "{log}");
            let mood = format!("{mood:?}");
            hold(name, &mood, "what is seen", &seen, &wire);
            hold(name, &mood, "the log", &log, &wire);
        }
    }
}

#[tokio::test]
async fn no_secret_of_any_plugin_is_seen_where_nobody_listens() {
    let registry = Registry::builtin();
    for loader in registry.loaders() {
        let log = Log::start();
        let seen = flow(loader, &registry, "http://127.0.0.1:1").await;
        hold(loader.name(), "nobody", "what is seen", &seen, &[]);
        hold(loader.name(), "nobody", "the log", &log.text(), &[]);
    }
}

#[tokio::test]
async fn an_address_with_a_password_in_it_is_not_repeated() {
    let registry = Registry::builtin();
    for loader in registry.loaders() {
        let log = Log::start();
        let url = "http://u:canary-user@127.0.0.1:1";
        let tried = (0..1 << USUAL.len())
            .map(|chosen| planted(loader, registry.loaders(), url, chosen))
            .map(|options| {
                (
                    format!("{options:?}"),
                    loader.load_among(&options, registry.loaders()),
                )
            });
        for (mut seen, outcome) in tried {
            match outcome {
                Ok(plugin) => {
                    let session = Session::new(plugin).unwrap();
                    if let Err(error) = session.token().await {
                        seen.push_str(&shown(&error));
                    }
                    write!(seen, "{session:?}").unwrap();
                }
                Err(error) => seen.push_str(&shown(&error)),
            }
            hold(loader.name(), "user in address", "what is seen", &seen, &[]);
        }
        hold(
            loader.name(),
            "user in address",
            "the log",
            &log.text(),
            &[],
        );
    }
}

#[test]
fn neither_calls_nor_adapters_show_the_secrets_they_were_given() {
    let session = Session::new(AdminToken::new("http://h", CANARY).unwrap()).unwrap();
    let name = HeaderName::from_static("x-subject-token");
    let value = HeaderValue::from_static(CANARY);
    let adapter = session.adapter().header(name.clone(), value.clone());
    let adapter = adapter.build().unwrap();
    let address = "http://u:canary@h/x?code=canary";
    let call = Call::post(address)
        .header(name, value)
        .endpoint_override(address)
        .body(HeaderValue::from_static("text/plain"), CANARY);
    let refused = session.adapter().endpoint_override(address).build();
    let seen = format!("{adapter:?} {call:?} {}", shown(&refused.unwrap_err()));
    hold("call", "adapter", "what is seen", &seen, &[]);
}

#[tokio::test]
async fn the_log_of_the_lowest_level_shows_bodies_without_their_secrets() {
    let log = Log::start();
    let server = Stub::start(|seen| answer(Mood::Content, seen)).await;
    let registry = Registry::builtin();
    flow(registry.get("v3password").unwrap(), &registry, &server.url).await;
    let log = log.text();
    let hidden = r#"\"password\":\"***\""#;
    for part in ["request body", "response body", hidden, "set-cookie"] {
        assert!(log.contains(part), "{part}: {log}");
    }
}
