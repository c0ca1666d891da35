//! The layer that puts token validation in front of a service.

use std::sync::Arc;

use tower_layer::Layer;

use crate::config::Config;
use crate::gate::Gate;
use crate::service::AuthToken;

/// Wraps a service in [`AuthToken`]. Made by [`AuthToken::layer`]; cheap to clone, and all clones
/// share one cache.
#[derive(Clone, Debug)]
pub struct AuthTokenLayer {
    gate: Arc<Gate>,
}

impl AuthTokenLayer {
    pub(crate) fn new(config: Config) -> Self {
        Self {
            gate: Arc::new(config.into_gate()),
        }
    }
}

impl<S> Layer<S> for AuthTokenLayer {
    type Service = AuthToken<S>;

    fn layer(&self, inner: S) -> AuthToken<S> {
        AuthToken::new(inner, Arc::clone(&self.gate))
    }
}
