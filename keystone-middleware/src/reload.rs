//! Follows changes of the operator's policy files while the service runs.

use std::convert::Infallible;
use std::time::Duration;

use keystone_policy::{Enforcer, Error};
use tokio::task;
use tokio::time::{self, MissedTickBehavior};
use tracing::{error, info, warn};

/// Looks at the policy files every `every`, for ever, and puts new rules in force when they changed.
/// Requests under way keep the rules that they began with, and no decision waits. A broken file
/// leaves the rules as they are and is logged as an error each time.
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
    let mut ticks = time::interval(every.max(Duration::from_millis(1)));
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        let enforcer = enforcer.clone();
        // Files are read beside the threads that serve requests.
        let looked = task::spawn_blocking(move || reload_policy_files(&enforcer)).await;
        if let Err(error) = looked {
            error!("the policy files could not be looked at: {error}");
        }
    }
}

/// Looks at the policy files once, as [`follow_policy_files`] does: for a service that reloads on a
/// signal or on request. Says whether there are new rules.
///
/// # Errors
///
/// When the files are broken; that is logged, too. The rules so far stay in force.
pub fn reload_policy_files(enforcer: &Enforcer) -> Result<bool, Error> {
    let changed = enforcer.reload_if_changed();
    match &changed {
        Ok(true) => {
            info!("the policy files have changed, the new rules are in force");
            for warning in enforcer.snapshot().warnings() {
                warn!("{warning}");
            }
        }
        Ok(false) => {}
        Err(error) => {
            error!("the rules so far stay in force, the policy files are broken: {error}")
        }
    }
    changed
}
