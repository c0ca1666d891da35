//! Routes of handlers with `#[operation]`, and their document.

use axum::handler::Handler;

use super::Routes;
use crate::axum::extract::Public;
use crate::axum::openapi::macro_support::Described;
use crate::axum::openapi::{DescribedRoute, Document, Info};
use crate::axum::protected::Protected;
use crate::axum::routing::{MethodRoutes, get};

impl<S: Clone + Send + Sync + 'static> Routes<S> {
    /// Adds handlers with `#[operation(..)]`, each at its own method and path:
    /// `.operations(operations![list_proxies, create_proxy])`.
    ///
    /// # Panics
    ///
    /// As [`route`](Self::route).
    #[must_use]
    pub fn operations(self, operations: impl FnOnce(Self) -> Self) -> Self {
        operations(self)
    }

    /// Used by `operations!`.
    #[doc(hidden)]
    #[must_use]
    pub fn operation<H, T>(self, described: Described, handler: H) -> Self
    where
        H: Handler<T, S> + Protected<T>,
        T: 'static,
    {
        self.route(
            described.facts.path,
            MethodRoutes::operation(described, handler),
        )
    }

    /// The OpenAPI document of all operations so far, those of merged and nested routes too. Handlers that
    /// were added by [`route`](Self::route) are not part of it.
    pub fn openapi(&self, info: &Info) -> Document {
        let routes = self.table.iter().filter_map(|route| {
            Some(DescribedRoute {
                method: route.handler.method.clone(),
                path: route.path.clone(),
                policy: route.handler.policy,
                scope_types: route.handler.scope_types,
                described: route.handler.described?,
            })
        });
        Document::new(info, &routes.collect::<Vec<_>>())
    }

    /// Serves a document at `path`, to everybody.
    ///
    /// # Panics
    ///
    /// As [`route`](Self::route).
    #[must_use]
    pub fn document(self, path: &str, document: Document) -> Self {
        let serve = move |_: Public| async move { document };
        self.route(path, get(serve))
    }
}

/// The handlers with `#[operation(..)]` of a service, for [`Routes::operations`](crate::Routes::operations).
///
/// ```
/// use axum::Json;
/// use keystone_middleware::policy::Enforcer;
/// use keystone_middleware::{Routes, operation, operations, policy};
///
/// #[operation(GET "/healthcheck")]
/// #[policy(public)]
/// async fn show_health() -> Json<bool> {
///     Json(true)
/// }
///
/// fn routes(enforcer: Enforcer) -> Routes {
///     Routes::new(enforcer).operations(operations![show_health])
/// }
/// ```
#[macro_export]
macro_rules! operations {
    // Of single words, so that errors show the handler rather than the macro.
    ($($($segment:tt)::+),+ $(,)?) => {
        |routes: $crate::Routes<_>| routes$(.operation(
            <$($segment)::+ as $crate::__private::openapi::Operation>::described(),
            $($segment)::+
        ))+
    };
}
