//! The table of logins on real servers: a row for each login that a test has made, printed at the end of the
//! tests and kept in `docs/federation.md`.

use std::fs::OpenOptions;
use std::io::Write;
use std::time::Instant;

use serde::{Deserialize, Serialize};

use crate::federation::Login;
use crate::variable;

/// The variable with the path of the file that rows are appended to.
pub const TABLE: &str = "KEYSTONE_TEST_TABLE";

/// Whose login it was.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[expect(clippy::exhaustive_enums, reason = "the table has a word for each")]
pub enum Client {
    /// This workspace's.
    Ours,
    /// That of Python's keystoneauth1.
    Keystoneauth,
}

/// What a login has to end in.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "snake_case")]
#[expect(clippy::exhaustive_enums, reason = "the table has a word for each")]
pub enum Outcome {
    /// A token, which Keystone has validated.
    Token,
    /// A refusal.
    Refused,
}

/// A login that ended as it should.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[non_exhaustive]
pub struct Row {
    /// The plugin, by the name under which it is loaded.
    pub method: String,
    /// What is special about this login; empty for the plain one.
    pub case: String,
    /// The servers that took part in it.
    pub server: String,
    /// Whether one of them stands in for a server that is not to be had.
    pub stand_in: bool,
    /// Whose login it was.
    pub client: Client,
    /// How it ended.
    pub outcome: Outcome,
    /// How long it took, in seconds.
    pub seconds: f64,
}

/// A login under test. Its row is written when the test that holds it ends without a panic.
#[must_use = "the row is written when this is dropped"]
pub struct Pending {
    row: Row,
    started: Instant,
}

/// Begins a row with one of our logins.
pub fn row(method: &str, case: &str, server: &str, outcome: Outcome) -> Pending {
    Pending {
        row: Row {
            method: method.to_owned(),
            case: case.to_owned(),
            server: server.to_owned(),
            stand_in: server.contains("stand-in"),
            client: Client::Ours,
            outcome,
            seconds: 0.0,
        },
        started: Instant::now(),
    }
}

impl Pending {
    /// Makes it a login of keystoneauth1.
    pub fn by_keystoneauth(mut self) -> Self {
        self.row.client = Client::Keystoneauth;
        self
    }
}

impl Drop for Pending {
    fn drop(&mut self) {
        if std::thread::panicking() {
            return;
        }
        self.row.seconds = self.started.elapsed().as_secs_f64();
        append(&self.row);
    }
}

/// Adds the logins of keystoneauth1 that ended as they should.
pub fn add_keystoneauth(logins: &[Login]) {
    for login in logins {
        let outcome = match login.result.as_str() {
            "token" => Outcome::Token,
            "refused" => Outcome::Refused,
            _ => continue,
        };
        append(&Row {
            method: login.method.clone(),
            case: login.case.clone(),
            server: login.server.clone(),
            stand_in: login.stand_in,
            client: Client::Keystoneauth,
            outcome,
            seconds: login.seconds,
        });
    }
}

/// Nothing without a file: a test program may be run by hand.
fn append(row: &Row) {
    let Ok(path) = variable(TABLE) else { return };
    let line = serde_json::to_string(row).unwrap_or_default() + "\n";
    let file = OpenOptions::new().create(true).append(true).open(&path);
    // One write, so that the lines of test programs that run beside each other stay whole.
    if let Err(error) = file.and_then(|mut file| file.write_all(line.as_bytes())) {
        eprintln!("cannot write the row {line} to `{path}`: {error}");
    }
}
