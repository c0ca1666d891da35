//! The store in the memory of this process, with bounded size.

use std::fmt;
use std::future::ready;
use std::time::{Duration, Instant};

use moka::Expiry;
use moka::sync::Cache;

use super::store::{CachedToken, StoreFuture, TokenDigest, TokenStore};

/// Validated tokens in the memory of this process. The oldest and least used entries are evicted.
pub struct MemoryStore(Cache<TokenDigest, MemoryEntry>);

#[derive(Clone)]
struct MemoryEntry {
    token: CachedToken,
    ttl: Duration,
}

struct TimeToLive;

impl MemoryStore {
    /// A store of at most about `capacity` bytes.
    pub fn new(capacity: u64) -> Self {
        Self(
            Cache::builder()
                .max_capacity(capacity)
                .weigher(|_, entry: &MemoryEntry| entry.token.weight())
                .expire_after(TimeToLive)
                .build(),
        )
    }
}

// moka uses its own clock, so this only frees memory. Whether an entry is still valid is decided by
// the injected clock, in `TokenCache`.
impl Expiry<TokenDigest, MemoryEntry> for TimeToLive {
    fn expire_after_create(
        &self,
        _: &TokenDigest,
        entry: &MemoryEntry,
        _: Instant,
    ) -> Option<Duration> {
        Some(entry.ttl)
    }

    // The default keeps the expiry of the replaced entry.
    fn expire_after_update(
        &self,
        _: &TokenDigest,
        entry: &MemoryEntry,
        _: Instant,
        _: Option<Duration>,
    ) -> Option<Duration> {
        Some(entry.ttl)
    }
}

impl TokenStore for MemoryStore {
    fn peek(&self, digest: &TokenDigest) -> Option<CachedToken> {
        self.0.get(digest).map(|entry| entry.token)
    }

    fn get<'a>(&'a self, digest: &'a TokenDigest) -> StoreFuture<'a, Option<CachedToken>> {
        Box::pin(ready(Ok(self.peek(digest))))
    }

    fn set<'a>(
        &'a self,
        digest: &'a TokenDigest,
        token: CachedToken,
        ttl: Duration,
    ) -> StoreFuture<'a, ()> {
        // moka takes times to live of up to a thousand years and panics beyond.
        const YEAR: Duration = Duration::from_secs(365 * 24 * 3600);
        let ttl = ttl.min(YEAR);
        self.0.insert(*digest, MemoryEntry { token, ttl });
        Box::pin(ready(Ok(())))
    }

    fn remove<'a>(&'a self, digest: &'a TokenDigest) -> StoreFuture<'a, ()> {
        self.0.invalidate(digest);
        Box::pin(ready(Ok(())))
    }
}

impl fmt::Debug for MemoryStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryStore")
            .field("entries", &self.0.entry_count())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use futures_util::FutureExt;
    use jiff::Timestamp;
    use serde_json::json;

    use super::*;
    use crate::auth_token::validated_token::ValidatedToken;

    fn cached() -> CachedToken {
        let body = json!({"expires_at": "2030-01-01T00:00:00Z", "user": {"id": "u"}});
        let token = ValidatedToken::new(serde_json::from_value(body).unwrap(), true);
        CachedToken::new(Arc::new(token), Timestamp::MAX)
    }

    fn digest(number: u16) -> TokenDigest {
        let mut digest = [0; 32];
        digest[..2].copy_from_slice(&number.to_le_bytes());
        TokenDigest::new(digest)
    }

    fn set(store: &MemoryStore, number: u16) {
        let digest = digest(number);
        let set = store.set(&digest, cached(), Duration::MAX);
        set.now_or_never().unwrap().unwrap();
    }

    fn has(store: &MemoryStore, number: u16) -> bool {
        let got = store.get(&digest(number)).now_or_never().unwrap().unwrap();
        assert_eq!(got.is_some(), store.peek(&digest(number)).is_some());
        got.is_some()
    }

    #[test]
    fn an_entry_is_there_until_it_is_removed() {
        let store = MemoryStore::new(1 << 20);
        set(&store, 1);
        assert!(has(&store, 1) && !has(&store, 2));
        let removed = store.remove(&digest(1)).now_or_never();
        removed.unwrap().unwrap();
        assert!(!has(&store, 1));
    }

    #[test]
    fn an_entry_that_takes_the_place_of_another_has_a_time_of_its_own() {
        let store = MemoryStore::new(1 << 20);
        set(&store, 1);
        set(&store, 1);
        assert!(has(&store, 1));
        let digest = digest(1);
        let set = store.set(&digest, cached(), Duration::ZERO);
        set.now_or_never().unwrap().unwrap();
        assert!(!has(&store, 1));
    }

    #[test]
    fn an_entry_without_time_to_live_is_forgotten() {
        let store = MemoryStore::new(1 << 20);
        let digest = digest(1);
        let set = store.set(&digest, cached(), Duration::ZERO);
        set.now_or_never().unwrap().unwrap();
        assert!(!has(&store, 1));
    }

    #[test]
    fn the_store_is_bounded() {
        let one = u64::from(cached().weight());
        let store = MemoryStore::new(10 * one);
        for number in 0..1000 {
            set(&store, number);
        }
        store.0.run_pending_tasks();
        assert!(store.0.weighted_size() <= 10 * one);
        assert!(store.0.entry_count() > 0);
    }
}
