//! Macros find the crates of the workspace where `Cargo.toml` gives them other names. That this
//! crate compiles is the test.

use axum::{Extension, Json};
use km::policy::Enforcer;
use km::routing::post;
use km::sdk::auth::{LogIn, LogInFuture, Login, Token};
use km::sdk::transport::Transport;
use km::sdk::{SecretString, Url, auth_method, auth_plugin};
use km::{Denied, PolicyTarget, Routes, operation, operations, policies, policy};

pub mod served;

policies!("policies.yaml");

/// A target.
#[derive(Clone, Debug, PolicyTarget)]
pub struct Proxy {
    /// The project.
    pub project_id: String,
}

#[policy("proxy:create")]
async fn create() -> &'static str {
    "created"
}

#[policy("proxy:update", target = &proxy)]
async fn update(Extension(proxy): Extension<Proxy>) -> Result<String, Denied> {
    Ok(proxy.project_id)
}

/// An operation, with the decision outside of its description.
#[policy("proxy:create")]
#[operation(GET "/text")]
async fn show(name: String) -> Json<String> {
    Json(name)
}

/// The handlers.
pub fn routes(enforcer: Enforcer) -> Routes {
    Routes::new(enforcer)
        .route("/", post(create).put(update))
        .operations(operations![show])
}

/// A method.
#[auth_method("pin")]
pub struct PinMethod {
    #[auth(secret)]
    pin: SecretString,
}

/// A login.
#[auth_plugin("badge")]
pub struct BadgeLogin {
    auth_url: Url,
    #[auth(secret)]
    word: SecretString,
}

impl LogIn for BadgeLogin {
    fn auth_url(&self) -> &Url {
        &self.auth_url
    }

    fn log_in<'a>(&'a self, _: &'a Transport) -> LogInFuture<'a> {
        LogInFuture::ready(Token::new(self.word.clone(), None).map(Login::without_access))
    }
}
