//! The requests that have arrived.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::watch;

/// One request that arrived.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Seen {
    /// The method in capitals.
    pub method: String,
    /// The path without the query.
    pub path: String,
    /// The query, when there is one.
    pub query: Option<String>,
}

/// A live view of the requests of a server, in the order of their arrival.
///
/// Requests that met a [`Fault`](crate::Fault) count too.
#[derive(Clone, Debug)]
pub struct Requests(Arc<Log>);

impl Requests {
    /// How many requests of this method and path (without query) arrived.
    #[must_use]
    pub fn count(&self, method: &str, path: &str) -> usize {
        self.with(|seen| {
            seen.iter()
                .filter(|one| one.method == method && one.path == path)
                .count()
        })
    }

    /// How many requests arrived at all.
    #[must_use]
    pub fn total(&self) -> usize {
        self.with(|seen| seen.len())
    }

    /// All of them.
    #[must_use]
    pub fn all(&self) -> Vec<Seen> {
        self.with(|seen| seen.clone())
    }

    /// Forgets the requests so far.
    pub fn clear(&self) {
        self.with(Vec::clear);
    }

    /// Waits until at least `count` requests of this method and path have arrived.
    pub async fn arrived(&self, method: &str, path: &str, count: usize) {
        let mut news = self.0.news.subscribe();
        // The sender lives in `self`, so waiting ends only with the condition.
        news.wait_for(|_| self.count(method, path) >= count)
            .await
            .ok();
    }

    fn with<T>(&self, look: impl FnOnce(&mut Vec<Seen>) -> T) -> T {
        look(&mut self.0.seen.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Where the server records requests.
#[derive(Debug, Default)]
pub(crate) struct Journal(Arc<Log>);

#[derive(Debug, Default)]
struct Log {
    seen: Mutex<Vec<Seen>>,
    news: watch::Sender<()>,
}

impl Journal {
    pub(crate) fn record(&self, method: &str, path: &str, query: Option<&str>) {
        let seen = Seen {
            method: method.to_owned(),
            path: path.to_owned(),
            query: query.map(ToOwned::to_owned),
        };
        self.requests().with(|all| all.push(seen));
        self.0.news.send_replace(());
    }

    pub(crate) fn requests(&self) -> Requests {
        Requests(Arc::clone(&self.0))
    }
}
