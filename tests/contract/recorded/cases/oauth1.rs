//! OAuth 1.0a: consumers, request tokens, access tokens, and logins by them.

use jiff::Timestamp;
use keystone_sdk::SecretString;
use keystone_sdk::auth::v3::{OAuth1Consumer, OAuth1Method};
use keystone_sdk::auth::{AuthMethod as _, AuthRequest};
use serde_json::json;

use crate::call::{Call, Response};
use crate::crud::ResourceKind;
use crate::login::Login;
use crate::recorder::Recorder;
use crate::scene::role_id;

cases!(consumers, way_to_a_login, refused_requests, refused_grants);

const CONSUMER: ResourceKind = ResourceKind {
    collection: "/OS-OAUTH1/consumers",
    envelope: "consumer",
};

async fn consumers(k: &mut Recorder) {
    let description = k.name("consumer");
    let id = CONSUMER
        .create(k, "creation", json!({"description": description}))
        .await;
    CONSUMER
        .create(k, "without a description", json!({"colour": "red"}))
        .await;
    CONSUMER
        .create(k, "wrong type", json!({"description": 1}))
        .await;
    k.record_as_admin("list", Call::get(CONSUMER.collection))
        .await;
    CONSUMER
        .change(k, &id, "change", json!({"description": null}))
        .await;
    CONSUMER
        .change(k, &id, "another secret", json!({"secret": "s"}))
        .await;
    CONSUMER
        .change(k, &id, "another id", json!({"id": "other"}))
        .await;
    CONSUMER.show_and_delete(k, &id).await;
    k.record("nobody", Call::get(CONSUMER.collection)).await;
}

/// A consumer with its secret.
struct Scene {
    consumer: OAuth1Consumer,
    id: String,
    secret: SecretString,
    project: String,
}

async fn scene(k: &mut Recorder) -> Scene {
    let new = json!({"consumer": {"description": k.name("consumer")}});
    let made = k
        .prepare_as_admin(Call::post(CONSUMER.collection, &new))
        .await;
    let id = made.text("/consumer/id");
    k.undo(Call::delete(CONSUMER.path(&id)));
    let secret = SecretString::from(made.text("/consumer/secret"));
    let login = k.prepare(k.admin_login().call()).await;
    Scene {
        consumer: OAuth1Consumer::new(&id, secret.clone()),
        id,
        secret,
        project: login.text("/token/project/id"),
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the server compares it with its own clock"
)]
fn now() -> Timestamp {
    Timestamp::now()
}

impl Scene {
    fn ask(&self, k: &Recorder, project: &str) -> Call {
        let header = self.consumer.request_token(&k.url(), now()).unwrap();
        bare("request_token")
            .header("Requested-Project-Id", project)
            .header("Authorization", header.expose())
    }

    fn exchange(&self, k: &Recorder, asked: &Token, verifier: &str) -> Call {
        let token = (&*asked.id, &asked.secret);
        let header = self
            .consumer
            .access_token(&k.url(), token, &verifier.into(), now());
        bare("access_token").header("Authorization", header.unwrap().expose())
    }

    fn login(&self, k: &Recorder, access: &Token) -> Call {
        let method = OAuth1Method::new(
            &self.id,
            self.secret.clone(),
            &access.id,
            access.secret.clone(),
        );
        let url = format!("{}/auth/tokens", k.url()).parse().unwrap();
        let mut request = AuthRequest::new(url, now());
        let data = method.auth_data(&mut request).unwrap();
        let header = request.headers()["authorization"].to_str().unwrap();
        Login::method("oauth1", data)
            .call()
            .header("Authorization", header)
    }

    async fn asked(&self, k: &Recorder) -> Token {
        Token::from(&k.prepare(self.ask(k, &self.project)).await)
    }
}

fn bare(name: &str) -> Call {
    Call::new(reqwest::Method::POST, format!("/OS-OAUTH1/{name}"))
}

/// A request token or an access token.
struct Token {
    id: String,
    secret: SecretString,
}

impl From<&Response> for Token {
    fn from(response: &Response) -> Self {
        Self {
            id: response.field("oauth_token"),
            secret: response.field("oauth_token_secret").into(),
        }
    }
}

fn grant(token: &Token, role: &str) -> Call {
    let roles = json!({"roles": [{"name": role}]});
    Call::put(format!("/OS-OAUTH1/authorize/{}", token.id)).json(&roles)
}

