//! Responses with an error status.

use std::error::Error as StdError;
use std::fmt;
use std::time::Duration;

use http::{Method, StatusCode};

use crate::printable;

/// A service responded with a status of 400 or more, or with a redirect that is not followed.
///
/// Its texts are safe to print: short, on one line, and without control characters. See
/// [`printable`](crate::printable).
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ResponseError(Box<ResponseParts>);

/// Boxed, so that an [`Error`](super::Error) stays small on the way up.
#[derive(Clone, Debug)]
pub(crate) struct ResponseParts {
    pub(crate) status: StatusCode,
    pub(crate) method: Method,
    /// Without its query, which can contain names.
    pub(crate) url: String,
    pub(crate) request_id: Option<String>,
    pub(crate) title: Option<String>,
    pub(crate) message: Option<String>,
    pub(crate) details: Option<String>,
    /// How many further errors the body has.
    pub(crate) others: usize,
    pub(crate) retry_after: Option<Duration>,
    pub(crate) redirect: Option<RedirectRefusal>,
}

impl ResponseError {
    pub(crate) fn new(mut parts: ResponseParts) -> Self {
        let texts = [
            &mut parts.request_id,
            &mut parts.title,
            &mut parts.message,
            &mut parts.details,
        ];
        for text in texts {
            *text = text.take().map(printable::owned);
        }
        Self(Box::new(parts))
    }

    /// The HTTP status.
    pub fn status(&self) -> StatusCode {
        self.0.status
    }

    /// The meaning of the status, to match on.
    pub fn kind(&self) -> ResponseKind {
        ResponseKind::of(self.0.status)
    }

    /// The method of the request.
    pub fn method(&self) -> &Method {
        &self.0.method
    }

    /// The address of the request, without its query.
    pub fn url(&self) -> &str {
        &self.0.url
    }

    /// The service's request id (`X-Openstack-Request-Id`), for its operator's logs.
    pub fn request_id(&self) -> Option<&str> {
        self.0.request_id.as_deref()
    }

    /// The title in the service's error body, such as `Not Found`.
    pub fn title(&self) -> Option<&str> {
        self.0.title.as_deref()
    }

    /// The service's message; that of the first error, if there are several.
    pub fn message(&self) -> Option<&str> {
        self.0.message.as_deref()
    }

    /// Further details from the service.
    pub fn details(&self) -> Option<&str> {
        self.0.details.as_deref()
    }

    /// How many further errors the response has.
    pub fn others(&self) -> usize {
        self.0.others
    }

    /// How long the service asks to wait before the next attempt.
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// Why the redirect was not followed, if the response is one.
    pub fn redirect_refusal(&self) -> Option<RedirectRefusal> {
        self.0.redirect
    }
}

impl fmt::Display for ResponseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} {} responded with {}",
            self.0.method, self.0.url, self.0.status
        )?;
        if let Some(message) = &self.0.message {
            write!(f, ": {message}")?;
        }
        match self.0.others {
            0 => {}
            1 => f.write_str(" (and one more error)")?,
            others => write!(f, " (and {others} more errors)")?,
        }
        if let Some(id) = &self.0.request_id {
            write!(f, " (request id {id})")?;
        }
        Ok(())
    }
}

impl StdError for ResponseError {}

macro_rules! response_kinds {
    ($($(#[$doc:meta])* $kind:ident = $status:literal,)*) => {
        /// The meaning of an error status.
        ///
        /// Source: RFC 9110, section 15, and RFC 6585.
        #[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
        #[non_exhaustive]
        pub enum ResponseKind {
            $(
                #[doc = concat!($status, ".")]
                $(#[$doc])*
                $kind,
            )*
            /// Any other status of 400 to 499.
            OtherClientError,
            /// Any other status of 500 and more.
            OtherServerError,
            /// A redirect that was not followed.
            Redirect,
        }

        impl ResponseKind {
            /// The meaning of an error status.
            pub fn of(status: StatusCode) -> Self {
                match status.as_u16() {
                    $($status => Self::$kind,)*
                    400..=499 => Self::OtherClientError,
                    500.. => Self::OtherServerError,
                    _ => Self::Redirect,
                }
            }
        }
    };
}

response_kinds! {
    /// The request is malformed.
    BadRequest = 400,
    /// The token is missing, expired or revoked.
    Unauthorized = 401,
    /// Payment is required.
    PaymentRequired = 402,
    /// The policy of the service does not allow it.
    Forbidden = 403,
    /// The resource does not exist.
    NotFound = 404,
    /// The resource does not support the method.
    MethodNotAllowed = 405,
    /// The requested media type or microversion is not supported.
    NotAcceptable = 406,
    /// The proxy requires authentication.
    ProxyAuthenticationRequired = 407,
    /// The service waited too long for the request.
    RequestTimeout = 408,
    /// The request conflicts with the state of the resource, or a name is taken.
    Conflict = 409,
    /// The resource no longer exists.
    Gone = 410,
    /// The request has to have a `Content-Length`.
    LengthRequired = 411,
    /// A condition of the request is not met.
    PreconditionFailed = 412,
    /// The body is too large, or the quota is used up.
    ContentTooLarge = 413,
    /// The URL is too long.
    UriTooLong = 414,
    /// The media type of the body is not supported.
    UnsupportedMediaType = 415,
    /// The requested range does not exist.
    RangeNotSatisfiable = 416,
    /// The header `Expect` cannot be met.
    ExpectationFailed = 417,
    /// The body is well-formed, but cannot be processed.
    UnprocessableContent = 422,
    /// Too many requests in a short time.
    TooManyRequests = 429,
    /// The service failed.
    InternalServerError = 500,
    /// The service does not support the method.
    NotImplemented = 501,
    /// A proxy got an invalid response from the service.
    BadGateway = 502,
    /// The service is unavailable or overloaded.
    ServiceUnavailable = 503,
    /// A proxy got no response from the service in time.
    GatewayTimeout = 504,
    /// The service does not support this version of HTTP.
    HttpVersionNotSupported = 505,
}

/// Why a redirect was not followed.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum RedirectRefusal {
    /// It leads back to an earlier URL.
    Circle,
    /// It leads from TLS to plain HTTP.
    Downgrade,
    /// It has no target, or one that is not HTTP.
    NoLocation,
    /// It would carry the body, which may hold credentials, to another origin.
    OtherOrigin,
    /// The limit of redirects is reached.
    TooMany,
    /// Following redirects is turned off.
    TurnedOff,
}

impl fmt::Display for RedirectRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Circle => "which is not followed: the redirects go in a circle",
            Self::Downgrade => "which is not followed: it leads away from TLS; correct the address",
            Self::NoLocation => "a redirect without a target",
            Self::OtherOrigin => {
                "which is not followed: the body may be a secret of this origin; use that address"
            }
            Self::TooMany => "which is not followed: there were too many before it",
            Self::TurnedOff => "which is not followed; use that address",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_status_has_a_meaning() {
        for (status, kind) in [
            (404, ResponseKind::NotFound),
            (409, ResponseKind::Conflict),
            (418, ResponseKind::OtherClientError),
            (429, ResponseKind::TooManyRequests),
            (503, ResponseKind::ServiceUnavailable),
            (507, ResponseKind::OtherServerError),
            (302, ResponseKind::Redirect),
        ] {
            let status = StatusCode::from_u16(status).unwrap();
            assert_eq!(ResponseKind::of(status), kind);
        }
    }
}
