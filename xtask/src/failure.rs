//! Why a task could not be done.

use std::fmt;
use std::process::{Command, ExitCode, ExitStatus};

/// One message for whoever ran the task: value, place, remedy.
pub(crate) struct Failure(String);

impl Failure {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self(message.into())
    }

    /// For `map_err`: what was attempted, and the error that it met.
    pub(crate) fn at<E: fmt::Display>(attempt: impl fmt::Display) -> impl FnOnce(E) -> Self {
        move |error| Self(format!("{attempt}: {error}"))
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Runs a command to its end; its output goes where ours goes.
pub(crate) fn status(command: &mut Command) -> Result<ExitStatus, Failure> {
    let program = command.get_program().to_string_lossy().into_owned();
    command
        .status()
        .map_err(Failure::at(format!("cannot run `{program}`")))
}

/// Our own exit code after a command's; a command that a signal ended has failed.
pub(crate) fn exit_code(status: ExitStatus) -> ExitCode {
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    code.map_or(ExitCode::FAILURE, ExitCode::from)
}
