//! Handlers, beside imports of all that their expansions name.

use axum::extract::Path;
use axum::response::IntoResponse;
use axum::Extension;
use keystone_middleware::policy::Enforcer;
use keystone_middleware::routing::{get, post};
use keystone_middleware::{
    policy, Authorized, Denied, PolicyTarget, Public, RequestContext, Routes,
};

use crate::policies;
use crate::policies::{index_of, Rule};

/// A target with conditions on its fields.
#[derive(Clone, Debug, PolicyTarget)]
pub struct Proxy {
    /// The project.
    pub project_id: String,
    /// Not there.
    #[cfg(any())]
    pub gone: Gone,
    /// There.
    #[cfg(any(unix, not(unix)))]
    pub here: u8,
    /// Under a word of the language.
    pub r#type: String,
}

/// The plain form, with attributes and conditions on arguments.
#[policy("proxy:create")]
pub async fn create(
    #[cfg(any())] gone: Gone,
    #[cfg(any(unix, not(unix)))] context: RequestContext,
    #[allow(unused_variables, clippy::allow_attributes)] unused: RequestContext,
    Path(r#type): Path<String>,
) -> String {
    drop(context);
    r#type
}

/// The form with a target.
///
/// # Errors
///
/// The refusal.
#[policy("proxy:update", target = &proxy)]
pub async fn update(Extension(proxy): Extension<Proxy>) -> Result<String, Denied> {
    Ok(proxy.r#type)
}

/// The same with a table that is named, whose name is a word of the language.
#[policy("proxy:update", table = crate::policies, target = &proxy)]
pub async fn r#match(Extension(proxy): Extension<Proxy>) -> impl IntoResponse {
    if proxy.here == 0 {
        return String::new();
    }
    proxy.project_id
}

/// A public one.
#[policy(public)]
pub async fn view() -> &'static str {
    "everything"
}

/// All of them.
pub fn routes(enforcer: Enforcer) -> Routes {
    Routes::new(enforcer)
        .route("/", get(view))
        .route("/{type}", post(create).put(update).patch(r#match))
}

/// Uses what is imported only because expansions name it too.
#[must_use]
pub fn number(_: Option<(Authorized<Rule<0>>, Public)>) -> usize {
    index_of(
        policies::DEFAULTS
            .policies
            .first()
            .map_or("", |policy| policy.name),
    )
}