async fn way_to_a_login(k: &mut Recorder) {
    let scene = scene(k).await;
    let asked = k
        .record("request token", scene.ask(k, &scene.project))
        .await;
    let asked = Token::from(&asked);
    let granted = k.record_as_admin("grant", grant(&asked, "reader")).await;
    let verifier = granted.text("/token/oauth_verifier");
    let exchange = scene.exchange(k, &asked, &verifier);
    let access = Token::from(&k.record("access token", exchange).await);
    k.record("once more", scene.exchange(k, &asked, &verifier))
        .await;

    let login = k.record("login", scene.login(k, &access)).await;
    k.record_as_admin(
        "validation",
        Call::get("/auth/tokens").subject(&login.token()),
    )
    .await;
    let traded = Login::token(&login.token()).project(&scene.project).call();
    k.record("as a token to start from", traded).await;
    let other = grant(&scene.asked(k).await, "reader").token(&login.token());
    k.record("a grant by the borrower", other).await;

    let user = login.text("/token/user/id");
    let tokens = format!("/users/{user}/OS-OAUTH1/access_tokens");
    let one = format!("{tokens}/{}", access.id);
    let reader = role_id(k, "reader").await;
    let member = role_id(k, "member").await;
    let all = [
        ("list", tokens.clone()),
        ("show", one.clone()),
        ("roles", format!("{one}/roles")),
        ("role", format!("{one}/roles/{reader}")),
        ("another role", format!("{one}/roles/{member}")),
    ];
    for (what, path) in &all {
        // Other cases lend roles of the administrator at the same time.
        if *what != "list" {
            k.record_as_admin(what, Call::get(path)).await;
        }
    }
    k.record("by the borrower", Call::get(&one).token(&login.token()))
        .await;
    k.record_as_admin("deletion", Call::delete(&one)).await;
    k.record_as_admin("show when gone", Call::get(&one)).await;
    k.record_as_admin("deletion when gone", Call::delete(&one))
        .await;
    k.record("login when gone", scene.login(k, &access)).await;
    k.record_as_admin(
        "validation when gone",
        Call::get("/auth/tokens").subject(&login.token()),
    )
    .await;
}

async fn refused_requests(k: &mut Recorder) {
    let scene = scene(k).await;
    let header = scene.consumer.request_token(&k.url(), now()).unwrap();
    let no_project = bare("request_token").header("Authorization", header.expose());
    k.record("no project", no_project).await;
    let unknown = "0123456789abcdef0123456789abcdef";
    k.record("unknown project", scene.ask(k, unknown)).await;
    for (what, consumer) in [
        ("unknown consumer", OAuth1Consumer::new(unknown, "s")),
        ("wrong secret", OAuth1Consumer::new(&scene.id, "s")),
    ] {
        let wrong = Scene {
            consumer,
            id: scene.id.clone(),
            secret: scene.secret.clone(),
            project: scene.project.clone(),
        };
        k.record(what, wrong.ask(k, &scene.project)).await;
    }
    let nobody = Token {
        id: unknown.to_owned(),
        secret: "s".into(),
    };
    k.record(
        "unknown request token",
        scene.exchange(k, &nobody, "12345678"),
    )
    .await;
    k.record("login by an unknown token", scene.login(k, &nobody))
        .await;
}

async fn refused_grants(k: &mut Recorder) {
    let scene = scene(k).await;
    let asked = scene.asked(k).await;
    k.record("not granted yet", scene.exchange(k, &asked, "12345678"))
        .await;
    k.record("by nobody", grant(&asked, "reader")).await;
    k.record_as_admin("unknown role", grant(&asked, "no such role"))
        .await;
    k.record_as_admin("a role that is not held", grant(&asked, "service"))
        .await;
    let path = format!("/OS-OAUTH1/authorize/{}", asked.id);
    k.record_as_admin("no roles", Call::put(&path).json(&json!({"roles": []})))
        .await;
    k.record_as_admin("no body", Call::put(&path)).await;
    let unknown = Token {
        id: "0123456789abcdef0123456789abcdef".to_owned(),
        secret: "s".into(),
    };
    k.record_as_admin("unknown request token", grant(&unknown, "reader"))
        .await;
    let granted = k.prepare_as_admin(grant(&asked, "reader")).await;
    k.record("malformed verifier", scene.exchange(k, &asked, "v"))
        .await;
    k.record("wrong verifier", scene.exchange(k, &asked, "12345678"))
        .await;
    let verifier = granted.text("/token/oauth_verifier");
    let forged = Token {
        id: asked.id,
        secret: "s".into(),
    };
    k.record("wrong secret", scene.exchange(k, &forged, &verifier))
        .await;
}
