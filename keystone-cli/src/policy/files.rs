//! Policy files as the tools read them: those of services, and those of operators.

use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::path::{Path, PathBuf};

use clap::Args;
use keystone_document::{Comment, Entry, Node};
use keystone_policy::sources::Registered;
use keystone_policy::sources::file::{
    PolicyEntry, PolicyFile, RuleEntry, read_document, read_overrides, scan_policies,
};
use keystone_policy::{Checks, Error, Rule, Rules, parse_rule};
use serde_json::Value;

use crate::failure::Failure;
use crate::policy::check_kinds::CheckKinds;
use crate::policy::names::Names;
use crate::policy::service::{Guarded, Service};

/// The rules that a command looks at.
#[derive(Args)]
pub(super) struct PolicyInput {
    /// A policy file: an operator's (rules by their names), or that of a service (`policies:`).
    file: PathBuf,
    #[command(flatten)]
    pub(super) defaults: Defaults,
    #[command(flatten)]
    kinds: CheckKinds,
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
    /// The attributes that it guards, as `resource.attribute`.
    pub(super) attributes: Vec<String>,
}

/// A rule that an operator wrote.
pub(super) struct Override {
    pub(super) name: String,
    pub(super) rule: Rule,
    pub(super) value: Value,
    pub(super) place: String,
    /// The bytes of the file from its name to the end of its value.
    pub(super) span: Range<usize>,
    /// The column of the name, counted from 1.
    pub(super) column: usize,
}

/// Everything that was read.
#[derive(Default)]
pub(super) struct Files {
    pub(super) declared: Vec<Declared>,
    pub(super) overrides: Vec<Override>,
    /// What is to be said of these files, though they can be read.
    pub(super) warnings: Vec<String>,
    /// The files that leave the operations of policies to descriptions of services.
    described: Vec<(String, PolicyFile)>,
}

impl PolicyInput {
    pub(super) fn read(&self) -> Result<Files, Failure> {
        self.defaults.with(Some(&self.file))
    }

    /// The rules in force, and the files they come from. Tells on stderr what is odd about them.
    /// `has` says of more names that callers have such a credential.
    pub(super) fn rules(&self, has: &dyn Fn(&str) -> bool) -> Result<(Files, Rules), Failure> {
        let files = self.read()?;
        let checks = self.kinds.checks(files.each_rule(), has);
        files.report_problems();
        let rules = files.rules_with(self.defaults.old_defaults, checks)?;
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

    /// Reads these files and an operator's, which is given back too.
    pub(super) fn with_operator(&self, file: &Path) -> Result<(Files, Document), Failure> {
        let mut files = self.with(None)?;
        let document = Document::read(file)?;
        files.add_operator(&document)?;
        Ok((files, document))
    }
}

/// A file with its text and its tree.
pub(super) struct Document {
    pub(super) name: String,
    pub(super) text: String,
    pub(super) root: Option<Node>,
    pub(super) comments: Vec<Comment>,
}

impl Document {
    pub(super) fn read(path: &Path) -> Result<Self, Failure> {
        Self::parse(path.display().to_string(), read_text(path)?)
    }

    fn parse(name: String, text: String) -> Result<Self, Failure> {
        Self::scan(&name, &text).map_err(|error| mistakes(&[error]))
    }

    pub(super) fn scan(name: &str, text: &str) -> Result<Self, Error> {
        let document = read_document(name, text)?;
        Ok(Self {
            name: name.to_owned(),
            text: text.to_owned(),
            root: document.root,
            comments: document.comments,
        })
    }

