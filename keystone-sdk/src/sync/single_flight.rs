//! Shares one fetch among concurrent callers.

use std::collections::HashMap;
use std::fmt;
use std::future::Future;
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Runs one fetch per key at a time: callers that ask while it runs get its outcome.
///
/// - The first caller fetches; the others wait and get a clone of the outcome, even if it is an
///   error.
/// - If a caller is dropped while it fetches, the next one in line starts the fetch anew. So the
///   future of a fetch may borrow from its caller.
/// - An outcome is only given to the callers that waited for it; later ones fetch anew. It is not
///   cached: a fetch may write to a cache at its end.
///
/// Callers look into their cache first.
pub struct SingleFlight<K, T> {
    running: Mutex<HashMap<K, Running<T>>>,
}

struct Running<T> {
    flight: Flight<T>,
    /// The number of callers. It is changed under the lock, unlike the count of an `Arc`.
    callers: usize,
}

/// The outcome of a fetch. The caller that fetches holds the lock; the others wait for it.
type Flight<T> = Arc<tokio::sync::Mutex<Option<T>>>;

/// A caller's place in a flight, until it is done or dropped.
struct Seat<'a, K: Eq + Hash, T> {
    flights: &'a SingleFlight<K, T>,
    key: K,
    flight: Flight<T>,
}

impl<K: Eq + Hash, T> SingleFlight<K, T> {
    /// No fetches yet.
    pub fn new() -> Self {
        Self {
            running: Mutex::default(),
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<K, Running<T>>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<K: Clone + Eq + Hash, T: Clone> SingleFlight<K, T> {
    /// The outcome of the fetch for `key`: of the running one, or else of `fetch`.
    ///
    /// `known` looks into the caller's cache once more before a fetch starts, because one may have
    /// ended since the caller's own look.
    pub async fn run<F, Fut>(&self, key: K, known: impl FnOnce() -> Option<T>, fetch: F) -> T
    where
        F: FnOnce() -> Fut,
        Fut: Future<Output = T>,
    {
        let seat = self.join(&mut self.lock(), key);
        seat.take(known, fetch).await
    }

    /// As [`run`](Self::run), but returns `None` if another caller is fetching.
    pub async fn run_alone<F, Fut>(
        &self,
        key: K,
        known: impl FnOnce() -> Option<T>,
        fetch: F,
    ) -> Option<T>
    where
        F: FnOnce() -> Fut,
        Fut: Future<Output = T>,
    {
        let seat = {
            let mut running = self.lock();
            if running.contains_key(&key) {
                return None;
            }
            self.join(&mut running, key)
        };
        Some(seat.take(known, fetch).await)
    }

    fn join(&self, running: &mut HashMap<K, Running<T>>, key: K) -> Seat<'_, K, T> {
        let entry = running.entry(key.clone()).or_insert_with(|| Running {
            flight: Arc::default(),
            callers: 0,
        });
        entry.callers += 1;
        Seat {
            flights: self,
            key,
            flight: Arc::clone(&entry.flight),
        }
    }
}

impl<K: Eq + Hash, T> Default for SingleFlight<K, T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<K: Eq + Hash, T: Clone> Seat<'_, K, T> {
    async fn take<F, Fut>(&self, known: impl FnOnce() -> Option<T>, fetch: F) -> T
    where
        F: FnOnce() -> Fut,
        Fut: Future<Output = T>,
    {
        let mut brought = self.flight.lock().await;
        if let Some(outcome) = &*brought {
            return outcome.clone();
        }
        let outcome = match known() {
            Some(known) => known,
            None => fetch().await,
        };
        // Removed first: a caller that comes from now on must not get the outcome of a fetch that
        // started before it asked.
        self.unlist();
        *brought = Some(outcome.clone());
        outcome
    }
}

impl<K: Eq + Hash, T> Seat<'_, K, T> {
    fn unlist(&self) {
        let mut running = self.flights.lock();
        if self.is_listed(&running) {
            running.remove(&self.key);
        }
    }

    /// Whether the flight under this key is still this one, and not a later one.
    fn is_listed(&self, running: &HashMap<K, Running<T>>) -> bool {
        running
            .get(&self.key)
            .is_some_and(|entry| Arc::ptr_eq(&entry.flight, &self.flight))
    }
}

impl<K: Eq + Hash, T> Drop for Seat<'_, K, T> {
    // The last caller to leave a flight without outcome removes it, or the map would grow with each
    // cancelled caller.
    fn drop(&mut self) {
        let mut running = self.flights.lock();
        if !self.is_listed(&running) {
            return;
        }
        let Some(entry) = running.get_mut(&self.key) else {
            return;
        };
        entry.callers -= 1;
        if entry.callers == 0 {
            running.remove(&self.key);
        }
    }
}

