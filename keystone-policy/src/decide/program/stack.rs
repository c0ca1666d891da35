//! The call stack of a decision, which allocates only when it grows, and a cache of results for
//! decisions with many calls.
//!
//! In a chain of rules that each refer to the next one twice, the number of calls would double with
//! each rule. Ordinary decisions call few rules, so nothing is cached or allocated before there
//! were many calls.

use std::collections::HashMap;

/// How many rules a decision calls before results are cached.
const FEW_CALLS: u32 = 64;

/// Where to continue when the called rule returns.
#[derive(Clone, Copy, Default)]
pub(super) struct Frame {
    /// The step that called it.
    pub(super) step: u32,
    /// Whether the caller stands below an odd number of `not`s.
    pub(super) negative: bool,
}

/// The first frames inline, the others on the heap.
#[derive(Clone)]
pub(super) struct Stack {
    inline: [Frame; 4],
    length: usize,
    heap: Vec<Frame>,
    calls: u32,
    /// The results of rules for this caller and target, by rule and polarity: below a `not`, an
    /// attribute that an address lacks makes the decision fail.
    #[expect(clippy::box_collection, reason = "keeps a run small, which is cloned")]
    known: Option<Box<HashMap<(u32, bool), bool>>>,
}

impl Stack {
    pub(super) fn new() -> Self {
        Self {
            inline: [Frame::default(); 4],
            length: 0,
            heap: Vec::new(),
            calls: 0,
            known: None,
        }
    }

    pub(super) fn len(&self) -> usize {
        self.length
    }

    pub(super) fn push(&mut self, frame: Frame) {
        match self.inline.get_mut(self.length) {
            Some(place) => *place = frame,
            None => self.heap.push(frame),
        }
        self.length += 1;
        self.calls = self.calls.saturating_add(1);
    }

    pub(super) fn pop(&mut self) -> Option<Frame> {
        self.length = self.length.checked_sub(1)?;
        match self.inline.get(self.length) {
            Some(frame) => Some(*frame),
            None => self.heap.pop(),
        }
    }

    /// The cached result of a rule.
    #[inline]
    pub(super) fn known(&self, rule: u32, negative: bool) -> Option<bool> {
        let known = self.known.as_ref()?;
        known.get(&(rule, negative)).copied()
    }

    /// Whether results are cached.
    #[inline]
    pub(super) fn keeps(&self) -> bool {
        self.calls > FEW_CALLS
    }

    #[cold]
    pub(super) fn keep(&mut self, rule: u32, negative: bool, yes: bool) {
        let known = self.known.get_or_insert_default();
        known.insert((rule, negative), yes);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_come_back_in_reverse_across_the_boundary() {
        let mut stack = Stack::new();
        for index in 0..20 {
            stack.push(Frame {
                step: index,
                ..Frame::default()
            });
        }
        assert_eq!(stack.len(), 20);
        for index in (0..20).rev() {
            assert_eq!(stack.pop().unwrap().step, index);
        }
        assert!(stack.pop().is_none());
    }
}
