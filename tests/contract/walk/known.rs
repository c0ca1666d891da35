//! Differences between the servers that are meant, with the reason for each.

use crate::step::{NOBODY, Step};
use crate::world::{CLOUD, Pair};

/// A difference, and a sequence that has to show it still.
pub struct Known {
    pub name: &'static str,
    pub reason: &'static str,
    /// Whether the answers to this step are an instance.
    pub covers: fn(&Step, &Pair) -> bool,
    pub example: fn() -> Vec<Step>,
}

pub const ALL: &[Known] = &[Known {
    name: "assignments below a project that does not exist",
    reason: "the real service looks the project up before it decides, and then breaks on its own \
             check that it decided: it closes the connection. Ours answers 404.",
    covers: |step, answers| {
        step.kind().contains("include_subtree")
            && answers[0] == "0 "
            && answers[1].starts_with("404 ")
    },
    example: || {
        vec![Step::get(
            CLOUD,
            format!("/role_assignments?scope.project.id={NOBODY}&include_subtree"),
        )]
    },
}];

/// Whether a known difference explains these answers.
pub fn excuses(step: &Step, answers: &Pair) -> bool {
    ALL.iter().any(|known| (known.covers)(step, answers))
}
