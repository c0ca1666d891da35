//! An error of a service, as the response to its caller.

use std::error::Error;
use std::fmt;

use axum::response::{IntoResponse, Response};
use http::StatusCode;
use tracing::error;

use crate::axum::LaterRejection;
use crate::denied::Denied;
use crate::response;

type Source = Box<dyn Error + Send + Sync>;

/// The response to a request that does not fit.
pub type Rejection = ApiError;

/// The error of an operation, with a body in OpenStack's form: `{"error": {"code", "title",
/// "message"}}`. A service may use its own type instead, which is `IntoResponse` and
/// `From<Denied>`.
///
/// What failed inside the service is logged for the operator; the caller learns the status only.
///
/// ```
/// use keystone_middleware::ApiError;
///
/// fn domain(taken: bool) -> Result<(), ApiError> {
///     if taken {
///         return Err(ApiError::conflict("Another proxy already has this domain."));
///     }
///     Ok(())
/// }
/// assert_eq!(domain(true).unwrap_err().status(), 409);
/// ```
#[derive(Debug)]
pub struct ApiError(Box<Kind>);

#[derive(Debug)]
enum Kind {
    /// What the caller is told.
    Told {
        status: StatusCode,
        message: String,
    },
    /// What only the log tells.
    Internal {
        status: StatusCode,
        source: Source,
    },
    Denied(Denied),
    Rejected(Response),
}

impl ApiError {
    /// An error with this status and message for the caller.
    pub fn new(status: StatusCode, message: impl Into<String>) -> Self {
        Self(Box::new(Kind::Told {
            status,
            message: message.into(),
        }))
    }

    /// 400: the request cannot be served as it is.
    pub fn bad_request(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, message)
    }

    /// 404, in the words that `Found` uses too.
    pub fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "The resource could not be found.")
    }

    /// 409: the request clashes with what is there.
    pub fn conflict(message: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, message)
    }

    /// 500: a fault of the service. The source is logged, and not shown.
    pub fn internal(source: impl Into<Source>) -> Self {
        Self(Box::new(Kind::Internal {
            status: StatusCode::INTERNAL_SERVER_ERROR,
            source: source.into(),
        }))
    }

    /// 503: something that the service needs is not there for the time being, such as its database.
    /// The source is logged, and not shown.
    pub fn unavailable(source: impl Into<Source>) -> Self {
        Self(Box::new(Kind::Internal {
            status: StatusCode::SERVICE_UNAVAILABLE,
            source: source.into(),
        }))
    }

    /// What an extractor responds with.
    pub(super) fn rejected(rejection: impl IntoResponse) -> Self {
        Self(Box::new(Kind::Rejected(rejection.into_response())))
    }

    /// The status of the response.
    pub fn status(&self) -> StatusCode {
        match &*self.0 {
            Kind::Told { status, .. } | Kind::Internal { status, .. } => *status,
            Kind::Denied(denied) => denied.status(),
            Kind::Rejected(response) => response.status(),
        }
    }
}

impl From<Denied> for ApiError {
    fn from(denied: Denied) -> Self {
        Self(Box::new(Kind::Denied(denied)))
    }
}

impl From<LaterRejection> for ApiError {
    fn from(rejection: LaterRejection) -> Self {
        Self(Box::new(Kind::Rejected(rejection.into_response())))
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        match *self.0 {
            Kind::Told { status, message } => response::error(status, &message),
            Kind::Internal { status, source } => {
                let first: &(dyn Error + 'static) = &*source;
                let chain = std::iter::successors(Some(first), |error| (**error).source());
                let chain: Vec<String> = chain.map(ToString::to_string).collect();
                error!("{}", keystone_sdk::printable::line(&chain.join(": ")));
                response::error(status, told(status))
            }
            Kind::Denied(denied) => denied.into_response(),
            Kind::Rejected(response) => response,
        }
    }
}

/// 400 for a request that does not fit the description.
pub(super) fn misfit(place: &str, problem: &str) -> Rejection {
    let problem = keystone_sdk::printable::line(problem);
    let place = keystone_sdk::printable::line(place);
    ApiError::new(StatusCode::BAD_REQUEST, format!("{place}: {problem}."))
}

fn told(status: StatusCode) -> &'static str {
    match status {
        StatusCode::SERVICE_UNAVAILABLE => "The service is temporarily unavailable.",
        _ => "The server encountered an internal error and was unable to complete your request.",
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &*self.0 {
            Kind::Told { message, .. } => f.write_str(message),
            Kind::Internal { status, .. } => f.write_str(told(*status)),
            Kind::Denied(denied) => denied.fmt(f),
            Kind::Rejected(response) => {
                write!(f, "the request was refused with {}", response.status())
            }
        }
    }
}

impl Error for ApiError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match &*self.0 {
            Kind::Internal { source, .. } => Some(&**source),
            Kind::Denied(denied) => Some(denied),
            Kind::Told { .. } | Kind::Rejected(_) => None,
        }
    }
}