/// Shows only the number of running fetches; keys may be secret.
impl<K: Eq + Hash, T> fmt::Debug for SingleFlight<K, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SingleFlight")
            .field("running", &self.lock().len())
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use std::future::{pending, ready};
    use std::sync::atomic::{AtomicUsize, Ordering};

    use futures_util::FutureExt;
    use tokio::sync::{Barrier, Notify};
    use tokio::task::JoinSet;

    use super::*;

    type Flights = SingleFlight<&'static str, Result<usize, usize>>;

    /// What 200 tasks get that ask at once for a fetch that ends like this.
    async fn crowd(
        outcome: fn(usize) -> Result<usize, usize>,
    ) -> (Vec<Result<usize, usize>>, usize) {
        let flights = Arc::new(Flights::new());
        let fetches = Arc::new(AtomicUsize::new(0));
        let start = Arc::new(Barrier::new(200));
        let mut tasks = JoinSet::new();
        for _ in 0..200 {
            let (flights, fetches) = (Arc::clone(&flights), Arc::clone(&fetches));
            let start = Arc::clone(&start);
            tasks.spawn(async move {
                start.wait().await;
                let fetch = || async {
                    let number = fetches.fetch_add(1, Ordering::SeqCst) + 1;
                    // So that all others come to wait.
                    for _ in 0..1000 {
                        tokio::task::yield_now().await;
                    }
                    outcome(number)
                };
                flights.run("key", || None, fetch).await
            });
        }
        let got = tasks.join_all().await;
        assert!(flights.lock().is_empty());
        (got, fetches.load(Ordering::SeqCst))
    }

    #[tokio::test]
    async fn two_hundred_callers_cause_one_fetch() {
        let (got, fetches) = crowd(Ok).await;
        assert!(got.iter().all(|one| *one == Ok(1)), "{got:?}");
        assert_eq!(fetches, 1);
    }

    #[tokio::test]
    async fn an_error_is_shared_by_those_who_waited() {
        let (got, fetches) = crowd(Err).await;
        assert!(got.iter().all(|one| *one == Err(1)), "{got:?}");
        assert_eq!(fetches, 1);
    }

    #[test]
    fn who_comes_later_asks_anew() {
        let flights = Flights::new();
        for outcome in [Err(1), Ok(2), Ok(3)] {
            let got = flights
                .run("key", || None, || ready(outcome))
                .now_or_never();
            assert_eq!(got, Some(outcome));
        }
    }

    #[tokio::test]
    async fn a_caller_that_joins_while_others_collect_asks_anew() {
        let flights = Flights::new();
        let end = Notify::new();
        let fetch = || async {
            end.notified().await;
            Ok(1)
        };
        let mut first = Box::pin(flights.run("key", || None, fetch));
        let mut second = Box::pin(flights.run("key", || None, || ready(Ok(9))));
        assert!((&mut first).now_or_never().is_none());
        assert!((&mut second).now_or_never().is_none());
        end.notify_one();
        assert_eq!(first.await, Ok(1));
        assert_eq!(flights.run("key", || None, || ready(Ok(2))).await, Ok(2));
        assert_eq!(second.await, Ok(1));
        assert!(flights.lock().is_empty());
    }

    #[tokio::test]
    async fn a_fetch_survives_the_caller_that_began_it() {
        let flights = Flights::new();
        let mut first = Box::pin(flights.run("key", || None, pending));
        let mut second = Box::pin(flights.run("key", || None, || ready(Ok(2))));
        assert!((&mut first).now_or_never().is_none());
        assert!((&mut second).now_or_never().is_none());
        drop(first);
        assert_eq!(second.await, Ok(2));
        assert!(flights.lock().is_empty());
    }

    #[test]
    fn a_fetch_that_nobody_waits_for_leaves_the_list() {
        let flights = Flights::new();
        let mut first = Box::pin(flights.run("key", || None, pending));
        let mut second = Box::pin(flights.run("key", || None, pending));
        assert!((&mut first).now_or_never().is_none());
        assert!((&mut second).now_or_never().is_none());
        assert_eq!(flights.lock().len(), 1);
        drop(first);
        assert_eq!(flights.lock().len(), 1);
        drop(second);
        assert!(flights.lock().is_empty());
    }

    #[test]
    fn what_has_become_known_is_not_fetched() {
        let flights = Flights::new();
        let got = flights.run("key", || Some(Ok(7)), pending).now_or_never();
        assert_eq!(got, Some(Ok(7)));
    }

    #[test]
    fn keys_do_not_wait_for_each_other() {
        let flights = Flights::new();
        let mut one = Box::pin(flights.run("one", || None, pending));
        assert!((&mut one).now_or_never().is_none());
        let other = flights.run("other", || None, || ready(Ok(1)));
        assert_eq!(other.now_or_never(), Some(Ok(1)));
    }

    #[test]
    fn who_will_not_wait_gives_up_where_somebody_fetches() {
        let flights = Flights::new();
        let alone = || flights.run_alone("key", || None, || ready(Ok(1)));
        assert_eq!(alone().now_or_never(), Some(Some(Ok(1))));
        let mut other = Box::pin(flights.run("key", || None, pending));
        assert!((&mut other).now_or_never().is_none());
        assert_eq!(alone().now_or_never(), Some(None));
        drop(other);
        assert_eq!(alone().now_or_never(), Some(Some(Ok(1))));
    }
}
