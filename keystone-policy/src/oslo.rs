//! Rules and decisions read exactly as oslo.policy reads them, with its exceptions by name: for
//! tools that hold the two against each other. Services take an [`Enforcer`](crate::Enforcer).

use std::fmt;

use crate::decide::decision::Decision;
use crate::decide::entry::DEFAULT_RULE;
use crate::decide::problem::Problem;
use crate::decide::rules::Rules;
use crate::language::lenient::{TooDeep, parse_leniently};
use crate::language::operands::Operands;
use crate::language::parse::{combine_lists, parse_check};
use crate::language::rule::Rule;
use crate::sources::merge;
use crate::value::credentials::{CredentialName, Credentials, system};
use crate::value::target::PolicyTarget;
use crate::value::{List, Value};

mod conversion;
mod depth;
mod document;
mod left_operand;
mod line;
mod lines;
mod reader;
mod template;

pub use lines::{LineResult, evaluate_line};

/// Operands as Python reads them.
const OPERANDS: Operands = Operands {
    left: left_operand::read,
    right: template::read,
};

/// The class of the exception where another server would have to be asked: what Python raises when it
/// cannot be reached.
const REMOTE: &str = "ConnectionError";

/// What oslo.policy, or Python beneath it, would have raised.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Exception {
    class: &'static str,
    message: String,
}

impl Exception {
    fn new(class: &'static str, message: impl Into<String>) -> Self {
        Self {
            class,
            message: message.into(),
        }
    }

    /// The exception for credentials that are no mapping.
    pub fn invalid_context(creds: Value<'_>) -> Self {
        Self::new(
            "InvalidContextObject",
            format!(
                "Invalid context object: expected a mapping as credentials, not {}.",
                creds.kind()
            ),
        )
    }

    fn recursion() -> Self {
        Self::new("RecursionError", depth::TOO_DEEP)
    }

    fn not_iterable(value: Value<'_>) -> Self {
        Self::new("TypeError", format!("{} is not iterable", value.kind()))
    }

    /// The name of its class, such as `InvalidScope` or `TypeError`.
    pub fn class(&self) -> &'static str {
        self.class
    }

    /// What it says.
    pub fn message(&self) -> &str {
        &self.message
    }
}

impl fmt::Display for Exception {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.class, self.message)
    }
}

impl std::error::Error for Exception {}

/// Reads a rule exactly as oslo.policy does: what it cannot read is `!`, and so is a word without a
/// colon. A tree that is too deep to be looked at is `!` too. Enforcement takes
/// [`parse_rule`](crate::parse_rule).
///
/// ```
/// use keystone_policy::Rule;
/// use keystone_policy::oslo::parse_rule;
///
/// assert_eq!(parse_rule("role:admin or"), Rule::False);
/// assert_eq!(parse_rule("not admin").to_string(), "not !");
/// ```
pub fn parse_rule(text: &str) -> Rule {
    parse_leniently(text).unwrap_or(Rule::False)
}

/// Reads a rule from a value of a policy file, whatever its type: a text, the older list of lists,
/// and everything that Python takes for one. What is false to Python is "always".
///
/// # Errors
/// A `TypeError` for what Python cannot iterate over: true, and numbers other than 0. A
/// `RecursionError` for a row of so many `not`s that Python cannot read it.
///
/// ```
/// use keystone_policy::Value;
/// use keystone_policy::oslo::read_rule;
///
/// assert_eq!(read_rule(Value::Str("not admin")).unwrap().to_string(), "not !");
/// assert_eq!(read_rule(Value::Null).unwrap().to_string(), "@");
/// assert_eq!(read_rule(Value::Bool(true)).unwrap_err().class(), "TypeError");
/// ```
pub fn read_rule(value: Value<'_>) -> Result<Rule, Exception> {
    match value {
        Value::Str(text) => match parse_leniently(text) {
            Ok(rule) => Ok(rule),
            Err(TooDeep::ToFollow) => Ok(depth::unfollowable()),
            Err(TooDeep::ToRead) => Err(Exception::recursion()),
        },
        value if !value.is_truthy() => Ok(Rule::True),
        value => {
            let mut alternatives = Vec::new();
            each_item(value, &mut |inner| {
                if let Some(checks) = read_inner(inner)? {
                    alternatives.push(checks);
                }
                Ok(())
            })?;
            Ok(match alternatives.is_empty() {
                true => Rule::False,
                false => combine_lists(alternatives),
            })
        }
    }
}

