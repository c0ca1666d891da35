//! Policy files: the declarations of services, and the overrides of operators.
//!
//! Mistakes that oslo.policy would read as "allow everybody" are errors with a position and a
//! remedy: a missing value, `no`, `false`, an unquoted `!`, and words without a colon.

use keystone_document::{self as document, Document, Entry, Node, Scalar, Style, Tag, hint};

pub use keystone_document::Position;

use crate::decide::defaults::ScopeType;
use crate::language::lenient::parse_leniently;
use crate::language::parse::{combine_lists, parse_check, parse_rule};
use crate::language::rule::Rule;
use crate::sources::error::{Error, RuleError, ShapeError};
use crate::sources::file::shape::{
    expect_keys, expect_mapping, expect_name, expect_text, optional_bool, optional_text,
};

mod shape;

/// The content of the policy file of a service.
#[non_exhaustive]
#[derive(Clone, Debug, Default)]
pub struct PolicyFile {
    /// The files that describe the operations of the service, if the file names them. They are data
    /// here: nothing in this crate reads them.
    pub services: Vec<ServiceEntry>,
    /// Rules that policies refer to.
    pub rules: Vec<RuleEntry>,
    /// The policies.
    pub policies: Vec<PolicyEntry>,
}

/// A file that describes operations of the service: a resource spec or an OpenAPI document.
#[non_exhaustive]
#[derive(Clone, Debug)]
pub struct ServiceEntry {
    /// Its path as written, relative to the directory of the policy file.
    pub path: String,
    /// Where it is written.
    pub position: Position,
}

/// A named rule of a file.
#[non_exhaustive]
#[derive(Clone, Debug)]
pub struct RuleEntry {
    /// The name.
    pub name: String,
    /// The rule.
    pub rule: Rule,
    /// Where the name is written.
    pub position: Position,
}

/// A policy of a service's file.
#[non_exhaustive]
#[derive(Clone, Debug)]
pub struct PolicyEntry {
    /// Name, default rule, and where the name is written.
    pub rule: RuleEntry,
    /// The description; may be empty.
    pub description: String,
    /// The token scopes that it accepts; empty for any.
    pub scope_types: Vec<ScopeType>,
    /// Scopes that Keystone does not have, as [`scan_policies`] accepts them.
    pub foreign_scopes: Vec<String>,
    /// The requests it guards: method and path.
    pub operations: Vec<(String, String)>,
    /// Where the key `operations` is written; `None` for a policy that leaves its requests to the
    /// files of [`PolicyFile::services`].
    pub operations_position: Option<Position>,
    /// Whether no operation of the API enforces it: the service asks for it elsewhere.
    pub internal: bool,
    /// The policy that it replaced.
    pub deprecated: Option<DeprecatedEntry>,
    /// Set if it is deprecated for removal: the reason, and the release that announced it.
    pub removal: Option<(String, String)>,
}

/// A policy that another one replaced.
#[non_exhaustive]
#[derive(Clone, Debug)]
pub struct DeprecatedEntry {
    /// Its name and default rule.
    pub rule: RuleEntry,
    /// Why it was replaced.
    pub reason: String,
    /// The release that replaced it.
    pub since: String,
}

impl PolicyEntry {
    /// Where the key `operations` is written, as `file:line:column`, if it is.
    pub fn operations_place(&self, file: &str) -> Option<String> {
        self.operations_position
            .map(|position| position.place(file))
    }
}

impl ServiceEntry {
    /// Where it is written, as `file:line:column`.
    pub fn place(&self, file: &str) -> String {
        self.position.place(file)
    }
}

impl RuleEntry {
    /// Where the name is written, as `file:line:column`.
    pub fn place(&self, file: &str) -> String {
        self.position.place(file)
    }
}

/// Reads the policy file of a service: `rules:`, `policies:` and `service:`. `file` is its name in
/// errors.
///
/// # Errors
/// All mistakes found, in the order of the file; never an empty list.
///
/// ```
/// use keystone_policy::sources::file::read_policies;
///
/// let text = "rules: {admin: 'role:admin'}\npolicies:\n  'proxy:create': {check: 'rule:admin'}\n";
/// let file = read_policies("proxies.yaml", text).unwrap();
/// assert_eq!(file.policies[0].rule.rule.to_string(), "rule:admin");
///
/// let errors = read_policies("proxies.yaml", "policies: {a: 'not admin'}").unwrap_err();
/// assert!(errors[0].to_string().starts_with("proxies.yaml:1:20: rule `a`: "));
/// ```
pub fn read_policies(file: &str, text: &str) -> Result<PolicyFile, Vec<Error>> {
    let (found, foreign) = scan_policies(file, text)?;
    if foreign.is_empty() {
        Ok(found)
    } else {
        Err(foreign)
    }
}

