//! A limit for the work that the analysis of a policy may take.

use std::cell::Cell;

use crate::analysis::obstacle::TooComplex;

/// How many steps the analysis of one policy may take. A step is a node of a BDD, or an atom that
/// is visited in the search for an example. Steps are counted, not timed, so that the result is the
/// same on every machine.
pub const MOST_STEPS: usize = 1_000_000;

/// The steps left for one policy.
pub(super) struct Budget(Cell<usize>);

impl Default for Budget {
    fn default() -> Self {
        Self(Cell::new(MOST_STEPS))
    }
}

impl Budget {
    /// Takes steps; once there are not enough, it fails for good.
    pub(super) fn spend(&self, steps: usize) -> Result<(), TooComplex> {
        match self.0.get().checked_sub(steps) {
            Some(left) => {
                self.0.set(left);
                Ok(())
            }
            None => {
                self.0.set(0);
                Err(TooComplex)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_spent_is_gone() {
        let budget = Budget::default();
        assert_eq!(budget.spend(MOST_STEPS - 1), Ok(()));
        assert_eq!(budget.spend(2), Err(TooComplex));
        assert_eq!(budget.spend(1), Err(TooComplex));
    }
}
