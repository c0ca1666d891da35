//! Many requests with limited concurrency.

use std::error::Error as StdError;
use std::fmt;
use std::future::IntoFuture;

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;

/// Sends many requests, at most `concurrency` (at least one) at the same time. Anything that can be
/// awaited works: requests, `all` of a list, `async` blocks.
///
/// ```no_run
/// use keystone_sdk::client::bulk;
/// use keystone_sdk::identity::v3::{Client, UserCreate, UserId};
///
/// # async fn example(identity: &Client, gone: Vec<UserId>) -> Result<(), Box<dyn std::error::Error>> {
/// let new = (1..=500).map(|n| identity.users().create(UserCreate::new(format!("user{n}"))));
/// let users = bulk(new, 8).try_collect().await?;              // ends at the first error
///
/// let deleted = bulk(gone.iter().map(|id| identity.users().delete(id)), 8).collect().await;
/// let failed = deleted.iter().filter(|result| result.is_err()).count();
/// # Ok(())
/// # }
/// ```
///
/// Requests are taken from the iterator as they are sent. Nothing runs in the background: dropping
/// the future cancels the requests in flight, and no more are sent.
pub fn bulk<I: IntoIterator>(requests: I, concurrency: usize) -> Bulk<I::IntoIter> {
    Bulk {
        requests: requests.into_iter(),
        concurrency: concurrency.max(1),
    }
}

/// Many requests; see [`bulk`].
#[must_use = "nothing is sent until the results are asked for"]
pub struct Bulk<I> {
    requests: I,
    concurrency: usize,
}

impl<I, T, E> Bulk<I>
where
    I: Iterator<Item: IntoFuture<Output = Result<T, E>>>,
{
    /// Sends all, and returns all results in the order of the requests.
    pub async fn collect(self) -> Vec<Result<T, E>> {
        self.run(|_| false).await
    }

    /// Sends all until one fails, and returns the responses in the order of the requests.
    ///
    /// # Errors
    ///
    /// [`Stopped`] when one fails: no more are sent, and those in flight are awaited, so that the
    /// result of each is known.
    pub async fn try_collect(self) -> Result<Vec<T>, Stopped<T, E>> {
        let results = self.run(Result::is_err).await;
        match results.iter().position(Result::is_err) {
            Some(index) => Err(Stopped { index, results }),
            None => Ok(results.into_iter().filter_map(Result::ok).collect()),
        }
    }

    async fn run(mut self, ends: impl Fn(&Result<T, E>) -> bool) -> Vec<Result<T, E>> {
        let mut running = FuturesUnordered::new();
        let mut results = Vec::new();
        let mut ended = false;
        loop {
            while !ended && running.len() < self.concurrency {
                let Some(request) = self.requests.next() else {
                    break;
                };
                let (index, request) = (results.len(), request.into_future());
                running.push(async move { (index, request.await) });
                results.push(None);
            }
            let Some((index, result)) = running.next().await else {
                break;
            };
            ended |= ends(&result);
            if let Some(place) = results.get_mut(index) {
                *place = Some(result);
            }
        }
        results.into_iter().flatten().collect()
    }
}

impl<I> fmt::Debug for Bulk<I> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bulk")
            .field("concurrency", &self.concurrency)
            .finish_non_exhaustive()
    }
}

/// One of many requests failed, and those after it were not sent. `Debug` and `Display` show no
/// responses.
pub struct Stopped<T, E> {
    index: usize,
    results: Vec<Result<T, E>>,
}

impl<T, E> Stopped<T, E> {
    /// Which request failed, counted from 0; the first of them if several did.
    pub fn index(&self) -> usize {
        self.index
    }

    /// Why it failed.
    pub fn error(&self) -> Option<&E> {
        self.results.get(self.index)?.as_ref().err()
    }

    /// The results of all requests that were sent, in the order of the requests.
    pub fn into_results(self) -> Vec<Result<T, E>> {
        self.results
    }
}

impl<T, E> fmt::Display for Stopped<T, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (number, sent) = (self.index + 1, self.results.len());
        write!(
            f,
            "request {number} failed; {sent} requests were sent, and no more"
        )
    }
}

impl<T, E: fmt::Debug> fmt::Debug for Stopped<T, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stopped")
            .field("index", &self.index)
            .field("error", &self.error())
            .finish_non_exhaustive()
    }
}

impl<T, E: StdError + 'static> StdError for Stopped<T, E> {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.error().map(|error| error as &(dyn StdError + 'static))
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::future::pending;
    use std::io;
    use std::time::Duration;

    use futures_util::FutureExt;

    use super::*;
    use crate::clock::{Clock, SystemClock};

    /// Later ones are done first.
    async fn slow(number: usize, running: &Cell<usize>, most: &Cell<usize>) -> io::Result<usize> {
        running.set(running.get() + 1);
        most.set(most.get().max(running.get()));
        SystemClock
            .sleep(Duration::from_millis(20 - number as u64))
            .await;
        running.set(running.get() - 1);
        Ok(number)
    }

    #[tokio::test(start_paused = true)]
    async fn results_stand_in_the_order_of_requests_and_few_run_at_a_time() {
        let (running, most) = (Cell::new(0), Cell::new(0));
        let requests = (0..20).map(|number| slow(number, &running, &most));
        let results = bulk(requests, 3).try_collect().await.unwrap();
        assert_eq!(results, (0..20).collect::<Vec<_>>());
        assert_eq!(most.get(), 3);
        let none: [std::future::Ready<io::Result<()>>; 0] = [];
        assert!(bulk(none, 0).collect().await.is_empty());
    }

    async fn odd(number: usize) -> Result<usize, io::Error> {
        SystemClock.sleep(Duration::from_millis(1)).await;
        if number == 3 || number == 4 {
            return Err(io::Error::other(format!("{number}")));
        }
        Ok(number)
    }

    #[tokio::test(start_paused = true)]
    async fn the_first_error_ends_it_or_all_errors_are_collected() {
        let stopped = bulk((0..100).map(odd), 2).try_collect().await.unwrap_err();
        assert_eq!(stopped.index(), 3);
        assert_eq!(stopped.error().unwrap().to_string(), "3");
        assert_eq!(stopped.source().unwrap().to_string(), "3");
        assert!(
            stopped.to_string().starts_with("request 4 failed"),
            "{stopped}"
        );
        let results = stopped.into_results();
        assert!(results.len() < 7, "{} were sent", results.len());
        assert!(results.iter().take(3).all(Result::is_ok));

        let all = bulk((0..100).map(odd), 2).collect().await;
        assert_eq!(all.len(), 100);
        assert_eq!(all.iter().filter(|result| result.is_err()).count(), 2);
    }

    #[tokio::test(start_paused = true)]
    async fn dropping_it_gives_up_what_is_on_its_way_and_sends_no_more() {
        let taken = Cell::new(0);
        let requests = (0..10).map(|_| {
            taken.set(taken.get() + 1);
            pending::<io::Result<()>>()
        });
        let mut all = Box::pin(bulk(requests, 4).collect());
        assert!(all.as_mut().now_or_never().is_none());
        drop(all);
        assert_eq!(taken.get(), 4);
    }
}
