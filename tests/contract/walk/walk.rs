//! Taking a walk.

use crate::chance::Chance;
use crate::known;
use crate::operations;
use crate::step::Step;
use crate::world::{Pair, World};

/// How a walk went.
#[derive(Default)]
pub struct Outcome {
    pub steps: usize,
    /// Differences that are on the list of known ones.
    pub excused: usize,
    pub finding: Option<Finding>,
}

/// The first step to which the servers responded differently, and those before it.
pub struct Finding {
    pub seed: u64,
    pub steps: Vec<Step>,
    pub responses: Pair,
    /// The same for findings that are likely to have the same cause.
    pub kind: String,
}

/// A walk of so many steps.
pub async fn take(world: &mut World, seed: u64, steps: u64) -> Outcome {
    let mut chance = Chance::new(seed);
    world.reset().await;
    let mut taken = Vec::new();
    let mut outcome = Outcome::default();
    for number in 0..steps {
        let step = operations::choose(&mut chance, world, number);
        taken.push(step);
        if advance(world, &taken, seed, &mut outcome).await {
            break;
        }
    }
    outcome
}

/// The same steps again.
pub async fn replay(world: &mut World, steps: &[Step]) -> Outcome {
    world.reset().await;
    let mut outcome = Outcome::default();
    for number in 1..=steps.len() {
        if advance(world, &steps[..number], 0, &mut outcome).await {
            break;
        }
    }
    outcome
}

/// Performs the last of `steps`; true when the walk is over.
async fn advance(world: &mut World, steps: &[Step], seed: u64, outcome: &mut Outcome) -> bool {
    let Some(step) = steps.last() else {
        return true;
    };
    outcome.steps += 1;
    let responses = world.compare(step).await;
    if responses[0] == responses[1] {
        return false;
    }
    let [real, embedded] = [0, 1].map(|side| responses[side].split(' ').next().unwrap_or_default());
    if known::excuses(step, &responses) {
        outcome.excused += 1;
        // From here on the two may know different things.
        return real.starts_with('2') != embedded.starts_with('2');
    }
    let what = step.kind();
    let kind = match real == embedded {
        true => format!("{what}: {real}, other body"),
        false => format!("{what}: real {real}, embedded {embedded}"),
    };
    outcome.finding = Some(Finding {
        seed,
        steps: steps.to_vec(),
        responses,
        kind,
    });
    true
}
