//! The cache of validated tokens; concurrent requests with one token share a validation.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::{BoxFuture, FutureExt};
use hmac::{Hmac, KeyInit, Mac};
use jiff::{SignedDuration, Timestamp};
use keystone_sdk::SecretString;
use keystone_sdk::clock::SharedClock;
use keystone_sdk::sync::single_flight::SingleFlight;
use sha2::Sha256;
use tracing::{error, info, warn};
use uuid::Uuid;

use super::validated_token::ValidatedToken;
use super::validator::ValidateToken;
use crate::Error;
use crate::error::{Chain, InvalidTokenError};

mod memory;
mod store;

pub use memory::MemoryStore;
pub use store::{CachedToken, StoreError, StoreFuture, TokenDigest, TokenStore};

/// The result of a validation, for all requests that waited for it.
pub(crate) type Validation = Result<Arc<ValidatedToken>, Arc<Error>>;

/// Validates tokens, from the store or by Keystone.
pub(crate) struct TokenCache {
    /// Keyed; cloned for each token.
    mac: Hmac<Sha256>,
    store: Arc<dyn TokenStore>,
    validations: SingleFlight<TokenDigest, Validation>,
    validator: Arc<dyn ValidateToken>,
    clock: SharedClock,
    /// How long a validated token is cached; `None` disables the cache.
    keep: Option<SignedDuration>,
    catalog_header: bool,
}

/// A cached token, or a pending validation.
pub(crate) enum Lookup {
    Known(Arc<ValidatedToken>),
    Pending(BoxFuture<'static, Validation>),
}

impl TokenCache {
    pub(crate) fn new(
        validator: Arc<dyn ValidateToken>,
        store: Arc<dyn TokenStore>,
        clock: SharedClock,
        keep: Option<Duration>,
        catalog_header: bool,
    ) -> Self {
        Self {
            mac: keyed_mac(&*store),
            store,
            validations: SingleFlight::new(),
            validator,
            clock,
            keep: keep.and_then(|keep| SignedDuration::try_from(keep).ok()),
            catalog_header,
        }
    }

    /// The identity behind `token`. Requests with the same token share one validation.
    pub(crate) fn look_up(self: &Arc<Self>, token: &str) -> Lookup {
        let digest = self.digest(token);
        if let Some(known) = self.peek(&digest) {
            return Lookup::Known(known);
        }
        let cache = Arc::clone(self);
        let token = SecretString::from(token);
        let pending = async move {
            // Another request may have validated the token since the look-up above.
            let known = || cache.peek(&digest).map(Ok);
            let fetch = || cache.fetch(digest, &token);
            cache.validations.run(digest, known, fetch).await
        };
        Lookup::Pending(pending.boxed())
    }

    /// The entry in the memory of this process, if it is still valid.
    fn peek(&self, digest: &TokenDigest) -> Option<Arc<ValidatedToken>> {
        self.keep?;
        let cached = self.store.peek(digest)?;
        let is_valid = self.clock.now() < cached.valid_until();
        is_valid.then(|| cached.into_validated(self.catalog_header))
    }

    async fn fetch(&self, digest: TokenDigest, token: &SecretString) -> Validation {
        if let Some(known) = self.read(&digest).await {
            return Ok(known);
        }
        let validated = self.validate(digest, token).await;
        validated.inspect_err(log_failure).map_err(Arc::new)
    }

    /// The entry in the store, if it is still valid.
    async fn read(&self, digest: &TokenDigest) -> Option<Arc<ValidatedToken>> {
        self.keep?;
        let cached = match self.store.get(digest).await {
            Ok(cached) => cached?,
            Err(error) => {
                warn!(
                    "the token cache cannot be read, so Keystone validates the token again: {}",
                    Chain(&*error)
                );
                return None;
            }
        };
        if self.clock.now() < cached.valid_until() {
            return Some(cached.into_validated(self.catalog_header));
        }
        if let Err(error) = self.store.remove(digest).await {
            warn!(
                "a token that is no longer valid cannot be removed from the token cache: {}",
                Chain(&*error)
            );
        }
        None
    }

    // Invalid tokens are not cached: forged ones would evict valid ones, and a token that Keystone
    // does not know yet (replication) would stay refused.
    async fn validate(
        &self,
        digest: TokenDigest,
        token: &SecretString,
    ) -> Result<Arc<ValidatedToken>, Error> {
        let access = self.validator.validate(token).await?;
        let now = self.clock.now();
        if access.expires_at <= now {
            return Err(InvalidTokenError::new("it has expired").into());
        }
        let token = Arc::new(ValidatedToken::new(access, self.catalog_header));
        if let Some(keep) = self.keep {
            self.store(&digest, &token, keep, now).await;
        }
        Ok(token)
    }

