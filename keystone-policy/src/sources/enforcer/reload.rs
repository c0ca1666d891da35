//! Reloads policy files that changed, once they are completely written.

use std::collections::HashSet;
use std::sync::PoisonError;

use super::Enforcer;
use super::overrides::{Content, Reading};
use crate::sources::error::{Error, UnsettledError};

/// The first of the two readings of a reload.
#[derive(Debug)]
#[must_use]
pub struct Look(Result<Reading, Error>);

/// The result of a reload.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Change {
    /// The overrides that were removed: the name of each, and its position.
    pub dropped: Vec<(String, String)>,
}

impl Enforcer {
    /// Reloads the policy files if they changed since the current rules were built. They are read
    /// twice, with a call of `pause` in between, which should take longer than a file takes to be
    /// written. Decisions continue with the current rules meanwhile.
    ///
    /// A file that is rewritten in place is empty or incomplete for a while, and both may be valid
    /// YAML. So the two readings must be equal, in content and modification times, and it is an
    /// error if a file or directory that had rules has none, unless a file says `{}`.
    ///
    /// # Errors
    /// [`Error::Unsettled`] when the readings differ, other errors when the files are invalid. The
    /// current rules stay in force; log the error each time.
    pub fn reload_if_changed(&self, pause: impl FnOnce()) -> Result<Option<Change>, Error> {
        let Some(look) = self.look() else {
            return Ok(None);
        };
        pause();
        self.settle(look)
    }

    /// The first half of [`Enforcer::reload_if_changed`], for asynchronous code: reads the files.
    /// `None` if they did not change.
    pub fn look(&self) -> Option<Look> {
        let reading = self.0.plan.read();
        let known = self.known();
        let same = reading.as_ref().is_ok_and(|now| now.says_the_same(&known));
        (!same).then_some(Look(reading))
    }

    /// The second half: reads the files again, and replaces the rules if `look` has the same
    /// content.
    ///
    /// # Errors
    /// As [`Enforcer::reload_if_changed`].
    pub fn settle(&self, look: Look) -> Result<Option<Change>, Error> {
        // One at a time, so that an older state of the files never replaces a newer one.
        let mut known = self.known();
        // Modification times must be equal too: a file may have been changed and changed back in
        // between. A difference may be an incomplete file.
        let reading = equal(look.0, self.0.plan.read())?;
        if reading.says_the_same(&known) {
            return Ok(None);
        }
        // A failure from here on must leave the rules and `known` unchanged, so that the next look
        // finds and reports the difference again.
        let rules = self.0.plan.rules(&reading)?;
        self.0.plan.refuse_loss(&known, &reading)?;
        let dropped = dropped(&known, &reading)?;
        *self
            .0
            .current
            .write()
            .unwrap_or_else(PoisonError::into_inner) = rules;
        *known = reading;
        Ok(Some(Change { dropped }))
    }

    /// The policy files that contain no rules. That may be intended: log them when the service
    /// starts.
    pub fn files_without_rules(&self) -> Vec<String> {
        let known = self.known();
        let files = known.contents().filter_map(Content::label_without_rules);
        files.map(str::to_owned).collect()
    }
}

/// The second reading, if it equals the first.
fn equal(first: Result<Reading, Error>, again: Result<Reading, Error>) -> Result<Reading, Error> {
    let place = match (first, again) {
        (Ok(first), Ok(again)) => match first.difference(&again) {
            None => return Ok(again),
            Some(place) => place.to_owned(),
        },
        (Err(_), Err(error)) => return Err(error),
        (Ok(_), Err(error)) | (Err(error), Ok(_)) => error.place(),
    };
    Err(Error::Unsettled(UnsettledError::new(place)))
}

fn dropped(before: &Reading, now: &Reading) -> Result<Vec<(String, String)>, Error> {
    let mut left = HashSet::new();
    for content in now.contents() {
        left.extend(content.parse()?.into_iter().map(|given| given.name));
    }
    let mut dropped = Vec::new();
    for content in before.contents() {
        for given in content.parse()? {
            if left.insert(given.name.clone()) {
                dropped.push((given.name, given.place));
            }
        }
    }
    Ok(dropped)
}
