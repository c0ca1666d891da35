//! HTTP Negotiate: proves who the user is by a Kerberos ticket, and learns that the server is who it
//! says.
//!
//! Source: RFC 4559 for HTTP, RFC 4178 for SPNEGO, RFC 4121 for Kerberos.

use std::fmt;
use std::sync::Arc;

use crate::Error;

mod challenge;
mod exchange;
mod gssapi;
mod mutual;

pub(in crate::auth) use exchange::Negotiated;
pub use gssapi::Gssapi;
pub use mutual::MutualAuth;

/// Makes the tokens of HTTP Negotiate: [`Gssapi`] unless a program brings its own, such as one that
/// knows a keytab, or a library for another system.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not make tokens of HTTP Negotiate",
    note = "write `impl NegotiateProvider for {Self}`, with `begin`"
)]
pub trait NegotiateProvider: fmt::Debug + Send + Sync {
    /// Begins an exchange with the service `HTTP` of a host. `mutual`: the server has to prove itself
    /// too.
    ///
    /// It may block: it is called on a thread of its own.
    ///
    /// # Errors
    ///
    /// [`Error::Configuration`] when no token can be made on this system at all.
    fn begin(&self, host: &str, mutual: bool) -> Result<Box<dyn NegotiateContext>, Error>;
}

/// A [`NegotiateProvider`] that many hold. The default is [`Gssapi`].
///
/// [Attached](crate::auth::PluginOptions::attach) to options or to a registry, it serves the
/// plugins that are made from them.
#[derive(Clone, Debug)]
pub struct SharedNegotiateProvider(Arc<dyn NegotiateProvider>);

impl SharedNegotiateProvider {
    /// Takes the provider.
    pub fn new(provider: impl NegotiateProvider + 'static) -> Self {
        Self(Arc::new(provider))
    }
}

impl Default for SharedNegotiateProvider {
    fn default() -> Self {
        Self::new(Gssapi::new())
    }
}

/// One exchange of HTTP Negotiate. Each login begins a new one.
pub trait NegotiateContext: Send {
    /// Takes the token that the server sent, if it sent one, and gives the next one for the server.
    ///
    /// It may block: it is called on a thread of its own, and never twice at the same time.
    ///
    /// # Errors
    ///
    /// [`Error::Authentication`] when there is no ticket, the realm does not know the service, or the
    /// server's token proves nothing. The message repeats no token.
    fn step(&mut self, server: Option<&[u8]>) -> Result<NegotiateStep, Error>;
}

/// What a step of an exchange brings. `Debug` does not show the token.
#[derive(Clone, Eq, PartialEq)]
#[non_exhaustive]
pub struct NegotiateStep {
    /// The token for the server, if there is to be another one.
    pub token: Option<Vec<u8>>,
    /// Whether the server has proved itself by what it sent so far.
    pub proven: bool,
}

impl NegotiateStep {
    /// A token for the server, which has not proved itself yet.
    pub fn send(token: impl Into<Vec<u8>>) -> Self {
        Self {
            token: Some(token.into()),
            proven: false,
        }
    }

    /// The end: no further token. `proven`: whether the server has proved itself.
    pub fn done(proven: bool) -> Self {
        Self {
            token: None,
            proven,
        }
    }
}

impl fmt::Debug for NegotiateStep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let length = self.token.as_ref().map(Vec::len);
        f.debug_struct("NegotiateStep")
            .field("token_length", &length)
            .field("proven", &self.proven)
            .finish()
    }
}

#[cfg(test)]
mod tests;
