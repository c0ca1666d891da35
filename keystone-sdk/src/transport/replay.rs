//! Classifies failures: dead pooled connections, TLS, all others.

use std::error::Error as StdError;
use std::io::{self, ErrorKind};
use std::iter;

/// Whether a request failed before a complete response head because its connection had been closed.
///
/// A server may close a kept-alive connection at any moment (uWSGI by default does so after each
/// response), and the client only notices when it reuses the connection. Refused connections and
/// timeouts are different: a second attempt would fare no better than the first.
pub(super) fn connection_was_dead(error: &reqwest::Error) -> bool {
    if error.is_connect() || error.is_timeout() || error.is_builder() || error.is_redirect() {
        return false;
    }
    iter::successors(error.source(), |&cause| cause.source()).any(says_dead)
}

/// Whether the connection failed in TLS: because of an untrusted certificate, a wrong host name, or
/// a server without TLS.
#[cfg(feature = "tls")]
pub(super) fn tls_failed(error: &reqwest::Error) -> bool {
    let mut causes = iter::successors(error.source(), |&cause| {
        // The error inside an I/O error is not its source.
        let io_error = cause.downcast_ref::<io::Error>();
        match io_error.and_then(io::Error::get_ref) {
            Some(inner) => Some(inner),
            None => cause.source(),
        }
    });
    causes.any(|cause| cause.is::<rustls::Error>())
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
