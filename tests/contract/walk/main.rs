//! Random walks: the embedded Keystone beside the real one.
//!
//! A walk is a sequence of identity operations by callers of every role and every scope, chosen by
//! a seed. Each is sent to both servers, and their responses are compared: status, keys, types,
//! values, error codes and titles, and what lists contain; ids by what they stand for, times by
//! their form, messages not at all. A difference is shown with the shortest sequence that leads to
//! it. Those that are meant are in `known.rs`, each with a sequence that has to show it still.
//!
//! `cargo xtask test` takes a few walks, `cargo xtask walk --walks 1000` as many as you like.

#[expect(dead_code, reason = "the contract cases use the rest of it")]
#[path = "../recorded/call.rs"]
mod call;
mod chance;
mod compare;
mod known;
mod operations;
mod servers;
mod shrink;
mod step;
mod walk;
mod world;

use std::env;

use crate::walk::{Finding, Outcome};
use crate::world::World;

/// What `cargo xtask walk` sets.
const SEED: &str = "KEYSTONE_WALK_SEED";
const WALKS: &str = "KEYSTONE_WALK_COUNT";
const STEPS: &str = "KEYSTONE_WALK_STEPS";
/// How many different findings are shown by the shortest sequence; of the others only the last step is.
const SHRINK: &str = "KEYSTONE_WALK_SHRINK";

#[expect(
    clippy::disallowed_methods,
    reason = "the environment is how xtask talks to tests"
)]
fn number(variable: &str, default: u64) -> u64 {
    let set = env::var(variable).ok();
    set.map_or(default, |text| {
        text.parse()
            .unwrap_or_else(|_| panic!("`{variable}` is `{text}`, which is not a whole number"))
    })
}

/// One test, since there is one real server: walks, and then the known differences.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn walks_lead_both_servers_to_the_same_responses() {
    let (first, walks) = (number(SEED, 1), number(WALKS, 12));
    let (steps, shrunk) = (number(STEPS, 15), number(SHRINK, 3));
    let mut world = World::new().await;
    let mut findings: Vec<Finding> = Vec::new();
    let mut total = Outcome::default();
    for seed in first..first + walks {
        let outcome = walk::take(&mut world, seed, steps).await;
        total.steps += outcome.steps;
        total.excused += outcome.excused;
        findings.extend(outcome.finding);
    }
    let (taken, excused, found) = (total.steps, total.excused, findings.len());
    println!(
        "{walks} walks from seed {first}, {taken} steps: {excused} known differences, {found} others"
    );
    let told = tell(&mut world, &findings, shrunk).await;
    for known::Known { name, reason, .. } in known::ALL {
        println!("known: {name}: {reason}");
    }
    let stale = stale(&mut world).await;
    world.leave();
    assert!(findings.is_empty(), "the servers differ:\n{told}");
    assert!(
        stale.is_empty(),
        "no differences any more, take them off the list: {stale:?}"
    );
}

/// One finding of each kind.
async fn tell(world: &mut World, findings: &[Finding], shrunk: u64) -> String {
    let mut text = String::new();
    let mut told: Vec<&str> = Vec::new();
    for finding in findings {
        if told.contains(&finding.kind.as_str()) {
            continue;
        }
        told.push(&finding.kind);
        let alike = findings.iter().filter(|other| other.kind == finding.kind);
        text += &format!("\n{} walks came to: {}", alike.count(), finding.kind);
        text += &match told.len() as u64 <= shrunk {
            true => shrink::shortest(world, finding).await,
            false => shrink::last(finding),
        };
    }
    text
}

/// The known differences whose example shows none.
async fn stale(world: &mut World) -> Vec<&'static str> {
    let mut stale = Vec::new();
    for difference in known::ALL {
        let outcome = walk::replay(world, &(difference.example)()).await;
        if outcome.excused == 0 {
            stale.push(difference.name);
        }
    }
    stale
}
