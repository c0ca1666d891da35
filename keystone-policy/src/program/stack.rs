//! The rules that wait for the answer of another, without an allocation while they are few.

/// Where to go on when the rule that was called has answered.
#[derive(Clone, Copy, Default)]
pub(super) struct Frame {
    pub(super) on_true: u32,
    pub(super) on_false: u32,
    /// Whether the caller stands below an odd number of `not`s.
    pub(super) negative: bool,
    /// The rule that was called.
    pub(super) callee: u32,
}

/// The first frames in place, the others on the heap.
#[derive(Clone)]
pub(super) struct Stack {
    near: [Frame; 4],
    far: Vec<Frame>,
    length: usize,
}

impl Stack {
    pub(super) fn new() -> Self {
        Self {
            near: [Frame::default(); 4],
            far: Vec::new(),
            length: 0,
        }
    }

    pub(super) fn len(&self) -> usize {
        self.length
    }

    pub(super) fn push(&mut self, frame: Frame) {
        match self.near.get_mut(self.length) {
            Some(place) => *place = frame,
            None => self.far.push(frame),
        }
        self.length += 1;
    }

    pub(super) fn pop(&mut self) -> Option<Frame> {
        self.length = self.length.checked_sub(1)?;
        match self.near.get(self.length) {
            Some(frame) => Some(*frame),
            None => self.far.pop(),
        }
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
                on_true: index,
                ..Frame::default()
            });
        }
        assert_eq!(stack.len(), 20);
        for index in (0..20).rev() {
            assert_eq!(stack.pop().unwrap().on_true, index);
        }
        assert!(stack.pop().is_none());
    }
}
