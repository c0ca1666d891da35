//! Limits on concurrency and rate.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::Error;
use crate::clock::SharedClock;
use crate::error::ConfigurationError;

/// A limit on requests, shared by all clones.
///
/// Requests wait in the order in which they arrive. A limit counts exchanges, from the first byte
/// sent to the last byte of the response's body: each attempt counts, pauses between them do not.
///
/// ```
/// use keystone_sdk::transport::Limit;
///
/// let gently = [Limit::concurrency(4)?, Limit::rate(10.0, 1)?];
/// # Ok::<_, keystone_sdk::Error>(())
/// ```
#[derive(Clone)]
pub struct Limit(LimitKind);

#[derive(Clone)]
enum LimitKind {
    Concurrency { most: usize, free: Arc<Semaphore> },
    Rate(Arc<Mutex<Bucket>>),
}

/// A token bucket. A negative number of tokens is owed to waiting requests.
struct Bucket {
    per_second: f64,
    size: f64,
    tokens: f64,
    filled_at: Option<Timestamp>,
}

/// Held while a request is in flight.
pub(super) struct Permit(
    #[expect(dead_code, reason = "held, never looked at")] Option<OwnedSemaphorePermit>,
);

impl Limit {
    /// The most requests in flight at once.
    ///
    /// # Errors
    ///
    /// [`Error::Configuration`] for zero, with which nothing would ever be sent, and for more than
    /// `Semaphore::MAX_PERMITS` of tokio.
    pub fn concurrency(most: usize) -> Result<Self, Error> {
        if most == 0 || most > Semaphore::MAX_PERMITS {
            let message = format!("a concurrency of {most} is not possible");
            return Err(ConfigurationError::new(message)
                .remedy("set a concurrency of 1 or more, or none for no limit")
                .into());
        }
        let free = Arc::new(Semaphore::new(most));
        Ok(Self(LimitKind::Concurrency { most, free }))
    }

    /// The most requests per second on average; after a pause, `burst` of them may start at once.
    /// With a burst of 1 they are evenly spaced.
    ///
    /// # Errors
    ///
    /// [`Error::Configuration`] for a rate that is not above zero or not finite, and for a burst of
    /// zero.
    pub fn rate(per_second: f64, burst: u32) -> Result<Self, Error> {
        if !per_second.is_finite() || per_second < f64::MIN_POSITIVE || burst == 0 {
            let message =
                format!("{per_second} requests per second with a burst of {burst} is not a rate");
            return Err(ConfigurationError::new(message)
                .remedy("set a rate above zero and a burst of 1 or more")
                .into());
        }
        Ok(Self(LimitKind::Rate(Arc::new(Mutex::new(Bucket {
            per_second,
            size: f64::from(burst),
            tokens: f64::from(burst),
            filled_at: None,
        })))))
    }

    /// Waits until a request may start. Dropping the permit lets the next one start.
    pub(super) async fn admit(&self, clock: &SharedClock) -> Permit {
        match &self.0 {
            // The semaphore is never closed, so this cannot fail.
            LimitKind::Concurrency { free, .. } => {
                Permit(Arc::clone(free).acquire_owned().await.ok())
            }
            LimitKind::Rate(bucket) => {
                let wait = {
                    let mut bucket = bucket.lock().unwrap_or_else(PoisonError::into_inner);
                    bucket.take(clock.now())
                };
                if !wait.is_zero() {
                    clock.sleep(wait).await;
                }
                Permit(None)
            }
        }
    }
}

impl Bucket {
    /// Takes a token, and returns how long to wait for it.
    fn take(&mut self, now: Timestamp) -> Duration {
        let passed = self.filled_at.map(|then| now.duration_since(then));
        // A clock that was set back adds no tokens.
        let passed = passed.map_or(0.0, |passed| passed.as_secs_f64().max(0.0));
        self.filled_at = Some(now);
        self.tokens = (self.tokens + passed * self.per_second).min(self.size) - 1.0;
        let owed = (-self.tokens).max(0.0);
        Duration::try_from_secs_f64(owed / self.per_second).unwrap_or(Duration::MAX)
    }
}

impl fmt::Debug for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            LimitKind::Concurrency { most, .. } => {
                f.debug_tuple("Concurrency").field(most).finish()
            }
            LimitKind::Rate(bucket) => {
                let bucket = bucket.lock().unwrap_or_else(PoisonError::into_inner);
                f.debug_struct("Rate")
                    .field("per_second", &bucket.per_second)
                    .field("burst", &bucket.size)
                    .finish()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bucket(per_second: f64, burst: u32) -> impl FnMut(i64) -> u128 {
        let LimitKind::Rate(bucket) = Limit::rate(per_second, burst).unwrap().0 else {
            unreachable!()
        };
        move |at| {
            let now = Timestamp::from_millisecond(at).unwrap();
            bucket.lock().unwrap().take(now).as_millis()
        }
    }

    #[test]
    fn requests_are_evenly_spaced_whatever_the_rest_before() {
        let mut wait = bucket(10.0, 1);
        assert_eq!([wait(0), wait(0), wait(0)], [0, 100, 200]);
        assert_eq!([wait(60_000), wait(60_000), wait(60_000)], [0, 100, 200]);
    }

    #[test]
    fn a_burst_is_as_large_as_was_said_and_the_rate_holds_after_it() {
        let mut wait = bucket(2.0, 3);
        assert_eq!([wait(0), wait(0), wait(0), wait(0)], [0, 0, 0, 500]);
        assert_eq!(wait(1000), 0, "one token of the two is owed");
        assert_eq!(wait(1000), 500);
    }

    #[test]
    fn a_clock_that_is_put_back_neither_fills_nor_blocks() {
        let mut wait = bucket(1.0, 1);
        assert_eq!([wait(3_600_000), wait(0), wait(1000)], [0, 1000, 1000]);
    }

    #[test]
    fn limits_under_which_nothing_is_sent_are_refused() {
        for error in [
            Limit::concurrency(0).unwrap_err(),
            Limit::rate(0.0, 1).unwrap_err(),
            Limit::rate(-1.0, 1).unwrap_err(),
            Limit::rate(f64::NAN, 1).unwrap_err(),
            Limit::rate(f64::INFINITY, 1).unwrap_err(),
            Limit::rate(1.0, 0).unwrap_err(),
        ] {
            assert!(error.to_string().contains("; set a "), "{error}");
        }
    }
}
