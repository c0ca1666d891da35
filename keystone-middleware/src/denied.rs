//! Refusals, and their responses.

use std::borrow::Cow;
use std::fmt;

use bytes::Bytes;
use http::{Response, StatusCode};
use keystone_policy::Reason;

use crate::response;

/// A refusal. The response reveals no more than Keystone's would; the [`reason`] is for the
/// operator and was logged when the decision was made.
///
/// [`reason`]: Denied::reason
#[derive(Clone, Debug)]
pub struct Denied(Box<DeniedKind>);

#[derive(Clone, Debug)]
pub(crate) enum DeniedKind {
    /// A policy denied the request.
    Forbidden {
        policy: Cow<'static, str>,
        /// `None` if it was allowed for another target.
        reason: Option<Reason>,
        hidden: bool,
    },
    /// The service is misconfigured; the log says why.
    Misconfigured,
    /// There is no confirmed identity.
    Unauthenticated,
    /// The token of the caller could not be validated.
    Unavailable,
    /// A remote check of the policy has no reliable response.
    Undecided,
}

impl Denied {
    pub(crate) fn new(kind: DeniedKind) -> Self {
        Self(Box::new(kind))
    }

    /// Normally 403; 401 without an identity, 404 if hidden, 503 while Keystone or the server of a
    /// remote check cannot be reached, 500 if the service is misconfigured.
    pub fn status(&self) -> StatusCode {
        match *self.0 {
            DeniedKind::Forbidden { hidden: false, .. } => StatusCode::FORBIDDEN,
            DeniedKind::Forbidden { hidden: true, .. } => StatusCode::NOT_FOUND,
            DeniedKind::Misconfigured => StatusCode::INTERNAL_SERVER_ERROR,
            DeniedKind::Unauthenticated => StatusCode::UNAUTHORIZED,
            DeniedKind::Unavailable | DeniedKind::Undecided => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    /// The policy that denied the request.
    pub fn policy(&self) -> Option<&str> {
        match &*self.0 {
            DeniedKind::Forbidden { policy, .. } => Some(policy),
            _ => None,
        }
    }

    /// Why the policy denied it, with the text of its rule; `None` if a proof does not
    /// [cover](crate::Authorized::covers) its target. Do not show it to the caller.
    pub fn reason(&self) -> Option<&Reason> {
        match &*self.0 {
            DeniedKind::Forbidden { reason, .. } => reason.as_ref(),
            _ => None,
        }
    }

    /// Turns 403 into 404, so as not to reveal that the object exists.
    #[must_use]
    pub fn hide(mut self) -> Self {
        if let DeniedKind::Forbidden { hidden, .. } = &mut *self.0 {
            *hidden = true;
        }
        self
    }

    /// The refusal as a response, with a body like Keystone's errors. With axum, `Denied`
    /// implements `IntoResponse`.
    pub fn to_response<R: From<Bytes>>(&self) -> Response<R> {
        response::error(self.status(), &self.message())
    }

    /// The message for the caller.
    fn message(&self) -> String {
        match &*self.0 {
            DeniedKind::Forbidden {
                policy,
                hidden: false,
                ..
            } => format!("You are not authorized to perform the requested action: {policy}."),
            DeniedKind::Forbidden { hidden: true, .. } => {
                "The resource could not be found.".to_owned()
            }
            DeniedKind::Misconfigured => "The service is not set up to decide this.".to_owned(),
            DeniedKind::Unauthenticated => response::UNAUTHENTICATED.to_owned(),
            DeniedKind::Unavailable => response::UNAVAILABLE.to_owned(),
            DeniedKind::Undecided => {
                "The service cannot decide this for the time being.".to_owned()
            }
        }
    }
}

impl fmt::Display for Denied {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &*self.0 {
            DeniedKind::Forbidden { policy, .. } => {
                write!(f, "policy `{policy}` does not allow this")
            }
            DeniedKind::Misconfigured => f.write_str("the service is not set up to decide this"),
            DeniedKind::Unauthenticated => f.write_str("no valid token was given"),
            DeniedKind::Unavailable => f.write_str("the token could not be validated"),
            DeniedKind::Undecided => {
                f.write_str("a server that decides this gave no response that can be trusted")
            }
        }
    }
}

impl std::error::Error for Denied {}
