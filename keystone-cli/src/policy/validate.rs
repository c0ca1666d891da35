//! `keystone policy validate`: reads a policy file before a service does.

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use keystone_document::hint_or;
use keystone_policy::Error;
use keystone_policy::sources::file::{PolicyFile, RuleEntry, scan_overrides, scan_policies};
use keystone_policy::sources::{NamedRule, lint, suggest_left_operand, unknown_checks};
use serde_json::json;

use crate::failure::{Failure, exit_code};
use crate::output::{Listing, Output};
use crate::policy::check_kinds::{CheckKinds, remedy};
use crate::policy::files::{Document, mistakes};
use crate::policy::service::Service;

/// The rule that stands in for those which are not defined.
const DEFAULT: &str = "default";

/// For how many rules the name is looked for that was meant.
const MOST_HINTS: usize = 100;

#[derive(Args)]
pub(crate) struct ValidateOptions {
    /// The policy file: an operator's (rules by their names), or that of a service (`policies:`).
    file: PathBuf,
    /// The file in which the service declares its policies; names are checked against it. May be
    /// given several times.
    #[arg(long, value_name = "FILE")]
    defaults: Vec<PathBuf>,
    #[command(flatten)]
    kinds: CheckKinds,
    /// End with 1 at warnings too.
    #[arg(long)]
    strict: bool,
}

pub(super) fn run(options: &ValidateOptions, output: &Output) -> Result<ExitCode, Failure> {
    let mut declared = Declared::default();
    for path in &options.defaults {
        let document = Document::read(path)?;
        let found = Declared::read(&document.name, &document.text);
        declared.extend(found.map_err(|errors| mistakes(&errors))?);
    }
    let text = super::files::read_text(&options.file)?;
    let name = options.file.display().to_string();
    let findings = examine(
        &name,
        text,
        (!options.defaults.is_empty()).then_some(&declared),
        &options.kinds,
    );
    for error in &findings.errors {
        eprintln!("error: {error}");
    }
    for warning in &findings.warnings {
        eprintln!("warning: {warning}");
    }
    let warned = options.strict && !findings.warnings.is_empty();
    let failed = !findings.errors.is_empty() || warned;
    if output.is_json() || !failed {
        output.print(findings.listing(&name))?;
    }
    Ok(exit_code(!failed))
}

/// What there is to say of a file.
#[derive(Default)]
struct Findings {
    rules: usize,
    errors: Vec<String>,
    warnings: Vec<String>,
}

impl Findings {
    fn unreadable(errors: &[Error]) -> Self {
        Self {
            errors: errors.iter().map(ToString::to_string).collect(),
            ..Self::default()
        }
    }

    fn listing(self, file: &str) -> Listing {
        Listing::record(vec![
            ("file", json!(file)),
            ("rules", json!(self.rules)),
            ("errors", json!(self.errors)),
            ("warnings", json!(self.warnings)),
        ])
    }
}

fn examine(name: &str, text: String, declared: Option<&Declared>, kinds: &CheckKinds) -> Findings {
    match Document::scan(name, &text) {
        Err(error) => Findings::unreadable(&[error]),
        Ok(document) if document.is_service() => match Declared::read(name, &text) {
            Err(errors) => Findings::unreadable(&errors),
            Ok(service) => {
                let mut findings = service.examine();
                findings.errors.extend(service.described(name));
                let rules = service.rules.iter();
                let rules: Vec<_> = rules.map(|(rule, place)| named(rule, place)).collect();
                findings.warnings.extend(unknown(&rules, kinds));
                findings
            }
        },
        Ok(_) => {
            let (overrides, errors) = scan_overrides(name, &text);
            let mut findings = compare(name, &overrides, errors, declared);
            let places: Vec<String> = overrides.iter().map(|rule| rule.place(name)).collect();
            let rules = overrides.iter().zip(&places);
            let rules: Vec<_> = rules.map(|(rule, place)| named(rule, place)).collect();
            findings.warnings.extend(unknown(&rules, kinds));
            findings
        }
    }
}

