//! A router for protected handlers only.

use std::fmt;

use axum::Router;
use axum::response::Response;
use http::StatusCode;
use keystone_policy::Enforcer;
use tower_layer::Layer;
use tracing::{error, warn};

use super::routing::{HandlerPolicy, IntoMethodRoutes, MethodRoutes};
use super::unread::AnnounceClose;
use crate::auth_token::AuthTokenLayer;
use crate::context::RemoteChecks;
use crate::enforce::EnforcerLayer;
use crate::response;

#[cfg(feature = "openapi")]
mod operations;
mod table;

pub use table::{RouteEntry, RouteTable, RoutesError};

/// An axum router on which every handler has a policy or is declared public. A handler without
/// `#[policy(..)]` does not compile on it.
///
/// This guarantee does not cover routes that are added to the [`Router`] after
/// [`into_router`](Routes::into_router), nor an inner [`EnforcerLayer`] with another enforcer.
///
/// ```
/// use keystone_middleware::policy::Enforcer;
/// use keystone_middleware::routing::get;
/// use keystone_middleware::{AuthToken, Config, Routes, policy};
///
/// #[policy(public)]
/// async fn versions() -> &'static str {
///     "v1"
/// }
///
/// fn app(enforcer: Enforcer, config: Config) -> axum::Router {
///     Routes::new(enforcer)
///         .route("/", get(versions))
///         .into_router_with(AuthToken::layer(config))
/// }
/// ```
pub struct Routes<S = ()> {
    paths: Vec<(String, MethodRoutes<S>)>,
    /// Merged and nested routes, with their enforcers.
    others: Router<S>,
    enforcer: Enforcer,
    remote: Option<RemoteChecks>,
    table: Vec<Route>,
}

/// A route with its enforcer.
#[derive(Clone)]
struct Route {
    path: String,
    handler: HandlerPolicy,
    enforcer: Enforcer,
}

