//! Circles in a graph of files.

use std::collections::{BTreeMap, BTreeSet};

use crate::modules::Edge;

/// The files that reach each other: each set is one circle (a strongly connected component of two files or more).
pub(crate) fn circles(edges: &BTreeSet<Edge>) -> BTreeSet<BTreeSet<String>> {
    let mut graph: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for edge in edges {
        graph.entry(&edge.from).or_default().push(&edge.to);
    }
    let reach: BTreeMap<_, _> = graph
        .keys()
        .map(|file| (*file, reached(&graph, file)))
        .collect();
    let circle = |file: &str| {
        let mutual = reach[file].iter().filter(|other| {
            let back = reach.get(*other);
            back.is_some_and(|back| back.contains(file))
        });
        mutual
            .map(|other| (*other).to_owned())
            .collect::<BTreeSet<_>>()
    };
    let found = graph.keys().map(|file| circle(file));
    found.filter(|circle| circle.len() > 1).collect()
}

fn reached<'a>(graph: &BTreeMap<&'a str, Vec<&'a str>>, start: &str) -> BTreeSet<&'a str> {
    let mut seen = BTreeSet::new();
    let mut open = vec![start];
    while let Some(file) = open.pop() {
        for next in graph.get(file).into_iter().flatten() {
            if seen.insert(*next) {
                open.push(next);
            }
        }
    }
    seen
}
