//! Handlers by method, as axum's `routing` has them, for [`Routes`](crate::Routes).

use std::fmt;

use axum::handler::Handler;
use axum::routing::{MethodFilter, MethodRouter};
use http::Method;

use crate::routes::Protected;

/// The handlers of one path, each of them protected. More are chained: `get(view).put(update)`.
#[must_use]
pub struct MethodRoutes<S = ()> {
    router: MethodRouter<S>,
    policies: Vec<(Method, Option<&'static str>)>,
}

impl<S: Clone + Send + Sync + 'static> MethodRoutes<S> {
    fn none() -> Self {
        Self {
            router: MethodRouter::new(),
            policies: Vec::new(),
        }
    }

    fn add<H, T>(mut self, method: Method, filter: MethodFilter, handler: H) -> Self
    where
        H: Handler<T, S> + Protected<T>,
        T: 'static,
    {
        self.policies.push((method, H::POLICY));
        self.router = self.router.on(filter, handler);
        self
    }

    pub(crate) fn into_parts(self) -> (MethodRouter<S>, Vec<(Method, Option<&'static str>)>) {
        (self.router, self.policies)
    }
}

// The bounds are handed down from the call, so that an error shows them and not these macros.
macro_rules! methods {
    ($bounds:tt $($(#[$doc:meta])* $name:ident $method:ident;)*) => {
        $(method! { free $bounds $(#[$doc])* $name $method })*

        impl<S: Clone + Send + Sync + 'static> MethodRoutes<S> {
            $(method! { chained $bounds $(#[$doc])* $name $method })*
        }
    };
}

macro_rules! method {
    (free { $($bounds:tt)* } $(#[$doc:meta])* $name:ident $method:ident) => {
        $(#[$doc])*
        pub fn $name<H, T, S>(handler: H) -> MethodRoutes<S>
        where
            H: $($bounds)*,
            T: 'static,
            S: Clone + Send + Sync + 'static,
        {
            MethodRoutes::none().$name(handler)
        }
    };
    (chained { $($bounds:tt)* } $(#[$doc:meta])* $name:ident $method:ident) => {
        $(#[$doc])*
        pub fn $name<H, T>(self, handler: H) -> Self
        where
            H: $($bounds)*,
            T: 'static,
        {
            self.add(Method::$method, MethodFilter::$method, handler)
        }
    };
}

methods! {
    { Handler<T, S> + Protected<T> }

    /// Calls `handler` for DELETE.
    delete DELETE;
    /// Calls `handler` for GET, and for HEAD where nothing else does.
    get GET;
    /// Calls `handler` for HEAD.
    head HEAD;
    /// Calls `handler` for OPTIONS.
    options OPTIONS;
    /// Calls `handler` for PATCH.
    patch PATCH;
    /// Calls `handler` for POST.
    post POST;
    /// Calls `handler` for PUT.
    put PUT;
}

/// The handlers of a path as [`Routes::route`](crate::Routes::route) takes them: [`MethodRoutes`],
/// and nothing that could hold a handler without a policy.
#[diagnostic::on_unimplemented(
    message = "`{Self}` may hold handlers that no policy protects",
    label = "not made by `keystone_middleware::routing`",
    note = "take `get`, `post` and the others from `keystone_middleware::routing`, not from `axum::routing`"
)]
pub trait IntoMethodRoutes<S> {
    /// The handlers.
    fn into_method_routes(self) -> MethodRoutes<S>;
}

impl<S> IntoMethodRoutes<S> for MethodRoutes<S> {
    fn into_method_routes(self) -> Self {
        self
    }
}

impl<S> fmt::Debug for MethodRoutes<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MethodRoutes")
            .field("policies", &self.policies)
            .finish_non_exhaustive()
    }
}