    /// Whether this is the file of a service: it has `rules:` or `policies:`, each a mapping, which no
    /// rule can be, and nothing else but `service:`.
    pub(super) fn is_service(&self) -> bool {
        let entries = self.root.as_ref().and_then(Node::mapping);
        let entries = entries.unwrap_or_default().iter();
        let mut sections = entries.filter(|entry| entry.name() != "service").peekable();
        sections.peek().is_some()
            && sections.all(|entry| {
                matches!(entry.name(), "rules" | "policies") && entry.value.mapping().is_some()
            })
    }
}

impl Files {
    /// The files of these texts: of a service, and of an operator.
    #[cfg(test)]
    pub(super) fn of(service: &str, operator: &str) -> Self {
        let document = |name: &str, text: &str| {
            let document = Document::parse(name.to_owned(), text.to_owned());
            document.map_err(|failure| failure.to_string()).unwrap()
        };
        let mut files = Self::default();
        let added = files.add_service(&document("service.yaml", service));
        added.map_err(|failure| failure.to_string()).unwrap();
        let added = files.add_operator(&document("operator.yaml", operator));
        added.map_err(|failure| failure.to_string()).unwrap();
        files
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
        let (file, foreign) =
            scan_policies(name, &document.text).map_err(|errors| mistakes(&errors))?;
        self.warnings.extend(
            foreign
                .iter()
                .map(|error| format!("{error}; no token has it, so it lets nobody in")),
        );
        let section = |name: &str| by_name(document.root.as_ref().and_then(|root| root.get(name)));
        let (rules, policies) = (section("rules"), section("policies"));
        let written = |nodes: &HashMap<&str, &Node>, entry: &RuleEntry| {
            let node = nodes.get(entry.name.as_str()).copied();
            let node = node.and_then(|node| node.get("check").or(Some(node)));
            node.map_or_else(|| written(&entry.rule), node_value)
        };
        if !file.services.is_empty() {
            self.described.push((name.clone(), file.clone()));
        }
        for policy in file.policies {
            self.declared.push(Declared {
                name: policy.rule.name.clone(),
                rule: policy.rule.rule.clone(),
                value: written(&policies, &policy.rule),
                place: policy.rule.place(name),
                policy: Some(policy),
                attributes: Vec::new(),
            });
        }
        for rule in file.rules {
            self.declared.push(Declared {
                value: written(&rules, &rule),
                place: rule.place(name),
                name: rule.name,
                rule: rule.rule,
                policy: None,
                attributes: Vec::new(),
            });
        }
        Ok(())
    }

    /// Takes the operations of policies from the descriptions of services that their files name, for
    /// commands that show them.
    pub(super) fn describe_operations(&mut self) -> Result<(), Failure> {
        for (name, file) in &self.described {
            let service = Service::read(name, file).map_err(|errors| failure(&errors))?;
            let doubled = service.doubled(name, file);
            if !doubled.is_empty() {
                return Err(failure(&doubled));
            }
            let own: HashSet<String> = file
                .policies
                .iter()
                .map(|one| one.rule.place(name))
                .collect();
            for declared in self
                .declared
                .iter_mut()
                .filter(|one| own.contains(&one.place))
            {
                let operations = service.operations(&declared.name);
                if let Some(policy) = declared.policy.as_mut().filter(|_| !operations.is_empty()) {
                    policy.operations = operations;
                }
                declared.attributes = service.attributes(&declared.name);
            }
        }
        Ok(())
    }

    fn add_operator(&mut self, document: &Document) -> Result<(), Failure> {
        let name = &document.name;
        let rules = read_overrides(name, &document.text).map_err(|errors| mistakes(&errors))?;
        let entries: HashMap<&str, &Entry> = document
            .root
            .as_ref()
            .and_then(Node::mapping)
            .unwrap_or_default()
            .iter()
            .map(|entry| (entry.name(), entry))
            .collect();
        for rule in rules {
            let entry = entries.get(rule.name.as_str());
            let node = entry.map(|entry| &entry.value);
            let span = entry.map(|entry| entry.key.span().start..entry.value.span().end);
            self.overrides.push(Override {
                value: node.map_or_else(|| written(&rule.rule), node_value),
                place: rule.place(name),
                span: span.unwrap_or_default(),
                column: rule.position.column,
                name: rule.name,
                rule: rule.rule,
            });
        }
        Ok(())
    }

    /// The requests that policies guard.
    pub(super) fn guarded(&self) -> Guarded<'_> {
        let policies = self.declared.iter().filter_map(|one| {
            let policy = one.policy.as_ref()?;
            Some((one.name.as_str(), policy.operations.as_slice()))
        });
        Guarded::new(policies)
    }

    /// The rules in force.
    pub(super) fn rules(&self, old_defaults: bool) -> Result<Rules, Failure> {
        self.rules_with(old_defaults, Checks::new())
    }

    /// The rules in force, of a language that has these checks too.
    pub(super) fn rules_with(&self, old_defaults: bool, checks: Checks) -> Result<Rules, Failure> {
        let given = self.overrides.iter();
        let given = given.map(|given| (given.name.as_str(), given.rule.clone()));
        self.merged(old_defaults, checks, given)
    }

    /// The rules that would be in force with these overrides.
    pub(super) fn merged<'a>(
        &self,
        old_defaults: bool,
        checks: Checks,
        overrides: impl Iterator<Item = (&'a str, Rule)>,
    ) -> Result<Rules, Failure> {
        let mut builder = Rules::builder()
            .enforce_new_defaults(!old_defaults)
            .checks(checks);
        for declared in &self.declared {
            builder = builder.register(declared.registered());
        }
        for (name, rule) in overrides {
            builder = builder.rule(name, rule);
        }
        builder.build().map_err(|error| mistakes(&[error]))
    }

