//! The layer that puts token validation in front of a service.

use std::sync::Arc;

use tower_layer::Layer;

use super::authenticate::Authenticator;
use super::config::Config;
use super::service::AuthToken;

/// The layer of [`AuthToken`], see [`AuthToken::layer`]. Cheap to clone; all clones share one
/// cache.
#[derive(Clone, Debug)]
pub struct AuthTokenLayer {
    authenticator: Arc<Authenticator>,
    /// Whether the inner service distinguishes public handlers.
    public_handlers: bool,
}

impl AuthToken<()> {
    /// The layer that adds token validation to a service. Add it last, so that it is outermost: it
    /// needs the whole path of a request.
    pub fn layer(config: Config) -> AuthTokenLayer {
        AuthTokenLayer {
            authenticator: Arc::new(config.into_authenticator()),
            public_handlers: false,
        }
    }
}

#[cfg(feature = "axum")]
impl AuthTokenLayer {
    /// Passes requests without a token on to [`Public`](crate::Public) handlers. For
    /// [`Routes`](crate::Routes) only, on which every handler declares whether it is public.
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
