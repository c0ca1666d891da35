//! Which nodes of a graph lead back to themselves.

/// For each node the group of those that lead to each other (Tarjan's components), so far as there
/// are several or one leads to itself. Without recursion: graphs come from documents.
pub(super) fn groups(count: usize, next: impl Fn(&usize) -> Vec<usize>) -> Vec<Option<usize>> {
    let mut walk = Walk {
        index: vec![None; count],
        low: vec![0; count],
        on_stack: vec![false; count],
        stack: Vec::new(),
        groups: vec![None; count],
        visited: 0,
    };
    for start in 0..count {
        if walk.index.get(start) == Some(&None) {
            walk.from(start, &next);
        }
    }
    walk.groups
}

struct Walk {
    index: Vec<Option<usize>>,
    low: Vec<usize>,
    on_stack: Vec<bool>,
    stack: Vec<usize>,
    groups: Vec<Option<usize>>,
    visited: usize,
}

impl Walk {
    fn from(&mut self, start: usize, next: &impl Fn(&usize) -> Vec<usize>) {
        let mut frames = vec![(start, self.enter(start, next))];
        while let Some((node, open)) = frames.last_mut() {
            let node = *node;
            match open.pop() {
                Some(other) => match self.index.get(other).copied().flatten() {
                    None if other < self.index.len() => {
                        let open = self.enter(other, next);
                        frames.push((other, open));
                    }
                    Some(index) if self.on_stack.get(other) == Some(&true) => {
                        self.lower(node, index);
                    }
                    _ => {}
                },
                None => {
                    frames.pop();
                    if let Some((parent, _)) = frames.last() {
                        let low = self.low.get(node).copied().unwrap_or_default();
                        self.lower(*parent, low);
                    }
                    self.leave(node, next);
                }
            }
        }
    }

    fn enter(&mut self, node: usize, next: &impl Fn(&usize) -> Vec<usize>) -> Vec<usize> {
        set(&mut self.index, node, Some(self.visited));
        set(&mut self.low, node, self.visited);
        set(&mut self.on_stack, node, true);
        self.visited += 1;
        self.stack.push(node);
        next(&node)
    }

    fn lower(&mut self, node: usize, to: usize) {
        if let Some(low) = self.low.get_mut(node) {
            *low = to.min(*low);
        }
    }

    /// Takes a finished group off the stack.
    fn leave(&mut self, node: usize, next: &impl Fn(&usize) -> Vec<usize>) {
        if self.low.get(node).copied() != self.index.get(node).copied().flatten() {
            return;
        }
        let from = self.stack.iter().rposition(|one| *one == node).unwrap_or(0);
        let group = self.stack.split_off(from);
        let alone = group.len() == 1 && !next(&node).contains(&node);
        for member in group {
            set(&mut self.on_stack, member, false);
            set(&mut self.groups, member, (!alone).then_some(node));
        }
    }
}

fn set<T>(list: &mut [T], at: usize, value: T) {
    if let Some(place) = list.get_mut(at) {
        *place = value;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_leads_back_is_in_a_group() {
        let edges = [vec![1], vec![2, 3], vec![0], vec![], vec![4], vec![3]];
        let groups = groups(6, |node| edges[*node].clone());
        assert_eq!(groups, [Some(0), Some(0), Some(0), None, Some(4), None]);
    }

    #[test]
    fn long_chains_need_no_deep_stack() {
        let groups = groups(200_000, |node| vec![(node + 1) % 200_000]);
        assert!(groups.iter().all(|group| *group == Some(0)));
    }
}
