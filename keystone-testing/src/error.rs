//! Errors of the server itself, as opposed to those of requests.

use std::net::SocketAddr;
use std::{error, fmt, io};

/// Why the embedded server could not run.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// Its address could not be bound.
    Bind(BindError),
}

/// The loopback address that could not be bound, and why.
#[derive(Debug)]
pub struct BindError {
    address: SocketAddr,
    source: io::Error,
}

impl Error {
    pub(crate) fn bind(address: SocketAddr, source: io::Error) -> Self {
        Self::Bind(BindError { address, source })
    }
}

impl BindError {
    /// The requested address; port 0 means any free one.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self::Bind(bind) = self;
        write!(
            f,
            "the embedded server cannot listen on `{}`: choose another port, or none for a free one",
            bind.address
        )
    }
}

impl error::Error for Error {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        let Self::Bind(bind) = self;
        Some(&bind.source)
    }
}
