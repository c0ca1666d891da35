//! CPU time of this thread, the best of many batches: others on the machine only ever add.

use std::error::Error;
use std::hint::black_box;
use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};

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

/// The best time of each of two, which take turns.
pub(crate) fn alternate(
    rounds: usize,
    mut one: impl FnMut() -> Result<(), Box<dyn Error>>,
    mut other: impl FnMut() -> Result<(), Box<dyn Error>>,
) -> Result<[Duration; 2], Box<dyn Error>> {
    let mut best = [Duration::MAX; 2];
    for _ in 0..rounds {
        let start = cpu_time();
        one()?;
        let middle = cpu_time();
        other()?;
        let end = cpu_time();
        best = [best[0].min(middle - start), best[1].min(end - middle)];
    }
    Ok(best)
}

fn batch(calls: u32, decide: &mut impl FnMut() -> bool) -> Duration {
    let start = cpu_time();
    for _ in 0..calls {
        black_box(decide());
    }
    cpu_time() - start
}

fn cpu_time() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    time.try_into().unwrap_or_default()
}
