//! The interface of stores for validated tokens.

use std::error::Error as StdError;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use keystone_sdk::SecretString;
use keystone_sdk::auth::AccessInfo;
use serde::{Deserialize, Serialize};

use crate::auth_token::validated_token::ValidatedToken;

/// The error of a store.
pub type StoreError = Box<dyn StdError + Send + Sync>;

/// The result of an operation of a [`TokenStore`].
pub type StoreFuture<'a, T> = Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send + 'a>>;

/// A store of validated tokens for [`AuthToken`](crate::AuthToken): in the memory of the process
/// ([`MemoryStore`](super::MemoryStore), the default) or shared with other processes.
///
/// A store never sees a token: its keys are keyed digests. The layer decides by its own clock
/// whether an entry is still valid; the time to live only tells the store when it may drop the
/// entry. When a store fails, the token is validated again and the request is not refused.
///
/// A store outside the process keeps [`CachedToken::to_bytes`], which it should encrypt, and
/// implements [`shared_secret`](Self::shared_secret). One inside the process keeps [`CachedToken`]s
/// and implements [`peek`](Self::peek), so that a hit needs no future.
pub trait TokenStore: fmt::Debug + Send + Sync {
    /// The entry, if it is in the memory of this process; must not block. By default `None`.
    fn peek(&self, digest: &TokenDigest) -> Option<CachedToken> {
        let _ = digest;
        None
    }

    /// The entry, if there is one.
    fn get<'a>(&'a self, digest: &'a TokenDigest) -> StoreFuture<'a, Option<CachedToken>>;

    /// Stores an entry for about `ttl`, replacing an older one.
    fn set<'a>(
        &'a self,
        digest: &'a TokenDigest,
        token: CachedToken,
        ttl: Duration,
    ) -> StoreFuture<'a, ()>;

    /// Removes an entry, if there is one.
    fn remove<'a>(&'a self, digest: &'a TokenDigest) -> StoreFuture<'a, ()>;

    /// The key of the digests of all processes that share this store. By default `None`: each
    /// process then generates a key when it starts.
    fn shared_secret(&self) -> Option<SecretString> {
        None
    }
}

impl<T: TokenStore + ?Sized> TokenStore for Arc<T> {
    fn peek(&self, digest: &TokenDigest) -> Option<CachedToken> {
        (**self).peek(digest)
    }

    fn get<'a>(&'a self, digest: &'a TokenDigest) -> StoreFuture<'a, Option<CachedToken>> {
        (**self).get(digest)
    }

    fn set<'a>(
        &'a self,
        digest: &'a TokenDigest,
        token: CachedToken,
        ttl: Duration,
    ) -> StoreFuture<'a, ()> {
        (**self).set(digest, token, ttl)
    }

    fn remove<'a>(&'a self, digest: &'a TokenDigest) -> StoreFuture<'a, ()> {
        (**self).remove(digest)
    }

    fn shared_secret(&self) -> Option<SecretString> {
        (**self).shared_secret()
    }
}

/// The key of a token in a [`TokenStore`]: its HMAC-SHA-256. `Display` writes 64 hexadecimal
/// digits.
#[derive(Clone, Copy, Eq, Hash, PartialEq)]
pub struct TokenDigest([u8; 32]);

impl TokenDigest {
    pub(crate) fn new(digest: [u8; 32]) -> Self {
        Self(digest)
    }

    /// The bytes.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Display for TokenDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for TokenDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A validated token in a [`TokenStore`], without the token itself. Cheap to clone.
#[derive(Clone)]
pub struct CachedToken {
    content: CachedContent,
    valid_until: Timestamp,
}

#[derive(Clone)]
enum CachedContent {
    /// From this process, with everything derived from the body.
    Prepared(Arc<ValidatedToken>),
    /// From another process.
    Body(AccessInfo),
}

/// The serialized form.
#[derive(Deserialize, Serialize)]
struct StoredToken {
    token: AccessInfo,
    valid_until: Timestamp,
}

impl CachedToken {
    pub(crate) fn new(token: Arc<ValidatedToken>, valid_until: Timestamp) -> Self {
        Self {
            content: CachedContent::Prepared(token),
            valid_until,
        }
    }

    /// Until when the entry may be used; not after the token expires.
    pub fn valid_until(&self) -> Timestamp {
        self.valid_until
    }

    /// The serialized entry, for a store outside the process. It contains personal data, such as
    /// the names of the user and of the project, and roles: anyone who can modify it can
    /// impersonate any user.
    ///
    /// # Errors
    ///
    /// When the body of the token cannot be written as JSON.
    pub fn to_bytes(&self) -> Result<Vec<u8>, StoreError> {
        let token = match &self.content {
            CachedContent::Body(access) => access.clone(),
            CachedContent::Prepared(token) => token.access().clone(),
        };
        let stored = StoredToken {
            token,
            valid_until: self.valid_until,
        };
        Ok(serde_json::to_vec(&stored)?)
    }

