//! The progress of an interrupted run.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// What of a file is done, so that the next run continues where this one stopped. It holds names and
/// ids, no secrets.
///
/// It is valid for one file and one Keystone only; another file makes another
/// [`digest`](crate::File::digest), and an older state is ignored then.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[non_exhaustive]
#[serde(deny_unknown_fields)]
pub struct State {
    /// The digest of the file and of the Keystone.
    pub digest: String,
    /// What is done, by its name in plans, with its id if it has one.
    pub done: BTreeMap<String, Option<String>>,
}

impl State {
    /// Nothing done yet of the file with this digest.
    pub fn new(digest: impl Into<String>) -> Self {
        Self {
            digest: digest.into(),
            done: BTreeMap::new(),
        }
    }
}
