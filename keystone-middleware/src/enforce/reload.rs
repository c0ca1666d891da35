//! Reloads policy files while the service runs.

use std::convert::Infallible;
use std::panic;
use std::time::Duration;

use keystone_policy::{Enforcer, Error};
use keystone_sdk::clock::{Clock, SystemClock};
use tokio::task;
use tracing::{error, info, warn};

/// How long policy files must be unchanged before they are loaded: longer than it takes to rewrite
/// a file in place.
const QUIET_PERIOD: Duration = Duration::from_millis(250);

/// Checks the policy files every `every`, forever, and replaces the rules when they have changed.
/// Requests in progress keep their rules, and decisions are not blocked. Each check is a call of
/// [`reload_policy_files`]: incomplete or invalid files leave the rules unchanged and are logged
/// each time.
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
        // Failures are logged there, and the files may be valid the next time.
        let _ = reload_policy_files(&enforcer).await;
        SystemClock::default().sleep(pause).await;
    }
}

/// Checks the policy files once, for a service that reloads on a signal or on request. Returns
/// whether there are new rules. Files that have changed are read again a quarter of a second later
/// and loaded if both readings are equal; removed overrides are logged at level WARN.
///
/// # Errors
///
/// When the files are incomplete or invalid, which includes a file or directory that had rules and
/// has none, unless a file says `{}`. The error is also logged. The current rules stay in force.
pub async fn reload_policy_files(enforcer: &Enforcer) -> Result<bool, Error> {
    let changed = read_twice(enforcer).await;
    match &changed {
        Ok(true) => {
            info!("the policy files have changed and were reloaded");
            log_rules(enforcer);
        }
        Ok(false) => {}
        Err(problem @ Error::Unsettled(_)) => {
            warn!(
                "the policy files are being written, so the current rules stay in force: {problem}"
            );
        }
        Err(problem) => {
            error!("the policy files are invalid, so the current rules stay in force: {problem}");
        }
    }
    changed
}

/// Logs warnings about the new rules.
pub(crate) fn log_rules(enforcer: &Enforcer) {
    for file in enforcer.files_without_rules() {
        info!("the policy file `{file}` contains no rules");
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
        warn!("the override of `{name}` was removed, it was at {place}");
    }
    Ok(true)
}

/// Reads files on a blocking thread. `None` if the runtime is shutting down.
async fn aside<T: Send + 'static>(read: impl FnOnce() -> T + Send + 'static) -> Option<T> {
    match task::spawn_blocking(read).await {
        Ok(done) => Some(done),
        Err(error) => match error.try_into_panic() {
            Ok(reason) => panic::resume_unwind(reason),
            Err(_) => None,
        },
    }
}
