//! The retries of a request, and whether it may be retried.

use std::time::Duration;

use http::{Method, StatusCode};

use super::{Request, Response, Retries};
use crate::Error;
use crate::error::TransportErrorKind;

/// The retries of one call, redirects included.
pub(super) struct Tries {
    retries: Retries,
    connect: u32,
    status: u32,
}

impl Tries {
    pub(super) fn new(retries: Retries) -> Self {
        Self {
            retries,
            connect: 0,
            status: 0,
        }
    }

    /// The pause before the next attempt, if there is one.
    pub(super) fn next(
        &mut self,
        request: &Request,
        outcome: &Result<Response, Error>,
    ) -> Option<Duration> {
        match outcome {
            Ok(response) => self.after_response(request, response),
            Err(Error::Transport(error)) => self.after_failure(request, error.kind()),
            Err(_) => None,
        }
    }

    fn after_failure(&mut self, request: &Request, kind: TransportErrorKind) -> Option<Duration> {
        let harmless = match kind {
            TransportErrorKind::Connect => true,
            TransportErrorKind::Tls => false,
            TransportErrorKind::Interrupted | TransportErrorKind::Timeout => {
                self.may_act_twice(request)
            }
        };
        if !harmless || self.connect >= self.retries.connect.unwrap_or(0) {
            return None;
        }
        let fixed = self.retries.connect_pause;
        let pause = fixed.unwrap_or_else(|| self.retries.growing(self.connect));
        self.connect += 1;
        Some(pause)
    }

    fn after_response(&mut self, request: &Request, response: &Response) -> Option<Duration> {
        let refused_unread =
            response.status == StatusCode::TOO_MANY_REQUESTS && request.replayable != Some(false);
        let harmless = refused_unread || self.may_act_twice(request);
        if !harmless
            || !self.retries.tries_status(response.status)
            || self.status >= self.retries.status.unwrap_or(0)
        {
            return None;
        }
        let pause = match response.retry_after() {
            Some(asked) if asked > self.retries.longest() => return None,
            Some(asked) => asked,
            None => {
                let fixed = self.retries.status_pause;
                fixed.unwrap_or_else(|| self.retries.growing(self.status))
            }
        };
        self.status += 1;
        Some(pause)
    }

    fn may_act_twice(&self, request: &Request) -> bool {
        let asked = self.retries.any_method.unwrap_or(false) && request.replayable != Some(false);
        asked || may_be_replayed(request)
    }
}

/// Whether the request is idempotent (RFC 9110, section 9.2.2).
pub(super) fn may_be_replayed(request: &Request) -> bool {
    request.replayable.unwrap_or_else(|| {
        [
            Method::GET,
            Method::HEAD,
            Method::OPTIONS,
            Method::PUT,
            Method::DELETE,
        ]
        .contains(&request.method)
    })
}