/// As [`read_policies`], for tools that read the files of other services: scopes that Keystone does
/// not know are accepted, and returned as errors beside the content.
///
/// # Errors
/// As [`read_policies`], except for such scopes.
pub fn scan_policies(file: &str, text: &str) -> Result<(PolicyFile, Vec<Error>), Vec<Error>> {
    let root = document::read(file, text).map_err(|fault| vec![fault.into()])?;
    let mut reader = Reader {
        file,
        errors: Vec::new(),
        foreign: Vec::new(),
    };
    let mut found = PolicyFile::default();
    reader.keep(expect_keys(file, &root, &["service", "rules", "policies"]));
    found.services = reader.services(root.get("service"));
    for entry in reader.entries(root.get("rules")) {
        found
            .rules
            .extend(reader.rule(entry.name(), entry.key.position, &entry.value));
    }
    for entry in reader.entries(root.get("policies")) {
        found.policies.extend(reader.policy(entry));
    }
    if reader.errors.is_empty() {
        Ok((found, reader.foreign))
    } else {
        reader.errors.append(&mut reader.foreign);
        Err(reader.errors)
    }
}

/// Reads an operator's overrides: a mapping from names to rules, each a string or a list of lists.
/// An empty document overrides nothing. `file` is its name in errors.
///
/// # Errors
/// All mistakes found, in the order of the file; never an empty list.
pub fn read_overrides(file: &str, text: &str) -> Result<Vec<RuleEntry>, Vec<Error>> {
    match scan_overrides(file, text) {
        (found, errors) if errors.is_empty() => Ok(found),
        (_, errors) => Err(errors),
    }
}

/// As [`read_overrides`], for tools that continue after errors: the valid rules, and the errors of
/// the others.
pub fn scan_overrides(file: &str, text: &str) -> (Vec<RuleEntry>, Vec<Error>) {
    let root = match read_document(file, text).map(|document| document.root) {
        Ok(Some(root)) if !root.is_null() => root,
        Ok(_) => return (Vec::new(), Vec::new()),
        Err(error) => return (Vec::new(), vec![error]),
    };
    let mut reader = Reader {
        file,
        errors: Vec::new(),
        foreign: Vec::new(),
    };
    let mut found = Vec::new();
    for entry in reader.entries(Some(&root)) {
        found.extend(reader.rule(entry.name(), entry.key.position, &entry.value));
    }
    (found, reader.errors)
}

/// Reads a file of rules as a document, with its comments. `file` is its name in errors.
///
/// # Errors
/// As [`Document::read`].
pub fn read_document(file: &str, text: &str) -> Result<Document, Error> {
    Document::read(file, text).map_err(|fault| match Error::from(fault) {
        Error::Duplicate(twice) => Error::Duplicate(twice.last_counts()),
        error => error,
    })
}

/// The first of several errors.
pub(crate) fn first(errors: Vec<Error>) -> Error {
    let none = || Error::Shape(ShapeError::new("", "the file is wrong"));
    errors.into_iter().next().unwrap_or_else(none)
}

const POLICY_KEYS: [&str; 7] = [
    "check",
    "description",
    "scope_types",
    "operations",
    "internal",
    "deprecated",
    "deprecated_for_removal",
];

struct Reader<'a> {
    file: &'a str,
    errors: Vec<Error>,
    /// Errors about scopes that Keystone does not know.
    foreign: Vec<Error>,
}

