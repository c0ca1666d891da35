//! Synonyms: names of credentials and attributes with one meaning.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::analysis::witness::Example;
use crate::language::template::{Part, Template};

/// Each name with the representative of its synonyms.
#[derive(Clone, Debug, Default)]
pub(super) struct Same(Arc<BTreeMap<String, String>>);

impl Same {
    /// Declares two names synonyms, together with all earlier synonyms of either.
    pub(super) fn declare(&mut self, one: &str, other: &str) {
        let (one, other) = (self.name(one).to_owned(), self.name(other).to_owned());
        let names = Arc::make_mut(&mut self.0);
        for chosen in names.values_mut().filter(|chosen| **chosen == one) {
            chosen.clone_from(&other);
        }
        names.insert(other.clone(), other.clone());
        names.insert(one, other);
    }

    fn name<'a>(&'a self, name: &'a str) -> &'a str {
        self.0.get(name).map_or(name, String::as_str)
    }

    /// All synonyms of a name, itself included; empty if it has none.
    fn all(&self, name: &str) -> BTreeSet<String> {
        let chosen = self.name(name);
        let same = self.0.iter().filter(|(_, to)| *to == chosen);
        same.map(|(name, _)| name.clone()).collect()
    }

    pub(super) fn path(&self, mut path: Box<[Box<str>]>) -> Box<[Box<str>]> {
        if let Some(first) = path.first_mut() {
            *first = self.name(first).into();
        }
        path
    }

    pub(super) fn template(&self, template: Template) -> Template {
        if self.0.is_empty() {
            return template;
        }
        match template {
            Template::Attribute(name) => Template::Attribute(self.name(&name).into()),
            Template::Mixed(parts) => Template::Mixed(
                parts
                    .into_iter()
                    .map(|part| match part {
                        Part::Attribute(name) => Part::Attribute(self.name(&name).into()),
                        other => other,
                    })
                    .collect(),
            ),
            fixed @ Template::Fixed(_) => fixed,
        }
    }

    /// Copies the value of a name to all its synonyms.
    pub(super) fn spread(&self, values: &mut BTreeMap<String, Example>) {
        let found: Vec<(String, Example)> = values
            .iter()
            .flat_map(|(name, value)| {
                let names = self.all(name).into_iter();
                names.map(|name| (name, value.clone()))
            })
            .collect();
        values.extend(found);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_means_the_same_as_the_same_means_the_same() {
        let mut same = Same::default();
        same.declare("a", "b");
        same.declare("c", "d");
        same.declare("b", "c");
        let names = ["a", "b", "c", "d"].map(|name| same.name(name).to_owned());
        assert!(names.iter().all(|name| *name == names[0]), "{names:?}");
        assert_eq!(same.name("e"), "e");
        let mut values = BTreeMap::from([(names[0].clone(), Example::Null)]);
        same.spread(&mut values);
        assert_eq!(values.len(), 4);
    }
}
