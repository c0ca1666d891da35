//! Cycles of a graph.

/// For each node the number of its cycle: of the nodes that lead to each other (strongly connected components), if there
/// are several or one leads to itself. Without recursion: graphs come from documents.
pub(super) fn groups(count: usize, next: impl Fn(&usize) -> Vec<usize>) -> Vec<Option<usize>> {
    let edges: Vec<Vec<usize>> = (0..count).map(|node| next(&node)).collect();
    let mut reverse = vec![Vec::new(); count];
    for (node, targets) in edges.iter().enumerate() {
        for target in targets {
            if let Some(sources) = reverse.get_mut(*target) {
                sources.push(node);
            }
        }
    }
    // Kosaraju's algorithm: against the edges, from the node that is left last, one reaches its component only.
    let mut visited = vec![false; count];
    let mut left = Vec::new();
    for node in 0..count {
        left.extend(reachable(&edges, node, &mut visited));
    }
    let mut visited = vec![false; count];
    let mut groups = vec![None; count];
    for node in left.into_iter().rev() {
        let group = reachable(&reverse, node, &mut visited);
        let leads_to_itself = edges.get(node).is_some_and(|next| next.contains(&node));
        if group.len() > 1 || leads_to_itself {
            for member in group {
                if let Some(place) = groups.get_mut(member) {
                    *place = Some(node);
                }
            }
        }
    }
    groups
}

/// The nodes not yet visited that a node leads to, itself last: each after those that it leads to.
fn reachable(edges: &[Vec<usize>], from: usize, visited: &mut [bool]) -> Vec<usize> {
    let mut visit = |node: usize| {
        let is_new = visited.get(node) == Some(&false);
        if let Some(place) = visited.get_mut(node) {
            *place = true;
        }
        is_new
    };
    let mut left = Vec::new();
    let next = |node: usize| edges.get(node).map(|next| next.iter()).unwrap_or_default();
    let mut open: Vec<_> = visit(from)
        .then(|| (from, next(from)))
        .into_iter()
        .collect();
    while let Some((node, targets)) = open.last_mut() {
        match targets.next() {
            Some(target) if visit(*target) => open.push((*target, next(*target))),
            Some(_) => {}
            None => {
                left.push(*node);
                open.pop();
            }
        }
    }
    left
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