    /// The names that there are.
    pub(super) fn names(&self) -> Names<'_> {
        let mut names = Names::default();
        for declared in &self.declared {
            names.add(&declared.name, declared.policy.is_some());
            let policy = declared.policy.as_ref();
            if let Some(old) = policy.and_then(|policy| policy.deprecated.as_ref()) {
                names.replaced(&old.rule.name, &declared.name);
            }
        }
        // Without the service's file, what an operator writes may all be asked for.
        let all = self.declared.is_empty();
        for given in &self.overrides {
            names.add(&given.name, all);
        }
        names
    }

    /// Fails when there is no such policy or rule.
    pub(super) fn expect(&self, name: &str) -> Result<(), Failure> {
        self.names().selected(&[name.to_owned()]).map(|_| ())
    }

    /// The policies that one of `patterns` means: a name, or the start of names and a `*`. All, if
    /// there is no pattern. Never none.
    pub(super) fn selected(&self, patterns: &[String]) -> Result<Vec<String>, Failure> {
        let names = self.names();
        let found = names.selected(patterns)?;
        Ok(found.into_iter().map(str::to_owned).collect())
    }

    /// All rules of these files, those that were replaced included, with their names.
    pub(super) fn each_rule(&self) -> impl Iterator<Item = (&str, &Rule)> {
        let declared = self.declared.iter().flat_map(|one| {
            let policy = one.policy.as_ref();
            let old = policy.and_then(|policy| policy.deprecated.as_ref());
            let old = old.map(|old| (old.rule.name.as_str(), &old.rule.rule));
            std::iter::once((one.name.as_str(), &one.rule)).chain(old)
        });
        let given = self.overrides.iter();
        declared.chain(given.map(|one| (one.name.as_str(), &one.rule)))
    }

    /// Tells on stderr what is odd about these files.
    pub(super) fn report_problems(&self) {
        for warning in &self.warnings {
            eprintln!("warning: {warning}");
        }
        if self.declared.is_empty() {
            return;
        }
        let names = self.names();
        let referred: HashSet<&str> = self
            .each_rule()
            .flat_map(|(_, rule)| rule.references())
            .collect();
        let idle = self.overrides.iter().filter(|given| {
            let name = given.name.as_str();
            !names.is_asked_for(name) && !referred.contains(name) && name != "default"
        });
        let idle: Vec<&str> = idle.map(|given| given.name.as_str()).collect();
        if let [first, ..] = idle.as_slice() {
            eprintln!(
                "warning: no policy of the defaults depends on {} of the rules given, such as \
                 `{first}`: they are not looked at, name the files that declare them with \
                 `--defaults FILE`",
                idle.len()
            );
        }
    }

    /// Fails unless `text`, in place of the operator's file `name`, decides as these files do. What
    /// it does not name any more counts only as far as others depend on it.
    pub(super) fn confirm(
        &self,
        defaults: &Defaults,
        name: &str,
        text: &str,
    ) -> Result<(), Failure> {
        let before = self.rules(defaults.old_defaults)?;
        let mut files = defaults.with(None)?;
        files.add_operator(&Document::parse(name.to_owned(), text.to_owned())?)?;
        let after = files.rules(defaults.old_defaults)?;
        let declared = self.declared.iter().map(|one| one.name.as_str());
        let given = files.overrides.iter().map(|one| one.name.as_str());
        let unlike = before.unlike(&after, declared.chain(given));
        match unlike.as_slice() {
            [] => Ok(()),
            [first, ..] => Err(Failure::settings(format!(
                "`{first}` would be decided otherwise by what comes out, change `{name}` by hand"
            ))),
        }
    }
}

fn by_name(node: Option<&Node>) -> HashMap<&str, &Node> {
    let entries = node.and_then(Node::mapping).unwrap_or_default().iter();
    entries.map(|entry| (entry.name(), &entry.value)).collect()
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
        let registered = match policy.foreign_scopes.is_empty() {
            true => registered,
            false => registered.foreign_scopes(),
        };
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
    let name = path.display().to_string();
    let bytes = std::fs::read(path).map_err(|error| {
        Failure::settings(format!("the file `{name}` cannot be read")).caused_by(&error)
    })?;
    keystone_document::decode(&name, bytes).map_err(|fault| Failure::settings(fault.to_string()))
}

/// The failure for files with mistakes, all of which it tells.
pub(super) fn mistakes(errors: &[Error]) -> Failure {
    let lines: Vec<String> = errors.iter().map(ToString::to_string).collect();
    failure(&lines)
}

fn failure(errors: &[String]) -> Failure {
    Failure::settings(errors.join("\nerror: "))
}
