//! Why an analysis has no result.

use std::fmt;

/// The analysis gave up because of too many cases.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct TooComplex;

/// Why the analysis of a policy has no result.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Obstacle {
    policy: String,
    kind: ObstacleKind,
}

#[derive(Clone, Debug, Eq, PartialEq)]
enum ObstacleKind {
    Outside(String),
    TooComplex,
}

impl Obstacle {
    pub(super) fn outside(policy: &str, check: &str) -> Self {
        let kind = ObstacleKind::Outside(check.to_owned());
        let policy = policy.to_owned();
        Self { policy, kind }
    }

    pub(super) fn too_complex(policy: &str) -> Self {
        let kind = ObstacleKind::TooComplex;
        let policy = policy.to_owned();
        Self { policy, kind }
    }

    /// The policy.
    pub fn policy(&self) -> &str {
        &self.policy
    }

    /// The check that rules alone cannot decide, if that is the obstacle: a remote check, or one
    /// that the service adds.
    pub fn check(&self) -> Option<&str> {
        match &self.kind {
            ObstacleKind::Outside(check) => Some(check),
            ObstacleKind::TooComplex => None,
        }
    }
}

impl fmt::Display for Obstacle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let policy = &self.policy;
        match &self.kind {
            ObstacleKind::Outside(check) => write!(
                f,
                "policy `{policy}` depends on `{check}`, which rules alone cannot decide; decide for \
                 each target instead"
            ),
            ObstacleKind::TooComplex => write!(
                f,
                "policy `{policy}` has too many cases to list; split its rule or decide for each \
                 target instead"
            ),
        }
    }
}

impl std::error::Error for Obstacle {}