    /// Deserializes the result of [`to_bytes`](Self::to_bytes).
    ///
    /// # Errors
    ///
    /// When the bytes are not those of an entry.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, StoreError> {
        let stored: StoredToken = serde_json::from_slice(bytes)?;
        Ok(Self {
            valid_until: stored.valid_until.min(stored.token.expires_at),
            content: CachedContent::Body(stored.token),
        })
    }

    /// The token, derived again if it comes from another process.
    pub(crate) fn into_validated(self, catalog_header: bool) -> Arc<ValidatedToken> {
        match self.content {
            CachedContent::Prepared(token) => token,
            CachedContent::Body(access) => Arc::new(ValidatedToken::new(access, catalog_header)),
        }
    }

    /// About how many bytes of memory the entry takes.
    pub(crate) fn weight(&self) -> u32 {
        // A body with a catalog; the exact size is not known yet.
        const BODY: u32 = 16 << 10;
        match &self.content {
            CachedContent::Body(_) => BODY,
            CachedContent::Prepared(token) => token.weight(),
        }
    }
}

/// Shows neither the user nor the scope.
impl fmt::Debug for CachedToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CachedToken")
            .field("valid_until", &self.valid_until)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn cached(valid_until: &str) -> CachedToken {
        let body = json!({
            "expires_at": "2030-01-01T00:00:00Z",
            "user": {"id": "u", "name": "ann"},
            "roles": [{"id": "1", "name": "reader"}],
        });
        let token = ValidatedToken::new(serde_json::from_value(body).unwrap(), true);
        CachedToken::new(Arc::new(token), valid_until.parse().unwrap())
    }

    #[test]
    fn an_entry_is_the_same_after_it_was_bytes() {
        let entry = cached("2029-01-01T00:05:00Z");
        let bytes = entry.to_bytes().unwrap();
        let again = CachedToken::from_bytes(&bytes).unwrap();
        assert_eq!(again.valid_until(), entry.valid_until());
        assert_eq!(again.to_bytes().unwrap(), bytes);
        let (one, other) = (entry.into_validated(true), again.into_validated(true));
        assert_eq!(one.user_headers(), other.user_headers());
    }

    #[test]
    fn bytes_do_not_outlive_the_token() {
        let bytes = cached("2031-01-01T00:00:00Z").to_bytes().unwrap();
        let entry = CachedToken::from_bytes(&bytes).unwrap();
        assert_eq!(entry.valid_until().to_string(), "2030-01-01T00:00:00Z");
    }

    #[test]
    fn other_bytes_are_no_entry() {
        let bytes = cached("2029-01-01T00:05:00Z").to_bytes().unwrap();
        for cut in 0..bytes.len() {
            assert!(CachedToken::from_bytes(&bytes[..cut]).is_err());
        }
    }

    #[test]
    fn nothing_is_shown_of_the_caller() {
        let shown = format!("{:?}", cached("2029-01-01T00:05:00Z"));
        assert!(
            !shown.contains("ann") && !shown.contains("reader"),
            "{shown}"
        );
    }

    #[test]
    fn an_entry_from_elsewhere_weighs_more_than_its_bytes() {
        let bytes = cached("2029-01-01T00:05:00Z").to_bytes().unwrap();
        let entry = CachedToken::from_bytes(&bytes).unwrap();
        assert_eq!(entry.weight(), 16384);
        assert!(cached("2029-01-01T00:05:00Z").weight() > 1024);
    }

    /// Holds one entry, under any digest.
    #[derive(Debug)]
    struct One(CachedToken);

    impl TokenStore for One {
        fn peek(&self, _: &TokenDigest) -> Option<CachedToken> {
            Some(self.0.clone())
        }

        fn get<'a>(&'a self, _: &'a TokenDigest) -> StoreFuture<'a, Option<CachedToken>> {
            Box::pin(std::future::ready(Ok(Some(self.0.clone()))))
        }

        fn set<'a>(
            &'a self,
            _: &'a TokenDigest,
            _: CachedToken,
            _: Duration,
        ) -> StoreFuture<'a, ()> {
            Box::pin(std::future::ready(Ok(())))
        }

        fn remove<'a>(&'a self, _: &'a TokenDigest) -> StoreFuture<'a, ()> {
            Box::pin(std::future::ready(Ok(())))
        }

        fn shared_secret(&self) -> Option<SecretString> {
            Some("secret".into())
        }
    }

    #[test]
    fn a_store_behind_an_arc_is_the_same_store() {
        let store = Arc::new(One(cached("2029-01-01T00:05:00Z")));
        let behind: &dyn TokenStore = &store;
        assert!(behind.peek(&TokenDigest::new([0; 32])).is_some());
        let secret = behind.shared_secret().unwrap();
        assert_eq!(secret.expose(), "secret");
    }

    #[test]
    fn a_digest_prints_as_hexadecimal_digits() {
        let digest = TokenDigest::new([0xa5; 32]);
        assert_eq!(digest.to_string(), "a5".repeat(32));
        assert_eq!(digest.as_bytes(), &[0xa5; 32]);
    }
}
