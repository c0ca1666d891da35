//! An OpenID Provider and a Keystone in one server. It hands out numbered tokens, or what it was told
//! to, and remembers what it was asked.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex};

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use keystone_sdk::clock::ManualClock;
use keystone_sdk::transport::Transport;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use url::form_urlencoded;

/// What every token, code and secret of the tests begins with.
pub(crate) const CANARY: &str = "canary-";

/// The moment at which the tests' clock starts, in seconds.
pub(crate) const START: i64 = 1_700_000_000;

pub(crate) type Form = HashMap<String, String>;

/// A request to the provider.
#[derive(Clone)]
pub(crate) struct Asked {
    pub(crate) form: Form,
    /// The client's id and secret of HTTP Basic, decoded.
    pub(crate) basic: Option<(String, String)>,
}

pub(crate) struct Op {
    pub(crate) url: String,
    /// What the discovery document says instead of the usual; null takes a key away.
    pub(crate) document: Mutex<Value>,
    /// The next responses to token requests; numbered tokens when there are none.
    replies: Mutex<VecDeque<(u16, Value)>>,
    /// What the device's codes come with instead of the usual; null takes a key away.
    pub(crate) device: Mutex<Value>,
    token_requests: Mutex<Vec<Asked>>,
    device_requests: Mutex<Vec<Asked>>,
    /// The bearer tokens that Keystone was shown.
    shown: Mutex<Vec<String>>,
    /// Whether Keystone's token lives for a few minutes only.
    pub(crate) short_lived: Mutex<bool>,
    key: EcdsaKeyPair,
    /// Which key the provider tells to be its own, if another.
    other_key: Mutex<Option<Value>>,
}

impl Op {
    pub(crate) async fn start() -> Arc<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let op = Arc::new(Self {
            url: format!("http://{}", listener.local_addr().unwrap()),
            document: Mutex::new(json!({})),
            replies: Mutex::default(),
            device: Mutex::new(json!({})),
            token_requests: Mutex::default(),
            device_requests: Mutex::default(),
            shown: Mutex::default(),
            short_lived: Mutex::default(),
            key: new_key(),
            other_key: Mutex::default(),
        });
        let app = router().with_state(op.clone());
        tokio::spawn(async move { axum::serve(listener, app).await });
        op
    }

    pub(crate) fn discovery(&self) -> String {
        format!("{}/.well-known/openid-configuration", self.url)
    }

    pub(crate) fn keystone(&self) -> String {
        format!("{}/v3", self.url)
    }

    /// Says what the next token request is told.
    pub(crate) fn reply(&self, status: u16, body: Value) {
        self.replies.lock().unwrap().push_back((status, body));
    }

    pub(crate) fn refuse(&self, code: &str) {
        let body = json!({"error": code, "error_description": format!("no {code}\u{1b}[2J")});
        self.reply(400, body);
    }

    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.token_requests.lock().unwrap().clone()
    }

    pub(crate) fn last(&self) -> Asked {
        self.asked().pop().unwrap()
    }

    pub(crate) fn last_device(&self) -> Asked {
        self.device_requests.lock().unwrap().last().unwrap().clone()
    }

    pub(crate) fn shown(&self) -> Vec<String> {
        self.shown.lock().unwrap().clone()
    }

    /// Tells the public key of somebody else.
    pub(crate) fn tell_another_key(&self) {
        *self.other_key.lock().unwrap() = Some(public(&new_key()));
    }

    /// An id token for the client `client`, with changes; null takes a claim away.
    pub(crate) fn id_token(&self, changes: &Value) -> String {
        let mut claims = json!({
            "iss": self.url, "sub": "alice", "aud": "client", "iat": START, "exp": START + 300,
        });
        merge(&mut claims, changes);
        let head = json!({"alg": "ES256", "kid": "one"});
        let signed = format!("{}.{}", encoded(&head), encoded(&claims));
        let signature = self
            .key
            .sign(&SystemRandom::new(), signed.as_bytes())
            .unwrap();
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
    }

    fn document(&self) -> Value {
        let url = &self.url;
        let mut document = json!({
            "issuer": url,
            "authorization_endpoint": format!("{url}/auth"),
            "token_endpoint": format!("{url}/token"),
            "device_authorization_endpoint": format!("{url}/device"),
            "jwks_uri": format!("{url}/jwks"),
        });
        merge(&mut document, &self.document.lock().unwrap());
        document
    }
}

fn new_key() -> EcdsaKeyPair {
    let random = SystemRandom::new();
    let algorithm = &ECDSA_P256_SHA256_FIXED_SIGNING;
    let der = EcdsaKeyPair::generate_pkcs8(algorithm, &random).unwrap();
    EcdsaKeyPair::from_pkcs8(algorithm, der.as_ref(), &random).unwrap()
}

