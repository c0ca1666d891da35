//! `keystone policy redundant`: overrides that change nothing.

use std::collections::{HashMap, HashSet};

use clap::Args;
use keystone_policy::Checks;
use serde_json::json;

use crate::failure::Failure;
use crate::output::{Listing, Output};
use crate::policy::files::{Declared, Files, Override, PolicyInput, text};

#[derive(Args)]
pub(crate) struct RedundantOptions {
    #[command(flatten)]
    input: PolicyInput,
}

/// Lists the overrides that may be left out, all of them together.
pub(super) fn run(options: &RedundantOptions, output: &Output) -> Result<(), Failure> {
    let files = options.input.read()?;
    if files.declared.is_empty() {
        let message = "there are no defaults to compare with, name them with `--defaults FILE`";
        return Err(Failure::settings(message));
    }
    let redundant = redundant(&files, options.input.defaults.old_defaults)?;
    let given = files.overrides.iter().zip(redundant);
    let row = |given: &Override| {
        vec![
            json!(given.name),
            json!(text(&given.value)),
            json!(given.place),
        ]
    };
    let rows = given.filter(|(_, redundant)| *redundant);
    let rows = rows.map(|(given, _)| row(given)).collect();
    output.print(Listing::list(&["rule", "check", "place"], rows))
}

/// For each override whether it may be left out, together with the others that may.
///
/// One that says what its default says need not be so: without it, what an operator wrote under an
/// older name may count, or the older default. So without all of them everything must be decided as
/// with them, which is looked up in the rules that come out; those that have to do with a difference
/// stay.
pub(super) fn redundant(files: &Files, old_defaults: bool) -> Result<Vec<bool>, Failure> {
    let declared: HashMap<&str, &Declared> = files
        .declared
        .iter()
        .map(|one| (one.name.as_str(), one))
        .collect();
    let says_the_same = |given: &Override| {
        let declared = declared.get(given.name.as_str());
        declared.is_some_and(|declared| declared.rule == given.rule)
    };
    let mut redundant: Vec<bool> = files.overrides.iter().map(says_the_same).collect();
    let before = files.rules(old_defaults)?;
    let given = files.overrides.iter().map(|given| given.name.as_str());
    let names: Vec<&str> = declared.keys().copied().chain(given).collect();
    loop {
        let remaining = files.overrides.iter().zip(&redundant);
        let remaining = remaining.filter(|(_, redundant)| !**redundant);
        let remaining = remaining.map(|(given, _)| (given.name.as_str(), given.rule.clone()));
        let after = files.merged(old_defaults, Checks::new(), remaining)?;
        let unlike = before.unlike(&after, names.iter().copied());
        if unlike.is_empty() {
            return Ok(redundant);
        }
        let old = |name: &String| {
            let policy = declared.get(name.as_str())?.policy.as_ref()?;
            Some(policy.deprecated.as_ref()?.rule.name.as_str())
        };
        let mut involved: HashSet<&str> = unlike.iter().filter_map(old).collect();
        involved.extend(unlike.iter().map(String::as_str));
        let mut changed = false;
        for (given, redundant) in files.overrides.iter().zip(&mut redundant) {
            if *redundant && involved.contains(given.name.as_str()) {
                (*redundant, changed) = (false, true);
            }
        }
        if !changed {
            return Ok(vec![false; files.overrides.len()]);
        }
    }
}

/// Files made up at random, and whether two of them decide alike.
#[cfg(test)]
pub(super) mod random {
    use std::collections::BTreeMap;

    use keystone_policy::JsonCredentials;
    use serde_json::json;

    use super::Files;

    /// The same numbers for the same seed (SplitMix64).
    struct Random(u64);

