//! A router that takes only handlers which a policy protects.

use std::fmt;

use axum::Router;
use http::Method;
use keystone_policy::Enforcer;

use crate::axum::{Sealed, Witness};
use crate::remote::RemoteChecks;
use crate::routing::IntoMethodRoutes;
use crate::rules::EnforcerLayer;

/// An axum router whose every handler decides about its caller, or says that it is open to all. A
/// handler without `#[policy(..)]` does not compile on it.
///
/// Routes that are added to the [`Router`] after [`into_router`](Routes::into_router) are outside
/// this guarantee.
///
/// ```
/// use axum::response::{IntoResponse, Response};
/// use keystone_middleware::policy::Enforcer;
/// use keystone_middleware::routing::get;
/// use keystone_middleware::{Routes, policy};
///
/// #[policy(public)]
/// async fn versions() -> &'static str {
///     "v1"
/// }
///
/// fn app(enforcer: Enforcer) -> axum::Router {
///     Routes::new(enforcer).route("/", get(versions)).into_router()
/// }
/// ```
pub struct Routes<S = ()> {
    router: Router<S>,
    enforcer: Enforcer,
    remote: Option<RemoteChecks>,
    table: Vec<Line>,
}

/// A route, with the enforcer that judges it.
#[derive(Clone)]
struct Line {
    method: Method,
    path: String,
    policy: Option<&'static str>,
    enforcer: Enforcer,
}

/// A line of [`Routes::table`].
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct RouteEntry {
    /// The method.
    pub method: Method,
    /// The path, with `{name}` for what varies.
    pub path: String,
    /// The policy; none for a handler that is open to all.
    pub policy: Option<&'static str>,
    /// The rule that now decides the policy.
    pub rule: Option<String>,
}

impl<S: Clone + Send + Sync + 'static> Routes<S> {
    /// No routes yet; those to come are judged by the rules of `enforcer`.
    pub fn new(enforcer: Enforcer) -> Self {
        Self {
            router: Router::new(),
            enforcer,
            remote: None,
            table: Vec::new(),
        }
    }

    /// Lets policies ask other servers, where their rules say `http:` or `https:`. Without it, a
    /// policy whose decision needs one is refused.
    #[must_use]
    pub fn remote_checks(mut self, remote: RemoteChecks) -> Self {
        self.remote = Some(remote);
        self
    }

    /// Adds the handlers of a path, written as axum writes it: `/v1/proxies/{id}`.
    ///
    /// # Panics
    ///
    /// As axum's own router: when the path is malformed or is there already.
    #[must_use]
    pub fn route(mut self, path: &str, handlers: impl IntoMethodRoutes<S>) -> Self {
        let (router, policies) = handlers.into_method_routes().into_parts();
        self.table
            .extend(policies.into_iter().map(|(method, policy)| Line {
                method,
                path: path.to_owned(),
                policy,
                enforcer: self.enforcer.clone(),
            }));
        self.router = self.router.route(path, router);
        self
    }

    /// Adds all routes of `other`, which keep the enforcer that they came with.
    ///
    /// # Panics
    ///
    /// As axum's own router: when both have the same path.
    #[must_use]
    pub fn merge(mut self, other: Self) -> Self {
        self.table.extend(other.table.iter().cloned());
        self.router = self.router.merge(other.into_router());
        self
    }

    /// Adds all routes of `other` below `path`; they keep the enforcer that they came with.
    ///
    /// # Panics
    ///
    /// As axum's own router: when the path is malformed or is there already.
    #[must_use]
    pub fn nest(mut self, path: &str, other: Self) -> Self {
        self.table.extend(other.table.iter().map(|line| Line {
            path: format!("{}{}", path.trim_end_matches('/'), line.path),
            ..line.clone()
        }));
        self.router = self.router.nest(path, other.into_router());
        self
    }

    /// Gives the handlers their state.
    #[must_use]
    pub fn with_state<S2>(self, state: S) -> Routes<S2>
    where
        S2: Clone + Send + Sync + 'static,
    {
        Routes {
            router: self.router.with_state(state),
            enforcer: self.enforcer,
            remote: self.remote,
            table: self.table,
        }
    }

    /// Every method and path with the policy that it demands and the rule that now decides it, in
    /// the order in which they were added. Prints as a table.
    pub fn table(&self) -> RouteTable {
        RouteTable(self.table.iter().map(Line::entry).collect())
    }

    /// The routes as an axum router, which then wants the [`AuthToken`](crate::AuthToken) layer.
    pub fn into_router(self) -> Router<S> {
        let layer = EnforcerLayer::new(self.enforcer);
        let layer = match self.remote {
            Some(remote) => layer.remote_checks(remote),
            None => layer,
        };
        self.router.layer(layer)
    }
}

