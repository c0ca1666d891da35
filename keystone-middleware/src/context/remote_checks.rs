//! Asks other servers where a policy's rule says `http:` or `https:`.

use std::fmt;
use std::time::Duration;

use http::header::CONTENT_TYPE;
use http::{HeaderValue, Method, StatusCode};
use keystone_policy::{Decision, DecisionError, RemoteCall};
use keystone_sdk::transport::{Request, Transport};
use url::Url;

/// The largest answer that is read, in bytes: the one that counts has four.
const LARGEST_ANSWER: usize = 4096;

/// How other servers are asked about policies with `http:` and `https:` checks. Cheap to clone.
///
/// A check is true when the server answers with status 200 and the text `True`, false when it
/// answers 200 with anything else. Everything else, such as another status or no answer in time, is
/// no answer: then the caller is refused with 503, also where the check stands below a `not`.
/// Redirects are not followed.
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
    /// Asks through `transport`, which knows whom to trust. The body is a form, the time for an
    /// answer 60 seconds, as in oslo.policy.
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

    /// The time for one answer.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Makes the calls that a decision needs, one after the other, until it is a yes or a no.
    pub(crate) async fn settle(&self, mut call: RemoteCall) -> Result<Decision, DecisionError> {
        loop {
            match self.ask(&call).await {
                Ok(yes) => match call.answer(yes)? {
                    Decision::Needs(next) => call = next,
                    decided => return Ok(decided),
                },
                Err(problem) => return Err(call.refuse(problem)),
            }
        }
    }

    /// What the server says, or why that cannot be trusted.
    async fn ask(&self, call: &RemoteCall) -> Result<bool, String> {
        let url = Url::parse(call.url()).map_err(|_| "its address is none".to_owned())?;
        let (kind, body) = if self.json {
            ("application/json", call.json_body())
        } else {
            ("application/x-www-form-urlencoded", call.form_body())
        };
        let mut request = Request::new(Method::POST, url)
            .header(CONTENT_TYPE, HeaderValue::from_static(kind))
            // Asking twice changes nothing.
            .replayable(true)
            .redirects(0);
        request.body = Some(body.into());
        request.timeout = Some(self.timeout);
        request.max_body = Some(LARGEST_ANSWER);
        let answer = self.transport.send(request).await;
        let answer = answer.map_err(|error| format!("the server gave no answer: {error}"))?;
        if answer.status != StatusCode::OK {
            return Err(format!(
                "the server answered with status {}, only 200 is an answer",
                answer.status.as_u16()
            ));
        }
        Ok(RemoteCall::reads_as_yes(&answer.body))
    }
}

impl fmt::Debug for RemoteChecks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RemoteChecks")
            .field("timeout", &self.timeout)
            .field("json", &self.json)
            .finish_non_exhaustive()
    }
}
