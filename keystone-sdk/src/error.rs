//! The errors of this crate.

use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;

use http::StatusCode;

use crate::printable;

mod federation;
mod paging;
mod receipt;
mod response;
mod transport;

pub use federation::{FederationFailure, FederationStep};
pub use paging::{PagingError, PagingErrorKind};
pub use receipt::Receipt;
pub use response::{RedirectRefusal, ResponseError, ResponseKind};
pub use transport::{TransportError, TransportErrorKind};

pub(crate) use response::ResponseParts;

/// Shared, because all callers that wait for one response get its error.
type Source = Arc<dyn StdError + Send + Sync>;

/// An error of this crate.
///
/// The variant tells the stage: a [`Configuration`] error was found before anything was sent, a
/// [`Transport`] error leaves open whether the server acted on the request, and a [`Response`]
/// error was sent by the server.
///
/// [`Configuration`]: Error::Configuration
/// [`Transport`]: Error::Transport
/// [`Response`]: Error::Response
///
/// Clones share their [`source`](StdError::source).
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Error {
    /// Keystone refused to issue a token.
    Authentication(AuthenticationError),
    /// A setting is missing, malformed or contradicts another one; nothing was sent.
    Configuration(ConfigurationError),
    /// The response does not match the API.
    Decode(DecodeError),
    /// No endpoint, or no usable API version, was found.
    Discovery(DiscoveryError),
    /// A service does not return a whole list, or several items match where one was expected.
    Paging(PagingError),
    /// The service responded with an error status.
    Response(ResponseError),
    /// There was no response: the connection was refused or broke, timed out, or failed in TLS.
    Transport(TransportError),
}

impl Error {
    /// The HTTP status, if there was an error response.
    pub fn status(&self) -> Option<StatusCode> {
        self.response().map(ResponseError::status)
    }

    /// The meaning of the HTTP status, if there was an error response.
    ///
    /// ```
    /// use keystone_sdk::error::ResponseKind;
    ///
    /// # fn example(error: &keystone_sdk::Error) {
    /// if error.kind() == Some(ResponseKind::Conflict) {
    ///     println!("the name is taken");
    /// }
    /// # }
    /// ```
    pub fn kind(&self) -> Option<ResponseKind> {
        self.response().map(ResponseError::kind)
    }

    /// The error response, if there was one.
    pub fn response(&self) -> Option<&ResponseError> {
        match self {
            Self::Authentication(error) => error.response(),
            Self::Response(error) => Some(error),
            Self::Configuration(_)
            | Self::Decode(_)
            | Self::Discovery(_)
            | Self::Paging(_)
            | Self::Transport(_) => None,
        }
    }

    fn inner(&self) -> &(dyn StdError + 'static) {
        match self {
            Self::Authentication(error) => error,
            Self::Configuration(error) => error,
            Self::Decode(error) => error,
            Self::Discovery(error) => error,
            Self::Paging(error) => error,
            Self::Response(error) => error,
            Self::Transport(error) => error,
        }
    }

    /// Says of a request without a response what it was for.
    pub(crate) fn during(self, step: &'static str) -> Self {
        match self {
            Self::Transport(error) => Self::Transport(TransportError {
                step: Some(step),
                ..error
            }),
            other => other,
        }
    }

    /// The receipt, if Keystone accepted some methods of a login and requires more.
    pub fn receipt(&self) -> Option<&Receipt> {
        match self {
            Self::Authentication(error) => error.receipt(),
            _ => None,
        }
    }

    /// Where a federated login failed, and what the server there said.
    ///
    /// ```
    /// use keystone_sdk::error::FederationStep;
    ///
    /// # fn example(error: &keystone_sdk::Error) {
    /// let failure = error.federation();
    /// if failure.is_some_and(|it| it.step() == FederationStep::IdentityProvider) {
    ///     println!("wrong password?");
    /// }
    /// # }
    /// ```
    pub fn federation(&self) -> Option<&FederationFailure> {
        match self {
            Self::Authentication(error) => error.federation(),
            _ => None,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self.inner(), f)
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.inner().source()
    }
}

macro_rules! stage {
    ($kind:ident, $variant:ident) => {
        impl From<$kind> for Error {
            fn from(error: $kind) -> Self {
                Self::$variant(error)
            }
        }
    };
}