fn public(key: &EcdsaKeyPair) -> Value {
    let point = key.public_key().as_ref();
    let (x, y) = point[1..].split_at(32);
    let (x, y) = (URL_SAFE_NO_PAD.encode(x), URL_SAFE_NO_PAD.encode(y));
    json!({"kty": "EC", "crv": "P-256", "use": "sig", "kid": "one", "x": x, "y": y})
}

pub(crate) fn encoded(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}

fn merge(into: &mut Value, changes: &Value) {
    let into = into.as_object_mut().unwrap();
    for (key, value) in changes.as_object().unwrap() {
        match value {
            Value::Null => into.remove(key),
            value => into.insert(key.clone(), value.clone()),
        };
    }
}

fn router() -> Router<Arc<Op>> {
    Router::new()
        .route(
            "/.well-known/openid-configuration",
            get(|State(op): State<Arc<Op>>| async move { Json(op.document()) }),
        )
        .route(
            "/jwks",
            get(|State(op): State<Arc<Op>>| async move {
                let other = op.other_key.lock().unwrap().clone();
                Json(json!({"keys": [other.unwrap_or_else(|| public(&op.key))]}))
            }),
        )
        .route("/token", post(token))
        .route("/device", post(device))
        .route(
            "/v3/OS-FEDERATION/identity_providers/acme/protocols/openid/auth",
            post(federation),
        )
        .route("/v3/auth/tokens", post(scoped))
}

async fn token(State(op): State<Arc<Op>>, headers: HeaderMap, body: Bytes) -> Response {
    let number = {
        let mut requests = op.token_requests.lock().unwrap();
        requests.push(asked(&headers, &body));
        requests.len()
    };
    let reply = op.replies.lock().unwrap().pop_front();
    let (status, body) = reply.unwrap_or_else(|| (200, tokens(number)));
    (StatusCode::from_u16(status).unwrap(), Json(body)).into_response()
}

/// The body of a token response.
pub(crate) fn tokens(number: usize) -> Value {
    json!({"access_token": format!("{CANARY}access-{number}"), "token_type": "Bearer", "expires_in": 60})
}

async fn device(State(op): State<Arc<Op>>, headers: HeaderMap, body: Bytes) -> Response {
    let asked = asked(&headers, &body);
    op.device_requests.lock().unwrap().push(asked);
    let mut codes = json!({
        "device_code": format!("{CANARY}device-code"),
        "user_code": "WDJB-MJHT",
        "verification_uri": format!("{}/enter", op.url),
        "verification_uri_complete": format!("{}/enter?user_code=WDJB-MJHT", op.url),
        "expires_in": 100,
    });
    merge(&mut codes, &op.device.lock().unwrap());
    Json(codes).into_response()
}

async fn federation(State(op): State<Arc<Op>>, headers: HeaderMap) -> Response {
    let bearer = headers["authorization"].to_str().unwrap();
    let bearer = bearer.strip_prefix("Bearer ").unwrap().to_owned();
    if bearer.contains("refused") {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    let number = {
        let mut shown = op.shown.lock().unwrap();
        shown.push(bearer);
        shown.len()
    };
    let end = match *op.short_lived.lock().unwrap() {
        true => "2023-11-14T22:18:20Z",
        false => "2999-01-01T00:00:00Z",
    };
    keystone_token(&format!("unscoped{number}"), end)
}

async fn scoped(Json(body): Json<Value>) -> Response {
    let from = body["auth"]["identity"]["token"]["id"].as_str().unwrap();
    keystone_token(&format!("scoped of {from}"), "2999-01-01T00:00:00Z")
}

fn keystone_token(name: &str, expires_at: &str) -> Response {
    let body =
        json!({"token": {"expires_at": expires_at, "methods": ["openid"], "user": {"id": "u"}}});
    let header = [("x-subject-token", format!("{CANARY}{name}"))];
    (StatusCode::CREATED, header, Json(body)).into_response()
}

fn asked(headers: &HeaderMap, body: &[u8]) -> Asked {
    let basic = headers.get("authorization").map(|value| {
        let text = value.to_str().unwrap().strip_prefix("Basic ").unwrap();
        let pair = String::from_utf8(STANDARD.decode(text).unwrap()).unwrap();
        let (id, secret) = pair.split_once(':').unwrap();
        (id.to_owned(), secret.to_owned())
    });
    let form: Vec<(String, String)> = form_urlencoded::parse(body).into_owned().collect();
    let (count, form) = (form.len(), Form::from_iter(form));
    assert_eq!(form.len(), count, "a field came twice");
    Asked { form, basic }
}

/// A transport whose clock stands at [`START`], and moves when somebody waits.
pub(crate) fn transport() -> (Transport, Arc<ManualClock>) {
    let clock = ManualClock::new(jiff::Timestamp::from_second(START).unwrap());
    let transport = Transport::builder().clock(clock.clone()).build().unwrap();
    (transport, clock)
}
