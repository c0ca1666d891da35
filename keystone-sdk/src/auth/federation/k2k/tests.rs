//! Two Keystones as stubs.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::Request;
use axum::response::Response;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use super::*;
use crate::auth::{PluginOptions, v3};
use crate::error::FederationStep;

const FEDERATED: &str = "/v3/OS-FEDERATION/identity_providers/home/protocols/saml2/auth";
const CONSUMER: &str = "/Shibboleth.sso/SAML2/ECP";
const ECP: &str = "/v3/auth/OS-FEDERATION/saml2/ecp";
const ASSERTION: &[u8] = b"<?xml version='1.0'?>\n<ns0:Envelope  xmlns:ns0='s'><a>canary-\xff-assertion</a></ns0:Envelope>";

#[derive(Clone)]
struct Seen {
    line: String,
    headers: http::HeaderMap,
    body: Bytes,
}

/// What is wrong in a test.
#[derive(Clone, Default)]
struct Faults {
    /// How many requests for an assertion are refused, and how.
    refusals: usize,
    refusal: Option<(u16, &'static str)>,
    assertion: Option<&'static [u8]>,
    /// What the assertion consumer responds.
    consumer: Option<u16>,
    /// The addresses of the service provider as the home Keystone has them.
    sp_url: Option<String>,
    auth_url: Option<String>,
    /// Whether the token of the home Keystone names service providers.
    nobody: bool,
}

struct Clouds {
    home: String,
    partner: String,
    seen: Arc<Mutex<Vec<Seen>>>,
    /// How many tokens the home Keystone gave.
    logins: Arc<AtomicUsize>,
}

async fn serve<F>(seen: Arc<Mutex<Vec<Seen>>>, name: &'static str, respond: F) -> String
where
    F: Fn(&Seen, &str) -> Response + Clone + Send + Sync + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let own = url.clone();
    let app = Router::new().fallback(move |request: Request| {
        let (seen, respond, own) = (Arc::clone(&seen), respond.clone(), own.clone());
        async move {
            let (head, body) = request.into_parts();
            let one = Seen {
                line: format!("{name} {} {}", head.method, head.uri.path()),
                headers: head.headers,
                body: axum::body::to_bytes(body, usize::MAX).await.unwrap(),
            };
            let response = respond(&one, &own);
            seen.lock().unwrap().push(one);
            response
        }
    });
    tokio::spawn(async move { axum::serve(listener, app).await });
    url
}

fn response(status: u16, headers: &[(&str, &str)], body: impl Into<axum::body::Body>) -> Response {
    let mut response = Response::builder().status(status);
    for (name, value) in headers {
        response = response.header(*name, *value);
    }
    response.body(body.into()).unwrap()
}

fn token(name: &str, extra: &Value) -> Response {
    let mut body = json!({"expires_at": "2999-01-01T00:00:00Z", "user": {"id": "u"}});
    for (key, value) in extra.as_object().unwrap() {
        body[key] = value.clone();
    }
    let headers = [
        ("x-subject-token", name),
        ("content-type", "application/json"),
    ];
    response(201, &headers, json!({ "token": body }).to_string())
}

fn at_partner(seen: &Seen, url: &str, faults: &Faults) -> Response {
    let path = seen.line.rsplit(' ').next().unwrap();
    let cookie = seen
        .headers
        .get("cookie")
        .map(|value| value.to_str().unwrap());
    match path {
        CONSUMER => match faults.consumer {
            Some(status) => response(status, &[("content-type", "text/html")], "<p>No"),
            None => {
                let headers = [
                    ("location", "/"),
                    ("set-cookie", "_shibsession=canary-session; path=/"),
                ];
                response(302, &headers, "")
            }
        },
        FEDERATED if cookie == Some("_shibsession=canary-session") => {
            token("canary-unscoped", &json!({}))
        }
        "/v3/auth/tokens" => {
            let catalog = json!([{"type": "compute", "name": "nova", "endpoints": [{
                "interface": "public", "url": format!("{url}/compute")}]}]);
            token("canary-scoped", &json!({"catalog": catalog}))
        }
        _ => response(404, &[], ""),
    }
}

async fn clouds(faults: Faults) -> Clouds {
    let (seen, logins) = (
        Arc::new(Mutex::new(Vec::new())),
        Arc::new(AtomicUsize::new(0)),
    );
    let at_partner_faults = faults.clone();
    let partner = serve(Arc::clone(&seen), "partner", move |seen, url| {
        at_partner(seen, url, &at_partner_faults)
    })
    .await;
    let (to, counted) = (partner.clone(), Arc::clone(&logins));
    let refused = Arc::new(AtomicUsize::new(0));
    let home = serve(Arc::clone(&seen), "home", move |seen, _| {
        if seen.line.ends_with(ECP) {
            if refused.fetch_add(1, Ordering::SeqCst) < faults.refusals {
                let (status, message) = faults.refusal.unwrap_or((401, "revoked"));
                let error = json!({"error": {"code": status, "title": "No", "message": message}});
                return response(
                    status,
                    &[("content-type", "application/json")],
                    error.to_string(),
                );
            }
            let assertion = faults.assertion.unwrap_or(ASSERTION);
            return response(200, &[("content-type", "text/xml")], assertion);
        }
        let number = counted.fetch_add(1, Ordering::SeqCst) + 1;
        let provider = json!({
            "id": "partner",
            "auth_url": faults.auth_url.clone().unwrap_or(format!("{to}{FEDERATED}")),
            "sp_url": faults.sp_url.clone().unwrap_or(format!("{to}{CONSUMER}")),
        });
        let providers = json!([{"id": 3}, {"id": "other", "auth_url": "", "sp_url": ""}, provider]);
        let extra = if faults.nobody {
            json!({})
        } else {
            json!({"service_providers": providers})
        };
        token(&format!("canary-home{number}"), &extra)
    })
    .await;
    Clouds {
        home,
        partner,
        seen,
        logins,
    }
}

impl Clouds {
    fn base(&self) -> v3::Password {
        v3::Password::builder(&self.home)
            .user_id("carol")
            .password("canary-password")
            .build()
            .unwrap()
    }

