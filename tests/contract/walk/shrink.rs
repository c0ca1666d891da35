//! The shortest sequence that shows a difference.

use crate::servers::SIDES;
use crate::step::Step;
use crate::walk::{Finding, replay};
use crate::world::World;

/// How many times a sequence is tried again.
const TRIALS: usize = 60;

/// Leaves out steps for as long as the last one shows the same, and tells what remains.
pub async fn shortest(world: &mut World, finding: &Finding) -> String {
    let mut steps = finding.steps.clone();
    let mut responses = finding.responses.clone();
    let mut trials = 0;
    let mut size = steps.len();
    while size > 0 && trials < TRIALS {
        let mut end = steps.len().saturating_sub(1);
        while end > 0 && trials < TRIALS {
            let start = end.saturating_sub(size);
            let fewer: Vec<Step> = [&steps[..start], &steps[end..]].concat();
            trials += 1;
            let found = replay(world, &fewer).await.finding;
            if let Some(found) = found.filter(|found| found.kind == finding.kind) {
                steps = found.steps;
                responses = found.responses;
            }
            end = start;
        }
        size /= 2;
    }
    tell(finding, &steps, &responses)
}

/// Only the step that showed the difference.
pub fn last(finding: &Finding) -> String {
    let last = finding.steps.len().saturating_sub(1);
    tell(finding, &finding.steps[last..], &finding.responses)
}

fn tell(finding: &Finding, steps: &[Step], responses: &[String; 2]) -> String {
    let mut text = format!(" (seed {}, step {})\n", finding.seed, finding.steps.len());
    for step in steps {
        text += &format!("  {step}\n");
    }
    for (side, response) in SIDES.iter().zip(responses) {
        text += &format!("    {side}: {response}\n");
    }
    text
}
