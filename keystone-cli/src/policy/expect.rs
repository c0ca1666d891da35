//! `keystone policy test`: expectations of a service or an operator, held against the rules.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use keystone_document::Node;
use keystone_policy::{JsonCredentials, Rules};
use serde_json::json;

use crate::failure::{Failure, exit_code};
use crate::output::{Listing, Output};
use crate::policy::caller::{Target, checked, credentials, flatten, value};
use crate::policy::check::Outcome;
use crate::policy::check_kinds::CheckKinds;
use crate::policy::files::{Defaults, Document, Files};

const KEYS: [&str; 8] = [
    "defaults",
    "rules",
    "old_defaults",
    "check_kinds",
    "known",
    "callers",
    "targets",
    "tests",
];
const TEST_KEYS: [&str; 4] = ["policy", "as", "on", "expect"];

#[derive(Args)]
pub(crate) struct TestOptions {
    /// The expectations, as YAML: see the documentation of the policy tools.
    file: PathBuf,
}

/// One expectation: a policy, a caller and a target.
struct Case {
    place: String,
    policy: String,
    caller: String,
    target: String,
    allow: bool,
    creds: JsonCredentials,
    attributes: Target,
}

pub(super) fn run(options: &TestOptions, output: &Output) -> Result<ExitCode, Failure> {
    let suite = Suite::read(&options.file)?;
    let cases = suite.cases()?;
    let mut rows = Vec::new();
    for case in &cases {
        let outcome = Outcome::of(&suite.rules, &case.policy, &case.creds, &case.attributes);
        let expected = if case.allow { "allowed" } else { "denied" };
        if outcome.result != expected {
            rows.push(vec![
                json!(case.place),
                json!(case.policy),
                json!(case.caller),
                json!(case.target),
                json!(expected),
                json!(outcome.result),
                json!(outcome.reason),
            ]);
        }
    }
    let failed = rows.len();
    if failed > 0 || output.is_json() {
        let columns = [
            "place", "policy", "as", "on", "expected", "result", "reason",
        ];
        output.print(Listing::list(&columns, rows))?;
    }
    eprintln!(
        "{} of {} expectations are met",
        cases.len() - failed,
        cases.len()
    );
    Ok(exit_code(failed == 0))
}

/// A file of expectations.
struct Suite {
    document: Document,
    files: Files,
    rules: Rules,
}

impl Suite {
    fn read(path: &Path) -> Result<Self, Failure> {
        let document = Document::read(path)?;
        let Some(root) = &document.root else {
            return Err(Failure::settings(format!("`{}` is empty", document.name)));
        };
        known(&document.name, root, &KEYS)?;
        let near = |node: &Node| {
            path.parent()
                .unwrap_or(Path::new(""))
                .join(node.text().unwrap_or_default())
        };
        let defaults = Defaults {
            defaults: each(root.get("defaults")).into_iter().map(near).collect(),
            old_defaults: root.get("old_defaults").and_then(Node::text) == Some("true"),
        };
        let operator = root.get("rules").map(near);
        if defaults.defaults.is_empty() && operator.is_none() {
            return Err(wrong(
                &document.name,
                root,
                "name the rules under `defaults:` or `rules:`",
            ));
        }
        let files = defaults.with(operator.as_deref())?;
        let texts = |key: &str| {
            let items = each(root.get(key)).into_iter();
            items.filter_map(Node::text).map(str::to_owned).collect()
        };
        let kinds = CheckKinds {
            kinds: texts("check_kinds"),
            known: texts("known"),
        };
        let given = given_credentials(root);
        let checks = kinds.checks(files.each_rule(), &|name| given.contains(name));
        files.report_problems();
        let rules = files.rules_with(defaults.old_defaults, checks)?;
        Ok(Self {
            document,
            files,
            rules,
        })
    }

