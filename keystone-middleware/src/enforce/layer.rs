//! The layer that provides rules to requests.

use std::fmt;
use std::task::{Context, Poll};

use http::Request;
use keystone_policy::Enforcer;
use tower_layer::Layer;
use tower_service::Service;

use crate::context::{RemoteChecks, Snapshot};

/// Gives each request one snapshot of the rules, so that a change of policy files never takes
/// effect in the middle of a request. [`Routes`](crate::Routes) includes it; a plain axum `Router`
/// needs this layer, inside the [`AuthToken`](crate::AuthToken) layer.
#[derive(Clone, Debug)]
pub struct EnforcerLayer {
    enforcer: Enforcer,
    remote: Option<RemoteChecks>,
}

/// The service of [`EnforcerLayer`].
#[derive(Clone)]
pub struct WithRules<S> {
    inner: S,
    enforcer: Enforcer,
    remote: Option<RemoteChecks>,
}

impl EnforcerLayer {
    /// A layer with the rules of `enforcer`.
    pub fn new(enforcer: Enforcer) -> Self {
        Self {
            enforcer,
            remote: None,
        }
    }

    /// Enables remote checks. Without it, a decision that needs one is a refusal.
    #[must_use]
    pub fn remote_checks(mut self, remote: RemoteChecks) -> Self {
        self.remote = Some(remote);
        self
    }
}

impl<S> Layer<S> for EnforcerLayer {
    type Service = WithRules<S>;

    fn layer(&self, inner: S) -> WithRules<S> {
        WithRules {
            inner,
            enforcer: self.enforcer.clone(),
            remote: self.remote.clone(),
        }
    }
}

impl<S: Service<Request<B>>, B> Service<Request<B>> for WithRules<S> {
    type Response = S::Response;
    type Error = S::Error;
    type Future = S::Future;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, mut request: Request<B>) -> S::Future {
        let snapshot = Snapshot {
            rules: self.enforcer.snapshot(),
            remote: self.remote.clone(),
        };
        request.extensions_mut().insert(snapshot);
        self.inner.call(request)
    }
}

impl<S> fmt::Debug for WithRules<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WithRules").finish_non_exhaustive()
    }
}
