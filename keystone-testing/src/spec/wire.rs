//! Types as they are on the wire, in words.

use std::collections::BTreeMap;

use keystone_codegen::model::{Api, Definition, Type};

/// The types that an API names.
pub(super) struct Types<'a>(BTreeMap<&'a str, &'a Definition>);

impl<'a> Types<'a> {
    pub(super) fn new(api: &'a Api) -> Self {
        Self(api.types().map(|one| (one.name(), one)).collect())
    }

    pub(super) fn definition(&self, name: &str) -> Option<&'a Definition> {
        self.0.get(name).copied()
    }
}

/// A type in the words of resource specs. What is a string on the wire is one.
pub(super) fn words(types: &Types<'_>, ty: &Type) -> String {
    match ty {
        Type::Bool => "bool".to_owned(),
        Type::Boxed(inner) => words(types, inner),
        Type::Enum(words) => choice(words.iter().map(String::as_str)),
        Type::Int => "int".to_owned(),
        Type::Json | Type::SecretJson => "json".to_owned(),
        Type::Links => "map of string or null".to_owned(),
        Type::List(item) => format!("[{}]", words(types, item)),
        Type::LocalTime => "time without zone".to_owned(),
        Type::Map(item) if **item == Type::Json => "map".to_owned(),
        Type::Map(item) => format!("map of {}", words(types, item)),
        Type::Nullable(inner) => format!("{} or null", words(types, inner)),
        Type::Number => "number".to_owned(),
        Type::Record(name) => match types.definition(name) {
            Some(Definition::Enumeration(one)) => {
                choice(one.words.iter().map(|(_, word)| word.as_str()))
            }
            Some(Definition::Record(record)) => {
                let names = record
                    .fields
                    .iter()
                    .map(|field| format!("`{}`", field.name));
                format!("an object with {}", names.collect::<Vec<_>>().join(", "))
            }
            Some(Definition::Union(union)) => {
                let all = union.variants.iter().map(|one| words(types, &one.ty));
                all.collect::<Vec<_>>().join(" or ")
            }
            _ => name.clone(),
        },
        Type::Time => "time".to_owned(),
        _ => "string".to_owned(),
    }
}

/// Words in any order.
fn choice<'w>(words: impl Iterator<Item = &'w str>) -> String {
    let mut words: Vec<&str> = words.collect();
    words.sort_unstable();
    words.join(" | ")
}

/// The type without a box, and whether null is a value.
pub(super) fn plain(ty: &Type) -> (&Type, bool) {
    match ty {
        Type::Boxed(inner) => plain(inner),
        Type::Nullable(inner) => (plain(inner).0, true),
        ty => (ty, false),
    }
}
