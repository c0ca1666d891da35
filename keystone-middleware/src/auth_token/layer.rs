//! The layer that puts token validation in front of a service.

use std::sync::Arc;

use tower_layer::Layer;

use super::authenticate::Authenticator;
use super::config::Config;
use super::service::AuthToken;

/// Wraps a service in [`AuthToken`]. Made by [`AuthToken::layer`]; cheap to clone, and all clones
/// share one cache.
#[derive(Clone, Debug)]
pub struct AuthTokenLayer {
    authenticator: Arc<Authenticator>,
    /// Whether the service inside tells public handlers from others.
    public_handlers: bool,
}

impl AuthToken<()> {
    /// The layer that puts this in front of a service. Add it last, so that it is outermost: it
    /// has to see the whole path of a request.
    pub fn layer(config: Config) -> AuthTokenLayer {
        AuthTokenLayer {
            authenticator: Arc::new(config.into_authenticator()),
            public_handlers: false,
        }
    }
}

#[cfg(feature = "axum")]
impl AuthTokenLayer {
    /// Lets requests without a token through to handlers that say [`Public`](crate::Public). Only
    /// [`Routes`](crate::Routes) may ask for it: every handler of theirs says what it is.
    pub(crate) fn with_public_handlers(mut self) -> Self {
        self.public_handlers = true;
        self
    }
}

impl<S> Layer<S> for AuthTokenLayer {
    type Service = AuthToken<S>;

    fn layer(&self, inner: S) -> AuthToken<S> {
        AuthToken::new(inner, Arc::clone(&self.authenticator), self.public_handlers)
    }
}
