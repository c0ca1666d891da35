//! Times by the wall clock, the best of many batches: others on the machine only ever add.

use std::hint::black_box;
use std::time::{Duration, Instant};

const BATCHES: usize = 40;
const BATCH: Duration = Duration::from_millis(25);

/// Nanoseconds a call. The calls must allow.
pub(crate) fn best(mut decide: impl FnMut() -> bool) -> f64 {
    assert!(decide(), "this decision should allow");
    let mut calls = 1_u32;
    while batch(calls, &mut decide) < BATCH {
        calls = calls.saturating_mul(2);
    }
    let times = (0..BATCHES).map(|_| batch(calls, &mut decide));
    let best = times.min().unwrap_or_default();
    best.as_secs_f64() * 1e9 / f64::from(calls)
}

fn batch(calls: u32, decide: &mut impl FnMut() -> bool) -> Duration {
    let start = Instant::now();
    for _ in 0..calls {
        black_box(decide());
    }
    start.elapsed()
}