/// The checks of an inner list; none when it is empty.
fn read_inner(value: Value<'_>) -> Result<Option<Vec<Rule>>, Exception> {
    if !value.is_truthy() {
        return Ok(None);
    }
    if let Value::Str(text) = value {
        return Ok(Some(vec![read_item(Value::Str(text))]));
    }
    let mut checks = Vec::new();
    each_item(value, &mut |item| {
        checks.push(read_item(item));
        Ok(())
    })?;
    Ok(Some(checks))
}

fn read_item(value: Value<'_>) -> Rule {
    match value {
        Value::Str(text) => parse_check(text).unwrap_or(Rule::False),
        _ => Rule::False,
    }
}

/// Goes through what Python would iterate over: the items of a list, the keys of a mapping.
fn each_item(
    value: Value<'_>,
    visit: &mut dyn FnMut(Value<'_>) -> Result<(), Exception>,
) -> Result<(), Exception> {
    match value {
        Value::List(list) => items(list).try_for_each(visit),
        Value::Map(map) => {
            let mut result = Ok(());
            map.each(&mut |name, _| {
                if result.is_ok() {
                    result = visit(Value::Str(name));
                }
            });
            result
        }
        other => Err(Exception::not_iterable(other)),
    }
}

fn items(list: &dyn List) -> impl Iterator<Item = Value<'_>> {
    (0..).map_while(|index| list.at(index))
}

/// A policy that a service registers.
#[derive(Clone, Debug)]
pub struct Registered {
    name: String,
    check: String,
    rule: Rule,
    scope_types: Vec<String>,
    deprecated: Option<Old>,
}

/// What a registered policy replaced.
#[derive(Clone, Debug)]
struct Old {
    name: String,
    check: String,
    rule: Rule,
}

impl Registered {
    /// A policy of this name and rule, for any scope.
    ///
    /// # Errors
    /// As [`read_rule`].
    pub fn new(name: impl Into<String>, check: Value<'_>) -> Result<Self, Exception> {
        Ok(Self {
            name: name.into(),
            check: check.text().into_owned(),
            rule: read_rule(check)?,
            scope_types: Vec::new(),
            deprecated: None,
        })
    }

    /// Limits it to tokens of these scopes.
    ///
    /// # Errors
    /// A `ValueError` when one is given twice.
    pub fn scope_types(mut self, scope_types: Vec<String>) -> Result<Self, Exception> {
        let twice = scope_types
            .iter()
            .enumerate()
            .any(|(index, scope)| scope_types.iter().take(index).any(|other| other == scope));
        if twice {
            return Err(Exception::new("ValueError", "scope_types must be unique"));
        }
        self.scope_types = scope_types;
        Ok(self)
    }

    /// Says what it replaced.
    ///
    /// # Errors
    /// As [`read_rule`].
    pub fn deprecated(
        mut self,
        name: impl Into<String>,
        check: Value<'_>,
    ) -> Result<Self, Exception> {
        self.deprecated = Some(Old {
            name: name.into(),
            check: check.text().into_owned(),
            rule: read_rule(check)?,
        });
        Ok(self)
    }

    fn to_merge(&self, followed: &mut dyn FnMut(&Rule) -> Rule) -> merge::Registered {
        let registered = merge::Registered::new(&self.name, followed(&self.rule), &self.check);
        match &self.deprecated {
            Some(old) => registered.deprecated(&old.name, followed(&old.rule), &old.check, ""),
            None => registered,
        }
    }
}

/// What an [`OsloEnforcer`] is made of: registered policies, and the rules of a policy file.
#[derive(Clone, Debug)]
#[must_use]
pub struct Plan {
    file: Vec<(String, Rule)>,
    registered: Vec<Registered>,
    default_rule: String,
    enforce_new_defaults: bool,
    enforce_scope: bool,
}

