//! How long exchanges took.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use http::{Method, StatusCode};

/// The most timings that are kept; the oldest are dropped.
const MOST: usize = 10_000;

/// How long one exchange with a server took, from the request to the end of the response. Each
/// redirect and each attempt is an exchange of its own.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Timing {
    /// The method.
    pub method: Method,
    /// The address, without query and user.
    pub url: String,
    /// The status of the response, if there was one.
    pub status: Option<StatusCode>,
    /// How long it took.
    pub elapsed: Duration,
}

/// The timings so far.
#[derive(Debug, Default)]
pub(super) struct Timings(Mutex<VecDeque<Timing>>);

impl Timings {
    pub(super) fn add(&self, timing: Timing) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= MOST {
            kept.pop_front();
        }
        kept.push_back(timing);
    }

    pub(super) fn take(&self) -> Vec<Timing> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut *kept).into()
    }
}
