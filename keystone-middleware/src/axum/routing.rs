//! Handlers by method, like axum's `routing`, for [`Routes`](crate::Routes).

use std::fmt;

use axum::body::Body;
use axum::handler::Handler;
use axum::routing::{MethodFilter, MethodRouter};
use http::{HeaderValue, Method};
#[cfg(feature = "openapi")]
use keystone_policy::ScopeType;
use keystone_policy::{DecisionError, Rules};

#[cfg(feature = "openapi")]
use super::openapi::Described;
use super::protected::{Protected, Sealed};
use crate::response;

/// The protected handlers of one path. Methods can be chained: `get(view).put(update)`.
#[must_use]
pub struct MethodRoutes<S = ()> {
    router: MethodRouter<S>,
    handlers: Vec<HandlerPolicy>,
    /// Whether OPTIONS has a handler that is no row of the route table.
    has_options: bool,
}

/// The policy of a handler.
#[derive(Clone)]
pub(crate) struct HandlerPolicy {
    pub(crate) method: Method,
    pub(crate) policy: Option<&'static str>,
    /// Checks that the rules declare the policy.
    pub(crate) declared: fn(&Rules) -> Result<(), DecisionError>,
    /// The token scopes that the policy accepts; none for any.
    #[cfg(feature = "openapi")]
    pub(crate) scope_types: &'static [ScopeType],
    /// What `#[operation]` says of it.
    #[cfg(feature = "openapi")]
    pub(crate) described: Option<Described>,
}

impl<S: Clone + Send + Sync + 'static> MethodRoutes<S> {
    pub(crate) fn none() -> Self {
        Self {
            router: MethodRouter::new(),
            handlers: Vec::new(),
            has_options: false,
        }
    }

    fn add<H, T>(mut self, method: Method, filter: MethodFilter, handler: H) -> Self
    where
        H: Handler<T, S> + Protected<T>,
        T: 'static,
    {
        self.handlers.push(HandlerPolicy {
            method,
            policy: H::POLICY,
            declared: <H as Sealed<T>>::declared,
            #[cfg(feature = "openapi")]
            scope_types: <H as Sealed<T>>::scope_types(),
            #[cfg(feature = "openapi")]
            described: None,
        });
        self.router = self.router.on(filter, handler);
        self
    }

    /// Adds a handler that makes the decisions itself which these rows name.
    #[cfg(feature = "service")]
    pub(crate) fn serve<H, T>(
        mut self,
        method: Method,
        rows: Vec<HandlerPolicy>,
        handler: H,
    ) -> Self
    where
        H: Handler<T, S>,
        T: 'static,
    {
        if let Ok(filter) = MethodFilter::try_from(method) {
            self.handlers.extend(rows);
            self.router = self.router.on(filter, handler);
        }
        self
    }

    /// Adds a handler for OPTIONS, which is made with the value of `Allow`.
    #[cfg(feature = "service")]
    pub(crate) fn with_options<H, T>(mut self, handler: impl FnOnce(HeaderValue) -> H) -> Self
    where
        H: Handler<T, S>,
        T: 'static,
    {
        self.has_options = true;
        let handler = handler(self.allow());
        self.router = self.router.on(MethodFilter::OPTIONS, handler);
        self
    }

    /// The handler of an operation, by its own method.
    #[cfg(feature = "openapi")]
    pub(crate) fn operation<H, T>(described: Described, handler: H) -> Self
    where
        H: Handler<T, S> + Protected<T>,
        T: 'static,
    {
        let (method, filter) = match described.facts.method {
            "DELETE" => (Method::DELETE, MethodFilter::DELETE),
            "HEAD" => (Method::HEAD, MethodFilter::HEAD),
            "PATCH" => (Method::PATCH, MethodFilter::PATCH),
            "POST" => (Method::POST, MethodFilter::POST),
            "PUT" => (Method::PUT, MethodFilter::PUT),
            _ => (Method::GET, MethodFilter::GET),
        };
        let mut routes = Self::none().add(method, filter, handler);
        for handler in &mut routes.handlers {
            handler.described = Some(described);
        }
        routes
    }

    pub(crate) fn handlers(&self) -> &[HandlerPolicy] {
        &self.handlers
    }

    pub(crate) fn merge(mut self, other: Self) -> Self {
        self.router = self.router.merge(other.router);
        self.handlers.extend(other.handlers);
        self.has_options |= other.has_options;
        self
    }

    pub(crate) fn with_state<S2>(self, state: S) -> MethodRoutes<S2> {
        MethodRoutes {
            router: self.router.with_state(state),
            handlers: self.handlers,
            has_options: self.has_options,
        }
    }

    /// The handlers, with 405 for all other methods.
    ///
    /// axum adds `Allow` to every response for a method without a handler, also to the refusal of
    /// an outer layer, which would reveal the routes. So the 405 comes from a handler of ours,
    /// behind all layers.
    pub(crate) fn into_router(self) -> MethodRouter<S> {
        let allow = self.allow();
        let refuse = move || {
            let allow = allow.clone();
            async move { response::not_allowed::<Body>(allow) }
        };
        axum::routing::any(refuse).merge(self.router)
    }

    /// The methods, as `Allow` lists them. GET serves HEAD too.
    pub(crate) fn allow(&self) -> HeaderValue {
        let has = |wanted: &Method| self.handlers.iter().any(|one| one.method == *wanted);
        let mut methods: Vec<&str> = self
            .handlers
            .iter()
            .map(|handler| handler.method.as_str())
            .collect();
        if has(&Method::GET) && !has(&Method::HEAD) {
            methods.push(Method::HEAD.as_str());
        }
        if self.has_options {
            methods.push(Method::OPTIONS.as_str());
        }
        methods.sort_unstable();
        methods.dedup();
        HeaderValue::from_str(&methods.join(",")).unwrap_or(HeaderValue::from_static(""))
    }
}

// The bounds are passed in, so that errors point to them and not to these macros.
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
    /// Calls `handler` for GET, and for HEAD if that has no handler.
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

/// The argument of [`Routes::route`](crate::Routes::route): [`MethodRoutes`], and nothing that
/// could contain an unprotected handler. Sealed.
#[diagnostic::on_unimplemented(
    message = "`{Self}` may hold handlers that no policy protects",
    label = "not made by `keystone_middleware::routing`",
    note = "take `get`, `post` and the others from `keystone_middleware::routing`, not from `axum::routing`"
)]
pub trait IntoMethodRoutes<S>: sealed::Sealed {
    /// The handlers.
    fn into_method_routes(self) -> MethodRoutes<S>;
}

mod sealed {
    #[expect(unnameable_types, reason = "only this crate says what is protected")]
    pub trait Sealed {}
}

impl<S> sealed::Sealed for MethodRoutes<S> {}

impl<S> IntoMethodRoutes<S> for MethodRoutes<S> {
    fn into_method_routes(self) -> Self {
        self
    }
}

impl<S> fmt::Debug for MethodRoutes<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MethodRoutes")
            .field("handlers", &self.handlers)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for HandlerPolicy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, self.policy.unwrap_or("(public)"))
    }
}
