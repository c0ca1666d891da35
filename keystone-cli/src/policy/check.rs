//! `keystone policy check`: reads a policy file before a service does.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use keystone_policy::file::{PolicyFile, RuleEntry, read_overrides, read_policies};
use keystone_policy::{Error, NamedRule, lint, near};
use serde_json::json;

use crate::failure::Failure;
use crate::output::{Answer, Output};

/// The rule that stands in for those which are not defined.
const DEFAULT: &str = "default";

#[derive(Args)]
pub(crate) struct Options {
    /// The policy file: rules by their names, as YAML or JSON.
    file: PathBuf,
    /// The file in which the service declares its policies; names are checked against it.
    #[arg(long, value_name = "FILE")]
    defaults: Option<PathBuf>,
}

pub(crate) fn run(options: &Options, output: &Output) -> Result<ExitCode, Failure> {
    let Options { file, defaults } = options;
    let findings = check(file, defaults.as_deref())?;
    for error in &findings.errors {
        eprintln!("error: {error}");
    }
    for warning in &findings.warnings {
        eprintln!("warning: {warning}");
    }
    let failed = !findings.errors.is_empty();
    if output.is_json() || !failed {
        output.print(findings.answer(file))?;
    }
    Ok(if failed {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    })
}

/// What there is to say of a file.
struct Findings {
    rules: usize,
    errors: Vec<String>,
    warnings: Vec<String>,
}

impl Findings {
    fn unreadable(errors: &[Error]) -> Self {
        Self {
            rules: 0,
            errors: errors.iter().map(ToString::to_string).collect(),
            warnings: Vec::new(),
        }
    }

    fn answer(self, file: &Path) -> Answer {
        Answer::record(vec![
            ("file", json!(file.display().to_string())),
            ("rules", json!(self.rules)),
            ("errors", json!(self.errors)),
            ("warnings", json!(self.warnings)),
        ])
    }
}

fn check(file: &Path, defaults: Option<&Path>) -> Result<Findings, Failure> {
    let declared = match defaults {
        None => None,
        Some(path) => match Declared::read(path)? {
            Err(errors) => return Ok(Findings::unreadable(&errors)),
            Ok(declared) => Some(declared),
        },
    };
    let name = file.display().to_string();
    Ok(match read_overrides(&name, &read(file)?) {
        Err(errors) => Findings::unreadable(&errors),
        Ok(overrides) => compare(&name, &overrides, declared.as_ref()),
    })
}

fn read(path: &Path) -> Result<String, Failure> {
    std::fs::read_to_string(path).map_err(|error| {
        Failure::settings(format!("the file `{}` cannot be read", path.display())).caused_by(&error)
    })
}

/// The rules that a service declares.
struct Declared {
    rules: Vec<(RuleEntry, String)>,
    /// Names that the service has given up; operators may still override them.
    older: Vec<String>,
}

impl Declared {
    fn read(path: &Path) -> Result<Result<Self, Vec<Error>>, Failure> {
        let name = path.display().to_string();
        Ok(read_policies(&name, &read(path)?).map(|file| Self::new(&name, file)))
    }

    fn new(name: &str, file: PolicyFile) -> Self {
        let mut declared = Self {
            rules: Vec::new(),
            older: Vec::new(),
        };
        for policy in file.policies {
            let older = policy.deprecated.map(|older| older.rule.name);
            declared.older.extend(older);
            declared.add(name, policy.rule);
        }
        for rule in file.rules {
            declared.add(name, rule);
        }
        declared
    }

    fn add(&mut self, file: &str, rule: RuleEntry) {
        let place = rule.place(file);
        self.rules.push((rule, place));
    }

    fn names(&self) -> Vec<&str> {
        let rules = self.rules.iter().map(|(rule, _)| rule.name.as_str());
        rules.chain(self.older.iter().map(String::as_str)).collect()
    }
}

/// Holds overrides against what they override.
fn compare(file: &str, overrides: &[RuleEntry], declared: Option<&Declared>) -> Findings {
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
    // Without the service's file, what is not defined here may well be defined there.
    let counts = |error: &Error| declared.is_some() || !matches!(error, Error::Undefined(_));
    let errors = lint(&all).into_iter().filter(counts);
    let unused = |declared| without_effect(&all, overrides.len(), declared);
    Findings {
        rules: overrides.len(),
        errors: errors.map(|error| error.to_string()).collect(),
        warnings: declared.map(unused).unwrap_or_default(),
    }
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
    let known = declared.names();
    let referred: HashSet<&str> = all.iter().flat_map(|rule| rule.rule.references()).collect();
    let unused = all.iter().take(count).filter(|rule| {
        rule.name != DEFAULT && !known.contains(&rule.name) && !referred.contains(rule.name)
    });
    let warning = |rule: &NamedRule<'_>| {
        let hint = near(rule.name, &known)
            .map(|near| format!(", did you mean `{near}`?"))
            .unwrap_or_else(|| ", remove it".to_owned());
        let (place, name) = (rule.place, rule.name);
        format!("{place}: rule `{name}` has no effect: the service has no such policy{hint}")
    };
    unused.map(warning).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SERVICE: &str = "rules: {admin: 'role:admin'}\n\
        policies:\n  'proxy:create': 'rule:admin'\n  \
        'proxy:drop': {check: '@', deprecated: {name: 'proxy:rm', check: '@', reason: r, since: s}}\n";

    fn findings(operator: &str, with_service: bool) -> Findings {
        let declared = Declared::new("s.yaml", read_policies("s.yaml", SERVICE).unwrap());
        let overrides = read_overrides("o.yaml", operator).unwrap();
        compare("o.yaml", &overrides, with_service.then_some(&declared))
    }

    #[test]
    fn a_rule_of_the_service_is_known_only_with_its_file() {
        let text = "'proxy:create': 'rule:admn'";
        assert!(findings(text, false).errors.is_empty());
        assert_eq!(
            findings(text, true).errors,
            [
                "o.yaml:1:1: rule `proxy:create` refers to `admn`, which is not defined, \
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
    fn a_circle_through_the_service_is_found() {
        let errors = findings("admin: 'rule:proxy:create'", true).errors;
        assert_eq!(errors.len(), 1, "{errors:?}");
        assert!(errors[0].contains("in a circle"), "{errors:?}");
    }

    #[test]
    fn an_override_that_nobody_asks_for_is_told() {
        let text = "'proxy:craete': '@'\n'proxy:rm': 'rule:mine'\nmine: '@'\ndefault: '!'\n";
        assert_eq!(
            findings(text, true).warnings,
            [
                "o.yaml:1:1: rule `proxy:craete` has no effect: the service has no such policy, \
                 did you mean `proxy:create`?"
            ]
        );
        assert!(findings(text, false).warnings.is_empty());
    }
}
