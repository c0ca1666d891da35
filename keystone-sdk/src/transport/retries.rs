//! When a request is retried, and after what pause.

use std::hash::{BuildHasher, RandomState};
use std::time::Duration;

use http::StatusCode;

use crate::setters::setters;

/// The first pause; each further one is twice as long.
const FIRST_PAUSE: Duration = Duration::from_millis(500);
/// The default of the longest pause.
const LONGEST_PAUSE: Duration = Duration::from_secs(60);
/// The default of the statuses that are retried.
const STATUSES: [StatusCode; 2] = [
    StatusCode::TOO_MANY_REQUESTS,
    StatusCode::SERVICE_UNAVAILABLE,
];

/// How often and when a request is retried. Anything not set is inherited: from the adapter, the
/// session, or the transport.
///
/// By default, nothing is retried, except that a dead pooled connection is replaced once (see
/// [`Transport`](super::Transport)). The first pause is half a second, and each further one twice
/// as long, up to a minute; each is shortened by a random part of up to half, so that callers do
/// not return at the same time. A pause in `Retry-After` is used exactly. If it is longer than the
/// [longest pause](Self::longest_pause), there is no retry, and the response is returned.
///
/// A request that the server may have acted on is only retried if it is idempotent: its method is
/// `GET`, `HEAD`, `OPTIONS`, `PUT` or `DELETE`, or it is marked as
/// [replayable](super::Request::replayable), or [any method](Self::any_method) may be retried.
/// Others are only retried if no connection was made, or after a 429. A request that is marked as
/// *not* replayable, such as a login by a one-time password, is only retried if no connection was
/// made.
///
/// ```
/// use keystone_sdk::transport::Retries;
///
/// let patient = Retries::new().connect(3).status(5);
/// ```
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[must_use]
#[non_exhaustive]
pub struct Retries {
    pub(super) connect: Option<u32>,
    pub(super) connect_pause: Option<Duration>,
    pub(super) status: Option<u32>,
    pub(super) status_pause: Option<Duration>,
    statuses: Option<Vec<StatusCode>>,
    longest_pause: Option<Duration>,
    pub(super) any_method: Option<bool>,
}

impl Retries {
    /// Nothing set.
    pub const fn new() -> Self {
        Self {
            connect: None,
            connect_pause: None,
            status: None,
            status_pause: None,
            statuses: None,
            longest_pause: None,
            any_method: None,
        }
    }

    setters! {
        /// How often to retry without a response: after a failed or broken connection, or a timeout. A
        /// failure of TLS is never retried.
        pub connect: u32;

        /// A fixed pause after an attempt without a response, instead of a growing one.
        pub connect_pause: Duration;

        /// How often to retry after a response with one of the [statuses](Self::statuses).
        pub status: u32;

        /// A fixed pause after such a response, instead of a growing one. `Retry-After` takes
        /// precedence.
        pub status_pause: Duration;
    }

    /// The statuses that are retried; 429 and 503 unless set.
    pub fn statuses(mut self, statuses: impl IntoIterator<Item = StatusCode>) -> Self {
        self.statuses = Some(statuses.into_iter().collect());
        self
    }

    setters! {
        /// The longest pause; a minute unless set.
        pub longest_pause: Duration;

        /// Whether to retry all methods, even if the server may have acted on the request and would do
        /// so twice.
        pub any_method: bool;
    }

    /// These settings; those that are not set are taken from `around`.
    pub fn or(&self, around: &Self) -> Self {
        Self {
            connect: self.connect.or(around.connect),
            connect_pause: self.connect_pause.or(around.connect_pause),
            status: self.status.or(around.status),
            status_pause: self.status_pause.or(around.status_pause),
            statuses: self.statuses.clone().or_else(|| around.statuses.clone()),
            longest_pause: self.longest_pause.or(around.longest_pause),
            any_method: self.any_method.or(around.any_method),
        }
    }

    /// As [`or`](Self::or), in place.
    pub(crate) fn fill_from(&mut self, around: &Self) {
        if *around != Self::new() {
            *self = self.or(around);
        }
    }

    pub(super) fn tries_status(&self, status: StatusCode) -> bool {
        let statuses = self.statuses.as_deref().unwrap_or(&STATUSES);
        statuses.contains(&status)
    }

    pub(super) fn longest(&self) -> Duration {
        self.longest_pause.unwrap_or(LONGEST_PAUSE)
    }

    pub(super) fn growing(&self, tries: u32) -> Duration {
        let doubled = FIRST_PAUSE.saturating_mul(2_u32.saturating_pow(tries));
        shortened(doubled.min(self.longest()), chance())
    }
}

/// Between half of `pause` and all of it, in proportion to `chance`.
fn shortened(pause: Duration, chance: u16) -> Duration {
    let half = pause / 2;
    half + half.mul_f64(f64::from(chance) / f64::from(u16::MAX))
}

/// A random number. The keys of the standard library's hash maps are as random as this needs.
fn chance() -> u16 {
    let [low, high, ..] = RandomState::new().hash_one(()).to_le_bytes();
    u16::from_le_bytes([low, high])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_the_longest() {
        let retries = Retries::new().longest_pause(Duration::from_secs(3));
        for (tries, whole) in [(0, 500), (1, 1000), (2, 2000), (3, 3000), (40, 3000)] {
            let (pause, whole) = (retries.growing(tries), Duration::from_millis(whole));
            assert!(pause >= whole / 2 && pause <= whole, "{tries}: {pause:?}");
        }
    }

    #[test]
    fn chance_shortens_by_up_to_half() {
        let second = Duration::from_secs(1);
        assert_eq!(shortened(second, 0), second / 2);
        assert_eq!(shortened(second, u16::MAX), second);
        let some: Vec<_> = (0..64).map(|_| chance()).collect();
        assert!(some.iter().any(|one| Some(one) != some.first()), "{some:?}");
    }

    #[test]
    fn what_is_nearer_to_the_call_wins() {
        let call = Retries::new().connect(1);
        let adapter = Retries::new().connect(5).status(2).any_method(true);
        let both = Retries::new().connect(1).status(2).any_method(true);
        assert_eq!(call.or(&adapter), both);
    }
}
