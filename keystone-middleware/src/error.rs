//! Errors of the setup of a service and of token validation.

use std::error::Error as StdError;
use std::fmt;

use keystone_sdk::error::ConfigurationError;
use keystone_sdk::printable;

type BoxError = Box<dyn StdError + Send + Sync>;

/// An error of this crate.
///
/// Callers of a service never see these messages: the layer logs them for the operator and responds
/// with a generic one.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// A setting is missing, malformed or unknown; the service must not start.
    Configuration(ConfigurationError),
    /// The token is invalid.
    InvalidToken(InvalidTokenError),
    /// The token could not be validated.
    Unavailable(UnavailableError),
}

/// An invalid token.
#[derive(Debug)]
#[non_exhaustive]
pub struct InvalidTokenError {
    reason: String,
}

/// A failed validation: Keystone cannot be reached, its response is malformed, or it refuses the
/// service's own credentials.
#[derive(Debug)]
#[non_exhaustive]
pub struct UnavailableError {
    message: String,
    source: Option<BoxError>,
}

impl InvalidTokenError {
    /// The token is invalid because of `reason`, which must not contain the token.
    pub fn new(reason: impl Into<String>) -> Self {
        Self {
            reason: reason.into(),
        }
    }

    /// Why the token is refused.
    pub fn reason(&self) -> &str {
        &self.reason
    }
}

impl UnavailableError {
    /// An error with this message.
    pub fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            source: None,
        }
    }

    /// Adds the error that caused this one.
    #[must_use]
    pub fn caused_by(mut self, source: impl Into<BoxError>) -> Self {
        self.source = Some(source.into());
        self
    }
}

impl fmt::Display for InvalidTokenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the token is not valid: {}", self.reason)
    }
}

impl fmt::Display for UnavailableError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Configuration(error) => error.fmt(f),
            Self::InvalidToken(error) => error.fmt(f),
            Self::Unavailable(error) => error.fmt(f),
        }
    }
}

impl StdError for InvalidTokenError {}

impl StdError for UnavailableError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source
            .as_deref()
            .map(|source| source as &(dyn StdError + 'static))
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match self {
            Self::Configuration(error) => error.source(),
            Self::InvalidToken(error) => error.source(),
            Self::Unavailable(error) => error.source(),
        }
    }
}

impl From<ConfigurationError> for Error {
    fn from(error: ConfigurationError) -> Self {
        Self::Configuration(error)
    }
}

/// An error of a configuration section, or of its session.
pub(crate) fn configuration(error: keystone_sdk::Error) -> Error {
    match error {
        keystone_sdk::Error::Configuration(error) => error.into(),
        other => ConfigurationError::new("the session of the service cannot be set up")
            .caused_by(other)
            .into(),
    }
}

impl From<InvalidTokenError> for Error {
    fn from(error: InvalidTokenError) -> Self {
        Self::InvalidToken(error)
    }
}

impl From<UnavailableError> for Error {
    fn from(error: UnavailableError) -> Self {
        Self::Unavailable(error)
    }
}

/// An error with its sources, in one line for the log. Sources may contain text from servers, so
/// controls are escaped.
pub(crate) struct Chain<'a>(pub(crate) &'a (dyn StdError + 'static));

impl fmt::Display for Chain<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&printable::line(&self.0.to_string()))?;
        let mut cause = self.0.source();
        while let Some(error) = cause {
            write!(f, ": {}", printable::line(&error.to_string()))?;
            cause = error.source();
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cause_breaks_out_of_its_line() {
        let hostile = format!("\n\u{1b}[2J\u{202e}{}", "x".repeat(5_000_000));
        let shown = Chain(&UnavailableError::new("no").caused_by(hostile)).to_string();
        assert!(shown.starts_with(r"no: \n\u{1b}[2J\u{202e}xx"), "{shown}");
        assert!(shown.len() < 2 * printable::LONGEST);
    }

    #[test]
    fn a_chain_shows_each_cause_once() {
        let error = Error::from(
            UnavailableError::new("cannot ask")
                .caused_by(InvalidTokenError::new("never mind").to_string()),
        );
        assert_eq!(
            Chain(&error).to_string(),
            "cannot ask: the token is not valid: never mind"
        );
    }
}
