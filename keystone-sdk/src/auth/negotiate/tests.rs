//! Logins by Negotiate at servers of a few lines, with tokens of no mechanism.

use std::sync::{Arc, Mutex};

use axum::extract::Request;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::{Json, Router};
use serde_json::json;
use tokio::net::TcpListener;

use super::*;
use crate::auth::federation::MappedKerberos;
use crate::auth::v3::{Kerberos, KerberosBuilder};
use crate::auth::{AuthPlugin, PluginOptions};
use crate::error::AuthenticationError;
use crate::transport::Transport;

/// `ticket-canary`, `proof` and the like in the header.
const TICKET: &str = "Negotiate dGlja2V0LWNhbmFyeQ==";
const PROOF: &str = "Negotiate cHJvb2Y=";
const FORGED: &str = "Negotiate Zm9yZ2Vk";
const EMPTY_PROOF: &str = "Negotiate bm90aGluZw==";
const MORE: &str = "Negotiate bW9yZQ==";

/// Gives a ticket, and tells a proof from what is none.
#[derive(Clone, Debug, Default)]
struct Scripted(Arc<Mutex<Vec<String>>>);

impl NegotiateProvider for Scripted {
    fn begin(&self, host: &str, mutual: bool) -> Result<Box<dyn NegotiateContext>, Error> {
        self.0.lock().unwrap().push(format!("{host} {mutual}"));
        Ok(Box::new(ScriptedContext))
    }
}

struct ScriptedContext;

impl NegotiateContext for ScriptedContext {
    fn step(&mut self, server: Option<&[u8]>) -> Result<NegotiateStep, Error> {
        match server {
            None => Ok(NegotiateStep::send("ticket-canary")),
            Some(b"more") => Ok(NegotiateStep::send("ticket-canary")),
            Some(b"proof") => Ok(NegotiateStep::done(true)),
            Some(b"nothing") => Ok(NegotiateStep::done(false)),
            Some(_) => Err(AuthenticationError::new("it proves nothing").into()),
        }
    }
}

#[derive(Debug)]
struct Panicking;

impl NegotiateProvider for Panicking {
    fn begin(&self, _: &str, _: bool) -> Result<Box<dyn NegotiateContext>, Error> {
        panic!("on purpose")
    }
}

/// What arrives, and its `Authorization`.
type Seen = Arc<Mutex<Vec<(String, Option<String>)>>>;

/// A server that responds by what `respond` makes of the `Authorization`.
async fn serve(
    respond: impl Fn(Option<&str>) -> Response + Clone + Send + Sync + 'static,
) -> (String, Seen) {
    let seen = Seen::default();
    let journal = Arc::clone(&seen);
    let app = Router::new().fallback(move |request: Request| {
        let shown = request.headers().get(header::AUTHORIZATION);
        let shown = shown.map(|value| value.to_str().unwrap().to_owned());
        let line = format!("{} {}", request.method(), request.uri());
        journal.lock().unwrap().push((line, shown.clone()));
        std::future::ready(respond(shown.as_deref()))
    });
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, app).await });
    (url, seen)
}

fn says(status: StatusCode, challenge: Option<&'static str>) -> Response {
    let mut headers = HeaderMap::new();
    if let Some(challenge) = challenge {
        headers.insert(header::WWW_AUTHENTICATE, challenge.parse().unwrap());
    }
    (status, headers).into_response()
}

fn asks() -> Response {
    says(StatusCode::UNAUTHORIZED, Some("Negotiate"))
}

fn token(challenge: Option<&'static str>) -> Response {
    let body = json!({"token": {"expires_at": "2999-01-01T00:00:00Z", "methods": ["kerberos"], "user": {"id": "u"}}});
    let mut response =
        (StatusCode::CREATED, [("x-subject-token", "t")], Json(body)).into_response();
    if let Some(challenge) = challenge {
        let challenge = challenge.parse().unwrap();
        response
            .headers_mut()
            .insert(header::WWW_AUTHENTICATE, challenge);
    }
    response
}

fn transport() -> Transport {
    Transport::builder().build().unwrap()
}

fn builder(url: &str) -> KerberosBuilder {
    Kerberos::builder(url).project_id("p")
}

async fn log_in(builder: KerberosBuilder, provider: &Scripted) -> Result<String, Error> {
    let plugin = builder
        .negotiate_provider(provider.clone())
        .build()
        .unwrap();
    let outcome = plugin.token(&transport()).await;
    let shown = format!("{outcome:?} {plugin:?}");
    assert!(
        !shown.contains("canary") && !shown.contains("dGlja2V0"),
        "{shown}"
    );
    Ok(outcome?.expose().to_owned())
}

