//! Checks that are not of the language: those that a service adds, and those that nobody here knows.

use std::collections::{BTreeMap, HashSet};

use clap::Args;
use keystone_policy::decide::CheckRequest;
use keystone_policy::sources::unknown_checks;
use keystone_policy::{Checks, Rule};

/// How many of them are reported one by one.
const MOST_WARNINGS: usize = 10;

/// What a service adds to the language.
#[derive(Args, Clone, Default)]
pub(super) struct CheckKinds {
    /// A kind of check that the service adds to the language, such as field; may be given several
    /// times.
    #[arg(long = "check-kind", value_name = "NAME")]
    pub(super) kinds: Vec<String>,
    /// A credential that the service gives to callers besides those of oslo.context; may be given
    /// several times.
    #[arg(long, value_name = "NAME")]
    pub(super) known: Vec<String>,
}

impl CheckKinds {
    /// Checks in place of those that only the service can decide, and of those that nobody here
    /// knows, so that all who ask say so. The latter are reported on stderr.
    pub(super) fn checks<'r>(
        &self,
        rules: impl Iterator<Item = (&'r str, &'r Rule)>,
        has: &dyn Fn(&str) -> bool,
    ) -> Checks {
        let mut checks = Checks::new();
        for kind in &self.kinds {
            checks = checks.register(kind.as_str(), |_: &CheckRequest<'_>| {
                Err("only the service can decide it".to_owned())
            });
        }
        let mut unknown: BTreeMap<&str, String> = BTreeMap::new();
        for (name, rule) in rules {
            for (kind, check) in unknown_checks(rule) {
                if self.is_unknown(kind) && !has(first(kind)) && !unknown.contains_key(kind) {
                    unknown.insert(kind, format!("`{check}` of `{name}`"));
                }
            }
        }
        for (kind, place) in unknown.iter().take(MOST_WARNINGS) {
            eprintln!("warning: {place}: {}", remedy(kind));
        }
        if let Some(more) = unknown.len().checked_sub(MOST_WARNINGS + 1) {
            eprintln!("warning: {} more are not known here either", more + 1);
        }
        for kind in unknown.into_keys() {
            let problem = format!("`{kind}` is not known here");
            checks = checks.register(kind, move |_: &CheckRequest<'_>| Err(problem.clone()));
        }
        checks
    }

    /// Whether nothing was said of what stands before a colon.
    pub(super) fn is_unknown(&self, kind: &str) -> bool {
        let declared: HashSet<&str> = self.kinds.iter().map(String::as_str).collect();
        !declared.contains(kind) && !self.known.iter().any(|name| name == first(kind))
    }
}

fn first(kind: &str) -> &str {
    kind.split('.').next().unwrap_or_default()
}

/// What is not known, and how to make it so.
pub(super) fn remedy(kind: &str) -> String {
    let name = first(kind);
    format!(
        "`{kind}` is not known here, say `--check-kind {kind}` if the service adds this kind of check, \
         or `--known {name}` if its callers have such a credential"
    )
}
