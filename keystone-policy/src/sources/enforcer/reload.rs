//! Takes over what an operator changes in the files, once it is written whole.

use std::collections::HashSet;
use std::sync::PoisonError;

use super::Enforcer;
use super::overrides::{Content, Reading};
use crate::sources::error::{Error, UnsettledError};

/// The first of the two readings of a reload.
#[derive(Debug)]
#[must_use]
pub struct Look(Result<Reading, Error>);

/// What a reload changed.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Change {
    /// The overrides that are no more: the name of each, and where it stood.
    pub dropped: Vec<(String, String)>,
}

impl Enforcer {
    /// Takes over what the operator's files say now, if that is not what the rules in force were made
    /// of. The files are read twice, and `pause` runs in between: it waits for longer than a file takes
    /// to be written. Decisions go on meanwhile, by the rules so far.
    ///
    /// A file that is rewritten in place is empty or half there for a while, and both may be valid
    /// YAML. So the two readings have to be equal, in content and times of change, and a file or
    /// directory that had rules and has none is broken; a file that says `{}` has none on purpose.
    ///
    /// # Errors
    /// [`Error::Unsettled`] when the readings differ, and otherwise when the files are broken. The
    /// rules so far stay in force: say so each time.
    pub fn reload_if_changed(&self, pause: impl FnOnce()) -> Result<Option<Change>, Error> {
        let Some(look) = self.look() else {
            return Ok(None);
        };
        pause();
        self.settle(look)
    }

    /// The first half of [`Enforcer::reload_if_changed`], for whoever pauses otherwise than by a
    /// function: reads the files. `None` when they say what the rules in force were made of.
    pub fn look(&self) -> Option<Look> {
        let reading = self.0.plan.read();
        let known = self.known();
        let same = reading.as_ref().is_ok_and(|now| now.says_the_same(&known));
        (!same).then_some(Look(reading))
    }

    /// The second half: reads the files again, and puts new rules in force if `look` saw the same.
    ///
    /// # Errors
    /// As [`Enforcer::reload_if_changed`].
    pub fn settle(&self, look: Look) -> Result<Option<Change>, Error> {
        // One at a time, so that an older state of the files never replaces a newer one.
        let mut known = self.known();
        // Equal in times of change too: between the readings, a file can become another and the same
        // again. What only one of the readings has may be half of a file.
        let reading = equal(look.0, self.0.plan.read())?;
        if reading.says_the_same(&known) {
            return Ok(None);
        }
        // Whatever fails from here on leaves both the rules and what is known as they were, so that
        // the next look finds the difference again and says so again.
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

    /// The operator's files that were read and hold no rule. They may be meant so: say which they are
    /// when the service starts.
    pub fn files_without_rules(&self) -> Vec<String> {
        let known = self.known();
        let files = known.contents().filter_map(Content::label_without_rules);
        files.map(str::to_owned).collect()
    }
}

/// What two readings agree on.
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
