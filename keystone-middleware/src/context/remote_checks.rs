//! Awaits pending checks of decisions: remote checks (`http:` and `https:`), and asynchronous
//! checks of the service.

use std::fmt;
use std::time::Duration;

use http::header::CONTENT_TYPE;
use http::{HeaderValue, Method, StatusCode};
use keystone_policy::decide::RemoteCall;
use keystone_policy::{Decision, DecisionError, PendingCheck};
use keystone_sdk::transport::{Request, Transport};
use url::Url;

/// The limit for the size of a response body in bytes; `True` has four.
const LARGEST_RESPONSE: usize = 4096;

/// How remote checks (`http:` and `https:`) are made. Cheap to clone.
///
/// A check is true if the response has status 200 and the body `True`, and false if it has status
/// 200 and any other body. Otherwise, as with another status or a time-out, there is no decision:
/// the request is refused with 503, even if the check is negated. Redirects are not followed.
///
/// ```
/// use std::time::Duration;
///
/// use keystone_middleware::policy::Enforcer;
/// use keystone_middleware::sdk::transport::Transport;
/// use keystone_middleware::{RemoteChecks, Routes};
///
/// fn routes(enforcer: Enforcer) -> Result<Routes, keystone_middleware::sdk::Error> {
///     let transport = Transport::builder().timeout(Duration::from_secs(5)).build()?;
///     Ok(Routes::new(enforcer).remote_checks(RemoteChecks::new(transport)))
/// }
/// ```
#[derive(Clone)]
pub struct RemoteChecks {
    transport: Transport,
    timeout: Duration,
    json: bool,
}

impl RemoteChecks {
    /// Sends requests with `transport`. The body is a form and the time-out 60 seconds, as in
    /// oslo.policy.
    pub fn new(transport: Transport) -> Self {
        Self {
            transport,
            timeout: Duration::from_secs(60),
            json: false,
        }
    }

    /// Whether the body is JSON rather than a form.
    #[must_use]
    pub fn json(mut self, json: bool) -> Self {
        self.json = json;
        self
    }

    /// The time-out of one request.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// The result of the check, or why there is no reliable one.
    async fn ask(&self, call: &RemoteCall) -> Result<bool, String> {
        let url = Url::parse(call.url()).map_err(|_| "its address is not a URL".to_owned())?;
        let (content_type, body) = if self.json {
            ("application/json", call.json_body())
        } else {
            ("application/x-www-form-urlencoded", call.form_body())
        };
        let mut request = Request::new(Method::POST, url)
            .header(CONTENT_TYPE, HeaderValue::from_static(content_type))
            // A check has no side effects, so it may be repeated on another connection.
            .replayable(true)
            .redirects(0);
        request.body = Some(body.into());
        request.timeout = Some(self.timeout);
        request.max_body = Some(LARGEST_RESPONSE);
        let response = self.transport.send(request).await;
        let response = response.map_err(|error| format!("the server gave no response: {error}"))?;
        if response.status != StatusCode::OK {
            return Err(format!(
                "the server responded with status {}, only 200 counts",
                response.status.as_u16()
            ));
        }
        Ok(RemoteCall::reads_as_yes(&response.body))
    }
}

/// Awaits the checks that a decision needs, one after the other, until it is made: those of the
/// service, and with `remote` those of other servers.
pub(crate) async fn settle(
    remote: Option<&RemoteChecks>,
    mut check: PendingCheck,
) -> Result<Decision, DecisionError> {
    loop {
        let result = match (check.remote(), remote) {
            (Some(call), Some(remote)) => remote.ask(call).await,
            (Some(_), None) => Err(NOBODY_ASKS.to_owned()),
            (None, _) => match check.take_future() {
                Some(own) => own.await,
                None => Err("it was awaited already".to_owned()),
            },
        };
        match result {
            Ok(yes) => match check.resume(yes)? {
                Decision::Needs(next) => check = next,
                decided => return Ok(decided),
            },
            Err(problem) => return Err(check.refuse(problem)),
        }
    }
}

/// The error of a decision that needs a check in synchronous code.
pub(crate) fn refuse(check: PendingCheck) -> DecisionError {
    let problem = match check.remote() {
        Some(_) => NOBODY_ASKS,
        None => {
            "it must be awaited: name the policy with `#[policy]`, or take a method of the context that is \
             `async`"
        }
    };
    check.refuse(problem)
}

const NOBODY_ASKS: &str = "no `RemoteChecks` are set up to ask it";

impl fmt::Debug for RemoteChecks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RemoteChecks")
            .field("timeout", &self.timeout)
            .field("json", &self.json)
            .finish_non_exhaustive()
    }
}
