//! Names of the marker types: `proxy:create` is `proxy::Create`.

use std::collections::{HashMap, HashSet};

use proc_macro2::{Ident, Span};

use super::model::Table;
use crate::diag::Errors;

/// The path of a marker type inside module `policies`.
pub(super) struct Marker {
    pub(super) modules: Vec<Ident>,
    pub(super) name: Ident,
}

/// Names that `policies!` itself generates.
const TAKEN: [&str; 2] = ["Rule", "__reads"];

/// The marker of each policy, in order. Reports conflicts.
pub(super) fn assign(table: &Table, errors: &mut Errors) -> Vec<Marker> {
    let names: Vec<&str> = table.names().collect();
    let markers = markers(&names).into_iter().enumerate();
    markers
        .map(|(index, (marker, other))| {
            if let Some(policy) = table.policies.get(index)
                && let Some(problem) = problem(&policy.named.name, other)
            {
                let place = &policy.named.place;
                errors.at(&policy.named.file, format!("{place}: {problem}"));
            }
            marker
        })
        .collect()
}

/// What is wrong with the name of a policy; `other` has the same path.
fn problem(name: &str, other: Option<&str>) -> Option<String> {
    let empty = |part: &str| !part.contains(|c: char| c.is_alphanumeric());
    if name.split(':').any(empty) {
        return Some(format!(
            "`{name}` is not a valid policy name: each part between `:` needs a letter or digit, \
             as in `proxy:create`"
        ));
    }
    other.map(|other| format!("`{name}` gives the same Rust name as {other}, rename one of them"))
}

/// The marker of each name, and what else has the same path.
pub(super) fn markers<'a>(names: &[&'a str]) -> Vec<(Marker, Option<&'a str>)> {
    let mut types: HashMap<String, &str> = HashMap::new();
    for name in TAKEN {
        types.insert(name.to_owned(), "`policies!` itself");
    }
    let markers: Vec<Marker> = names.iter().map(|name| marker(name)).collect();
    let modules: HashSet<String> = markers.iter().flat_map(module_paths).collect();
    names
        .iter()
        .zip(markers)
        .map(|(name, marker)| {
            let own = path(marker.modules.iter().chain([&marker.name]));
            let module = modules.contains(&own).then_some("the module of others");
            let first = marker.modules.first().map(ToString::to_string);
            let reserved = first.is_some_and(|first| TAKEN.contains(&first.as_str()));
            let reserved = reserved.then_some("`policies!` itself");
            let other = types.insert(own, name).or(module).or(reserved);
            (marker, other)
        })
        .collect()
}

fn module_paths(marker: &Marker) -> impl Iterator<Item = String> {
    (1..=marker.modules.len()).map(|length| path(marker.modules.iter().take(length)))
}

fn path<'a>(parts: impl Iterator<Item = &'a Ident>) -> String {
    parts
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join("::")
}

fn marker(name: &str) -> Marker {
    let mut parts: Vec<&str> = name.split(':').collect();
    let last = parts.pop().unwrap_or_default();
    Marker {
        modules: parts
            .into_iter()
            .map(|part| ident(&replaced(part)))
            .collect(),
        name: ident(&upper_camel(last)),
    }
}

/// Replaces characters that are invalid in identifiers by `_`.
fn replaced(part: &str) -> String {
    part.chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '_' })
        .collect()
}

fn upper_camel(part: &str) -> String {
    let words = part.split(|c: char| !c.is_ascii_alphanumeric());
    let capital = |word: &str| {
        let mut chars = word.chars();
        let first = chars.next().map(|c| c.to_ascii_uppercase());
        first.into_iter().chain(chars).collect::<String>()
    };
    words.map(capital).collect()
}

fn ident(text: &str) -> Ident {
    let text = if text.starts_with(|c: char| c.is_ascii_digit()) || text.is_empty() || text == "_" {
        format!("_{text}_")
    } else {
        text.to_owned()
    };
    if syn::parse_str::<Ident>(&text).is_ok() {
        return Ident::new(&text, Span::call_site());
    }
    // A keyword. These four cannot be raw.
    match text.as_str() {
        "crate" | "self" | "super" | "Self" => Ident::new(&format!("{text}_"), Span::call_site()),
        _ => Ident::new_raw(&text, Span::call_site()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_modules_and_an_upper_camel_type() {
        let cases = [
            ("proxy:create", "proxy::Create"),
            ("identity:get_user", "identity::GetUser"),
            (
                "os_compute_api:os-agents:list",
                "os_compute_api::os_agents::List",
            ),
            ("admin_required", "AdminRequired"),
            ("type:self", "r#type::Self_"),
            ("crate:2nd", "crate_::_2nd_"),
        ];
        for (name, expected) in cases {
            let marker = marker(name);
            assert_eq!(
                path(marker.modules.iter().chain([&marker.name])),
                expected,
                "{name}"
            );
        }
    }
}
