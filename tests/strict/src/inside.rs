//! Macros in functions, and in what other macros write.

use axum::response::IntoResponse;
use axum::Extension;
use keystone_middleware::policy::Enforcer;
use keystone_middleware::routing::post;
use keystone_middleware::{policies, policy, Denied, PolicyTarget, Routes};
use keystone_sdk::{auth_method, client, SecretString, Session};

use crate::handlers::Proxy;

/// Everything in a function.
pub fn function(enforcer: Enforcer, session: &Session) -> (Routes, bool) {
    policies!("policies.yaml");
    client!("../../specs/services/proxies.yaml");

    #[derive(Clone, PolicyTarget)]
    struct Own {
        project_id: String,
    }

    #[policy("proxy:create", table = policies)]
    async fn create() -> &'static str {
        "created"
    }

    #[policy("proxy:update", table = policies, target = &own)]
    async fn update(Extension(own): Extension<Own>) -> Result<String, Denied> {
        Ok(own.project_id)
    }

    /// A PIN.
    #[auth_method("pin")]
    struct PinMethod {
        #[auth(secret)]
        pin: SecretString,
    }

    let plugin = Pin::builder("http://127.0.0.1:5000").pin("1").build();
    let shown = format!("{:?} {:?}", PinMethod::new("1"), Client::new(session));
    let routes = Routes::new(enforcer).route("/", post(create).put(update));
    (routes, plugin.is_ok() && shown.is_empty())
}

/// A handler of each part that a macro can take.
macro_rules! handler {
    ($(#[$meta:meta])* $vis:vis $name:ident($argument:ident: $ty:ty) -> $return:ty $body:block
     by $policy:literal of $target:expr) => {
        $(#[$meta])*
        #[policy($policy, target = $target)]
        $vis async fn $name(Extension($argument): Extension<$ty>) -> $return $body
    };
}

handler! {
    /// Answers or refuses.
    ///
    /// # Errors
    ///
    /// The refusal.
    pub update(proxy: Proxy) -> Result<String, Denied> { Ok(proxy.project_id) }
    by "proxy:update" of &proxy
}

handler! {
    /// Answers anything.
    pub replace(proxy: Proxy) -> impl IntoResponse { proxy.project_id }
    by "proxy:update" of &proxy
}

/// A method of each part that a macro can take.
macro_rules! method {
    ($name:ident, $plugin:ident, $wire:literal, $ty:ty) => {
        /// Made by a macro.
        #[auth_method($wire, plugin = $plugin)]
        pub struct $name {
            #[auth(secret)]
            pin: $ty,
        }
    };
}

method!(MadeMethod, Made, "made", SecretString);

/// Uses the method.
pub fn made() -> (MadeMethod, MadeBuilder) {
    (
        MadeMethod::new("1"),
        Made::builder("http://127.0.0.1:5000").pin("1"),
    )
}