impl Reader<'_> {
    fn keep<T>(&mut self, result: Result<T, Error>) -> Option<T> {
        result.map_err(|error| self.errors.push(error)).ok()
    }

    /// The entries of a mapping, whose names must be strings for oslo.policy too.
    fn entries<'n>(&mut self, node: Option<&'n Node>) -> &'n [Entry] {
        let Some(node) = node else { return &[] };
        let entries = self.keep(expect_mapping(self.file, node));
        let entries = entries.unwrap_or_default();
        for entry in entries {
            self.keep(expect_name(self.file, &entry.key));
        }
        entries
    }

    /// The files of `service:`: one, or a list of them.
    fn services(&mut self, node: Option<&Node>) -> Vec<ServiceEntry> {
        let nodes = node.map(|node| node.sequence().unwrap_or(std::slice::from_ref(node)));
        let mut found: Vec<ServiceEntry> = Vec::new();
        for node in nodes.unwrap_or_default() {
            let Some(path) = self.keep(expect_text(self.file, node)) else {
                continue;
            };
            let problem = match path {
                "" => "expected the path of a file here, such as `../services/proxies.yaml`",
                path if found.iter().any(|one| one.path == path) => "this file is given twice",
                _ => {
                    found.push(ServiceEntry {
                        path: path.to_owned(),
                        position: node.position,
                    });
                    continue;
                }
            };
            self.errors.push(shape::wrong(self.file, node, problem));
        }
        found
    }

    fn rule(&mut self, name: &str, position: Position, value: &Node) -> Option<RuleEntry> {
        let rule = self.keep(read_rule(self.file, name, value))?;
        Some(RuleEntry {
            name: name.to_owned(),
            rule,
            position,
        })
    }

    fn policy(&mut self, entry: &Entry) -> Option<PolicyEntry> {
        let position = entry.key.position;
        let value = &entry.value;
        let check = match value.mapping() {
            None => Some(value),
            Some(_) => {
                self.keep(expect_keys(self.file, value, &POLICY_KEYS))?;
                value.get("check")
            }
        };
        let Some(check) = check else {
            let problem = format!(
                "policy `{}` has no `check`, write `check: \"\"` to allow everybody",
                entry.name()
            );
            self.errors.push(Error::Shape(ShapeError::new(
                position.place(self.file),
                problem,
            )));
            return None;
        };
        let rule = self.rule(entry.name(), position, check)?;
        let description = self.keep(optional_text(self.file, value, "description"))?;
        let (scope_types, foreign_scopes) = self.scope_types(value.get("scope_types"))?;
        let operations = self.operations(value.get("operations"))?;
        let operations_position = key_position(value, "operations");
        let internal = self.keep(optional_bool(self.file, value, "internal"))?;
        if internal && operations_position.is_some() {
            self.errors.push(contradiction(self.file, entry));
            return None;
        }
        let deprecated = match value.get("deprecated") {
            Some(node) => Some(self.deprecated(node)?),
            None => None,
        };
        let removal = match value.get("deprecated_for_removal") {
            Some(node) => Some(self.removal(node)?),
            None => None,
        };
        Some(PolicyEntry {
            rule,
            description,
            scope_types,
            foreign_scopes,
            operations,
            operations_position,
            internal,
            deprecated,
            removal,
        })
    }

    fn items<'n>(&mut self, node: Option<&'n Node>) -> Option<&'n [Node]> {
        let Some(node) = node else { return Some(&[]) };
        let items = node.sequence();
        if items.is_none() {
            self.errors.push(Error::Shape(ShapeError::new(
                node.position.place(self.file),
                "expected a list here",
            )));
        }
        items
    }

    /// The scopes that Keystone knows, and the others.
    fn scope_types(&mut self, node: Option<&Node>) -> Option<(Vec<ScopeType>, Vec<String>)> {
        let (mut found, mut foreign) = (Vec::new(), Vec::new());
        for item in self.items(node)? {
            let name = self.keep(expect_text(self.file, item))?;
            let place = item.position.place(self.file);
            let error = |problem| Error::Shape(ShapeError::new(&place, problem));
            match ScopeType::from_name(name) {
                Some(scope) if found.contains(&scope) => {
                    let problem = format!("scope type `{name}` is given twice");
                    self.errors.push(error(problem));
                    return None;
                }
                Some(scope) => found.push(scope),
                None => {
                    let hint = hint(name, &["domain", "project", "system"]);
                    let problem = format!("`{name}` is not a scope type{hint}");
                    self.foreign.push(error(problem));
                    foreign.push(name.to_owned());
                }
            }
        }
        Some((found, foreign))
    }

    fn operations(&mut self, node: Option<&Node>) -> Option<Vec<(String, String)>> {
        let mut found = Vec::new();
        for item in self.items(node)? {
            self.keep(expect_keys(self.file, item, &["method", "path"]))?;
            let method = self.required(item, "method")?;
            let path = self.required(item, "path")?;
            found.push((method, path));
        }
        Some(found)
    }

    fn deprecated(&mut self, node: &Node) -> Option<DeprecatedEntry> {
        self.keep(expect_keys(
            self.file,
            node,
            &["name", "check", "reason", "since"],
        ))?;
        let name = self.required(node, "name")?;
        let reason = self.required(node, "reason")?;
        let since = self.required(node, "since")?;
        let Some(check) = node.get("check") else {
            self.errors.push(shape::missing(self.file, node, "check"));
            return None;
        };
        let rule = self.rule(&name, node.position, check)?;
        Some(DeprecatedEntry {
            rule,
            reason,
            since,
        })
    }

    fn removal(&mut self, node: &Node) -> Option<(String, String)> {
        self.keep(expect_keys(self.file, node, &["reason", "since"]))?;
        Some((
            self.required(node, "reason")?,
            self.required(node, "since")?,
        ))
    }

    fn required(&mut self, node: &Node, name: &str) -> Option<String> {
        let Some(value) = node.get(name) else {
            self.errors.push(shape::missing(self.file, node, name));
            return None;
        };
        self.keep(expect_text(self.file, value)).map(str::to_owned)
    }
}

