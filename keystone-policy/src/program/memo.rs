//! What rules said earlier in the same decision.
//!
//! Rules that refer to the next one twice would be asked twice as often with each step. Ordinary
//! decisions call few rules: nothing is kept, and nothing allocated, until there were many calls.

use std::collections::HashMap;

/// How many rules a decision calls before their answers are kept.
const FEW_CALLS: u32 = 64;

/// The answers of rules, for one caller and one target. A rule may answer otherwise below a `not`,
/// where an attribute that an address lacks breaks the decision off.
#[derive(Clone, Default)]
pub(super) struct Memo {
    calls: u32,
    /// On the heap, so that a run stays small while there is none.
    known: Option<Box<Known>>,
}

#[derive(Clone, Default)]
struct Known(HashMap<(u32, bool), bool>);

impl Memo {
    pub(super) fn new() -> Self {
        Self::default()
    }

    /// What a rule said that is about to be called, if it is known.
    #[inline]
    pub(super) fn before_call(&mut self, rule: u32, negative: bool) -> Option<bool> {
        match &self.known {
            Some(known) => known.0.get(&(rule, negative)).copied(),
            None => {
                self.calls += 1;
                if self.calls > FEW_CALLS {
                    self.known = Some(Box::default());
                }
                None
            }
        }
    }

    #[inline]
    pub(super) fn after_call(&mut self, rule: u32, negative: bool, yes: bool) {
        if let Some(known) = &mut self.known {
            known.0.insert((rule, negative), yes);
        }
    }
}
