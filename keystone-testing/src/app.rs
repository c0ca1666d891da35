//! The state that all requests share.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;

use crate::clock::Clock;
use crate::faults::Faults;
use crate::journal::Journal;
use crate::store::Store;

/// The state of one server.
pub(crate) struct App {
    pub(crate) clock: Clock,
    pub(crate) token_life: Duration,
    pub(crate) faults: Faults,
    pub(crate) journal: Journal,
    store: Mutex<Store>,
}

impl App {
    pub(crate) fn new(clock: Clock, token_life: Duration, store: Store) -> Self {
        Self {
            clock,
            token_life,
            faults: Faults::default(),
            journal: Journal::default(),
            store: Mutex::new(store),
        }
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// The data. A request that panicked cannot leave it half written in a way that matters to a
    /// test, so a poisoned lock is taken over.
    pub(crate) fn store(&self) -> MutexGuard<'_, Store> {
        self.store.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
