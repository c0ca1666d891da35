//! Where a federated login failed.

use std::fmt;

use crate::printable;

/// A login that visits several servers failed at one of them.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct FederationFailure {
    step: FederationStep,
    reason: Option<String>,
}

/// A step of a federated login.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum FederationStep {
    /// The identity provider was to prove who the user is.
    IdentityProvider,
    /// The assertion was to go where the service provider and the identity provider both say. They
    /// differ, or name a server that is not Keystone's, so nothing was sent there.
    ConsumerAddress,
    /// The service provider, which is the web server in front of Keystone, was to accept the
    /// assertion.
    ServiceProvider,
}

impl FederationFailure {
    /// A failure at `step`, with the server's own reason if it gave one. The reason is made fit to be
    /// printed, as [`printable::line`] does it.
    pub fn new(step: FederationStep, reason: Option<String>) -> Self {
        let reason = reason.map(printable::owned);
        Self { step, reason }
    }

    /// The step.
    pub fn step(&self) -> FederationStep {
        self.step
    }

    /// What the server said.
    pub fn reason(&self) -> Option<&str> {
        self.reason.as_deref()
    }
}

impl fmt::Display for FederationStep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::IdentityProvider => "identity provider",
            Self::ConsumerAddress => "address of the assertion consumer",
            Self::ServiceProvider => "service provider",
        })
    }
}