impl Default for Plan {
    fn default() -> Self {
        Self::new()
    }
}

impl Plan {
    /// Nothing yet, with the settings that oslo.policy has by default.
    pub fn new() -> Self {
        Self {
            file: Vec::new(),
            registered: Vec::new(),
            default_rule: DEFAULT_RULE.to_owned(),
            enforce_new_defaults: true,
            enforce_scope: true,
        }
    }

    /// Sets the name of the rule that stands in for those which are not defined.
    pub fn default_rule(mut self, name: impl Into<String>) -> Self {
        self.default_rule = name.into();
        self
    }

    /// Whether the rule that a registered policy replaced is out of force; otherwise it allows too.
    pub fn enforce_new_defaults(mut self, enforce: bool) -> Self {
        self.enforce_new_defaults = enforce;
        self
    }

    /// Whether scope types count. Releases before 6.0 of oslo.policy could turn them off.
    pub fn enforce_scope(mut self, enforce: bool) -> Self {
        self.enforce_scope = enforce;
        self
    }

    /// Registers a policy.
    ///
    /// # Errors
    /// A `DuplicatePolicyError` when one of this name is registered.
    pub fn register(&mut self, policy: Registered) -> Result<(), Exception> {
        if self.is_registered(&policy.name) {
            return Err(Exception::new(
                "DuplicatePolicyError",
                format!("Policy {} is already registered", policy.name),
            ));
        }
        self.registered.push(policy);
        Ok(())
    }

    /// Fails as `authorize` does for a policy that is not registered.
    ///
    /// # Errors
    /// A `PolicyNotRegistered`.
    pub fn require_registered(&self, name: &str) -> Result<(), Exception> {
        match self.is_registered(name) {
            true => Ok(()),
            false => Err(Exception::new(
                "PolicyNotRegistered",
                format!("Policy {name} has not been registered"),
            )),
        }
    }

    /// Sets a rule, as a policy file does. Of two of one name the later counts.
    pub fn set(&mut self, name: impl Into<String>, rule: Rule) {
        let name = name.into();
        self.file.retain(|(known, _)| *known != name);
        self.file.push((name, rule));
    }

    /// Puts the registered policies under the rules of the file.
    pub fn build(self) -> OsloEnforcer {
        let mut builder = Rules::builder()
            .default_rule(self.default_rule)
            .enforce_new_defaults(self.enforce_new_defaults)
            // Done here, where the message of the exception is known.
            .enforce_scope(false)
            .operands(OPERANDS);
        let mut deep = false;
        let mut followed = |rule: &Rule| {
            let rule = depth::cut(rule.clone());
            deep |= depth::is_cut(&rule);
            rule
        };
        for policy in &self.registered {
            builder = builder.register(policy.to_merge(&mut followed));
        }
        for (name, rule) in &self.file {
            builder = builder.rule(name.as_str(), followed(rule));
        }
        if deep {
            builder = builder.rule(depth::UNFOLLOWABLE, depth::unfollowable());
        }
        let rules = builder.build_unique();
        OsloEnforcer {
            rules,
            registered: self.registered,
            enforce_scope: self.enforce_scope,
        }
    }

    fn is_registered(&self, name: &str) -> bool {
        self.registered.iter().any(|policy| policy.name == name)
    }
}

/// Decides as an `Enforcer` of oslo.policy would.
///
/// ```
/// use keystone_policy::oslo::{Plan, Registered, read_rule};
/// use keystone_policy::{PlainCredentials, Value};
///
/// let mut plan = Plan::new();
/// plan.register(Registered::new("a:get", Value::Str("role:reader"))?.scope_types(vec!["system".to_owned()])?)?;
/// plan.set("a:list", read_rule(Value::Str("rule:a:get"))?);
/// let enforcer = plan.build();
/// let reader = PlainCredentials::new().roles(["reader"]);
/// assert!(enforcer.enforce("a:list", &reader, &())?);
/// assert!(!enforcer.enforce("a:get", &reader, &())?);
/// let raised = enforcer.enforce_or_raise("a:get", &reader, &()).unwrap_err();
/// assert_eq!(raised.class(), "InvalidScope");
/// # Ok::<(), keystone_policy::oslo::Exception>(())
/// ```
#[derive(Clone, Debug)]
pub struct OsloEnforcer {
    rules: Rules,
    registered: Vec<Registered>,
    enforce_scope: bool,
}

