//! Documents that are asked for once and kept for a while: version documents.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use http::header::ACCEPT;
use http::{HeaderValue, Method};
use jiff::{SignedDuration, Timestamp};
use url::Url;

use super::{Request, Response, Transport};
use crate::Error;

/// Above this many addresses, those whose time is over are forgotten.
const MANY: usize = 64;

/// The largest document that is read, in bytes; real ones have a few thousand.
const LARGEST: usize = 1 << 20;

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
    outcome: Option<Result<Response, Error>>,
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

    fn kept(&self, now: Timestamp) -> Option<Response> {
        self.with_state(|state| {
            let outcome = state.outcome.as_ref()?.as_ref().ok()?;
            (now < state.keep_until?).then(|| outcome.clone())
        })
    }
}

impl Transport {
    /// Gets a JSON document without authentication, or takes it from memory.
    ///
    /// Only a good answer is kept. A bad one is given to all who waited for it: a server that is
    /// down is asked once, not once per waiting task.
    pub(crate) async fn document(&self, url: &Url) -> Result<Response, Error> {
        let now = self.clock().now();
        let slot = self.documents().slot(url, now);
        let seen = slot.with_state(|state| state.rounds);
        if let Some(answer) = slot.kept(now) {
            return Ok(answer);
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
        let mut request = Request::new(Method::GET, url.clone())
            .header(ACCEPT, HeaderValue::from_static("application/json"));
        request.max_body = Some(LARGEST);
        let outcome = self.send(request).await;
        let keep_for = SignedDuration::try_from(self.documents().keep_for).unwrap_or_default();
        let is_good = |answer: &Response| matches!(answer.status.as_u16(), 200 | 300);
        slot.with_state(|state| {
            state.rounds += 1;
            state.keep_until = match &outcome {
                Ok(answer) if is_good(answer) => self.clock().now().checked_add(keep_for).ok(),
                _ => None,
            };
            state.outcome = Some(outcome.clone());
        });
        outcome
    }
}