stage!(AuthenticationError, Authentication);
stage!(ConfigurationError, Configuration);
stage!(DecodeError, Decode);
stage!(DiscoveryError, Discovery);
stage!(PagingError, Paging);
stage!(ResponseError, Response);
stage!(TransportError, Transport);

/// An error with a message, a place and a remedy.
macro_rules! message_error {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug)]
        #[non_exhaustive]
        pub struct $name {
            message: String,
            place: Option<String>,
            remedy: Option<String>,
            source: Option<Source>,
        }

        impl $name {
            /// What is wrong, with the value (never a secret one). The text may come from a server:
            /// it is made safe to print, as by [`printable::line`].
            pub fn new(message: impl Into<String>) -> Self {
                let message = printable::owned(message.into());
                Self { message, place: None, remedy: None, source: None }
            }

            /// Adds the place of the value: a file and section, a variable, a URL.
            #[must_use]
            pub fn at(mut self, place: impl Into<String>) -> Self {
                self.place = Some(printable::owned(place.into()));
                self
            }

            /// Adds what to do about it.
            #[must_use]
            pub fn remedy(mut self, remedy: impl Into<String>) -> Self {
                self.remedy = Some(printable::owned(remedy.into()));
                self
            }

            /// Adds the error that caused this one.
            #[must_use]
            pub fn caused_by(
                mut self,
                source: impl Into<Box<dyn StdError + Send + Sync>>,
            ) -> Self {
                self.source = Some(Source::from(source.into()));
                self
            }

            /// The place of the value, if it has one.
            pub fn place(&self) -> Option<&str> {
                self.place.as_deref()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.message)?;
                if let Some(place) = &self.place {
                    write!(f, " ({place})")?;
                }
                if let Some(remedy) = &self.remedy {
                    write!(f, "; {remedy}")?;
                }
                Ok(())
            }
        }

        impl StdError for $name {
            fn source(&self) -> Option<&(dyn StdError + 'static)> {
                self.source.as_deref().map(|source| source as &(dyn StdError + 'static))
            }
        }
    };
}

message_error! {
    /// A setting is missing, malformed or contradicts another one.
    ConfigurationError
}

message_error! {
    /// A response is not as expected: HTML instead of JSON, a missing header or field.
    DecodeError
}

message_error! {
    /// The catalog has no such endpoint, or the service no such version.
    DiscoveryError
}

/// Keystone refused to issue a token, or the plugin could not get one.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct AuthenticationError {
    message: String,
    response: Option<ResponseError>,
    /// Boxed, so that an [`Error`] stays small on the way up.
    receipt: Option<Box<Receipt>>,
    federation: Option<Box<FederationFailure>>,
}

impl AuthenticationError {
    /// A failure without a response.
    pub fn new(message: impl Into<String>) -> Self {
        Self {
            message: printable::owned(message.into()),
            response: None,
            receipt: None,
            federation: None,
        }
    }

    /// Adds the response that refused the login.
    #[must_use]
    pub fn refused_by(mut self, response: ResponseError) -> Self {
        self.response = Some(response);
        self
    }

    /// Adds the receipt, with which the login can be continued.
    #[must_use]
    pub fn with_receipt(mut self, receipt: Receipt) -> Self {
        self.receipt = Some(Box::new(receipt));
        self
    }

    /// Adds where a federated login failed.
    #[must_use]
    pub fn failed_at(mut self, failure: FederationFailure) -> Self {
        self.federation = Some(Box::new(failure));
        self
    }

    /// Where a federated login failed, and what the server there said.
    pub fn federation(&self) -> Option<&FederationFailure> {
        self.federation.as_deref()
    }

    /// The receipt with which the login can be continued, if some methods were accepted.
    pub fn receipt(&self) -> Option<&Receipt> {
        self.receipt.as_deref()
    }

    /// Keystone's response, if there was one.
    pub fn response(&self) -> Option<&ResponseError> {
        self.response.as_ref()
    }
}

impl fmt::Display for AuthenticationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl StdError for AuthenticationError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.response
            .as_ref()
            .map(|response| response as &(dyn StdError + 'static))
    }
}

/// Here, because `secret` must not import errors.
impl crate::SecretString {
    /// Refuses a blank secret; `what` names it.
    pub(crate) fn refuse_blank(&self, what: &str) -> Result<(), ConfigurationError> {
        if self.is_blank() {
            let error = ConfigurationError::new(format!("{what} is blank"));
            return Err(error.remedy("a secret has to be more than white space"));
        }
        Ok(())
    }
}
