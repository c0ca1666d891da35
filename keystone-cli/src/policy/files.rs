//! Policy files as the tools read them: those of services, and those of operators.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use clap::Args;
use keystone_policy::file::{PolicyEntry, RuleEntry, read_overrides, read_policies};
use keystone_policy::yaml::{self, Node};
use keystone_policy::{Error, Registered, Rule, Rules, parse_rule};
use serde_json::Value;

use crate::failure::Failure;

/// The rules that a command looks at.
#[derive(Args)]
pub(super) struct Source {
    /// A policy file: an operator's (rules by their names), or that of a service (`policies:`).
    file: PathBuf,
    #[command(flatten)]
    defaults: Defaults,
}

/// The policies that services declare.
#[derive(Args)]
pub(super) struct Defaults {
    /// A file in which a service declares its policies; may be given several times.
    #[arg(long, value_name = "FILE")]
    pub(super) defaults: Vec<PathBuf>,
    /// Let policies that replaced others be decided by the old default too.
    #[arg(long)]
    pub(super) old_defaults: bool,
}

/// A rule or policy that a service declares.
pub(super) struct Declared {
    pub(super) name: String,
    pub(super) rule: Rule,
    /// The rule as it is written: a text, or a list of lists.
    pub(super) value: Value,
    pub(super) place: String,
    /// What else is said of it, if it is a policy.
    pub(super) policy: Option<PolicyEntry>,
}

/// A rule that an operator wrote.
pub(super) struct Override {
    pub(super) name: String,
    pub(super) rule: Rule,
    pub(super) value: Value,
    pub(super) place: String,
    /// The line of the name, counted from 1.
    pub(super) line: usize,
}

/// Everything that was read.
#[derive(Default)]
pub(super) struct Files {
    pub(super) declared: Vec<Declared>,
    pub(super) overrides: Vec<Override>,
}

impl Source {
    pub(super) fn read(&self) -> Result<Files, Failure> {
        self.defaults.with(Some(&self.file))
    }

    /// The rules in force, and the files they come from.
    pub(super) fn rules(&self) -> Result<(Files, Rules), Failure> {
        let files = self.read()?;
        let rules = files.rules(self.defaults.old_defaults)?;
        Ok((files, rules))
    }
}

impl Defaults {
    /// Reads these files and one more, which may be of either kind.
    pub(super) fn with(&self, file: Option<&Path>) -> Result<Files, Failure> {
        let mut files = Files::default();
        for path in &self.defaults {
            files.add_service(&Document::read(path)?)?;
        }
        // Defaults may be compared with what overrides them.
        if let Some(path) = file.filter(|path| self.defaults.iter().all(|one| one != path)) {
            files.add(&Document::read(path)?)?;
        }
        Ok(files)
    }

    /// Reads these files and an operator's, whose text is given back too.
    pub(super) fn with_operator(&self, file: &Path) -> Result<(Files, String), Failure> {
        let mut files = self.with(None)?;
        let document = Document::read(file)?;
        files.add_operator(&document)?;
        Ok((files, document.text))
    }
}

/// A file with its text and its tree.
pub(super) struct Document {
    pub(super) name: String,
    pub(super) text: String,
    pub(super) root: Option<Node>,
}

impl Document {
    pub(super) fn read(path: &Path) -> Result<Self, Failure> {
        Self::parse(path.display().to_string(), read_text(path)?)
    }

    fn parse(name: String, text: String) -> Result<Self, Failure> {
        Self::scan(&name, &text).map_err(|error| mistakes(&[error]))
    }

    pub(super) fn scan(name: &str, text: &str) -> Result<Self, Error> {
        let root = yaml::read_optional(name, text)?;
        let (name, text) = (name.to_owned(), text.to_owned());
        Ok(Self { name, text, root })
    }

    /// Whether this is the file of a service: it has nothing but `rules:` and `policies:`, and no
    /// rule can be a mapping.
    pub(super) fn is_service(&self) -> bool {
        let entries = self.root.as_ref().and_then(Node::mapping);
        entries.is_some_and(|entries| {
            !entries.is_empty()
                && entries.iter().all(|entry| {
                    matches!(entry.name(), "rules" | "policies") && entry.value.mapping().is_some()
                })
        })
    }
}

impl Files {
    /// Adds an operator's file that is not on the disk.
    pub(super) fn add_text(&mut self, name: &str, text: &str) -> Result<(), Failure> {
        self.add_operator(&Document::parse(name.to_owned(), text.to_owned())?)
    }

    fn add(&mut self, document: &Document) -> Result<(), Failure> {
        if document.is_service() {
            self.add_service(document)
        } else {
            self.add_operator(document)
        }
    }

    fn add_service(&mut self, document: &Document) -> Result<(), Failure> {
        let name = &document.name;
        let file = read_policies(name, &document.text).map_err(|errors| mistakes(&errors))?;
        let root = document.root.as_ref();
        let written = |section: &str, entry: &RuleEntry| {
            let node = root.and_then(|root| root.get(section)?.get(&entry.name));
            let node = node.and_then(|node| node.get("check").or(Some(node)));
            node.map_or_else(|| written(&entry.rule), node_value)
        };
        for policy in file.policies {
            self.declared.push(Declared {
                name: policy.rule.name.clone(),
                rule: policy.rule.rule.clone(),
                value: written("policies", &policy.rule),
                place: policy.rule.place(name),
                policy: Some(policy),
            });
        }
        for rule in file.rules {
            self.declared.push(Declared {
                value: written("rules", &rule),
                place: rule.place(name),
                name: rule.name,
                rule: rule.rule,
                policy: None,
            });
        }
        Ok(())
    }

