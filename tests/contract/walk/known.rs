//! Differences between the servers that are meant, with the reason for each.

use crate::step::{NOBODY, Step};
use crate::world::{CLOUD, Pair};

/// A difference, and a sequence that has to show it still.
pub struct Known {
    pub name: &'static str,
    pub reason: &'static str,
    /// Whether the responses to this step are an instance.
    pub covers: fn(&Step, &Pair) -> bool,
    pub example: fn() -> Vec<Step>,
}

pub const ALL: &[Known] = &[Known {
    name: "assignments below a project that does not exist",
    reason: "the real service looks the project up before it decides, and then breaks on its own \
             check that it decided: it closes the connection. Ours returns 404.",
    covers: |step, responses| {
        step.kind().contains("include_subtree")
            && responses[0] == "0 "
            && responses[1].starts_with("404 ")
    },
    example: || {
        vec![Step::get(
            CLOUD,
            format!("/role_assignments?scope.project.id={NOBODY}&include_subtree"),
        )]
    },
}];

/// Whether a known difference explains these responses.
pub fn excuses(step: &Step, responses: &Pair) -> bool {
    ALL.iter().any(|known| (known.covers)(step, responses))
}
