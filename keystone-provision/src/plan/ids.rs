//! The ids of resources that exist.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::key::Key;

/// Ids by the keys of the file.
#[derive(Debug, Default)]
pub(crate) struct Ids(Mutex<BTreeMap<Key, String>>);

impl Ids {
    pub(crate) fn get(&self, key: &Key) -> Option<String> {
        self.lock().get(key).cloned()
    }

    pub(crate) fn set(&self, key: &Key, id: &str) {
        self.lock().insert(key.clone(), id.to_owned());
    }

    /// What has this id, among the keys that `pick` takes.
    pub(crate) fn find<T>(&self, id: &str, pick: impl Fn(&Key) -> Option<T>) -> Option<T> {
        let ids = self.lock();
        let mut known = ids.iter().filter(|(_, known)| *known == id);
        known.find_map(|(key, _)| pick(key))
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<Key, String>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