/// Checks that are neither of the language nor about a credential that callers are known to have. A
/// name that resembles another is told wherever it stands, one that is not at the first place.
fn unknown(rules: &[NamedRule<'_>], kinds: &CheckKinds) -> Vec<String> {
    let mut seen: HashSet<&str> = HashSet::new();
    let mut suggested: HashMap<&str, Option<&'static str>> = HashMap::new();
    let mut found = Vec::new();
    for named in rules {
        for (left, check) in unknown_checks(named.rule) {
            if !kinds.is_unknown(left) {
                continue;
            }
            let (place, name) = (named.place, named.name);
            let suggestion = *suggested
                .entry(left)
                .or_insert_with(|| suggest_left_operand(left));
            if let Some(meant) = suggestion {
                found.push(format!(
                    "{place}: rule `{name}`: in `{check}`, `{left}` is neither a kind of check nor a \
                     credential, so it is never true; did you mean `{meant}`?"
                ));
            } else if seen.insert(left) {
                let remedy = remedy(left);
                found.push(format!("{place}: rule `{name}`: in `{check}`, {remedy}"));
            }
        }
    }
    found
}

/// The rules that services declare.
#[derive(Default)]
struct Declared {
    rules: Vec<(RuleEntry, String)>,
    policies: HashSet<String>,
    /// Names that services have given up; operators may still override them.
    older: Vec<String>,
    warnings: Vec<String>,
    /// All of the file.
    file: PolicyFile,
}

impl Declared {
    fn read(name: &str, text: &str) -> Result<Self, Vec<Error>> {
        let (file, foreign) = scan_policies(name, text)?;
        let mut declared = Self {
            warnings: foreign.iter().map(ToString::to_string).collect(),
            file: file.clone(),
            ..Self::default()
        };
        for policy in file.policies {
            let older = policy.deprecated.map(|older| older.rule.name);
            declared.older.extend(older);
            declared.policies.insert(policy.rule.name.clone());
            declared.add(name, policy.rule);
        }
        for rule in file.rules {
            declared.add(name, rule);
        }
        Ok(declared)
    }

    /// What is wrong with the descriptions of the service that the file, read from `path`, names, and
    /// with the policies beside them.
    fn described(&self, path: &str) -> Vec<String> {
        if self.file.services.is_empty() {
            return Vec::new();
        }
        match Service::read(path, &self.file) {
            Ok(service) => service.mistakes(path, &self.file),
            Err(errors) => errors,
        }
    }

    fn add(&mut self, file: &str, rule: RuleEntry) {
        let place = rule.place(file);
        self.rules.push((rule, place));
    }

    fn extend(&mut self, other: Self) {
        self.rules.extend(other.rules);
        self.policies.extend(other.policies);
        self.older.extend(other.older);
        self.warnings.extend(other.warnings);
    }

    fn names(&self) -> Vec<&str> {
        let rules = self.rules.iter().map(|(rule, _)| rule.name.as_str());
        rules.chain(self.older.iter().map(String::as_str)).collect()
    }

    /// What there is to say of these rules by themselves.
    fn examine(&self) -> Findings {
        let all: Vec<NamedRule<'_>> = self
            .rules
            .iter()
            .map(|(rule, place)| named(rule, place))
            .collect();
        let referred: HashSet<&str> = all.iter().flat_map(|rule| rule.rule.references()).collect();
        let mut seen = HashSet::new();
        let mut errors: Vec<String> = lint(&all).iter().map(ToString::to_string).collect();
        let mut warnings = self.warnings.clone();
        for rule in &all {
            let (place, name) = (rule.place, rule.name);
            if !seen.insert(name) {
                errors.push(format!(
                    "{place}: `{name}` is declared already, rename one of them"
                ));
            }
            if !self.policies.contains(name) && !referred.contains(name) && name != DEFAULT {
                warnings.push(format!("{place}: no policy uses rule `{name}`, remove it"));
            }
        }
        Findings {
            rules: all.len(),
            errors,
            warnings,
        }
    }
}

/// Holds overrides against what they override. `errors` are those of rules that cannot be read.
fn compare(
    file: &str,
    overrides: &[RuleEntry],
    errors: Vec<Error>,
    declared: Option<&Declared>,
) -> Findings {
    let places: Vec<String> = overrides.iter().map(|rule| rule.place(file)).collect();
    let mut all: Vec<NamedRule<'_>> = overrides
        .iter()
        .zip(&places)
        .map(|(rule, place)| named(rule, place))
        .collect();
    let overridden: HashSet<&str> = overrides.iter().map(|rule| rule.name.as_str()).collect();
    for (rule, place) in declared.iter().flat_map(|declared| &declared.rules) {
        if !overridden.contains(rule.name.as_str()) {
            all.push(named(rule, place));
        }
    }
    let broken: HashSet<String> = errors
        .iter()
        .filter_map(|error| match error {
            Error::Rule(error) => Some(error.name().to_owned()),
            _ => None,
        })
        .collect();
    let mut findings = Findings {
        rules: overrides.len(),
        errors: errors.iter().map(ToString::to_string).collect(),
        warnings: Vec::new(),
    };
    for error in lint(&all) {
        match &error {
            // A rule that cannot be read is defined all the same.
            Error::Undefined(undefined) if broken.contains(undefined.reference()) => {}
            // Without the service's file, what is not defined here may well be defined there.
            Error::Undefined(undefined) if declared.is_none() => {
                findings.warnings.push(format!(
                    "{}: rule `{}` refers to `{}`, which is not defined here, name the file of the \
                     service with `--defaults FILE`",
                    error.place(),
                    undefined.name(),
                    undefined.reference()
                ));
            }
            _ => findings.errors.push(error.to_string()),
        }
    }
    if let Some(declared) = declared {
        findings.warnings = without_effect(&all, overrides.len(), declared);
        findings.warnings.extend(declared.warnings.iter().cloned());
    }
    findings
}

fn named<'a>(entry: &'a RuleEntry, place: &'a str) -> NamedRule<'a> {
    NamedRule {
        name: &entry.name,
        rule: &entry.rule,
        place,
    }
}

/// Overrides (the first `count` of `all`) that neither the service nor any rule asks for.
fn without_effect(all: &[NamedRule<'_>], count: usize, declared: &Declared) -> Vec<String> {
    let names = declared.names();
    let known: HashSet<&str> = names.iter().copied().collect();
    let referred: HashSet<&str> = all.iter().flat_map(|rule| rule.rule.references()).collect();
    let unused = all.iter().take(count).filter(|rule| {
        rule.name != DEFAULT && !known.contains(rule.name) && !referred.contains(rule.name)
    });
    let warning = |(index, rule): (usize, &NamedRule<'_>)| {
        let hint = match index < MOST_HINTS {
            true => hint_or(rule.name, &names, "remove it"),
            false => hint_or(rule.name, &[], "remove it"),
        };
        let (place, name) = (rule.place, rule.name);
        format!("{place}: rule `{name}` has no effect: the service has no such policy{hint}")
    };
    unused.enumerate().map(warning).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SERVICE: &str = "rules: {admin: 'role:admin'}\n\
        policies:\n  'proxy:create': 'rule:admin'\n  \
        'proxy:drop': {check: '@', deprecated: {name: 'proxy:rm', check: '@', reason: r, since: s}}\n";

    fn findings(operator: &str, with_service: bool) -> Findings {
        let declared = Declared::read("s.yaml", SERVICE).unwrap();
        examine(
            "o.yaml",
            operator.to_owned(),
            with_service.then_some(&declared),
            &CheckKinds::default(),
        )
    }

    #[test]
    fn a_rule_of_the_service_is_known_only_with_its_file() {
        let text = "'proxy:create': 'rule:admn'";
        let alone = findings(text, false);
        assert!(alone.errors.is_empty());
        assert_eq!(
            alone.warnings,
            [
                "o.yaml:1:1: rule `proxy:create` refers to `admn`, which is not defined here, \
                 name the file of the service with `--defaults FILE`"
            ]
        );
        assert_eq!(
            findings(text, true).errors,
            [
                "o.yaml:1:1: rule `proxy:create` refers to `admn`, which is not defined; \
                 did you mean `admin`?"
            ]
        );
        assert!(
            findings("'proxy:create': 'rule:admin'", true)
                .errors
                .is_empty()
        );
    }

    #[test]
    fn a_cycle_through_the_service_is_found() {
        let errors = findings("admin: 'rule:proxy:create'", true).errors;
        assert_eq!(errors.len(), 1, "{errors:?}");
        assert!(errors[0].contains("in a cycle"), "{errors:?}");
    }

    #[test]
    fn one_mistake_does_not_hide_the_others() {
        let errors = findings(
            "mine: 'not admin'\n'proxy:create': 'rule:mine or rule:admn'\n",
            true,
        )
        .errors;
        assert_eq!(errors.len(), 2, "{errors:?}");
        assert!(errors[0].starts_with("o.yaml:1:"), "{errors:?}");
        assert!(errors[1].contains("`admn`"), "{errors:?}");
    }

    #[test]
    fn an_override_that_nobody_asks_for_is_told() {
        let text = "'proxy:craete': '@'\n'proxy:rm': 'rule:mine'\nmine: '@'\ndefault: '!'\n";
        assert_eq!(
            findings(text, true).warnings,
            [
                "o.yaml:1:1: rule `proxy:craete` has no effect: the service has no such policy; \
                 did you mean `proxy:create`?"
            ]
        );
        assert!(findings(text, false).warnings.is_empty());
    }

    #[test]
    fn a_file_of_a_service_is_held_against_itself() {
        let text = "rules: {a: 'role:a', b: 'rule:c'}\npolicies: {'x:y': 'rule:b'}\n".to_owned();
        let found = examine("s.yaml", text, None, &CheckKinds::default());
        assert_eq!(found.errors.len(), 1, "{:?}", found.errors);
        assert_eq!(
            found.warnings,
            ["s.yaml:1:9: no policy uses rule `a`, remove it"]
        );
    }
}