/// The error of a login at a server that asks for a ticket, and responds to it with `respond`.
async fn refusal(respond: fn(Option<&str>) -> Response) -> Error {
    let (url, _) = serve(respond).await;
    let error = log_in(builder(&url), &Scripted::default())
        .await
        .unwrap_err();
    assert!(matches!(error, Error::Authentication(_)), "{error:?}");
    error
}

#[tokio::test]
async fn the_ticket_is_shown_when_the_server_has_asked_for_it() {
    let (url, seen) = serve(|shown| match shown {
        None => asks(),
        Some(_) => token(Some(PROOF)),
    })
    .await;
    let provider = Scripted::default();
    assert_eq!(log_in(builder(&url), &provider).await.unwrap(), "t");
    let line = "POST /v3/auth/tokens".to_owned();
    let expected = [(line.clone(), None), (line, Some(TICKET.to_owned()))];
    assert_eq!(*seen.lock().unwrap(), expected);
    assert_eq!(*provider.0.lock().unwrap(), ["127.0.0.1 true"]);
}

#[tokio::test]
async fn a_mapped_login_shows_the_ticket_at_the_federation_endpoint_only() {
    let (url, seen) = serve(|shown| match shown {
        None => asks(),
        Some(_) => token(Some(PROOF)),
    })
    .await;
    let plugin = MappedKerberos::builder(&url)
        .identity_provider("kdc")
        .protocol("mapped")
        .negotiate_provider(Scripted::default())
        .build()
        .unwrap();
    plugin.token(&transport()).await.unwrap();
    let line = "GET /v3/OS-FEDERATION/identity_providers/kdc/protocols/mapped/auth".to_owned();
    let expected = [(line.clone(), None), (line, Some(TICKET.to_owned()))];
    assert_eq!(*seen.lock().unwrap(), expected);
}

#[tokio::test]
async fn a_server_that_asks_for_something_else_is_shown_nothing() {
    let (url, seen) =
        serve(|_| says(StatusCode::UNAUTHORIZED, Some("Basic realm=\"x\", Bearer"))).await;
    let provider = Scripted::default();
    let error = log_in(builder(&url), &provider).await.unwrap_err();
    let expected = "does not ask for a Kerberos ticket, but for `Basic`, `Bearer` (POST";
    assert!(error.to_string().contains(expected), "{error}");
    assert_eq!(error.status(), Some(StatusCode::UNAUTHORIZED));
    assert_eq!(
        (seen.lock().unwrap().len(), provider.0.lock().unwrap().len()),
        (1, 0)
    );
}

#[tokio::test]
async fn what_counts_as_a_proof_is_as_mutual_auth_says() {
    use MutualAuth::{Disabled, Optional, Required};
    let cases: [(Option<&str>, &[MutualAuth]); 5] = [
        (Some(PROOF), &[Required, Optional, Disabled]),
        (None, &[Optional, Disabled]),
        (Some(FORGED), &[Disabled]),
        (Some(EMPTY_PROOF), &[Disabled]),
        (Some("Negotiate %%"), &[Disabled]),
    ];
    for (proof, takes) in cases {
        let respond = move |shown: Option<&str>| match shown {
            None => asks(),
            Some(_) => token(proof),
        };
        let (url, _) = serve(respond).await;
        for mutual in [Required, Optional, Disabled] {
            let login = builder(&url).mutual_auth(mutual);
            let outcome = log_in(login, &Scripted::default()).await;
            assert_eq!(
                outcome.is_ok(),
                takes.contains(&mutual),
                "{proof:?} {mutual:?}: {outcome:?}"
            );
        }
    }
}

#[tokio::test]
async fn a_token_without_a_ticket_is_refused_where_a_proof_is_required() {
    let (url, _) = serve(|_| token(None)).await;
    let required = builder(&url).mutual_auth(MutualAuth::Required);
    let error = log_in(required, &Scripted::default()).await.unwrap_err();
    assert!(
        error
            .to_string()
            .starts_with("the server did not prove itself"),
        "{error}"
    );
    assert_eq!(
        log_in(builder(&url), &Scripted::default()).await.unwrap(),
        "t"
    );
}

#[tokio::test]
async fn no_proof_is_asked_for_when_none_is_wanted() {
    let (url, _) = serve(|shown| match shown {
        None => asks(),
        Some(_) => token(None),
    })
    .await;
    let provider = Scripted::default();
    let disabled = builder(&url).mutual_auth(MutualAuth::Disabled);
    log_in(disabled, &provider).await.unwrap();
    assert_eq!(*provider.0.lock().unwrap(), ["127.0.0.1 false"]);
}

