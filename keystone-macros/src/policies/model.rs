//! The rules and policies of all files, with their places.

use keystone_document::Node;
use keystone_policy::Rule;
use keystone_policy::sources::file::{PolicyEntry, read_policies};
use keystone_policy::sources::{NamedRule, closure};
use syn::LitStr;

use super::Find;
use crate::diag::Errors;

/// What the files declare.
#[derive(Default)]
pub(super) struct Table {
    /// Absolute paths of the files, to be watched for changes.
    pub(super) paths: Vec<String>,
    pub(super) policies: Vec<Policy>,
    pub(super) rules: Vec<Named>,
    /// Policies of files with errors.
    pub(super) unread: Vec<String>,
}

/// A named rule.
pub(super) struct Named {
    pub(super) name: String,
    pub(super) rule: Rule,
    /// `file:line:column`.
    pub(super) place: String,
    /// The file's name in the call, where errors of the rule are shown.
    pub(super) file: LitStr,
}

/// A policy.
pub(super) struct Policy {
    pub(super) named: Named,
    pub(super) entry: PolicyEntry,
}

/// An attribute that a policy reads, and the position of the rule that reads it.
pub(super) struct Attribute {
    pub(super) name: String,
    pub(super) place: String,
}

impl Table {
    /// The names of the policies.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.policies
            .iter()
            .map(|policy| policy.named.name.as_str())
    }

    /// All rules: those of the policies first.
    pub(super) fn all(&self) -> Vec<&Named> {
        self.policies
            .iter()
            .map(|policy| &policy.named)
            .chain(&self.rules)
            .collect()
    }

    /// The attributes that a policy reads, also through `rule:`, without duplicates.
    pub(super) fn attributes(&self, policy: usize) -> Vec<Attribute> {
        let all = self.all();
        let mut found: Vec<Attribute> = Vec::new();
        for index in closure(&named(&all), policy) {
            let Some(rule) = all.get(index) else { continue };
            for name in rule.rule.attributes() {
                if !found.iter().any(|known| known.name == name) {
                    found.push(Attribute {
                        name,
                        place: rule.place.clone(),
                    });
                }
            }
        }
        found
    }
}

/// The rules as keystone-policy takes them.
pub(super) fn named<'a>(all: &[&'a Named]) -> Vec<NamedRule<'a>> {
    let named = |rule: &&'a Named| NamedRule {
        name: &rule.name,
        rule: &rule.rule,
        place: &rule.place,
    };
    all.iter().map(named).collect()
}

/// Reads all files. Errors are reported at the file's name in the call.
pub(super) fn read(files: &[LitStr], find: Find<'_>, errors: &mut Errors) -> Table {
    let mut table = Table::default();
    for file in files {
        let label = file.value();
        match find(file) {
            Ok(source) => {
                table.paths.push(source.path());
                match read_policies(&label, source.text()) {
                    Ok(read) => add(&mut table, file, read),
                    Err(found) => {
                        found.iter().for_each(|error| errors.at(file, error));
                        table.unread.extend(names_in(&label, source.text()));
                    }
                }
            }
            Err(error) => errors.push(error),
        }
    }
    table
}

/// The names of policies in a file with errors, as far as they can be read.
fn names_in(label: &str, text: &str) -> Vec<String> {
    let root = keystone_document::read(label, text).ok();
    let policies = root.as_ref().and_then(|root| root.get("policies"));
    let entries = policies.and_then(Node::mapping).unwrap_or_default();
    entries
        .iter()
        .map(|entry| entry.name().to_owned())
        .collect()
}

fn add(table: &mut Table, file: &LitStr, read: keystone_policy::sources::file::PolicyFile) {
    let label = file.value();
    for entry in read.policies {
        let rule = &entry.rule;
        let named = Named {
            name: rule.name.clone(),
            rule: rule.rule.clone(),
            place: rule.place(&label),
            file: file.clone(),
        };
        table.policies.push(Policy { named, entry });
    }
    for rule in read.rules {
        let place = rule.place(&label);
        table.rules.push(Named {
            name: rule.name,
            rule: rule.rule,
            place,
            file: file.clone(),
        });
    }
}
