//! Who may call what under a set of rules.

use std::collections::BTreeSet;
use std::sync::Arc;

use bytes::Bytes;
use keystone_policy::analysis::{Analysis, Cell, TokenScope};
use keystone_policy::decide::PolicyDefault;
use keystone_policy::{Rule, Rules, parse_rule};
use serde_json::{Map, Value, json};
use tokio::sync::Mutex;
use tokio::task;

use super::words::sentence;

const SCOPES: [TokenScope; 3] = [TokenScope::System, TokenScope::Domain, TokenScope::Project];

/// The policies of a document, and what the latest rules say of them.
pub(super) struct Matrix {
    policies: Vec<String>,
    latest: Mutex<Option<(Rules, Bytes)>>,
}

impl Matrix {
    pub(super) fn new(policies: Vec<String>) -> Self {
        Self {
            policies,
            latest: Mutex::new(None),
        }
    }

    /// The matrix under these rules, as JSON. `None` when the runtime shuts down or the analysis
    /// has panicked.
    pub(super) async fn under(self: Arc<Self>, rules: Rules) -> Option<Bytes> {
        // An analysis may take seconds. It is made once for each set of rules, by one thread at a
        // time, and in a task of its own: a client that goes away does not start it over.
        let task = tokio::spawn(async move {
            let mut latest = self.latest.lock().await;
            if let Some((known, text)) = &*latest
                && known.is_same(&rules)
            {
                return Some(text.clone());
            }
            let (matrix, now) = (Arc::clone(&self), rules.clone());
            let analysed = task::spawn_blocking(move || matrix.analyse(&now)).await;
            let text = Bytes::from(analysed.ok()?.to_string());
            *latest = Some((rules, text.clone()));
            Some(text)
        });
        task.await.ok().flatten()
    }

    fn analyse(&self, rules: &Rules) -> Value {
        let analysis = Analysis::new(rules).default_roles().null_matches(false);
        let names = || self.policies.iter().map(String::as_str);
        let roles = analysis.roles(names());
        let columns = roles.iter().map(|role| Some(role.as_str())).chain([None]);
        let matrix = analysis.matrix(names(), columns, SCOPES);
        let mut policies = Map::new();
        for row in matrix.rows {
            let cells = row.cells.chunks(SCOPES.len());
            let cells: Vec<Value> = cells
                .map(|cells| cells.iter().map(cell).collect())
                .collect();
            let policy = policy(rules, &analysis, &row.policy, cells);
            policies.insert(row.policy, policy);
        }
        let scopes = SCOPES.map(TokenScope::name);
        json!({"roles": roles, "scopes": scopes, "policies": policies})
    }
}

fn cell(cell: &Cell) -> Value {
    let grants: Vec<String> = cell.grants.iter().map(sentence).collect();
    json!({"verdict": cell.verdict.name(), "if": grants})
}

fn policy(rules: &Rules, analysis: &Analysis<'_>, name: &str, cells: Vec<Value>) -> Value {
    let declared = declared(rules, name);
    let who: Option<Vec<String>> = analysis
        .who_can(name)
        .ok()
        .map(|grants| grants.iter().map(sentence).collect());
    let scopes = rules.scope_types(name);
    let scopes = scopes.map(|scopes| scopes.iter().map(|scope| scope.name()).collect::<Vec<_>>());
    let deprecated = declared.and_then(|policy| policy.deprecated);
    let deprecated =
        deprecated.map(|old| json!({"name": old.name, "since": old.since, "reason": old.reason}));
    let removal = declared.and_then(|policy| policy.removal);
    let removal = removal.map(|removal| json!({"since": removal.since, "reason": removal.reason}));
    json!({
        "declared": declared.is_some(),
        "description": declared.map_or("", |policy| policy.description),
        "scope_types": scopes,
        "rule": in_force(rules, name),
        "uses": uses(rules, name),
        "replaces": deprecated,
        "removal": removal,
        "who": who,
        "cells": cells,
    })
}