    fn add_operator(&mut self, document: &Document) -> Result<(), Failure> {
        let name = &document.name;
        let rules = read_overrides(name, &document.text).map_err(|errors| mistakes(&errors))?;
        for rule in rules {
            let node = document.root.as_ref().and_then(|root| root.get(&rule.name));
            self.overrides.push(Override {
                value: node.map_or_else(|| written(&rule.rule), node_value),
                place: rule.place(name),
                line: rule.position.line,
                name: rule.name,
                rule: rule.rule,
            });
        }
        Ok(())
    }

    /// The rules in force.
    pub(super) fn rules(&self, old_defaults: bool) -> Result<Rules, Failure> {
        let mut builder = Rules::builder().enforce_new_defaults(!old_defaults);
        for declared in &self.declared {
            builder = builder.register(declared.registered());
        }
        for given in &self.overrides {
            builder = builder.rule(given.name.as_str(), given.rule.clone());
        }
        builder.build().map_err(|error| mistakes(&[error]))
    }

    /// The names that a service asks for, or without its file those that look so.
    pub(super) fn policies(&self) -> Vec<&str> {
        let declared = self.declared.iter().filter(|one| one.policy.is_some());
        let mut names: Vec<&str> = declared.map(|one| one.name.as_str()).collect();
        if self.declared.is_empty() {
            let written = self.overrides.iter().map(|one| one.name.as_str());
            names = written.clone().filter(|name| name.contains(':')).collect();
            if names.is_empty() {
                names = written.collect();
            }
        }
        names
    }

    /// Fails when there is no such policy or rule.
    pub(super) fn expect(&self, name: &str) -> Result<(), Failure> {
        let mut known: Vec<&str> = self.declared.iter().map(|one| one.name.as_str()).collect();
        known.extend(self.overrides.iter().map(|one| one.name.as_str()));
        if known.contains(&name) {
            return Ok(());
        }
        let hint = keystone_policy::near(name, &known)
            .map(|near| format!(", did you mean `{near}`?"))
            .unwrap_or_else(|| {
                ", name the file that declares it with `--defaults FILE`".to_owned()
            });
        Err(Failure::settings(format!(
            "no policy `{name}` is known{hint}"
        )))
    }

    /// The policies that one of `patterns` means: a name, or the start of names and a `*`. All, if
    /// there is no pattern.
    pub(super) fn selected(&self, patterns: &[String]) -> Result<Vec<&str>, Failure> {
        let all = self.policies();
        if patterns.is_empty() {
            return Ok(all);
        }
        let mut found = Vec::new();
        let mut seen = HashSet::new();
        for pattern in patterns {
            let matches = |name: &str| match pattern.strip_suffix('*') {
                Some(start) => name.starts_with(start),
                None => name == pattern,
            };
            let before = found.len();
            let matching = all.iter().copied().filter(|name| matches(name));
            let matching: Vec<&str> = matching.collect();
            if matching.is_empty() && before == found.len() {
                self.expect(pattern)?;
            }
            found.extend(matching.into_iter().filter(|name| seen.insert(*name)));
        }
        Ok(found)
    }
}

impl Declared {
    fn registered(&self) -> Registered {
        let registered = Registered::new(&self.name, self.rule.clone(), text(&self.value));
        let Some(policy) = &self.policy else {
            return registered.place(&self.place);
        };
        let registered = registered
            .place(&self.place)
            .scope_types(policy.scope_types.clone());
        let registered = match &policy.removal {
            Some((reason, since)) => registered.deprecated_for_removal(reason, since),
            None => registered,
        };
        match &policy.deprecated {
            Some(old) => registered.deprecated(
                &old.rule.name,
                old.rule.rule.clone(),
                text(&written(&old.rule.rule)),
                &old.since,
            ),
            None => registered,
        }
    }
}

/// A rule as it can be written in a file: a text, or a list of lists where no text means the same.
pub(super) fn written(rule: &Rule) -> Value {
    let canonical = rule.to_string();
    let text = match rule {
        Rule::And(_) | Rule::Or(_) => canonical
            .strip_prefix('(')
            .and_then(|text| text.strip_suffix(')'))
            .unwrap_or(&canonical),
        _ => &canonical,
    };
    if parse_rule(text).is_ok_and(|read| read.to_string() == canonical) {
        return Value::from(text);
    }
    let inner = |rule: &Rule| match rule {
        Rule::And(checks) => checks
            .iter()
            .map(|check| Value::from(check.to_string()))
            .collect(),
        check => Value::from(vec![check.to_string()]),
    };
    match rule {
        Rule::Or(parts) => parts.iter().map(inner).collect(),
        other => Value::from(vec![inner(other)]),
    }
}

/// A rule in words for a table.
pub(super) fn text(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}

/// What stands in a document, with every scalar as a text.
fn node_value(node: &Node) -> Value {
    match (node.sequence(), node.text()) {
        (Some(items), _) => items.iter().map(node_value).collect(),
        (None, text) => Value::from(text.unwrap_or_default()),
    }
}

pub(super) fn read_text(path: &Path) -> Result<String, Failure> {
    std::fs::read_to_string(path).map_err(|error| {
        Failure::settings(format!("the file `{}` cannot be read", path.display())).caused_by(&error)
    })
}

/// The failure for files with mistakes, all of which it tells.
pub(super) fn mistakes(errors: &[Error]) -> Failure {
    let lines: Vec<String> = errors.iter().map(ToString::to_string).collect();
    Failure::settings(lines.join("\nerror: "))
}
