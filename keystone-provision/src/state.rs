//! How far an interrupted run came.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// What is known to be done of a file, so that the next run begins where this one stopped. It holds
/// names and ids, no secrets.
///
/// It is valid for one file and one Keystone only; another file makes another
/// [`digest`](crate::File::digest), and an older state is not used then.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[non_exhaustive]
#[serde(deny_unknown_fields)]
pub struct State {
    /// Which file and Keystone it is about.
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
