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

/// Names that `policies!` itself puts into the module.
const TAKEN: [&str; 2] = ["Rule", "__reads"];

/// The marker of each policy, in order. Reports those that fall together.
pub(super) fn assign(table: &Table, errors: &mut Errors) -> Vec<Marker> {
    let mut types: HashMap<String, &str> = HashMap::new();
    for name in TAKEN {
        types.insert(name.to_owned(), "`policies!` itself");
    }
    let markers: Vec<Marker> = table
        .policies
        .iter()
        .map(|policy| marker(&policy.named.name))
        .collect();
    let modules: HashSet<String> = markers.iter().flat_map(module_paths).collect();
    for (policy, marker) in table.policies.iter().zip(&markers) {
        if let Some(problem) = unusable(&policy.named.name) {
            let place = &policy.named.place;
            errors.at(&policy.named.file, format!("{place}: {problem}"));
            continue;
        }
        let own = path(marker.modules.iter().chain([&marker.name]));
        let module = modules.contains(&own).then_some("the module of others");
        let first = marker.modules.first().map(ToString::to_string);
        let reserved = first.is_some_and(|first| TAKEN.contains(&first.as_str()));
        let reserved = reserved.then_some("`policies!` itself");
        if let Some(other) = types
            .insert(own, &policy.named.name)
            .or(module)
            .or(reserved)
        {
            let (name, place) = (&policy.named.name, &policy.named.place);
            let problem = format!(
                "{place}: `{name}` gives the same Rust name as {other}, rename one of them"
            );
            errors.at(&policy.named.file, problem);
        }
    }
    markers
}

/// Why nobody could ask for a policy by this name.
fn unusable(name: &str) -> Option<String> {
    let empty = |part: &str| !part.contains(|c: char| c.is_alphanumeric());
    name.split(':').any(empty).then(|| {
        format!(
            "`{name}` is no name for a policy: each part of it between `:` needs a letter or digit, \
             as in `proxy:create`"
        )
    })
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

/// Characters that no identifier holds become `_`.
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