    fn builder(&self) -> Keystone2KeystoneBuilder {
        Keystone2Keystone::builder(self.base(), "partner")
    }

    fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    fn lines(&self) -> Vec<String> {
        self.seen().into_iter().map(|one| one.line).collect()
    }

    async fn refusal(&self, service_provider: &str) -> Error {
        let plugin = Keystone2Keystone::builder(self.base(), service_provider)
            .build()
            .unwrap();
        let error = plugin.token(&transport()).await.unwrap_err();
        let shown = format!("{error} {error:?} {plugin:?}");
        assert!(!shown.contains("canary"), "{shown}");
        error
    }
}

fn transport() -> Transport {
    Transport::builder().build().unwrap()
}

#[tokio::test]
async fn a_login_at_home_becomes_one_at_the_service_provider() {
    let clouds = clouds(Faults::default()).await;
    let plugin = clouds.builder().project_id("p").build().unwrap();
    let token = plugin.token(&transport()).await.unwrap();
    assert_eq!(token.expose(), "canary-scoped");
    assert!(!format!("{plugin:?} {token:?}").contains("canary"));
    assert_eq!(
        clouds.lines(),
        [
            "home POST /v3/auth/tokens".to_owned(),
            format!("home POST {ECP}"),
            format!("partner POST {CONSUMER}"),
            format!("partner GET {FEDERATED}"),
            "partner POST /v3/auth/tokens".to_owned(),
        ]
    );
    let seen = clouds.seen();
    let body: Value = serde_json::from_slice(&seen[1].body).unwrap();
    let expected = json!({"auth": {
        "identity": {"methods": ["token"], "token": {"id": "canary-home1"}},
        "scope": {"service_provider": {"id": "partner"}}}});
    assert_eq!(body, expected);
    assert_eq!(seen[2].body, ASSERTION, "byte by byte");
    assert_eq!(seen[2].headers["content-type"], "application/vnd.paos+xml");
    for request in &seen[1..4] {
        assert!(
            !request.headers.contains_key("x-auth-token"),
            "{}",
            request.line
        );
    }
    for request in &seen[2..] {
        let body = String::from_utf8_lossy(&request.body);
        assert!(
            !body.contains("canary-home") && !body.contains("password"),
            "{body}"
        );
    }
}

#[tokio::test]
async fn endpoints_are_those_of_the_service_provider() {
    let clouds = clouds(Faults::default()).await;
    let plugin = clouds.builder().project_id("p").build().unwrap();
    let filter = EndpointFilter::service_type("compute");
    let endpoint = plugin.endpoint(&transport(), &filter).await.unwrap();
    assert_eq!(endpoint.url.as_str(), format!("{}/compute", clouds.partner));
    let filter = EndpointFilter::service_type("identity").at_auth_url();
    let endpoint = plugin.endpoint(&transport(), &filter).await.unwrap();
    assert_eq!(endpoint.url.as_str(), format!("{}/v3", clouds.partner));
}

#[tokio::test]
async fn a_refused_token_of_the_home_keystone_is_renewed_once() {
    let faults = Faults {
        refusals: 1,
        ..Faults::default()
    };
    let clouds = clouds(faults).await;
    let plugin = clouds.builder().build().unwrap();
    assert_eq!(
        plugin.token(&transport()).await.unwrap().expose(),
        "canary-unscoped"
    );
    assert_eq!(clouds.logins.load(Ordering::SeqCst), 2);
    let last = clouds
        .seen()
        .into_iter()
        .rfind(|one| one.line.ends_with(ECP))
        .unwrap();
    assert!(String::from_utf8_lossy(&last.body).contains("canary-home2"));
}

#[tokio::test]
async fn a_new_login_begins_with_the_token_of_the_home_keystone_that_is_valid_then() {
    let clouds = clouds(Faults::default()).await;
    let base = clouds.base();
    let plugin = Keystone2Keystone::builder(base.clone(), "partner")
        .build()
        .unwrap();
    let transport = transport();
    let first = plugin.token(&transport).await.unwrap();
    let of_home = base.token(&transport).await.unwrap();
    assert!(base.invalidate(&of_home) && plugin.invalidate(&first));
    plugin.token(&transport).await.unwrap();
    let requests = clouds
        .seen()
        .into_iter()
        .filter(|one| one.line.ends_with(ECP));
    let bodies: Vec<_> = requests.map(|one| one.body).collect();
    let text = |at: usize| String::from_utf8_lossy(&bodies[at]).into_owned();
    assert!(text(0).contains("canary-home1") && text(1).contains("canary-home2"));
}

#[tokio::test]
async fn an_unknown_service_provider_gets_the_ones_that_the_token_names() {
    let clouds = clouds(Faults::default()).await;
    let error = clouds.refusal("parnter").await;
    assert_eq!(
        error.to_string(),
        "the Keystone at home knows no service provider `parnter`; did you mean `partner`? (it \
         knows `other`, `partner`)"
    );
    assert_eq!(clouds.lines(), ["home POST /v3/auth/tokens"]);
}

#[tokio::test]
async fn a_token_without_service_providers_is_told() {
    let faults = Faults {
        nobody: true,
        ..Faults::default()
    };
    let error = clouds(faults).await.refusal("partner").await;
    assert!(
        error.to_string().contains("it knows none that is enabled"),
        "{error}"
    );
}

#[tokio::test]
async fn addresses_of_a_service_provider_that_are_none_are_told() {
    for (sp_url, auth_url, says) in [
        (
            Some("urn:x"),
            None,
            "the `sp_url` of the service provider `partner` is `urn:x`",
        ),
        (
            None,
            Some("/v3"),
            "the `auth_url` of the service provider `partner` is `/v3`",
        ),
        (
            None,
            Some("http://h/v3/auth/tokens?canary"),
            "`http://h/v3/auth/tokens` is no federation endpoint",
        ),
    ] {
        let faults = Faults {
            sp_url: sp_url.map(str::to_owned),
            auth_url: auth_url.map(str::to_owned),
            ..Faults::default()
        };
        let clouds = clouds(faults).await;
        let error = clouds.refusal("partner").await.to_string();
        assert!(error.contains(says), "{error}");
        assert_eq!(clouds.lines(), ["home POST /v3/auth/tokens"]);
    }
}

#[tokio::test]
async fn a_home_keystone_that_makes_no_assertion_is_told_with_its_reason() {
    let faults = Faults {
        refusals: 9,
        refusal: Some((403, "You are not authorized")),
        ..Faults::default()
    };
    let error = clouds(faults).await.refusal("partner").await;
    let failure = error.federation().unwrap();
    assert_eq!(failure.step(), FederationStep::IdentityProvider);
    assert_eq!(failure.reason(), Some("You are not authorized"));
    for assertion in [b"".as_slice(), b"{}"] {
        let faults = Faults {
            assertion: Some(assertion),
            ..Faults::default()
        };
        let clouds = clouds(faults).await;
        let error = clouds.refusal("partner").await;
        assert!(matches!(error, Error::Decode(_)), "{error}");
        assert!(
            !clouds
                .lines()
                .iter()
                .any(|line| line.starts_with("partner"))
        );
    }
}

#[tokio::test]
async fn a_service_provider_that_does_not_accept_the_assertion_is_told() {
    let faults = Faults {
        consumer: Some(500),
        ..Faults::default()
    };
    let error = clouds(faults).await.refusal("partner").await;
    let failure = error.federation().unwrap();
    assert_eq!(failure.step(), FederationStep::ServiceProvider);
    assert_eq!(failure.reason(), Some("No"));
}

#[tokio::test]
async fn by_name_the_scope_at_home_and_the_remote_one_are_told_apart() {
    let clouds = clouds(Faults::default()).await;
    let options = PluginOptions::new()
        .with("auth_url", clouds.home.as_str())
        .with("user_id", "carol")
        .with("password", "canary-password")
        .with("project_id", "at-home")
        .with("service_provider", "partner")
        .with("remote_project_name", "guests")
        .with("remote_project_domain_id", "default");
    let plugin = Keystone2Keystone::loader().load(&options).unwrap();
    plugin.token(&transport()).await.unwrap();
    let seen = clouds.seen();
    let scope = |at: usize| {
        let body: Value = serde_json::from_slice(&seen[at].body).unwrap();
        body["auth"]["scope"].clone()
    };
    assert_eq!(scope(0), json!({"project": {"id": "at-home"}}));
    let remote = json!({"project": {"name": "guests", "domain": {"id": "default"}}});
    assert_eq!(scope(4), remote);
}

#[test]
fn options_that_lack_or_contradict_are_told() {
    let options = || {
        PluginOptions::new()
            .with("auth_url", "http://h")
            .with("user_id", "carol")
            .with("password", "canary")
            .with("service_provider", "partner")
    };
    let refused = |options: PluginOptions| {
        let error = Keystone2Keystone::loader()
            .load(&options)
            .unwrap_err()
            .to_string();
        assert!(!error.contains("canary"), "{error}");
        error
    };
    for (options, says) in [
        (
            options().with("service_provider", ""),
            "`v3k2k` needs the option `service_provider`",
        ),
        (
            options().with("service_provider", " "),
            "`service_provider` is blank",
        ),
        (
            options().with("password", ""),
            "`v3password` needs the option `password`",
        ),
        (
            options().with("remote_project", "x"),
            "`v3k2k` has no option `remote_project`; did you",
        ),
        (
            options().with("remote_project_name", "x"),
            "`remote_project_name` is `x`, but has no domain; set `remote_project_domain_id`",
        ),
        (
            options().with("base_auth_type", "v3k2k"),
            "`v3k2k` is no plugin to begin with; ",
        ),
        (
            options().with("base_auth_type", "v3applicationcredential"),
            "`v3applicationcredential` has no option `password`",
        ),
        (
            options()
                .with("base_auth_type", "v3totp")
                .with("passcode", "1"),
            "`v3totp` has no option `password`",
        ),
    ] {
        let error = refused(options);
        assert!(error.starts_with(says), "{says}: {error}");
    }
    let two = options()
        .with("base_auth_type", "v3multifactor")
        .with("auth_methods", "v3password,v3totp")
        .with("passcode", "123456");
    assert!(Keystone2Keystone::loader().load(&two).is_ok());
}

#[test]
fn builders_refuse_what_cannot_be() {
    let base = v3::Token::builder("http://h").token("t").build().unwrap();
    let builder = |provider: &str| Keystone2Keystone::builder(base.clone(), provider);
    assert!(builder("").build().is_err());
    assert!(builder("p").project_id("p").domain_id("d").build().is_err());
}
