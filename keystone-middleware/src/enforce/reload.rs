//! Follows changes of the operator's policy files while the service runs.

use std::convert::Infallible;
use std::panic;
use std::time::Duration;

use keystone_policy::{Enforcer, Error};
use keystone_sdk::clock::{Clock, SystemClock};
use tokio::task;
use tracing::{error, info, warn};

/// How long policy files have to stay the same before they count: longer than a file takes to be
/// rewritten in place.
const QUIET_PERIOD: Duration = Duration::from_millis(250);

/// Checks the policy files every `every`, for ever, and puts new rules in force when they changed.
/// Requests under way keep their rules, and no decision waits. Each check is one
/// [`reload_policy_files`]: files that are being written or broken leave the rules as they are and are
/// logged each time.
///
/// ```
/// use std::time::Duration;
///
/// use keystone_middleware::follow_policy_files;
/// use keystone_middleware::policy::Enforcer;
///
/// fn start(enforcer: &Enforcer) {
///     tokio::spawn(follow_policy_files(enforcer.clone(), Duration::from_secs(10)));
/// }
/// ```
pub async fn follow_policy_files(enforcer: Enforcer, every: Duration) -> Infallible {
    let pause = every.max(Duration::from_millis(1));
    loop {
        // A failure is logged there, and the files may be right the next time.
        let _ = reload_policy_files(&enforcer).await;
        SystemClock::default().sleep(pause).await;
    }
}

/// Checks the policy files once, for a service that reloads on a signal or on request. Returns whether
/// there are new rules. Files that changed are read again a quarter of a second later, and
/// count if both readings are equal; overrides that are no more are named at `WARN`.
///
/// # Errors
///
/// When the files are being written or broken, which includes a file or directory that had rules and
/// has none, unless a file says `{}`; that is logged, too. The rules so far stay in force.
pub async fn reload_policy_files(enforcer: &Enforcer) -> Result<bool, Error> {
    let changed = read_twice(enforcer).await;
    match &changed {
        Ok(true) => {
            info!("the policy files have changed, the new rules are in force");
            log_rules(enforcer);
        }
        Ok(false) => {}
        Err(problem @ Error::Unsettled(_)) => {
            warn!("the rules so far stay in force, the policy files are being written: {problem}");
        }
        Err(problem) => {
            error!("the rules so far stay in force, the policy files are broken: {problem}");
        }
    }
    changed
}

/// Logs what an operator should know of the rules that have come into force.
pub(crate) fn log_rules(enforcer: &Enforcer) {
    for file in enforcer.files_without_rules() {
        info!("the policy file `{file}` holds no rules");
    }
    for warning in enforcer.snapshot().warnings() {
        warn!("{warning}");
    }
}

async fn read_twice(enforcer: &Enforcer) -> Result<bool, Error> {
    let reader = enforcer.clone();
    let Some(look) = aside(move || reader.look()).await.flatten() else {
        return Ok(false);
    };
    SystemClock::default().sleep(QUIET_PERIOD).await;
    let reader = enforcer.clone();
    let Some(change) = aside(move || reader.settle(look)).await else {
        return Ok(false);
    };
    let Some(change) = change? else {
        return Ok(false);
    };
    for (name, place) in &change.dropped {
        warn!("`{name}` is overridden no more, its rule stood at {place}");
    }
    Ok(true)
}

/// Reads files beside the threads that serve requests. `None` when the runtime stops.
async fn aside<T: Send + 'static>(read: impl FnOnce() -> T + Send + 'static) -> Option<T> {
    match task::spawn_blocking(read).await {
        Ok(done) => Some(done),
        Err(error) => match error.try_into_panic() {
            Ok(reason) => panic::resume_unwind(reason),
            Err(_) => None,
        },
    }
}
