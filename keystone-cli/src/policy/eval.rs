//! `keystone policy eval`: decisions as oslo.policy makes them, a JSON object a line.

use std::io::{self, BufRead, Write};
use std::process::ExitCode;

use keystone_policy::oslo::evaluate_line;

use crate::failure::Failure;

/// The exit code when a line could not be understood.
const BAD_LINES: u8 = 2;

/// Evaluates every line of stdin, and prints the result to stdout.
pub(crate) fn run() -> Result<ExitCode, Failure> {
    evaluate_all(io::stdin().lock(), io::stdout().lock())
}

fn evaluate_all(mut input: impl BufRead, mut output: impl Write) -> Result<ExitCode, Failure> {
    let mut all_understood = true;
    let mut line = Vec::new();
    loop {
        line.clear();
        let read = input.read_until(b'\n', &mut line);
        if read.map_err(|error| broken("stdin cannot be read", &error))? == 0 {
            break;
        }
        let result = evaluate_line(&line);
        all_understood &= result.understood;
        // The caller may wait for this result before it sends the next line.
        match writeln!(output, "{}", result.text).and_then(|()| output.flush()) {
            // Whoever reads has enough.
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => break,
            result => result.map_err(|error| broken("stdout cannot be written", &error))?,
        }
    }
    Ok(match all_understood {
        true => ExitCode::SUCCESS,
        false => ExitCode::from(BAD_LINES),
    })
}

fn broken(what: &str, error: &io::Error) -> Failure {
    Failure::settings(what).caused_by(error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn after_a_bad_line_the_others_are_still_answered() {
        let mut output = Vec::new();
        let input = b"{\n\n{\"id\": 8, \"parse\": []}\n\xff\n{\"id\": 9, \"parse\": \"!\"}";
        let code = evaluate_all(&input[..], &mut output).ok().unwrap();
        assert_eq!(code, ExitCode::from(BAD_LINES));
        let lines = String::from_utf8(output).unwrap();
        let lines: Vec<_> = lines.lines().collect();
        assert_eq!(lines.len(), 5, "{lines:?}");
        assert_eq!(lines[2], r#"{"id": 8, "canonical": "@"}"#);
        assert_eq!(lines[4], r#"{"id": 9, "canonical": "!"}"#);
    }
}