impl OsloEnforcer {
    /// Decides a policy by its name.
    ///
    /// # Errors
    /// What Python would raise while it evaluates the rule.
    pub fn enforce(
        &self,
        policy: &str,
        creds: &dyn Credentials,
        target: &dyn PolicyTarget,
    ) -> Result<bool, Exception> {
        if self.wrong_scope(policy, creds).is_some() {
            return Ok(false);
        }
        self.decide(policy, creds, target)
    }

    /// As [`OsloEnforcer::enforce`] with `do_raise`: a refusal is an exception too.
    ///
    /// # Errors
    /// As [`OsloEnforcer::enforce`]; an `InvalidScope` for a token of another scope, and a
    /// `PolicyNotAuthorized` for any other refusal.
    pub fn enforce_or_raise(
        &self,
        policy: &str,
        creds: &dyn Credentials,
        target: &dyn PolicyTarget,
    ) -> Result<bool, Exception> {
        if let Some(message) = self.wrong_scope(policy, creds) {
            return Err(Exception::new("InvalidScope", message));
        }
        match self.decide(policy, creds, target)? {
            true => Ok(true),
            false => Err(Exception::new(
                "PolicyNotAuthorized",
                format!("{policy} is disallowed by policy"),
            )),
        }
    }

    fn decide(
        &self,
        policy: &str,
        creds: &dyn Credentials,
        target: &dyn PolicyTarget,
    ) -> Result<bool, Exception> {
        match self.rules.decide(policy, creds, target) {
            Ok(Decision::Allow) => Ok(true),
            Ok(Decision::Deny(_)) => Ok(false),
            Ok(Decision::Needs(call)) => {
                let error = call.refuse("no server is asked here");
                Err(Exception::new(REMOTE, error.to_string()))
            }
            Err(error) if error.check().rule() == depth::UNFOLLOWABLE => {
                Err(Exception::new("TypeError", depth::TOO_DEEP))
            }
            Err(error) => {
                let class = error.check().cause.as_deref().map_or("", exception_of);
                Err(Exception::new(class, error.to_string()))
            }
        }
    }

    /// What is wrong with the scope of the credentials, if it is.
    fn wrong_scope(&self, policy: &str, creds: &dyn Credentials) -> Option<String> {
        let policy = self.registered.iter().find(|known| known.name == policy)?;
        // A rule that is found at all is asked for its scope first, so a policy must be defined.
        if !self.enforce_scope || policy.scope_types.is_empty() {
            return None;
        }
        let set = |value: Option<Value<'_>>| value.is_some_and(Value::is_truthy);
        let domain = creds.standard(CredentialName::DomainId);
        let scope = match (set(system(creds)), set(domain)) {
            (true, _) => "system",
            (false, true) => "domain",
            (false, false) => "project",
        };
        if policy.scope_types.iter().any(|wanted| wanted == scope) {
            return None;
        }
        let wanted = Value::List(&policy.scope_types).text();
        let Registered { name, check, .. } = policy;
        Some(format!(
            "\"{name}\": \"{check}\" requires a scope of {wanted}, request was made with {scope} scope."
        ))
    }
}

/// The class of what oslo.policy raises, or Python beneath it, where a decision breaks off.
fn exception_of(problem: &Problem) -> &'static str {
    match problem {
        // Python gives up at its recursion limit, within a function that makes this of it.
        Problem::Cycle | Problem::Descent(_) => "TypeError",
        Problem::Extension(_) => "Exception",
        Problem::LeftOperand(_) => "SyntaxError",
        Problem::Remote(_) => REMOTE,
        Problem::Template(fault) => conversion::exception_of(*fault),
    }
}
