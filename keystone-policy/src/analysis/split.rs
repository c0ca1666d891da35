//! Right operands, forwards (which text results from which attributes?) and backwards (which
//! attributes give this text?).

use std::collections::BTreeMap;

use crate::analysis::obstacle::TooComplex;
use crate::language::template::{Part, Template};

/// How many steps are taken to split one text.
const MAX_STEPS: usize = 1 << 14;

/// The text of a right operand; `None` when an attribute is missing.
pub(super) fn fill(
    template: &Template,
    attribute: &dyn Fn(&str) -> Option<String>,
) -> Option<String> {
    match template {
        Template::Fixed(text) => Some(text.to_string()),
        Template::Attribute(name) => attribute(name),
        Template::Mixed(parts) => parts
            .iter()
            .map(|part| match part {
                Part::Text(text) => Some(text.to_string()),
                Part::Attribute(name) => attribute(name),
                _ => None,
            })
            .collect(),
    }
}

/// All values of the attributes for which the right operand is `text`: finitely many, since there
/// are finitely many ways to split a text.
pub(super) fn splits(
    template: &Template,
    text: &str,
) -> Result<Vec<BTreeMap<String, String>>, TooComplex> {
    match template {
        Template::Fixed(own) if **own == *text => Ok(vec![BTreeMap::new()]),
        Template::Fixed(_) => Ok(Vec::new()),
        Template::Attribute(name) => {
            Ok(vec![BTreeMap::from([(name.to_string(), text.to_owned())])])
        }
        Template::Mixed(parts) => {
            let mut found = Vec::new();
            let mut steps = MAX_STEPS;
            split(parts, text, &mut BTreeMap::new(), &mut found, &mut steps)?;
            Ok(found)
        }
    }
}

fn split(
    parts: &[Part],
    text: &str,
    bound: &mut BTreeMap<String, String>,
    found: &mut Vec<BTreeMap<String, String>>,
    steps: &mut usize,
) -> Result<(), TooComplex> {
    *steps = steps.checked_sub(1).ok_or(TooComplex)?;
    let Some((part, rest)) = parts.split_first() else {
        if text.is_empty() {
            found.push(bound.clone());
        }
        return Ok(());
    };
    let fixed = match part {
        Part::Text(own) => Some(own.to_string()),
        Part::Attribute(name) => bound.get(&**name).cloned(),
        _ => return Ok(()),
    };
    if let Some(fixed) = fixed {
        return match text.strip_prefix(&*fixed) {
            Some(after) => split(rest, after, bound, found, steps),
            None => Ok(()),
        };
    }
    let Part::Attribute(name) = part else {
        return Ok(());
    };
    let ends = text.char_indices().map(|(at, _)| at).chain([text.len()]);
    for end in ends {
        // The last part takes all the rest.
        if rest.is_empty() && end < text.len() {
            continue;
        }
        let (own, after) = text.split_at(end);
        bound.insert(name.to_string(), own.to_owned());
        split(rest, after, bound, found, steps)?;
        bound.remove(&**name);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(template: &str, text: &str) -> Vec<Vec<String>> {
        let found = splits(&Template::parse(template), text).unwrap();
        found
            .into_iter()
            .map(|bound| bound.into_values().collect())
            .collect()
    }

    #[test]
    fn every_way_to_make_a_text_is_found() {
        assert_eq!(all("u-%(a)s", "u-1"), [["1"]]);
        assert!(all("u-%(a)s", "v-1").is_empty());
        assert_eq!(all("%(a)s-%(b)s", "x-y-z"), [["x", "y-z"], ["x-y", "z"]]);
        assert_eq!(all("%(a)s%(a)s", "xyxy"), [["xy"]]);
        assert_eq!(all("%(a)s%(b)s", "é"), [["", "é"], ["é", ""]]);
    }

    #[test]
    fn too_many_ways_are_given_up() {
        let text = "x".repeat(400);
        let template = Template::parse("%(a)s%(b)s%(c)s");
        assert!(splits(&template, &text).is_err());
    }
}