    impl Random {
        fn of<'a>(&mut self, items: &[&'a str]) -> &'a str {
            self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut mixed = self.0;
            mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            let at = ((mixed ^ (mixed >> 31)) % items.len() as u64) as usize;
            items[at]
        }
    }

    const RULES: [&str; 9] = [
        "@",
        "!",
        "role:a",
        "rule:admin",
        "rule:x:get",
        "rule:x:old",
        "role:a or rule:x:put",
        "user_id:%(user_id)s",
        "rule:gone",
    ];
    const NAMES: [&str; 6] = ["x:get", "x:put", "x:old", "x:older", "admin", "x:list"];

    /// The files of a service that has renamed and split policies, and of an operator who overrides
    /// some of them, mostly by what the defaults say.
    pub(crate) fn random_files(seed: u64) -> (String, String) {
        let mut random = Random(seed.wrapping_mul(7919));
        let mut written: BTreeMap<&str, &str> = BTreeMap::new();
        let mut service = format!("rules: {{admin: '{}'}}\npolicies:\n", {
            let rule = random.of(&["role:admin", "role:a", "rule:x:old"]);
            written.insert("admin", rule);
            rule
        });
        for name in ["x:get", "x:put", "x:list"] {
            let rule = random.of(&RULES);
            written.insert(name, rule);
            let old = random.of(&["", "x:old", "x:older", name]);
            let deprecated = match old {
                "" => String::new(),
                old => {
                    let check = random.of(&RULES);
                    written.insert(old, check);
                    format!(
                        ", deprecated: {{name: '{old}', check: '{check}', reason: r, since: s}}"
                    )
                }
            };
            service.push_str(&format!("  '{name}': {{check: '{rule}'{deprecated}}}\n"));
        }
        let mut operator = String::from("# ours\n");
        for name in NAMES {
            let own = written.get(name).copied().unwrap_or("role:b");
            match random.of(&["none", "own", "own", "other", "point"]) {
                "own" => operator.push_str(&format!("'{name}': '{own}'\n")),
                "other" => operator.push_str(&format!("'{name}': '{}'\n", random.of(&RULES))),
                "point" => operator.push_str(&format!("'{name}': 'rule:{}'\n", random.of(&NAMES))),
                _ => {}
            }
        }
        (service, operator)
    }

    /// Holds two files against each other by what they decide for several callers and targets.
    pub(crate) fn assert_decide_alike(
        before: &Files,
        after: &Files,
        old_defaults: bool,
        case: &str,
    ) {
        let rules = [before, after].map(|files| files.rules(old_defaults).ok().unwrap());
        for role in ["a", "admin", "b", "c"] {
            let creds = json!({"roles": [role], "user_id": "u"});
            let creds = JsonCredentials::new(creds).unwrap();
            for owner in ["u", "v"] {
                let target = BTreeMap::from([("user_id", owner)]);
                for one in &before.declared {
                    let [was, is] = rules
                        .each_ref()
                        .map(|rules| rules.enforce(&one.name, &creds, &target).ok());
                    assert_eq!(was, is, "`{}` for {role} on {owner}: {case}", one.name);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::random::{assert_decide_alike, random_files};
    use super::*;

    #[test]
    fn without_all_that_is_redundant_everything_is_decided_as_before() {
        let (mut some, mut kept) = (0, 0);
        for seed in 0..1_000 {
            let (service, operator) = random_files(seed);
            let files = Files::of(&service, &operator);
            for old_defaults in [false, true] {
                let found = redundant(&files, old_defaults).ok().unwrap();
                let mut less = Files::of(&service, &operator);
                let mut flags = found.iter();
                less.overrides.retain(|_| !flags.next().unwrap());
                assert_decide_alike(
                    &files,
                    &less,
                    old_defaults,
                    &format!("{service}\n{operator}"),
                );
                some += found.iter().filter(|one| **one).count();
                let same = files.overrides.iter().filter(|given| {
                    let mut declared = files.declared.iter();
                    declared.any(|one| one.name == given.name && one.rule == given.rule)
                });
                kept += same.count() - found.iter().filter(|one| **one).count();
            }
        }
        assert!(some > 500 && kept > 200, "{some} {kept}");
    }
}