impl<S: Clone + Send + Sync + 'static> Routes<S> {
    /// An empty set of routes, decided by the rules of `enforcer`.
    pub fn new(enforcer: Enforcer) -> Self {
        Self {
            paths: Vec::new(),
            others: Router::new(),
            enforcer,
            remote: None,
            table: Vec::new(),
        }
    }

    /// Enables remote checks (`http:` and `https:`). Without it, a decision that needs one is a
    /// refusal.
    #[must_use]
    pub fn remote_checks(mut self, remote: RemoteChecks) -> Self {
        self.remote = Some(remote);
        self
    }

    /// Adds the handlers of a path in axum's syntax, such as `/v1/proxies/{id}`. The response to
    /// other methods is 405.
    ///
    /// # Panics
    ///
    /// When the path already has a handler for the same method. A malformed path panics when the
    /// routes are made into a router.
    #[must_use]
    pub fn route(mut self, path: &str, handlers: impl IntoMethodRoutes<S>) -> Self {
        let handlers = handlers.into_method_routes();
        let routes = handlers.handlers().iter().map(|handler| Route {
            path: path.to_owned(),
            handler: handler.clone(),
            enforcer: self.enforcer.clone(),
        });
        self.table.extend(routes);
        let handlers = match self.paths.iter().position(|(known, _)| known == path) {
            Some(index) => self.paths.remove(index).1.merge(handlers),
            None => handlers,
        };
        self.paths.push((path.to_owned(), handlers));
        self
    }

    /// Adds all routes of `other`, which keep their enforcer.
    ///
    /// # Panics
    ///
    /// Like axum's router, when both have the same path.
    #[must_use]
    pub fn merge(mut self, other: Self) -> Self {
        self.table.extend(other.table.iter().cloned());
        self.others = self.others.merge(other.build());
        self
    }

    /// Adds all routes of `other` below `path`; they keep their enforcer.
    ///
    /// # Panics
    ///
    /// Like axum's router, when the path is malformed or already exists.
    #[must_use]
    pub fn nest(mut self, path: &str, other: Self) -> Self {
        self.table.extend(other.table.iter().map(|route| Route {
            path: format!("{}{}", path.trim_end_matches('/'), route.path),
            ..route.clone()
        }));
        self.others = self.others.nest(path, other.build());
        self
    }

    /// Sets the state of the handlers.
    #[must_use]
    pub fn with_state<S2>(self, state: S) -> Routes<S2>
    where
        S2: Clone + Send + Sync + 'static,
    {
        let paths = self.paths.into_iter();
        Routes {
            paths: paths
                .map(|(path, handlers)| (path, handlers.with_state(state.clone())))
                .collect(),
            others: self.others.with_state(state),
            enforcer: self.enforcer,
            remote: self.remote,
            table: self.table,
        }
    }

    /// The policy and current rule of every method and path, in the order in which they were added.
    /// `Display` writes a table.
    pub fn table(&self) -> RouteTable {
        RouteTable::new(self.table.iter().map(Route::entry).collect())
    }

    /// Checks that the rules declare the policy of each handler. A handler whose policy they do not
    /// declare always responds with 500.
    ///
    /// # Errors
    ///
    /// [`RoutesError`] with the routes and policies whose table the enforcer lacks.
    pub fn check(&self) -> Result<(), RoutesError> {
        let undecidable = self.table.iter().filter(|route| {
            let rules = route.enforcer.snapshot();
            (route.handler.declared)(&rules).is_err()
        });
        let undecidable: Vec<RouteEntry> = undecidable.map(Route::entry).collect();
        match undecidable.is_empty() {
            true => Ok(()),
            false => Err(RoutesError::new(undecidable)),
        }
    }

    /// The routes as an axum router, for a layer of another kind than
    /// [`AuthToken`](crate::AuthToken), or for `AuthToken` with
    /// [`delay_auth_decision`](crate::ConfigBuilder::delay_auth_decision). Without that, an
    /// `AuthToken` layer around the router refuses requests without a token to public handlers too;
    /// use [`into_router_with`](Routes::into_router_with) instead.
    ///
    /// Handlers for which [`check`](Self::check) fails are logged at level ERROR, public ones at
    /// level WARN.
    ///
    /// # Panics
    ///
    /// As axum's own router, when a path is malformed or clashes with another.
    pub fn into_router(self) -> Router<S> {
        self.log_problems();
        let public = self
            .table
            .iter()
            .filter(|route| route.handler.policy.is_none());
        let public: Vec<String> = public
            .map(|route| format!("{} {}", route.handler.method, route.path))
            .collect();
        if !public.is_empty() {
            warn!(
                "an `AuthToken` layer around these routes lets nobody without a token through to the \
                 public ones ({}), unless `delay_auth_decision` is on; \
                 `Routes::into_router_with` does",
                public.join(", ")
            );
        }
        self.build()
    }

    fn log_problems(&self) {
        if let Err(error) = self.check() {
            error!("routes that respond with 500 to everybody: {error}");
        }
    }

    fn build(self) -> Router<S> {
        let layer = EnforcerLayer::new(self.enforcer);
        let layer = match self.remote {
            Some(remote) => layer.remote_checks(remote),
            None => layer,
        };
        let mut own = Router::new();
        for (path, handlers) in self.paths {
            own = own.route(&path, handlers.into_router());
        }
        // Around its own routes only: merged and nested ones have their own layer.
        own.layer(layer).merge(self.others)
    }
}

impl Routes {
    /// The routes behind `layer`, which passes a request without a token on to public handlers
    /// only. For everything else, existing or not, the response is the same 401. A request with an
    /// invalid token is always refused.
    ///
    /// The layer runs before routing, so layers that are added to the router have no `MatchedPath`.
    ///
    /// # Panics
    ///
    /// As axum's own router, when a path is malformed or clashes with another.
    pub fn into_router_with(self, layer: AuthTokenLayer) -> Router {
        self.log_problems();
        let routes = self.build().fallback(not_found);
        let routes = layer.with_public_handlers().layer(routes);
        Router::new().fallback_service(AnnounceClose(routes))
    }
}

/// The response for a path that has no route.
async fn not_found() -> Response {
    response::error(StatusCode::NOT_FOUND, "The resource could not be found.")
}

impl<S> fmt::Debug for Routes<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let table = RouteTable::new(self.table.iter().map(Route::entry).collect());
        f.debug_struct("Routes")
            .field("table", &table)
            .finish_non_exhaustive()
    }
}

impl Route {
    fn entry(&self) -> RouteEntry {
        let rules = self.enforcer.snapshot();
        let rule = self.handler.policy.and_then(|policy| rules.get(policy));
        RouteEntry {
            method: self.handler.method.clone(),
            path: self.path.clone(),
            policy: self.handler.policy,
            rule: rule.map(ToString::to_string),
        }
    }
}
