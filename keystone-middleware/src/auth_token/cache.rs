//! Validated tokens: kept for a while, and validated once however many ask.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use hmac::{Hmac, KeyInit, Mac};
use jiff::{SignedDuration, Timestamp};
use keystone_sdk::SecretString;
use keystone_sdk::clock::SharedClock;
use sha2::Sha256;
use tracing::{error, info};
use uuid::Uuid;

pub(crate) use self::flight::Flight;
use self::flight::Flights;
use self::memory::Memory;
use crate::Error;
use crate::error::{Chain, InvalidTokenError};
use super::validator::ValidateToken;
use super::validated_token::Validated;

mod flight;
mod memory;

/// What stands for a token in the cache: a digest with a key that only this process knows.
pub(crate) type Digest = [u8; 32];

/// Finds out whom a token stands for, from memory or from Keystone.
pub(crate) struct TokenCache {
    /// Keyed already; a copy is made per token.
    mac: Hmac<Sha256>,
    memory: Memory,
    flights: Arc<Flights>,
    validator: Arc<dyn ValidateToken>,
    clock: SharedClock,
    /// How long an answer of Keystone is believed; none means not at all.
    keep: Option<SignedDuration>,
    catalog_header: bool,
}

/// What a look into memory gives.
pub(crate) enum Lookup {
    Known(Arc<Validated>),
    Asking(Flight),
}

impl TokenCache {
    pub(crate) fn new(
        validator: Arc<dyn ValidateToken>,
        clock: SharedClock,
        keep: Option<Duration>,
        capacity: u64,
        catalog_header: bool,
    ) -> Self {
        Self {
            mac: Hmac::new(&random_key().into()),
            memory: Memory::new(capacity, keep.unwrap_or_default()),
            flights: Arc::default(),
            validator,
            clock,
            keep: keep.and_then(|keep| SignedDuration::try_from(keep).ok()),
            catalog_header,
        }
    }

    /// The identity behind `token`, at hand or on its way. Many callers with one token share one
    /// way; it goes on when the first of them goes away.
    pub(crate) fn look_up(self: &Arc<Self>, token: &str) -> Lookup {
        let digest = self.digest(token);
        if let Some(known) = self.fresh(&digest) {
            return Lookup::Known(known);
        }
        Lookup::Asking(self.flights.join(
            digest,
            || self.fresh(&digest),
            || {
                let cache = Arc::clone(self);
                let token = SecretString::from(token);
                async move {
                    let answer = cache.ask(digest, &token).await;
                    answer.inspect_err(tell_operator).map_err(Arc::new)
                }
            },
        ))
    }

    async fn ask(&self, digest: Digest, token: &SecretString) -> Result<Arc<Validated>, Error> {
        let access = self.validator.validate(token).await?;
        let now = self.clock.now();
        if access.expires_at <= now {
            return Err(InvalidTokenError::new("it has expired").into());
        }
        let validated = Arc::new(Validated::new(access, self.catalog_header));
        if let Some(keep) = self.keep {
            let until = now
                .checked_add(keep)
                .unwrap_or(Timestamp::MAX)
                .min(validated.expires_at());
            self.memory.insert(digest, Arc::clone(&validated), until);
        }
        Ok(validated)
    }

    /// What is remembered, if it is neither stale nor expired by our own clock.
    fn fresh(&self, digest: &Digest) -> Option<Arc<Validated>> {
        self.keep?;
        self.memory.get(digest, self.clock.now())
    }

    fn digest(&self, token: &str) -> Digest {
        let mut mac = self.mac.clone();
        mac.update(token.as_bytes());
        mac.finalize().into_bytes().into()
    }
}

impl fmt::Debug for TokenCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenCache")
            .field("validator", &self.validator)
            .field("keep", &self.keep)
            .finish_non_exhaustive()
    }
}

/// Once per validation, not once per request that waited for it.
fn tell_operator(error: &Error) {
    match error {
        Error::InvalidToken(error) => info!("{error}"),
        Error::Configuration(_) | Error::Unavailable(_) => error!("{}", Chain(error)),
    }
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
    use futures_util::FutureExt;
    use keystone_sdk::clock::ManualClock;

    use super::*;
    use crate::testing::{TestToken, Tokens};

    const START: &str = "2030-01-01T00:00:00Z";

    fn cache(tokens: &Tokens, clock: &Arc<ManualClock>, keep: u64) -> Arc<TokenCache> {
        let keep = (keep > 0).then(|| Duration::from_secs(keep));
        Arc::new(TokenCache::new(
            Arc::new(tokens.clone()),
            Arc::<ManualClock>::clone(clock),
            keep,
            1 << 20,
            true,
        ))
    }

    fn look_up(cache: &Arc<TokenCache>, token: &str) -> bool {
        match cache.look_up(token) {
            Lookup::Known(_) => true,
            Lookup::Asking(flight) => flight.now_or_never().unwrap().is_ok(),
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
        clock.advance(Duration::from_secs(1));
        assert!(!look_up(&cache, "t"));
        assert_eq!(tokens.validations(), 2);
    }

    #[test]
    fn a_token_that_expires_is_refused_though_it_is_remembered() {
        let (tokens, clock) = (Tokens::new(), ManualClock::new(START.parse().unwrap()));
        let cache = cache(&tokens, &clock, 300);
        let soon = "2030-01-01T00:00:10Z".parse().unwrap();
        tokens.add("t", TestToken::user("u").expires_at(soon));
        assert!(look_up(&cache, "t"));
        clock.advance(Duration::from_secs(10));
        assert!(!look_up(&cache, "t"));
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
