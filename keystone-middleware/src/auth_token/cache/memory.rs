//! The cache inside this process: bounded, and as quick when it is full as when it is empty.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use moka::sync::Cache;

use super::Digest;
use crate::auth_token::validated_token::Validated;

/// Validated tokens by digest.
pub(super) struct Memory(Cache<Digest, Entry>);

#[derive(Clone)]
struct Entry {
    validated: Arc<Validated>,
    /// Until when Keystone's answer is believed: never after the token expires.
    until: Timestamp,
}

impl Memory {
    /// At most about `capacity` bytes. `keep` only lets go of what nobody asks for any more; the
    /// injected clock decides in [`get`](Self::get).
    pub(super) fn new(capacity: u64, keep: Duration) -> Self {
        // moka takes times to live of up to a thousand years and panics beyond.
        const YEAR: Duration = Duration::from_secs(365 * 24 * 3600);
        Self(
            Cache::builder()
                .max_capacity(capacity)
                .weigher(|_, entry: &Entry| entry.validated.weight())
                .time_to_live(keep.min(YEAR))
                .build(),
        )
    }

    pub(super) fn get(&self, digest: &Digest, now: Timestamp) -> Option<Arc<Validated>> {
        self.0
            .get(digest)
            .filter(|entry| now < entry.until)
            .map(|entry| entry.validated)
    }

    pub(super) fn insert(&self, digest: Digest, validated: Arc<Validated>, until: Timestamp) {
        self.0.insert(digest, Entry { validated, until });
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn validated() -> Arc<Validated> {
        let body = json!({"expires_at": "2030-01-01T00:00:00Z", "user": {"id": "u"}});
        Arc::new(Validated::new(serde_json::from_value(body).unwrap(), true))
    }

    fn digest(number: u16) -> Digest {
        let mut digest = [0; 32];
        digest[..2].copy_from_slice(&number.to_le_bytes());
        digest
    }

    #[test]
    fn an_answer_is_believed_until_its_moment_and_no_longer() {
        let memory = Memory::new(1 << 20, Duration::from_secs(300));
        let until: Timestamp = "2029-01-01T00:05:00Z".parse().unwrap();
        memory.insert(digest(1), validated(), until);
        let before = "2029-01-01T00:04:59Z".parse().unwrap();
        assert!(memory.get(&digest(1), before).is_some());
        assert!(memory.get(&digest(1), until).is_none());
        assert!(memory.get(&digest(2), before).is_none());
    }

    #[test]
    fn the_cache_is_bounded() {
        let one = u64::from(validated().weight());
        let memory = Memory::new(10 * one, Duration::from_secs(300));
        for number in 0..1000 {
            memory.insert(digest(number), validated(), Timestamp::MAX);
        }
        memory.0.run_pending_tasks();
        assert!(memory.0.weighted_size() <= 10 * one);
        assert!(memory.0.entry_count() > 0);
    }
}
