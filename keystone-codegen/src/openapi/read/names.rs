//! Names in Rust for names of any OpenAPI document.

use std::collections::{BTreeMap, BTreeSet};

use crate::resource_spec::names::{OF_BODIES, OF_BUILDERS, OF_CLIENTS, OF_RESOURCE_CLIENTS, TYPES};

/// Longer names are cut.
const LONGEST: usize = 60;

/// The words of a name: `petId`, `pet-id` and `PetID` are `pet` and `id`.
pub(super) fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut before = ' ';
    let mut letters = name.chars().peekable();
    while let Some(letter) = letters.next() {
        let next_is_small = letters.peek().is_some_and(|next| next.is_ascii_lowercase());
        let begins = !before.is_ascii_alphanumeric()
            || (letter.is_ascii_uppercase()
                && (before.is_ascii_lowercase()
                    || before.is_ascii_digit()
                    || before.is_ascii_uppercase() && next_is_small));
        if letter.is_ascii_alphanumeric() {
            match words.last_mut() {
                Some(word) if !begins => word.push(letter.to_ascii_lowercase()),
                _ => words.push(letter.to_ascii_lowercase().to_string()),
            }
        }
        before = letter;
    }
    words
}

/// Words as the name of a field or a method.
pub(super) fn snake(words: &[String], otherwise: &str) -> String {
    let mut name = String::new();
    for word in words {
        if !name.is_empty() && name.len() + word.len() > LONGEST {
            break;
        }
        if !name.is_empty() {
            name.push('_');
        }
        name.push_str(word);
    }
    name.truncate(2 * LONGEST);
    match name.chars().next() {
        None => otherwise.to_owned(),
        Some(first) if first.is_ascii_digit() => format!("n{name}"),
        Some(_) if matches!(name.as_str(), "self" | "super" | "crate") => format!("{name}_"),
        Some(_) => name,
    }
}

/// Words as the name of a type.
pub(super) fn camel(words: &[String], otherwise: &str) -> String {
    let name = crate::model::camel(&snake(words, ""));
    match name.chars().next() {
        None => otherwise.to_owned(),
        Some(first) if first.is_ascii_digit() => format!("N{name}"),
        Some(_) => name,
    }
}

/// The name of a field, a parameter or a word: `+1` has no letters and is `plus_1`.
pub(super) fn field(name: &str) -> String {
    let signs = [
        ('+', "plus "),
        ('-', "minus "),
        ('*', "star "),
        ('$', "dollar "),
        ('@', "at "),
    ];
    let sign = signs.iter().find(|(sign, _)| name.starts_with(*sign));
    match sign {
        Some((sign, word)) if name.len() > 1 => snake(
            &words(&format!("{word}{}", name.trim_start_matches(*sign))),
            "field",
        ),
        _ => snake(&words(name), "field"),
    }
}

/// One of many: `policies` is `policy`.
#[must_use]
pub fn singular(name: &str) -> String {
    let kept = ["ss", "us", "is", "ws"];
    if let Some(stem) = name.strip_suffix("ies").filter(|stem| stem.len() > 1) {
        return format!("{stem}y");
    }
    for (ending, instead) in [
        ("sses", "ss"),
        ("xes", "x"),
        ("tuses", "tus"),
        ("ches", "ch"),
        ("shes", "sh"),
    ] {
        if let Some(stem) = name.strip_suffix(ending) {
            return format!("{stem}{instead}");
        }
    }
    match name.strip_suffix('s') {
        Some(stem) if stem.len() > 1 && !kept.iter().any(|end| name.ends_with(end)) => {
            stem.to_owned()
        }
        _ => name.to_owned(),
    }
}

/// Many of one: `policy` is `policies`. What is many already stays.
#[must_use]
pub fn plural(name: &str) -> String {
    if singular(name) != name {
        return name.to_owned();
    }
    let vowel = ["ay", "ey", "oy", "uy"];
    match name.strip_suffix('y') {
        Some(stem) if !vowel.iter().any(|end| name.ends_with(end)) => format!("{stem}ies"),
        _ if ["s", "x", "ch", "sh"].iter().any(|end| name.ends_with(end)) => format!("{name}es"),
        _ => format!("{name}s"),
    }
}

/// Gives each name once.
#[derive(Debug, Default)]
pub(super) struct UsedNames {
    names: BTreeSet<String>,
    /// With how many numbers a name was given already.
    counts: BTreeMap<String, usize>,
}

impl UsedNames {
    pub(super) fn types() -> Self {
        let mut taken = Self::new(TYPES);
        taken.also(["Bytes", "Deserializer", "Parameter", "Serializer"]);
        taken
    }

    pub(super) fn of_bodies() -> Self {
        Self::new(OF_BODIES)
    }

    pub(super) fn of_resource_clients() -> Self {
        Self::new(OF_RESOURCE_CLIENTS)
    }

    pub(super) fn of_clients() -> Self {
        Self::new(OF_CLIENTS)
    }

    /// Names of arguments, and of the methods of builders.
    pub(super) fn of_calls() -> Self {
        let mut taken = Self::new(OF_BUILDERS);
        // Only lists that page have it, and their own parameter `limit` becomes it.
        taken.names.remove("limit");
        taken.also(["with_headers", "content_type", "body", "value", "segment"]);
        taken
    }

    pub(super) fn new(names: &[&str]) -> Self {
        let mut taken = Self::default();
        taken.also(names.iter().copied());
        taken
    }

    pub(super) fn also<'n>(&mut self, names: impl IntoIterator<Item = &'n str>) {
        self.names.extend(names.into_iter().map(str::to_owned));
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.names.contains(name)
    }

    /// The name, or one with `suffix` after it, or with a number after that.
    pub(super) fn take(&mut self, name: &str, suffix: &str) -> String {
        if self.names.insert(name.to_owned()) {
            return name.to_owned();
        }
        loop {
            let count = self.counts.entry(name.to_owned()).or_default();
            *count += 1;
            let free = match *count {
                1 if !suffix.is_empty() => format!("{name}{suffix}"),
                count if suffix.is_empty() => format!("{name}{}", count + 1),
                count => format!("{name}{suffix}{count}"),
            };
            if self.names.insert(free.clone()) {
                return free;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_split_where_words_begin() {
        for (name, written) in [
            ("petId", "pet_id"),
            ("OS-EC2:ids", "os_ec2_ids"),
            ("HTTPServerError", "http_server_error"),
            ("v1Beta2Pod", "v1_beta2_pod"),
            ("+1", "plus_1"),
            ("-1", "minus_1"),
            ("2fa", "n2fa"),
            ("日本", "field"),
            ("self", "self_"),
            ("type", "type"),
        ] {
            assert_eq!(field(name), written, "{name}");
        }
        assert_eq!(camel(&words("pod-template"), "T"), "PodTemplate");
    }

    #[test]
    fn one_and_many_are_told_apart() {
        for (one, many) in [
            ("user", "users"),
            ("policy", "policies"),
            ("address", "addresses"),
            ("status", "statuses"),
            ("key", "keys"),
            ("box", "boxes"),
        ] {
            assert_eq!(plural(one), many);
            assert_eq!(plural(many), many, "{many}");
        }
        assert_eq!(
            (singular("users"), singular("policies")),
            ("user".into(), "policy".into())
        );
    }

    #[test]
    fn no_name_is_given_twice() {
        let mut taken = UsedNames::types();
        let names = ["Pet", "Pet", "Pet", "Error"].map(|name| taken.take(name, "Model"));
        assert_eq!(names, ["Pet", "PetModel", "PetModel2", "ErrorModel"]);
    }
}
