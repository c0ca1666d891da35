//! The server's own word: a response with an error status.

use std::error::Error as StdError;
use std::fmt;
use std::time::Duration;

use http::{Method, StatusCode};

use crate::printable;

/// A service responded with a status of 400 or more, or with a redirect that is not followed.
///
/// What it says of it is fit to be printed: one line, not long, and without characters that steer a
/// terminal. See [`printable`](crate::printable).
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ResponseError(Box<ResponseParts>);

/// Boxed, so that an [`Error`](super::Error) stays small on the way up.
#[derive(Clone, Debug)]
pub(crate) struct ResponseParts {
    pub(crate) status: StatusCode,
    pub(crate) method: Method,
    /// Without query: a query can hold names, a body can hold secrets.
    pub(crate) url: String,
    pub(crate) request_id: Option<String>,
    pub(crate) title: Option<String>,
    pub(crate) message: Option<String>,
    pub(crate) details: Option<String>,
    /// How many errors the body holds beyond the first.
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

    /// What the status means, to match on.
    pub fn kind(&self) -> ResponseKind {
        ResponseKind::of(self.0.status)
    }

    /// The method of the request that was refused.
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

    /// The service's own explanation; of its first error, where it gives several.
    pub fn message(&self) -> Option<&str> {
        self.0.message.as_deref()
    }

    /// What the service adds to its explanation.
    pub fn details(&self) -> Option<&str> {
        self.0.details.as_deref()
    }

    /// How many errors the response holds beyond the one that is told.
    pub fn others(&self) -> usize {
        self.0.others
    }

    /// How long the service asks to wait before the next try.
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
        /// What an error status means.
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
    /// The service cannot make sense of the request.
    BadRequest = 400,
    /// The token is missing, expired or revoked.
    Unauthorized = 401,
    /// Reserved for payment.
    PaymentRequired = 402,
    /// The policy of the service does not allow it.
    Forbidden = 403,
    /// There is no such thing.
    NotFound = 404,
    /// That cannot be done with it.
    MethodNotAllowed = 405,
    /// No response in the form that was asked for, or no such microversion.
    NotAcceptable = 406,
    /// The proxy wants a login.
    ProxyAuthenticationRequired = 407,
    /// The service waited too long for the request.
    RequestTimeout = 408,
    /// It contradicts what is there: the name is taken, the state is another.
    Conflict = 409,
    /// It was there once.
    Gone = 410,
    /// The service wants to know the length of the body.
    LengthRequired = 411,
    /// A condition of the request does not hold.
    PreconditionFailed = 412,
    /// The body is too large, or the quota is used up.
    ContentTooLarge = 413,
    /// The address is too long.
    UriTooLong = 414,
    /// The service does not read bodies of that type.
    UnsupportedMediaType = 415,
    /// There is no such range of bytes.
    RangeNotSatisfiable = 416,
    /// What the request expects cannot be met.
    ExpectationFailed = 417,
    /// The body can be read, but not done.
    UnprocessableContent = 422,
    /// Too many requests in a short time.
    TooManyRequests = 429,
    /// Something broke within the service.
    InternalServerError = 500,
    /// The service cannot do that.
    NotImplemented = 501,
    /// What stands before the service got no sense out of it.
    BadGateway = 502,
    /// The service is out of order or overloaded.
    ServiceUnavailable = 503,
    /// What stands before the service got no response in time.
    GatewayTimeout = 504,
    /// The service does not speak this version of HTTP.
    HttpVersionNotSupported = 505,
}

/// Why a redirect was not followed.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum RedirectRefusal {
    /// It leads back to where the request has been.
    Circle,
    /// It leads from TLS to an address without it.
    Downgrade,
    /// It says no address, or none of HTTP.
    NoLocation,
    /// It would carry the body, which may hold credentials, to another origin.
    OtherOrigin,
    /// There were as many before it as may be followed.
    TooMany,
    /// None are to be followed.
    TurnedOff,
}

impl fmt::Display for RedirectRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Circle => "which is not followed: the redirects go in a circle",
            Self::Downgrade => "which is not followed: it leads away from TLS; correct the address",
            Self::NoLocation => "a redirect that does not say where to",
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
