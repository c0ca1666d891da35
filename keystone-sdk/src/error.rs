//! What can go wrong, by stage: was anything sent, was there a response, what did it say?

use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;

use http::StatusCode;

use crate::printable;

mod paging;
mod receipt;
mod response;
mod transport;

pub use paging::{PagingError, PagingErrorKind};
pub use receipt::Receipt;
pub use response::{RedirectRefusal, ResponseError, ResponseKind};
pub use transport::{TransportError, TransportErrorKind};

pub(crate) use response::ResponseParts;

/// Shared, so that all who waited for one response can be given its error.
type Source = Arc<dyn StdError + Send + Sync>;

/// An error of this crate.
///
/// The variant tells the stage, and with it what a caller may do: a [`Configuration`] error was
/// found before anything was sent, a [`Transport`] error leaves open whether the server acted, a
/// [`Response`] is the server's own word.
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
    /// A setting is missing, malformed or contradicts another; nothing was sent.
    Configuration(ConfigurationError),
    /// The response is not what the document behind the call promises.
    Decode(DecodeError),
    /// No endpoint, or no usable API version, was found.
    Discovery(DiscoveryError),
    /// A service does not hand out a whole list, or one item was looked for and several found.
    Paging(PagingError),
    /// The service responded with an error status.
    Response(ResponseError),
    /// There was no response: refused connection, time-out, broken TLS.
    Transport(TransportError),
}

impl Error {
    /// The HTTP status, where there was a response.
    pub fn status(&self) -> Option<StatusCode> {
        self.response().map(ResponseError::status)
    }

    /// What the service's status means, where the service responded with an error.
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

    /// The response that said no, where there was a response.
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

    /// The receipt, where Keystone has accepted some methods of a login and wants more.
    pub fn receipt(&self) -> Option<&Receipt> {
        match self {
            Self::Authentication(error) => error.receipt(),
            _ => None,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Authentication(error) => error.fmt(f),
            Self::Configuration(error) => error.fmt(f),
            Self::Decode(error) => error.fmt(f),
            Self::Discovery(error) => error.fmt(f),
            Self::Paging(error) => error.fmt(f),
            Self::Response(error) => error.fmt(f),
            Self::Transport(error) => error.fmt(f),
        }
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match self {
            Self::Authentication(error) => error.source(),
            Self::Configuration(error) => error.source(),
            Self::Decode(error) => error.source(),
            Self::Discovery(error) => error.source(),
            Self::Paging(error) => error.source(),
            Self::Response(error) => error.source(),
            Self::Transport(error) => error.source(),
        }
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

/// A message with what it is about, where that stands, and what to do.
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
            /// What is wrong, naming the value (never a secret one). It may be a server's text: all that
            /// is said here is made fit to be printed, as [`printable::line`] does it.
            pub fn new(message: impl Into<String>) -> Self {
                let message = printable::owned(message.into());
                Self { message, place: None, remedy: None, source: None }
            }

            /// Adds where the value stands: a file and section, a variable, an address.
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

            /// Where the value stands, if it has a place.
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
    /// A setting is missing, malformed or contradicts another.
    ConfigurationError
}

message_error! {
    /// A response does not have the promised form: HTML instead of JSON, a missing header or field.
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
}

impl AuthenticationError {
    /// A failure without a response behind it.
    pub fn new(message: impl Into<String>) -> Self {
        Self {
            message: printable::owned(message.into()),
            response: None,
            receipt: None,
        }
    }

    /// Adds the response that refused.
    #[must_use]
    pub fn refused_by(mut self, response: ResponseError) -> Self {
        self.response = Some(response);
        self
    }

    /// Adds the receipt with which the login can be continued.
    #[must_use]
    pub fn with_receipt(mut self, receipt: Receipt) -> Self {
        self.receipt = Some(Box::new(receipt));
        self
    }

    /// The receipt with which the login can be continued, if some methods were accepted.
    pub fn receipt(&self) -> Option<&Receipt> {
        self.receipt.as_deref()
    }

    /// Keystone's response, if it gave one.
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

/// Here, because a secret knows nothing of errors.
impl crate::SecretString {
    /// Refuses a blank one, which is `what`.
    pub(crate) fn refuse_blank(&self, what: &str) -> Result<(), ConfigurationError> {
        if self.is_blank() {
            let error = ConfigurationError::new(format!("{what} is blank"));
            return Err(error.remedy("a secret has to be more than white space"));
        }
        Ok(())
    }
}