/// The position of a key.
fn key_position(node: &Node, name: &str) -> Option<Position> {
    let mut entries = node.mapping()?.iter();
    let entry = entries.find(|entry| entry.name() == name)?;
    Some(entry.key.position)
}

/// The error for a policy that says both that it has no operations and which it has.
fn contradiction(file: &str, entry: &Entry) -> Error {
    let name = entry.name();
    let problem = format!(
        "policy `{name}` is `internal: true`, which no operation enforces, and lists `operations`, \
         remove one of the two"
    );
    shape::wrong(file, &entry.key, problem)
}

/// Parses the rule of a value: a string, or a list of lists.
fn read_rule(file: &str, name: &str, node: &Node) -> Result<Rule, Error> {
    let wrong = |node: &Node, problem: &str| {
        Error::Rule(RuleError::new(&node.position.place(file), name, problem))
    };
    if let Some(lists) = node.sequence() {
        let lists = lists
            .iter()
            .map(|inner| read_inner(file, name, inner))
            .collect::<Result<_, _>>()?;
        return Ok(combine_lists(lists));
    }
    let Some(text) = node.text() else {
        return Err(wrong(
            node,
            "expected a string or a list here, not a mapping",
        ));
    };
    refuse_traps(node).map_err(|problem| wrong(node, problem))?;
    parse_rule(text).map_err(|error| {
        let place = node.position_at(error.offset()).place(file);
        let meaning = in_force(text);
        Error::Rule(RuleError::new(&place, name, format!("{error}{meaning}")))
    })
}

/// How oslo.policy reads an invalid rule, so that it is clear what a correction changes.
fn in_force(text: &str) -> String {
    match parse_leniently(text) {
        Ok(Rule::False) => "; oslo.policy reads it as `!`, which denies everybody".to_owned(),
        Ok(rule) => format!("; oslo.policy reads it as `{rule}`"),
        Err(_) => String::new(),
    }
}

/// Reads an inner list: checks that are joined by `and`. A plain string is a list of one.
fn read_inner(file: &str, name: &str, node: &Node) -> Result<Vec<Rule>, Error> {
    let item = |node: &Node| {
        let place = node.position.place(file);
        let text = node.text().filter(|_| refuse_traps(node).is_ok());
        let Some(text) = text else {
            return Err(Error::Rule(RuleError::new(
                &place,
                name,
                "expected a check here, such as `role:admin`",
            )));
        };
        parse_check(text).map_err(|error| Error::Rule(RuleError::new(&place, name, error)))
    };
    match (node.sequence(), node.text()) {
        (Some(items), _) => items.iter().map(item).collect(),
        (None, Some("")) if node.style != Style::Plain => Ok(Vec::new()),
        _ => item(node).map(|rule| vec![rule]),
    }
}

const ZERO: &str = "this is the number zero, which would allow everybody, write `\"@\"` to keep that, \
                    or `\"!\"` for nobody";

/// Refuses scalars that are not strings in YAML: oslo.policy reads falsy ones as "allow everybody".
fn refuse_traps(node: &Node) -> Result<(), &'static str> {
    if node.tag == Some(Tag::Bare) {
        return Err(
            "an unquoted `!` is a YAML tag and would allow everybody, write `\"!\"` for nobody, or \
             `\"@\"` to keep that",
        );
    }
    match node.scalar() {
        Some(Scalar::Text(_)) | None => Ok(()),
        Some(Scalar::Null) => Err(
            "the value is missing, which would allow everybody, write `\"@\"` to keep that, or \
             `\"!\"` for nobody",
        ),
        Some(Scalar::Bool(false)) => Err(
            "this is the boolean false, not a string, which would allow everybody, write `\"@\"` to keep that, \
             or `\"!\"` for nobody",
        ),
        Some(Scalar::Bool(true)) => Err(
            "this is the boolean true, not a string, at which oslo.policy fails, write `\"@\"` if everybody is \
             meant",
        ),
        Some(Scalar::Timestamp(_)) => {
            Err("this is a date, at which oslo.policy fails, expected a rule")
        }
        // oslo.policy reads falsy values as "allow everybody".
        Some(Scalar::Int(0)) => Err(ZERO),
        Some(Scalar::Float(0.0)) => Err(ZERO),
        Some(_) => Err("this is a number, at which oslo.policy fails, expected a rule"),
    }
}