#[tokio::test]
async fn another_server_to_which_the_first_redirects_gets_no_ticket() {
    let (other, seen) = serve(|_| asks()).await;
    let target = other.clone();
    let (url, _) = serve(move |_| Redirect::temporary(&target).into_response()).await;
    let provider = Scripted::default();
    let plugin = MappedKerberos::builder(&url)
        .identity_provider("kdc")
        .protocol("mapped")
        .negotiate_provider(provider.clone())
        .build()
        .unwrap();
    let error = plugin.token(&transport()).await.unwrap_err();
    let expected = format!("redirects to {other}/, to which no token of HTTP Negotiate is sent");
    assert!(error.to_string().contains(&expected), "{error}");
    assert_eq!(*seen.lock().unwrap(), [("GET /".to_owned(), None)]);
    assert!(provider.0.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_redirect_in_response_to_the_ticket_is_not_followed() {
    let (url, seen) = serve(|shown| match shown {
        None => asks(),
        Some(_) => Redirect::temporary("/elsewhere").into_response(),
    })
    .await;
    let error = log_in(builder(&url), &Scripted::default())
        .await
        .unwrap_err();
    assert!(
        error.to_string().contains("which is not followed"),
        "{error}"
    );
    assert_eq!(seen.lock().unwrap().len(), 2);
}

#[tokio::test]
async fn a_refused_ticket_is_told_from_a_refused_user() {
    let ticket = refusal(|_| asks()).await.to_string();
    assert!(
        ticket.contains("refused the Kerberos ticket (POST"),
        "{ticket}"
    );
    let user = refusal(|shown| match shown {
        None => asks(),
        Some(_) => says(StatusCode::UNAUTHORIZED, Some(PROOF)),
    })
    .await;
    let expected = "Keystone refused the login by `kerberos` for project `p`";
    assert!(user.to_string().starts_with(expected), "{user}");
}

#[tokio::test]
async fn what_the_server_says_of_the_ticket_is_its_reason() {
    let error = refusal(|shown| match shown {
        None => asks(),
        Some(_) => says(StatusCode::UNAUTHORIZED, Some(FORGED)),
    })
    .await;
    assert_eq!(error.to_string(), "it proves nothing");
    assert_eq!(error.status(), Some(StatusCode::UNAUTHORIZED));
}

#[tokio::test]
async fn a_server_that_never_has_enough_is_left() {
    let error = refusal(|shown| match shown {
        None => asks(),
        Some(_) => says(StatusCode::UNAUTHORIZED, Some(MORE)),
    })
    .await;
    assert!(error.to_string().contains("more than 4 tokens"), "{error}");
}

#[tokio::test]
async fn a_provider_that_panics_fails_the_login() {
    let (url, _) = serve(|_| asks()).await;
    let plugin = builder(&url).negotiate_provider(Panicking).build().unwrap();
    let error = plugin.token(&transport()).await.unwrap_err();
    assert!(
        error.to_string().contains("its provider panicked"),
        "{error}"
    );
}

#[tokio::test]
async fn a_token_is_kept_in_the_process_alone() {
    let (url, _) = serve(|shown| match shown {
        None => asks(),
        Some(_) => token(Some(PROOF)),
    })
    .await;
    let plugin = builder(&url)
        .negotiate_provider(Scripted::default())
        .build()
        .unwrap();
    plugin.token(&transport()).await.unwrap();
    assert!(plugin.cache_id().is_none() && plugin.auth_state().is_none());
}

#[test]
fn mutual_auth_is_one_of_three_words() {
    let load = |value: &str| {
        let options = PluginOptions::new().with("auth_url", "http://h/v3");
        Kerberos::loader().load(&options.with("mutual_auth", value))
    };
    for word in ["required", "optional", "disabled"] {
        assert!(load(word).is_ok(), "{word}");
    }
    let error = load("maybe").unwrap_err().to_string();
    assert!(
        error.contains("write `required`, `optional` or `disabled`"),
        "{error}"
    );
}

#[tokio::test]
async fn a_provider_serves_plugins_that_are_made_from_options() {
    let (url, _) = serve(|shown| match shown {
        None => asks(),
        Some(_) => token(Some(PROOF)),
    })
    .await;
    let provider = Scripted::default();
    let mut options = PluginOptions::new()
        .with("auth_url", &*url)
        .with("project_id", "p");
    options.attach(SharedNegotiateProvider::new(provider.clone()));
    let plugin = Kerberos::loader().load(&options).unwrap();
    plugin.token(&transport()).await.unwrap();
    assert_eq!(provider.0.lock().unwrap().len(), 1);
}

#[test]
fn a_step_does_not_show_its_token() {
    let shown = format!("{:?}", NegotiateStep::send("canary"));
    assert_eq!(
        shown,
        "NegotiateStep { token_length: Some(6), proven: false }"
    );
}
