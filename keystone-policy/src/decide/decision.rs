//! Decisions, and the calls of other servers that some of them need first.

use std::fmt;
use std::sync::Arc;

use crate::decide::error::{DecisionError, FailedCheck};
use crate::decide::reason::Reason;
use crate::decide::remote::{RemoteBody, Space, encode};

/// What was decided.
#[expect(clippy::exhaustive_enums, reason = "a decision is one of the three")]
#[must_use = "a decision protects nothing unless it is acted upon"]
#[derive(Clone, Debug)]
pub enum Decision {
    /// The caller may.
    Allow,
    /// The caller may not.
    Deny(Reason),
    /// Another server must be asked first. Who cannot ask it must refuse the caller.
    Needs(RemoteCall),
}

impl Decision {
    /// Whether the caller may. False while another server must be asked.
    pub fn is_allowed(&self) -> bool {
        matches!(self, Self::Allow)
    }
}

/// A question to another server, on whose answer a decision depends. It owns all it needs, so it
/// can be sent while the credentials and the target are gone.
///
/// Whoever sends it hands the answer to [`RemoteCall::resume`], which goes on with the decision. An
/// answer that leaves any doubt goes to [`RemoteCall::refuse`]: doubt is never "no", which a `not`
/// would turn round.
#[derive(Clone)]
pub struct RemoteCall(Box<Call>);

#[derive(Clone)]
struct Call {
    url: String,
    check: FailedCheck,
    body: Arc<RemoteBody>,
    on_true: Result<Decision, DecisionError>,
    on_false: Result<Decision, DecisionError>,
}

impl RemoteCall {
    pub(crate) fn new(
        url: String,
        check: FailedCheck,
        body: Arc<RemoteBody>,
        on_true: Result<Decision, DecisionError>,
        on_false: Result<Decision, DecisionError>,
    ) -> Self {
        Self(Box::new(Call {
            url,
            check,
            body,
            on_true,
            on_false,
        }))
    }

    /// Where to send it. Values of the target are percent-encoded in it, and can change neither the
    /// server nor the number of the path's segments.
    pub fn url(&self) -> &str {
        &self.0.url
    }

    /// The policy that is being decided.
    pub fn policy(&self) -> &str {
        &self.0.check.policy
    }

    /// The text of the check.
    pub fn check(&self) -> &str {
        &self.0.check.check
    }

    /// The body as a form (`application/x-www-form-urlencoded`): the fields `rule`, `target` and
    /// `credentials`, each of them JSON.
    pub fn form_body(&self) -> String {
        let RemoteBody {
            rule,
            target,
            credentials,
        } = &*self.0.body;
        let mut body = String::new();
        for (name, value) in [
            ("rule=", rule),
            ("&target=", target),
            ("&credentials=", credentials),
        ] {
            body.push_str(name);
            encode(value, Space::Plus, &mut body);
        }
        body
    }

    /// The body as one JSON object (`application/json`) with `rule`, `target` and `credentials`.
    pub fn json_body(&self) -> String {
        let RemoteBody {
            rule,
            target,
            credentials,
        } = &*self.0.body;
        format!("{{\"rule\": {rule}, \"target\": {target}, \"credentials\": {credentials}}}")
    }

    /// What a server's answer with status 200 and this body means: exactly `True` is yes, with or
    /// without quotation marks around it, and anything else is no.
    pub fn reads_as_yes(body: &[u8]) -> bool {
        let mut text = body;
        while let [b'"', rest @ ..] = text {
            text = rest;
        }
        while let [rest @ .., b'"'] = text {
            text = rest;
        }
        text == b"True"
    }

    /// Goes on with the decision, which may need another call.
    ///
    /// # Errors
    /// As [`Rules::decide`](crate::Rules::decide).
    pub fn resume(self, yes: bool) -> Result<Decision, DecisionError> {
        if yes { self.0.on_true } else { self.0.on_false }
    }

    /// Ends the decision because there is no answer that can be trusted; `problem` says why.
    pub fn refuse(self, problem: impl Into<String>) -> DecisionError {
        DecisionError::Remote(FailedCheck {
            problem: problem.into(),
            ..self.0.check
        })
    }
}

impl fmt::Debug for RemoteCall {
    /// The check only: address and body hold values of the target and the credentials.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RemoteCall")
            .field("policy", &self.policy())
            .field("check", &self.check())
            .finish_non_exhaustive()
    }
}
