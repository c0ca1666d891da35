//! Requests without a response.

use std::error::Error as StdError;
use std::fmt;

use http::Method;

use super::Source;

/// A request that got no response.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct TransportError {
    pub(crate) kind: TransportErrorKind,
    pub(crate) method: Method,
    pub(crate) url: String,
    pub(crate) source: Option<Source>,
    /// What the request was for, where it is one of several steps.
    pub(crate) step: Option<&'static str>,
}

/// Why there was no response.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum TransportErrorKind {
    /// No connection could be made: it was refused, the host is unknown, or it timed out. Nothing
    /// was sent.
    Connect,
    /// The connection ended before a complete response.
    Interrupted,
    /// The exchange timed out.
    Timeout,
    /// The server's certificate is not trusted, or TLS failed. Nothing was sent.
    Tls,
}

impl TransportError {
    /// The method of the request.
    pub fn method(&self) -> &Method {
        &self.method
    }

    /// Why there was no response.
    pub fn kind(&self) -> TransportErrorKind {
        self.kind
    }

    /// What the request was for, where it was a step of a longer exchange.
    pub fn step(&self) -> Option<&str> {
        self.step
    }

    /// The address of the request, without its query.
    pub fn url(&self) -> &str {
        &self.url
    }
}

impl fmt::Display for TransportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match self.kind {
            TransportErrorKind::Connect => {
                "no connection; check the URL and whether the server is running"
            }
            TransportErrorKind::Interrupted => "the connection ended before a complete response",
            TransportErrorKind::Timeout => {
                "no response in time; check the server or raise the timeout"
            }
            TransportErrorKind::Tls => "TLS failed; check the URL and the CA certificates",
        };
        if let Some(step) = self.step {
            write!(f, "{step}: ")?;
        }
        write!(f, "{} {}: {what}", self.method, self.url)
    }
}

impl StdError for TransportError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source
            .as_deref()
            .map(|source| source as &(dyn StdError + 'static))
    }
}
