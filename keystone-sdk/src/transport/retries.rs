//! When a request is sent again, and after what pause.

use std::hash::{BuildHasher, RandomState};
use std::time::Duration;

use http::StatusCode;

/// The first pause; each further one is twice as long.
const FIRST_PAUSE: Duration = Duration::from_millis(500);
/// The longest pause unless set.
const LONGEST_PAUSE: Duration = Duration::from_secs(60);
/// The statuses that are tried again unless set.
const STATUSES: [StatusCode; 2] = [
    StatusCode::TOO_MANY_REQUESTS,
    StatusCode::SERVICE_UNAVAILABLE,
];

/// How often a request is sent again, and when. What is not set here is as in the settings around:
/// those of the call, then of its adapter, then of the transport.
///
/// Nothing is sent again unless asked for, save that a dead pooled connection is replaced once (see
/// [`Transport`](super::Transport)). Pauses are half a second, then twice as long each time, up to
/// a minute, each shortened at random by up to half so that many callers do not come back at once;
/// what a service asks for in `Retry-After` is kept exactly. A service that asks for a longer wait
/// than the [longest pause](Self::longest_pause) is not asked again: its response is handed over.
///
/// A request that may have been acted on is sent again only when that does no harm: its method is
/// `GET`, `HEAD`, `OPTIONS`, `PUT` or `DELETE`, or it says that it is
/// [replayable](super::Request::replayable), or [any method](Self::any_method) was asked for. Others are
/// sent again only when they cannot have been: no connection was made, or the response is 429. What
/// says that it is *not* replayable, such as a login by a one-time password, is sent again only
/// when there was no connection.
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

    /// How often to try again when there was no response: no connection, one that broke, a time-out.
    /// Broken TLS is never tried again.
    pub fn connect(mut self, times: u32) -> Self {
        self.connect = Some(times);
        self
    }

    /// A fixed pause after a try without a response, instead of a growing one.
    pub fn connect_pause(mut self, pause: Duration) -> Self {
        self.connect_pause = Some(pause);
        self
    }

    /// How often to try again after a response with one of the [statuses](Self::statuses).
    pub fn status(mut self, times: u32) -> Self {
        self.status = Some(times);
        self
    }

    /// A fixed pause after such a response, instead of a growing one. `Retry-After` wins over it.
    pub fn status_pause(mut self, pause: Duration) -> Self {
        self.status_pause = Some(pause);
        self
    }

    /// The statuses that are tried again; 429 and 503 unless set.
    pub fn statuses(mut self, statuses: impl IntoIterator<Item = StatusCode>) -> Self {
        self.statuses = Some(statuses.into_iter().collect());
        self
    }

    /// The longest pause; a minute unless set.
    pub fn longest_pause(mut self, pause: Duration) -> Self {
        self.longest_pause = Some(pause);
        self
    }

    /// Sends again whatever the method, also what may have been acted on: a server may then do
    /// twice what was meant once.
    pub fn any_method(mut self, any: bool) -> Self {
        self.any_method = Some(any);
        self
    }

    /// These settings, and those of `around` where these say nothing.
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

    /// Takes what `around` says where these say nothing.
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

/// Between half of `pause` and the whole of it, as `chance` of 65535 says.
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