    async fn store(
        &self,
        digest: &TokenDigest,
        token: &Arc<ValidatedToken>,
        keep: SignedDuration,
        now: Timestamp,
    ) {
        let valid_until = now
            .checked_add(keep)
            .unwrap_or(Timestamp::MAX)
            .min(token.expires_at());
        let ttl = Duration::try_from(valid_until.duration_since(now)).unwrap_or_default();
        let cached = CachedToken::new(Arc::clone(token), valid_until);
        if let Err(error) = self.store.set(digest, cached, ttl).await {
            warn!(
                "a token cannot be written to the token cache: {}",
                Chain(&*error)
            );
        }
    }

    // Keyed, so that neither a dump of the store nor look-up times reveal tokens; and of the whole
    // token, since tokens of one cloud have a common prefix.
    fn digest(&self, token: &str) -> TokenDigest {
        let mut mac = self.mac.clone();
        mac.update(token.as_bytes());
        TokenDigest::new(mac.finalize().into_bytes().into())
    }
}

impl fmt::Debug for TokenCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenCache")
            .field("validator", &self.validator)
            .field("store", &self.store)
            .field("keep", &self.keep)
            .finish_non_exhaustive()
    }
}

/// Once per validation, not once per request that waited for it.
fn log_failure(error: &Error) {
    match error {
        Error::InvalidToken(error) => info!("{error}"),
        Error::Configuration(_) | Error::Unavailable(_) => error!("{}", Chain(error)),
    }
}

fn keyed_mac(store: &dyn TokenStore) -> Hmac<Sha256> {
    // Everybody knows the empty key.
    let shared = store
        .shared_secret()
        .filter(|secret| !secret.expose().is_empty());
    let shared = shared.and_then(|secret| Hmac::new_from_slice(secret.expose().as_bytes()).ok());
    shared.unwrap_or_else(|| Hmac::new(&random_key().into()))
}

fn random_key() -> [u8; 64] {
    let mut key = [0; 64];
    for part in key.chunks_exact_mut(16) {
        part.copy_from_slice(Uuid::new_v4().as_bytes());
    }
    key
}

#[cfg(test)]
mod tests {
    use keystone_sdk::clock::ManualClock;

    use super::*;
    use crate::testing::{TestToken, Tokens};

    const START: &str = "2030-01-01T00:00:00Z";

    fn cache(tokens: &Tokens, clock: &Arc<ManualClock>, keep: u64) -> Arc<TokenCache> {
        let keep = (keep > 0).then(|| Duration::from_secs(keep));
        Arc::new(TokenCache::new(
            Arc::new(tokens.clone()),
            Arc::new(MemoryStore::new(1 << 20)),
            Arc::<ManualClock>::clone(clock),
            keep,
            true,
        ))
    }

    fn look_up(cache: &Arc<TokenCache>, token: &str) -> bool {
        match cache.look_up(token) {
            Lookup::Known(_) => true,
            Lookup::Pending(pending) => pending.now_or_never().unwrap().is_ok(),
        }
    }

    #[test]
    fn a_revoked_token_is_accepted_until_its_time_in_the_cache_is_over() {
        let (tokens, clock) = (Tokens::new(), ManualClock::new(START.parse().unwrap()));
        let cache = cache(&tokens, &clock, 300);
        tokens.add("t", TestToken::user("u"));
        assert!(look_up(&cache, "t"));
        tokens.revoke("t");
        clock.advance(Duration::from_secs(299));
        assert!(look_up(&cache, "t"));
        for (more, validations) in [(1, 2), (1, 3), (3600, 4)] {
            clock.advance(Duration::from_secs(more));
            assert!(!look_up(&cache, "t"), "{more}");
            assert_eq!(tokens.validations(), validations, "{more}");
        }
    }

    #[test]
    fn a_token_in_memory_needs_no_waiting() {
        let (tokens, clock) = (Tokens::new(), ManualClock::new(START.parse().unwrap()));
        let cache = cache(&tokens, &clock, 300);
        tokens.add("t", TestToken::user("u"));
        assert!(look_up(&cache, "t"));
        assert!(matches!(cache.look_up("t"), Lookup::Known(_)));
    }

    /// A store that nobody can look into without waiting, with a secret that others share.
    #[derive(Debug)]
    struct Remote(MemoryStore, Option<&'static str>);

    impl TokenStore for Remote {
        fn get<'a>(&'a self, digest: &'a TokenDigest) -> StoreFuture<'a, Option<CachedToken>> {
            self.0.get(digest)
        }

        fn set<'a>(
            &'a self,
            digest: &'a TokenDigest,
            token: CachedToken,
            ttl: Duration,
        ) -> StoreFuture<'a, ()> {
            self.0.set(digest, token, ttl)
        }

        fn remove<'a>(&'a self, digest: &'a TokenDigest) -> StoreFuture<'a, ()> {
            self.0.remove(digest)
        }

