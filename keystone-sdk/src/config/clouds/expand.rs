//! Expands `{name}` in values to other values of the same cloud.

use keystone_document::suggest::remedy;
use keystone_document::{Entry, Mapping, Node};

use crate::Error;
use crate::config::yaml::Value as _;

/// The text of `node`, with `{name}` replaced by the value that `name` has in `values`. `{{` and
/// `}}` stand for braces.
pub(super) fn expand(text: &str, node: &Node, values: &Mapping) -> Result<String, Error> {
    let mut whole = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(['{', '}']) {
        let (before, brace) = rest.split_at(at);
        whole.push_str(before);
        if let Some((one, after)) = doubled(brace) {
            whole.push(one);
            rest = after;
            continue;
        }
        let (name, after) = name(brace).ok_or_else(|| {
            node.fault("the value contains a single brace")
                .remedy(BRACES)
        })?;
        whole.push_str(value(name, node, values)?);
        rest = after;
    }
    whole.push_str(rest);
    Ok(whole)
}

const BRACES: &str = "write `{{` or `}}` for a brace, and `{name}` for another value";

fn doubled(text: &str) -> Option<(char, &str)> {
    let opening = text.strip_prefix("{{").map(|rest| ('{', rest));
    opening.or_else(|| text.strip_prefix("}}").map(|rest| ('}', rest)))
}

fn name(text: &str) -> Option<(&str, &str)> {
    text.strip_prefix('{')?.split_once('}')
}

fn value<'a>(name: &str, node: &Node, values: &'a Mapping) -> Result<&'a str, Error> {
    let known = || values.iter().filter(|entry| entry.value.filled().is_some());
    let found = known().find(|entry| entry.name() == name);
    found.and_then(|entry| entry.value.filled()).ok_or_else(|| {
        let names: Vec<_> = known().map(Entry::name).collect();
        let message = format!("`{{{name}}}` refers to a value that the cloud does not have");
        node.fault(message).remedy(remedy(name, &names)).into()
    })
}
