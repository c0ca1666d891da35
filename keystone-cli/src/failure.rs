//! Why a command was not done, and the exit code that says so to scripts.

use std::error::Error as StdError;
use std::fmt;
use std::process::ExitCode;

use http::StatusCode;
use keystone_sdk::{Error, printable};

/// 0 if all is well, else 1.
pub(crate) fn exit_code(is_well: bool) -> ExitCode {
    match is_well {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    }
}

/// The exit code of a failure, as `keystone --help` documents it.
#[derive(Clone, Copy)]
enum FailureKind {
    Settings = 2,
    Refused = 3,
    NoResponse = 4,
}

/// One message for whoever typed the command: value, place, remedy, and what caused it.
pub(crate) struct Failure {
    kind: FailureKind,
    message: String,
    causes: Vec<String>,
}

impl Failure {
    /// Wrong usage or wrong settings.
    pub(crate) fn settings(message: impl Into<String>) -> Self {
        Self {
            kind: FailureKind::Settings,
            message: message.into(),
            causes: Vec::new(),
        }
    }

    /// Adds the error behind it, and those behind that one.
    pub(crate) fn caused_by(mut self, error: &(dyn StdError + 'static)) -> Self {
        let chain = std::iter::successors(Some(error), |error: &&dyn StdError| (**error).source());
        self.causes.extend(chain.map(ToString::to_string));
        self
    }

    /// Says what it is about; what it said so far is the cause.
    pub(crate) fn about(mut self, message: &str) -> Self {
        let cause = std::mem::replace(&mut self.message, message.to_owned());
        self.causes.insert(0, cause);
        self
    }

    pub(crate) fn exit_code(&self) -> ExitCode {
        ExitCode::from(self.kind as u8)
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let refused = matches!(
            error.status(),
            Some(StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN)
        );
        let kind = match &error {
            Error::Configuration(_) => FailureKind::Settings,
            Error::Authentication(_) => FailureKind::Refused,
            _ if refused => FailureKind::Refused,
            _ => FailureKind::NoResponse,
        };
        let failure = Self {
            kind,
            message: error.to_string(),
            causes: Vec::new(),
        };
        match error.source() {
            Some(source) => failure.caused_by(source),
            None => failure,
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Whatever is said may repeat a server's words, and not all of it went through the library.
        write!(f, "error: {}", printable::short_lines(&self.message))?;
        self.causes
            .iter()
            .try_for_each(|cause| write!(f, "\n  because: {}", printable::line(cause)))
    }
}

#[cfg(test)]
mod tests {
    use keystone_sdk::error::{AuthenticationError, ConfigurationError, DiscoveryError};

    use super::*;

    #[test]
    fn every_stage_has_its_exit_code() {
        for (error, code) in [
            (Error::from(ConfigurationError::new("x")), 2),
            (Error::from(AuthenticationError::new("x")), 3),
            (Error::from(DiscoveryError::new("x")), 4),
        ] {
            assert_eq!(Failure::from(error).kind as u8, code);
        }
    }

    #[test]
    fn neither_a_message_nor_a_cause_steers_the_terminal() {
        let hostile = format!("\u{1b}]0;\u{7}\u{202e}\n{}", "x".repeat(5_000_000));
        let text = Failure::settings(&hostile).caused_by(&std::io::Error::other(hostile.clone()));
        let text = text.to_string();
        assert!(text.len() < 4 * printable::LONGEST);
        assert!(!text.contains(|one| one != '\n' && printable::is_unseen(one)));
    }

    #[test]
    fn causes_follow_on_lines_of_their_own() {
        let error = ConfigurationError::new("no file").caused_by("gone");
        let text = Failure::from(Error::from(error)).to_string();
        assert_eq!(text, "error: no file\n  because: gone");
    }
}