        fn shared_secret(&self) -> Option<SecretString> {
            self.1.map(SecretString::from)
        }
    }

    fn remote(
        tokens: &Tokens,
        clock: &Arc<ManualClock>,
        secret: Option<&'static str>,
    ) -> Arc<TokenCache> {
        Arc::new(TokenCache::new(
            Arc::new(tokens.clone()),
            Arc::new(Remote(MemoryStore::new(1 << 20), secret)),
            Arc::<ManualClock>::clone(clock),
            Some(Duration::from_secs(300)),
            true,
        ))
    }

    #[test]
    fn a_store_that_has_to_be_waited_for_spares_validations_until_the_time_is_over() {
        let (tokens, clock) = (Tokens::new(), ManualClock::new(START.parse().unwrap()));
        let cache = remote(&tokens, &clock, None);
        tokens.add("t", TestToken::user("u"));
        for (more, validations) in [(0, 1), (0, 1), (299, 1), (1, 2), (301, 3), (3600, 4)] {
            clock.advance(Duration::from_secs(more));
            assert!(look_up(&cache, "t"), "{more}");
            assert_eq!(tokens.validations(), validations, "{more}");
        }
    }

    #[test]
    fn processes_that_share_a_secret_share_digests_and_an_empty_text_is_no_secret() {
        let (tokens, clock) = (Tokens::new(), ManualClock::new(START.parse().unwrap()));
        let digest = |secret| remote(&tokens, &clock, secret).digest("t");
        assert_eq!(digest(Some("one")), digest(Some("one")));
        assert_ne!(digest(Some("one")), digest(Some("other")));
        assert_ne!(digest(Some("")), digest(Some("")));
        assert_ne!(digest(None), digest(None));
    }

    #[test]
    fn a_token_that_expires_is_refused_though_it_is_remembered() {
        let (tokens, clock) = (Tokens::new(), ManualClock::new(START.parse().unwrap()));
        let cache = cache(&tokens, &clock, 300);
        let soon = "2030-01-01T00:00:10Z".parse().unwrap();
        tokens.add("t", TestToken::user("u").expires_at(soon));
        assert!(look_up(&cache, "t"));
        for (more, valid) in [(9, true), (1, false), (1, false), (3600, false)] {
            clock.advance(Duration::from_secs(more));
            assert_eq!(look_up(&cache, "t"), valid, "{more}");
        }
    }

    #[test]
    fn a_refusal_is_not_remembered() {
        let (tokens, clock) = (Tokens::new(), ManualClock::new(START.parse().unwrap()));
        let cache = cache(&tokens, &clock, 300);
        assert!(!look_up(&cache, "t"));
        tokens.add("t", TestToken::user("u"));
        assert!(look_up(&cache, "t"));
    }

    #[test]
    fn without_a_cache_keystone_is_asked_each_time() {
        let (tokens, clock) = (Tokens::new(), ManualClock::new(START.parse().unwrap()));
        let cache = cache(&tokens, &clock, 0);
        tokens.add("t", TestToken::user("u"));
        assert!(look_up(&cache, "t") && look_up(&cache, "t"));
        assert_eq!(tokens.validations(), 2);
    }

    /// Tokens of a cloud share their beginning, and forged ones nearly all of a real one.
    #[test]
    fn a_token_counts_to_its_last_character() {
        let (tokens, clock) = (Tokens::new(), ManualClock::new(START.parse().unwrap()));
        let cache = cache(&tokens, &clock, 300);
        let token = "gAAAAABm".to_owned() + &"0123456789abcdef".repeat(12);
        tokens.add(&token, TestToken::user("u"));
        assert!(look_up(&cache, &token));
        let changed = |at: usize| format!("{}#{}", &token[..at], &token[at + 1..]);
        let others = (0..token.len()).map(changed);
        let cut = (1..token.len()).map(|at| token[..at].to_owned());
        let tails = (1..token.len()).map(|at| token[at..].to_owned());
        let longer = ["0", "\0", " "].map(|more| format!("{token}{more}"));
        for other in others.chain(cut).chain(tails).chain(longer) {
            assert_ne!(cache.digest(&other), cache.digest(&token), "{other}");
            assert!(!look_up(&cache, &other), "{other}");
        }
        assert!(look_up(&cache, &token));
    }

    #[test]
    fn digests_are_keyed_anew_in_each_process() {
        let (tokens, clock) = (Tokens::new(), ManualClock::new(START.parse().unwrap()));
        let (one, other) = (cache(&tokens, &clock, 1), cache(&tokens, &clock, 1));
        assert_eq!(one.digest("t"), one.digest("t"));
        assert_ne!(one.digest("t"), one.digest("u"));
        assert_ne!(one.digest("t"), other.digest("t"));
    }
}
