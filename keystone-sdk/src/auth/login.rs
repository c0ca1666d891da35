//! The result of a login.

use jiff::{SignedDuration, Timestamp};

use super::{AccessInfo, Token};

/// The result of a login.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Login {
    /// The token.
    pub token: Token,
    /// The body of the token, if it is known.
    pub access: Option<AccessInfo>,
    /// How long it is valid, if not as long as the token.
    life: Option<SignedDuration>,
    /// Whether it came from the v2.0 API.
    pub(super) of_v2: bool,
}

impl Login {
    /// A token with its body.
    pub fn new(token: Token, access: AccessInfo) -> Self {
        Self {
            access: Some(access),
            ..Self::without_access(token)
        }
    }

    /// A token without a body, and so without a catalog. Without an expiry it is used until a
    /// service rejects it.
    pub fn without_access(token: Token) -> Self {
        Self {
            token,
            access: None,
            life: None,
            of_v2: false,
        }
    }

    /// Limits how long the token is used, because an additional credential expires sooner.
    #[must_use]
    pub fn at_most(mut self, life: Option<SignedDuration>) -> Self {
        self.life = life;
        self
    }

    /// Marks a token of the v2.0 API.
    pub(super) fn of_v2(self, of_v2: bool) -> Self {
        Self { of_v2, ..self }
    }

    /// How long it is valid from `now` on.
    pub(super) fn life(&self, now: Timestamp) -> SignedDuration {
        let (born, end) = match &self.access {
            Some(access) => (access.issued_at.unwrap_or(now), Some(access.expires_at)),
            None => (now, self.token.expires_at()),
        };
        let whole = end.map_or(SignedDuration::MAX, |end| end.duration_since(born));
        self.life.map_or(whole, |life| life.min(whole))
    }
}
