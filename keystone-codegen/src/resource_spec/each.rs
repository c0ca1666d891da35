//! Entries that stand for several: `<name>` in them is each of some words in turn.

use keystone_document::{Content, Node};

use super::reader::Reader;

/// The entries for all combinations of the words, the first name varying slowest.
pub(super) fn expand(
    reader: &mut Reader,
    words: &Node,
    key: &Node,
    value: &Node,
) -> Vec<(Node, Node)> {
    let mut entries = vec![(key.clone(), value.clone())];
    for (name, words) in reader.entries(words, "`each`") {
        let pattern = format!("<{}>", name.text().unwrap_or_default());
        let Some(words) = words.sequence().filter(|words| !words.is_empty()) else {
            reader.problem(words.position, "expected a list of words");
            continue;
        };
        let words: Vec<String> = words.iter().map(|word| reader.text(word)).collect();
        entries = entries
            .iter()
            .flat_map(|(key, value)| {
                words.iter().map(|word| {
                    let with = |node: &Node| replace(node.clone(), &pattern, word);
                    (with(key), with(value))
                })
            })
            .collect();
    }
    entries
}

fn replace(mut node: Node, pattern: &str, word: &str) -> Node {
    match &mut node.value {
        Content::Scalar(text) => *text = text.replace(pattern, word).into(),
        Content::Sequence(items) => {
            for item in items {
                *item = replace(item.clone(), pattern, word);
            }
        }
        Content::Mapping(entries) => {
            for entry in entries {
                entry.key = replace(entry.key.clone(), pattern, word);
                entry.value = replace(entry.value.clone(), pattern, word);
            }
        }
    }
    node
}