    fn cases(&self) -> Result<Vec<Case>, Failure> {
        let root = self.document.root.as_ref();
        let tests = root
            .and_then(|root| root.get("tests"))
            .and_then(Node::sequence);
        let mut cases = Vec::new();
        for test in tests.unwrap_or_default() {
            self.add(test, &mut cases)?;
        }
        if cases.is_empty() {
            let message = format!("`{}` expects nothing, write `tests:`", self.document.name);
            return Err(Failure::settings(message));
        }
        Ok(cases)
    }

    /// A test may name several policies and several callers, each of which is a case.
    fn add(&self, test: &Node, cases: &mut Vec<Case>) -> Result<(), Failure> {
        let name = &self.document.name;
        known(name, test, &TEST_KEYS)?;
        let allow = match test.get("expect").and_then(Node::text) {
            Some("allow") => true,
            Some("deny") => false,
            _ => return Err(wrong(name, test, "write `expect: allow` or `expect: deny`")),
        };
        let (policies, callers) = (each(test.get("policy")), each(test.get("as")));
        if policies.is_empty() || callers.is_empty() {
            return Err(wrong(
                name,
                test,
                "name a `policy:` and a caller with `as:`",
            ));
        }
        let (target, attributes) = match test.get("on") {
            None => ("nothing".to_owned(), Target::new()),
            Some(node) => {
                let found = self.named("targets", node)?;
                (shown(node), flatten(&value(found)))
            }
        };
        for policy in &policies {
            let policy = policy.text().unwrap_or_default();
            self.files.expect(policy)?;
            for caller in &callers {
                let creds = credentials(&value(self.named("callers", caller)?))
                    .ok_or_else(|| wrong(name, caller, "a caller is a mapping of credentials"))?;
                cases.push(Case {
                    place: test.position.place(name),
                    policy: policy.to_owned(),
                    caller: shown(caller),
                    target: target.clone(),
                    allow,
                    creds: checked(creds).map_err(|problem| wrong(name, caller, &problem))?,
                    attributes: attributes.clone(),
                });
            }
        }
        Ok(())
    }

    /// What a name stands for; a mapping stands for itself.
    fn named<'a>(&'a self, section: &str, node: &'a Node) -> Result<&'a Node, Failure> {
        let Some(name) = node.text() else {
            return Ok(node);
        };
        let root = self.document.root.as_ref();
        let found = root.and_then(|root| root.get(section)?.get(name));
        found.ok_or_else(|| {
            let message = format!("`{name}` is not defined, define it under `{section}:`");
            wrong(&self.document.name, node, &message)
        })
    }
}

/// The names of all credentials that some caller has.
fn given_credentials(root: &Node) -> HashSet<&str> {
    let callers = root.get("callers").and_then(Node::mapping);
    let callers = callers.unwrap_or_default().iter().map(|entry| &entry.value);
    let tests = root.get("tests").and_then(Node::sequence);
    let tests = tests.unwrap_or_default().iter();
    let inline = tests.flat_map(|test| each(test.get("as")));
    let names = callers.chain(inline).filter_map(Node::mapping).flatten();
    names.map(|entry| entry.name()).collect()
}

/// One or several.
fn each(node: Option<&Node>) -> Vec<&Node> {
    match node.map(|node| (node, node.sequence())) {
        None => Vec::new(),
        Some((_, Some(items))) => items.iter().collect(),
        Some((node, None)) => vec![node],
    }
}

fn shown(node: &Node) -> String {
    node.text()
        .map_or_else(|| value(node).to_string(), str::to_owned)
}

fn known(file: &str, node: &Node, keys: &[&str]) -> Result<(), Failure> {
    let Some(entries) = node.mapping() else {
        return Err(wrong(file, node, "expected a mapping here"));
    };
    match entries.iter().find(|entry| !keys.contains(&entry.name())) {
        None => Ok(()),
        Some(entry) => {
            let name = entry.name();
            let hint = keystone_document::hint(name, keys);
            let message = format!("`{name}` is not known here{hint}");
            Err(wrong(file, &entry.key, &message))
        }
    }
}

fn wrong(file: &str, node: &Node, problem: &str) -> Failure {
    Failure::settings(format!("{}: {problem}", node.position.place(file)))
}
