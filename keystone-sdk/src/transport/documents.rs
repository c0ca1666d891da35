//! A cache of version documents.

use std::any::Any;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use http::header::ACCEPT;
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use jiff::{SignedDuration, Timestamp};
use url::Url;

use super::{Request, Response, Transport};
use crate::Error;
use crate::error::DecodeError;
use crate::sync::single_flight::SingleFlight;

/// Above this many entries, expired ones are removed.
const MANY: usize = 64;

/// The largest document that is read, in bytes; real ones have a few thousand.
const LARGEST: usize = 1 << 20;

/// How long the absence of a document is cached.
const KEEP_ABSENCE: Duration = Duration::from_secs(60);

/// A document as its reader parsed it.
type Outcome = Result<Arc<dyn Any + Send + Sync>, Error>;

/// The cached documents, by URL.
#[derive(Debug)]
pub(super) struct Documents {
    keep_for: Duration,
    kept: Mutex<HashMap<Url, Kept>>,
    flights: SingleFlight<Url, Outcome>,
}

#[derive(Debug)]
struct Kept {
    outcome: Outcome,
    until: Timestamp,
}

impl Documents {
    pub(super) fn new(keep_for: Duration) -> Self {
        Self {
            keep_for,
            kept: Mutex::default(),
            flights: SingleFlight::new(),
        }
    }

    fn kept(&self, url: &Url, now: Timestamp) -> Option<Outcome> {
        let kept = self.lock();
        let kept = kept.get(url).filter(|kept| now < kept.until)?;
        Some(kept.outcome.clone())
    }

    fn keep(&self, url: &Url, outcome: &Outcome, keep_for: Duration, now: Timestamp) {
        let keep_for = SignedDuration::try_from(keep_for).unwrap_or_default();
        let Ok(until) = now.checked_add(keep_for) else {
            return;
        };
        let mut kept = self.lock();
        if kept.len() > MANY {
            kept.retain(|_, kept| now < kept.until);
        }
        let outcome = outcome.clone();
        kept.insert(url.clone(), Kept { outcome, until });
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Url, Kept>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Transport {
    /// Gets a document from the cache, or fetches it and parses it with `read`. The request has no
    /// authentication; the headers in `proof` are only sent after a 401.
    ///
    /// A document is cached, and for a minute its absence, for which `read` returns
    /// [`Error::Discovery`]. Any other error is shared by the callers that wait for it, and the
    /// next caller tries again.
    pub(crate) async fn document<T: Any + Send + Sync>(
        &self,
        url: &Url,
        proof: Option<&HeaderMap>,
        read: fn(&Response) -> Result<T, Error>,
    ) -> Result<Arc<T>, Error> {
        let documents = &self.0.documents;
        let known = || documents.kept(url, self.clock().now());
        let outcome = match known() {
            Some(outcome) => outcome,
            None => {
                let fetch = || self.fetch(url, proof, read);
                documents.flights.run(url.clone(), known, fetch).await
            }
        };
        outcome?.downcast().map_err(|_| {
            // One URL has one kind of document.
            DecodeError::new(format!("{url} was read as another kind of document before")).into()
        })
    }

    async fn fetch<T: Any + Send + Sync>(
        &self,
        url: &Url,
        proof: Option<&HeaderMap>,
        read: fn(&Response) -> Result<T, Error>,
    ) -> Outcome {
        let documents = &self.0.documents;
        let response = self.ask(url, proof).await;
        let is_locked = |response: &Response| response.status == StatusCode::UNAUTHORIZED;
        let locked = response.as_ref().is_ok_and(is_locked);
        let outcome = response.and_then(|response| Ok(Arc::new(read(&response)?) as _));
        let keep_for = match &outcome {
            Ok(_) => documents.keep_for,
            // Another identity may have access.
            Err(Error::Discovery(_)) if !locked => documents.keep_for.min(KEEP_ABSENCE),
            Err(_) => Duration::ZERO,
        };
        if !keep_for.is_zero() {
            documents.keep(url, &outcome, keep_for, self.clock().now());
        }
        outcome
    }

    async fn ask(&self, url: &Url, proof: Option<&HeaderMap>) -> Result<Response, Error> {
        let mut request = Request::new(Method::GET, url.clone())
            .header(ACCEPT, HeaderValue::from_static("application/json"));
        request.max_body = Some(LARGEST);
        let response = self.send(request.clone()).await?;
        match proof {
            Some(proof) if response.status == StatusCode::UNAUTHORIZED => {
                request.headers.extend(proof.clone());
                self.send(request).await
            }
            _ => Ok(response),
        }
    }
}
