//! Handlers by method, as axum's `routing` has them, for [`Routes`](crate::Routes).

use std::fmt;

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
        H: Protected<T, S>,
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

macro_rules! methods {
    ($($(#[$doc:meta])* $name:ident $method:ident;)*) => {
        $(
            $(#[$doc])*
            pub fn $name<H, T, S>(handler: H) -> MethodRoutes<S>
            where
                H: Protected<T, S>,
                T: 'static,
                S: Clone + Send + Sync + 'static,
            {
                MethodRoutes::none().$name(handler)
            }
        )*

        impl<S: Clone + Send + Sync + 'static> MethodRoutes<S> {
            $(
                $(#[$doc])*
                pub fn $name<H, T>(self, handler: H) -> Self
                where
                    H: Protected<T, S>,
                    T: 'static,
                {
                    self.add(Method::$method, MethodFilter::$method, handler)
                }
            )*
        }
    };
}

methods! {
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

impl<S> fmt::Debug for MethodRoutes<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MethodRoutes")
            .field("policies", &self.policies)
            .finish_non_exhaustive()
    }
}
