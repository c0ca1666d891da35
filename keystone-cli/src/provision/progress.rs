//! Shows and records completed changes.

use std::error::Error as StdError;
use std::sync::{Mutex, PoisonError};

use indicatif::{ProgressBar, ProgressStyle};
use keystone_provision::{Finished, Observer, Plan};
use keystone_sdk::printable;

use super::journal::Notes;

/// A bar on stderr, if that is a terminal, and lines in the journal.
pub(super) struct Progress {
    bar: ProgressBar,
    notes: Mutex<Notes>,
}

impl Progress {
    pub(super) fn new(plan: &Plan, notes: Notes) -> Self {
        let counts = plan.counts();
        let all = counts.create + counts.update + counts.delete;
        let bar = ProgressBar::new(u64::try_from(all).unwrap_or_default());
        if let Ok(style) = ProgressStyle::with_template("[{bar:40}] {pos}/{len} {wide_msg}") {
            bar.set_style(style.progress_chars("=> "));
        }
        Self {
            bar,
            notes: Mutex::new(notes),
        }
    }

    pub(super) fn end(&self) {
        self.bar.finish_and_clear();
    }
}

impl Observer for Progress {
    fn finished(&self, finished: &Finished) -> Result<(), Box<dyn StdError + Send + Sync>> {
        self.bar.inc(1);
        let what = printable::line(&finished.what).into_owned();
        self.bar.set_message(what);
        let mut notes = self.notes.lock().unwrap_or_else(PoisonError::into_inner);
        notes.done(&finished.what, finished.id.as_deref())?;
        Ok(())
    }
}
