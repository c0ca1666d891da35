//! Documents that are asked for once and kept for a while: version documents.

use std::any::Any;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use http::header::ACCEPT;
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use jiff::{SignedDuration, Timestamp};
use url::Url;

use super::{Request, Response, Transport};
use crate::Error;
use crate::error::DecodeError;

/// Above this many addresses, those whose time is over are forgotten.
const MANY: usize = 64;

/// The largest document that is read, in bytes; real ones have a few thousand.
const LARGEST: usize = 1 << 20;

/// How long it is remembered that an address has no document.
const KEEP_ABSENCE: Duration = Duration::from_secs(60);

/// A document as its reader made it.
type Outcome = Result<Arc<dyn Any + Send + Sync>, Error>;

/// What was asked for so far, by address.
#[derive(Debug)]
pub(super) struct Documents {
    keep_for: Duration,
    by_url: Mutex<HashMap<Url, Arc<Slot>>>,
}

/// One address: who holds the gate asks, all others wait for the outcome.
#[derive(Debug, Default)]
struct Slot {
    gate: tokio::sync::Mutex<()>,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// How often the server was asked. Whoever finds it changed after waiting takes the outcome.
    rounds: u64,
    outcome: Option<Outcome>,
    keep_until: Option<Timestamp>,
}

impl Documents {
    pub(super) fn new(keep_for: Duration) -> Self {
        Self {
            keep_for,
            by_url: Mutex::default(),
        }
    }

    fn slot(&self, url: &Url, now: Timestamp) -> Arc<Slot> {
        let mut slots = self.by_url.lock().unwrap_or_else(PoisonError::into_inner);
        if slots.len() > MANY {
            slots.retain(|_, slot| slot.kept(now).is_some());
        }
        Arc::clone(slots.entry(url.clone()).or_default())
    }
}

impl Slot {
    fn with_state<T>(&self, look: impl FnOnce(&mut State) -> T) -> T {
        look(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn kept(&self, now: Timestamp) -> Option<Outcome> {
        self.with_state(|state| {
            let is_kept = now < state.keep_until?;
            is_kept.then(|| state.outcome.clone())?
        })
    }
}

impl Transport {
    /// Gets a JSON document and what `read` makes of it, or takes that from memory. It is asked for
    /// without authentication; `proof` is shown to a server that insists.
    ///
    /// A document is kept, and for a minute that there is none ([`Error::Discovery`] says `read`).
    /// Any other outcome is given to all who waited for it: a server that is down is asked once,
    /// not once per waiting task, but asked again by whoever comes later.
    pub(crate) async fn document<T: Any + Send + Sync>(
        &self,
        url: &Url,
        proof: Option<&HeaderMap>,
        read: fn(&Response) -> Result<T, Error>,
    ) -> Result<Arc<T>, Error> {
        let outcome = self.outcome(url, proof, read).await?;
        outcome.downcast().map_err(|_| {
            // One address has one kind of document.
            DecodeError::new(format!("{url} was read as another kind of document before")).into()
        })
    }

    async fn outcome<T: Any + Send + Sync>(
        &self,
        url: &Url,
        proof: Option<&HeaderMap>,
        read: fn(&Response) -> Result<T, Error>,
    ) -> Outcome {
        let now = self.clock().now();
        let slot = self.documents().slot(url, now);
        let seen = slot.with_state(|state| state.rounds);
        if let Some(outcome) = slot.kept(now) {
            return outcome;
        }
        let _gate = slot.gate.lock().await;
        let meanwhile = slot.with_state(|state| {
            (state.rounds != seen)
                .then(|| state.outcome.clone())
                .flatten()
        });
        if let Some(outcome) = meanwhile {
            return outcome;
        }
        let response = self.ask(url, proof).await;
        let is_locked = |response: &Response| response.status == StatusCode::UNAUTHORIZED;
        let locked = response.as_ref().is_ok_and(is_locked);
        let outcome = response.and_then(|response| Ok(Arc::new(read(&response)?) as _));
        let keep_for = match &outcome {
            Ok(_) => self.documents().keep_for,
            // Somebody else may be let in.
            Err(Error::Discovery(_)) if !locked => self.documents().keep_for.min(KEEP_ABSENCE),
            Err(_) => Duration::ZERO,
        };
        let keep_for = SignedDuration::try_from(keep_for).unwrap_or_default();
        slot.with_state(|state| {
            state.rounds += 1;
            state.keep_until = self.clock().now().checked_add(keep_for).ok();
            state.outcome = Some(outcome.clone());
        });
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
