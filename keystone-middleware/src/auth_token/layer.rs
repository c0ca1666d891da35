//! The layer that puts token validation in front of a service.

use std::sync::Arc;

use tower_layer::Layer;

use super::config::Config;
use super::authenticate::Gate;
use super::service::AuthToken;

/// Wraps a service in [`AuthToken`]. Made by [`AuthToken::layer`]; cheap to clone, and all clones
/// share one cache.
#[derive(Clone, Debug)]
pub struct AuthTokenLayer {
    gate: Arc<Gate>,
    /// Whether what is inside tells public handlers from others.
    public_handlers: bool,
}

impl AuthTokenLayer {
    pub(crate) fn new(config: Config) -> Self {
        Self {
            gate: Arc::new(config.into_gate()),
            public_handlers: false,
        }
    }

    /// Lets requests without a token through to handlers that say [`Public`](crate::Public). Only
    /// [`Routes`](crate::Routes) may ask for it: every handler of theirs says what it is.
    #[cfg(feature = "axum")]
    pub(crate) fn with_public_handlers(mut self) -> Self {
        self.public_handlers = true;
        self
    }
}

impl<S> Layer<S> for AuthTokenLayer {
    type Service = AuthToken<S>;

    fn layer(&self, inner: S) -> AuthToken<S> {
        AuthToken::new(inner, Arc::clone(&self.gate), self.public_handlers)
    }
}
