//! What a login brings.

use jiff::{SignedDuration, Timestamp};

use super::{AccessInfo, Token};

/// What a successful authentication brings.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Login {
    /// The token.
    pub token: Token,
    /// What Keystone says of it, if it says anything.
    pub access: Option<AccessInfo>,
    /// How long it is good, where that is not for as long as the token.
    life: Option<SignedDuration>,
    /// Whether it came from the v2.0 API.
    pub(super) of_v2: bool,
}

impl Login {
    /// Pairs a token with what Keystone says of it.
    pub fn new(token: Token, access: AccessInfo) -> Self {
        Self {
            access: Some(access),
            ..Self::without_access(token)
        }
    }

    /// A token of which nothing else is known: it brings no catalog. Without an end of its own it is
    /// good until a service refuses it.
    pub fn without_access(token: Token) -> Self {
        Self {
            token,
            access: None,
            life: None,
            of_v2: false,
        }
    }

    /// Limits the time for which the token is good: something that goes along with it ends sooner.
    #[must_use]
    pub fn at_most(mut self, life: Option<SignedDuration>) -> Self {
        self.life = life;
        self
    }

    /// Marks a token of the v2.0 API.
    pub(super) fn of_v2(self, of_v2: bool) -> Self {
        Self { of_v2, ..self }
    }

    /// How long it is good from now on.
    pub(super) fn life(&self, now: Timestamp) -> SignedDuration {
        let (born, end) = match &self.access {
            Some(access) => (access.issued_at.unwrap_or(now), Some(access.expires_at)),
            None => (now, self.token.expires_at()),
        };
        let whole = end.map_or(SignedDuration::MAX, |end| end.duration_since(born));
        self.life.map_or(whole, |life| life.min(whole))
    }
}
