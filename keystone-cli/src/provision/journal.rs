//! The file in which a run records completed changes, a line for each.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use keystone_provision::State;
use serde::{Deserialize, Serialize};

use crate::failure::Failure;

/// Where completed changes are recorded.
pub(super) struct Journal(PathBuf);

/// The first line.
#[derive(Deserialize, Serialize)]
struct Head {
    keystone: String,
    digest: String,
}

/// Each other line.
#[derive(Deserialize, Serialize)]
struct Done {
    what: String,
    id: Option<String>,
}

impl Journal {
    pub(super) fn beside(file: &Path, chosen: Option<&Path>) -> Self {
        Self(chosen.map_or_else(
            || {
                let mut name = file.as_os_str().to_owned();
                name.push(".state");
                name.into()
            },
            Path::to_owned,
        ))
    }

    pub(super) fn path(&self) -> &Path {
        &self.0
    }

    /// What an interrupted run on this Keystone has recorded. An incomplete last line is ignored.
    pub(super) fn read(&self, keystone: &str) -> Option<State> {
        let text = fs::read_to_string(&self.0).ok()?;
        let mut lines = text.lines();
        let head: Head = serde_json::from_str(lines.next()?).ok()?;
        if head.keystone != keystone {
            return None;
        }
        let mut state = State::new(head.digest);
        let done = lines.filter_map(|line| serde_json::from_str::<Done>(line).ok());
        state.done.extend(done.map(|done| (done.what, done.id)));
        Some(state)
    }

    /// Starts a new record with what is as declared already.
    pub(super) fn begin(&self, keystone: &str, state: &State) -> Result<Notes, Failure> {
        let begin = || {
            let mut options = OpenOptions::new();
            let mut notes = Notes(
                options
                    .write(true)
                    .create(true)
                    .truncate(true)
                    .open(&self.0)?,
            );
            notes.line(&Head {
                keystone: keystone.to_owned(),
                digest: state.digest.clone(),
            })?;
            for (what, id) in &state.done {
                notes.done(what, id.as_deref())?;
            }
            Ok(notes)
        };
        begin().map_err(|error: io::Error| {
            let path = self.0.display();
            let message = format!(
                "the progress cannot be recorded in `{path}`; choose another file with --state"
            );
            Failure::settings(message).caused_by(&error)
        })
    }

    /// Removes the record: everything is done.
    pub(super) fn forget(&self) {
        // There is none unless a run was begun.
        let _ = fs::remove_file(&self.0);
    }
}

/// The file, open for appending.
pub(super) struct Notes(File);

impl Notes {
    pub(super) fn done(&mut self, what: &str, id: Option<&str>) -> io::Result<()> {
        self.line(&Done {
            what: what.to_owned(),
            id: id.map(str::to_owned),
        })
    }

    fn line<T: Serialize>(&mut self, line: &T) -> io::Result<()> {
        let mut line = serde_json::to_string(line)?;
        line.push('\n');
        self.0.write_all(line.as_bytes())
    }
}