impl<S> fmt::Debug for Routes<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Routes")
            .field(
                "table",
                &RouteTable(self.table.iter().map(Line::entry).collect()),
            )
            .finish_non_exhaustive()
    }
}

impl Line {
    fn entry(&self) -> RouteEntry {
        let rules = self.enforcer.snapshot();
        let rule = self.policy.and_then(|policy| rules.get(policy));
        RouteEntry {
            method: self.method.clone(),
            path: self.path.clone(),
            policy: self.policy,
            rule: rule.map(ToString::to_string),
        }
    }
}

/// Which policy each route demands, and by which rule it is decided.
#[derive(Clone, Debug)]
pub struct RouteTable(Vec<RouteEntry>);

impl RouteTable {
    /// The lines.
    pub fn iter(&self) -> impl Iterator<Item = &RouteEntry> {
        self.0.iter()
    }
}

impl fmt::Display for RouteTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let policy = |entry: &RouteEntry| entry.policy.unwrap_or("(public)");
        let width = |text: &dyn Fn(&RouteEntry) -> usize| self.iter().map(text).max().unwrap_or(0);
        let paths = width(&|entry| entry.path.chars().count());
        let policies = width(&|entry| policy(entry).chars().count());
        for entry in self.iter() {
            let (method, path, name) = (entry.method.as_str(), &entry.path, policy(entry));
            match &entry.rule {
                Some(rule) => writeln!(f, "{method:7} {path:paths$} {name:policies$} {rule}")?,
                None => writeln!(f, "{method:7} {path:paths$} {name}")?,
            }
        }
        Ok(())
    }
}

/// A handler whose arguments `T` begin with a [`Witness`]. `#[policy(..)]` puts it there.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not protected by a policy",
    label = "anybody could call this handler",
    note = "put `#[policy(\"..\")]` on it, or `#[policy(public)]` if it is open to all"
)]
pub trait Protected<T> {
    /// The name of the policy; none for a handler that is open to all.
    const POLICY: Option<&'static str>;
}

/// Arguments of a handler of which the first is a [`Witness`].
pub trait Witnessed: Sealed {
    /// The name of the policy; none for a handler that is open to all.
    const POLICY: Option<&'static str>;
}

#[diagnostic::do_not_recommend]
impl<H, T: Witnessed> Protected<T> for H {
    const POLICY: Option<&'static str> = T::POLICY;
}

macro_rules! witnessed {
    ($($argument:ident)*) => {
        // The first of the tuple is how axum tells handlers of a whole request from others.
        #[diagnostic::do_not_recommend]
        impl<Via, W: Witness, $($argument),*> Witnessed for (Via, W, $($argument,)*) {
            const POLICY: Option<&'static str> = W::POLICY;
        }
        impl<Via, W: Witness, $($argument),*> Sealed for (Via, W, $($argument,)*) {}
        witnessed!(@fewer $($argument)*);
    };
    (@fewer $first:ident $($rest:ident)*) => { witnessed!($($rest)*); };
    (@fewer) => {};
}

witnessed!(A1 A2 A3 A4 A5 A6 A7 A8 A9 A10 A11 A12 A13 A14 A15);
