//! One validation per token, however many wait for it.

use std::collections::HashMap;
use std::future::Future;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures_util::future::{BoxFuture, FutureExt, Shared, WeakShared, ready};

use super::Digest;
use crate::Error;
use crate::auth_token::validated_token::Validated;

/// What a validation brings to all who wait for it.
pub(crate) type Outcome = Result<Arc<Validated>, Arc<Error>>;

/// A validation under way. Whoever holds one drives it, so that it survives its first caller.
pub(crate) type Flight = Shared<BoxFuture<'static, Outcome>>;

type Running = HashMap<Digest, (u64, WeakShared<BoxFuture<'static, Outcome>>)>;

/// The validations that are under way.
#[derive(Default)]
pub(super) struct Flights {
    running: Mutex<Running>,
    numbers: AtomicU64,
}

/// Takes a flight off the list when it ends, and also when all who waited have gone away.
struct Landing {
    flights: Arc<Flights>,
    digest: Digest,
    number: u64,
}

impl Flights {
    /// The flight of `digest`: the one that is under way, or a new one that `start` makes, unless
    /// `known` has the answer by now.
    pub(super) fn join<F>(
        self: &Arc<Self>,
        digest: Digest,
        known: impl FnOnce() -> Option<Arc<Validated>>,
        start: impl FnOnce() -> F,
    ) -> Flight
    where
        F: Future<Output = Outcome> + Send + 'static,
    {
        let mut running = self.lock();
        let under_way = running
            .get(&digest)
            .and_then(|(_, flight)| flight.upgrade());
        if let Some(flight) = under_way {
            return flight;
        }
        // A flight leaves its answer behind before it leaves the list, so none is missed here.
        if let Some(known) = known() {
            return ready(Ok(known)).boxed().shared();
        }
        let number = self.numbers.fetch_add(1, Ordering::Relaxed);
        let landing = Landing {
            flights: Arc::clone(self),
            digest,
            number,
        };
        let work = start();
        let flight = async move {
            let _landing = landing;
            work.await
        }
        .boxed()
        .shared();
        if let Some(weak) = flight.downgrade() {
            running.insert(digest, (number, weak));
        }
        flight
    }

    fn lock(&self) -> MutexGuard<'_, Running> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Landing {
    fn drop(&mut self) {
        let mut running = self.flights.lock();
        let own = running
            .get(&self.digest)
            .is_some_and(|(number, _)| *number == self.number);
        if own {
            running.remove(&self.digest);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::future::pending;

    use super::*;
    use crate::error::InvalidTokenError;

    fn refusal() -> Outcome {
        Err(Arc::new(InvalidTokenError::new("unknown").into()))
    }

    #[test]
    fn an_ended_flight_leaves_the_list() {
        let flights = Arc::new(Flights::default());
        let flight = flights.join([1; 32], || None, || ready(refusal()));
        assert_eq!(flights.lock().len(), 1);
        assert!(flight.now_or_never().unwrap().is_err());
        assert!(flights.lock().is_empty());
    }

    #[test]
    fn a_flight_that_nobody_waits_for_leaves_the_list() {
        let flights = Arc::new(Flights::default());
        drop(flights.join([1; 32], || None, pending));
        assert!(flights.lock().is_empty());
    }

    #[test]
    fn a_flight_survives_its_first_caller() {
        let flights = Arc::new(Flights::default());
        let (send, receive) = tokio::sync::oneshot::channel();
        let first = flights.join(
            [1; 32],
            || None,
            || async move {
                let _ = receive.await;
                refusal()
            },
        );
        let second = flights.join([1; 32], || None, || async { unreachable!("joined") });
        drop(first);
        send.send(()).unwrap();
        assert!(second.now_or_never().is_some());
    }
}
