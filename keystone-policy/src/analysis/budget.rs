//! How much work a policy may take.

use std::cell::Cell;

use crate::analysis::obstacle::TooComplex;

/// How many steps one policy may take, whatever is asked of it. A step is a node of a BDD, or an
/// answer that is looked at in the search for an example: counted, not timed, so that a question has
/// the same answer on every machine.
pub const MOST_STEPS: usize = 1_000_000;

/// The steps that are left for one policy.
pub(super) struct Budget(Cell<usize>);

impl Default for Budget {
    fn default() -> Self {
        Self(Cell::new(MOST_STEPS))
    }
}

impl Budget {
    /// Takes steps; fails for good once there are not enough.
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