fn declared(rules: &Rules, name: &str) -> Option<&'static PolicyDefault> {
    let mut policies = rules.defaults().flat_map(|table| table.policies);
    policies.find(|policy| policy.name == name)
}

/// The text of a rule, and of the service's default if that is another.
fn in_force(rules: &Rules, name: &str) -> Value {
    let text = rules.get(name).map(masked);
    let defaults = rules.defaults().flat_map(|table| {
        let policies = table
            .policies
            .iter()
            .map(|policy| (policy.name, policy.check));
        let rules = table.rules.iter().map(|rule| (rule.name, rule.check));
        policies.chain(rules)
    });
    let default = defaults
        .filter(|(known, _)| *known == name)
        .map(|(_, check)| check)
        .next();
    let default = default.and_then(|check| parse_rule(check).ok());
    let default = default
        .map(|rule| masked(&rule))
        .filter(|default| Some(default) != text.as_ref());
    json!({"text": text, "default": default})
}

/// The rules that a policy refers to, directly or through others.
fn uses(rules: &Rules, name: &str) -> Map<String, Value> {
    let mut seen = BTreeSet::from([name.to_owned()]);
    let mut open = vec![name.to_owned()];
    let mut found = Map::new();
    while let Some(rule) = open.pop().and_then(|name| rules.get(&name)) {
        for name in rule.references() {
            if seen.insert(name.to_owned()) {
                found.insert(name.to_owned(), in_force(rules, name));
                open.push(name.to_owned());
            }
        }
    }
    found
}

/// The text of a rule without the addresses of remote checks, which may contain passwords.
fn masked(rule: &Rule) -> String {
    fn without_addresses(rule: &Rule) -> Rule {
        let all = |rules: &[Rule]| rules.iter().map(without_addresses).collect();
        match rule {
            Rule::And(parts) => Rule::And(all(parts)),
            Rule::Not(inner) => Rule::Not(Box::new(without_addresses(inner))),
            Rule::Or(parts) => Rule::Or(all(parts)),
            Rule::Remote { https, .. } => Rule::Remote {
                https: *https,
                address: "//***".to_owned(),
            },
            other => other.clone(),
        }
    }
    without_addresses(rule).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules(text: &str) -> Rules {
        Rules::new([("p", parse_rule(text).unwrap())])
    }

    #[tokio::test]
    async fn rules_are_analysed_once_for_all_who_ask_and_again_when_they_are_others() {
        let matrix = Arc::new(Matrix::new(vec!["p".to_owned()]));
        let first = rules("role:a");
        let asking = (0..16).map(|_| tokio::spawn(Arc::clone(&matrix).under(first.clone())));
        let asking: Vec<_> = asking.collect();
        let mut texts = Vec::new();
        for text in asking {
            texts.push(text.await.unwrap().unwrap());
        }
        let one = texts.first().unwrap().as_ptr();
        assert!(texts.iter().all(|text| text.as_ptr() == one));

        let other = Arc::clone(&matrix).under(rules("role:b")).await.unwrap();
        let other: Value = serde_json::from_slice(&other).unwrap();
        assert_eq!(other["roles"], json!(["b"]));
    }

    #[tokio::test]
    async fn a_policy_that_is_too_complex_says_so_and_spares_the_others() {
        let parts: Vec<String> = (0..600).map(|i| format!("user_id:%(a{i})s")).collect();
        let complex = parse_rule(&parts.join(" or ")).unwrap();
        let rules = Rules::new([("p", complex), ("q", parse_rule("role:a").unwrap())]);
        let matrix = Arc::new(Matrix::new(vec!["p".to_owned(), "q".to_owned()]));
        let text = matrix.under(rules).await.unwrap();
        let found: Value = serde_json::from_slice(&text).unwrap();
        assert_eq!(found["policies"]["p"]["who"], Value::Null);
        assert_eq!(found["policies"]["p"]["cells"][0][0]["verdict"], "unknown");
        assert_eq!(
            found["policies"]["q"]["who"],
            json!(["callers with the role a"])
        );
    }
}
