//! Tells failures apart: a reused connection that turned out to be dead, broken TLS, all others.

use std::error::Error as StdError;
use std::io::{self, ErrorKind};

/// Whether a request failed before a complete response head because its connection had ended.
///
/// A server may close a kept-alive connection at any moment without saying so (stock uWSGI does so
/// after each response), and the client learns of it only when it uses the connection again. Refused
/// connections and time-outs are another matter: a second try would not be told from a first one.
pub(super) fn connection_was_dead(error: &reqwest::Error) -> bool {
    if error.is_connect() || error.is_timeout() || error.is_builder() || error.is_redirect() {
        return false;
    }
    let mut cause = error.source();
    while let Some(error) = cause {
        if says_dead(error) {
            return true;
        }
        cause = error.source();
    }
    false
}

/// Whether no connection was made because TLS failed: a certificate that is not trusted, a name
/// that does not fit, a server that speaks no TLS.
#[cfg(feature = "tls")]
pub(super) fn tls_failed(error: &reqwest::Error) -> bool {
    let mut cause = error.source();
    while let Some(error) = cause {
        if error.is::<rustls::Error>() {
            return true;
        }
        // What an I/O error wraps is not its source.
        let io_error = error.downcast_ref::<io::Error>();
        cause = match io_error.and_then(io::Error::get_ref) {
            Some(wrapped) => Some(wrapped),
            None => error.source(),
        };
    }
    false
}

/// Without TLS it cannot fail.
#[cfg(not(feature = "tls"))]
pub(super) fn tls_failed(_: &reqwest::Error) -> bool {
    false
}

fn says_dead(error: &(dyn StdError + 'static)) -> bool {
    if let Some(error) = error.downcast_ref::<hyper::Error>() {
        return error.is_incomplete_message() || error.is_canceled() || error.is_closed();
    }
    let error = error.downcast_ref::<io::Error>();
    error.is_some_and(|error| {
        matches!(
            error.kind(),
            ErrorKind::BrokenPipe
                | ErrorKind::ConnectionAborted
                | ErrorKind::ConnectionReset
                | ErrorKind::NotConnected
                | ErrorKind::UnexpectedEof
        )
    })
}
