//! Explanations of decisions: each check with its result and the values that it compared.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::fmt;

use crate::decide::decision::Decision;
use crate::decide::error::DecisionError;
use crate::decide::program::{Asked, End, Outcome, Program};
use crate::decide::right_operand::RightOperand;
use crate::decide::rules::Rules;
use crate::explain::masked::{MASK, is_secret};
use crate::language::left_operand::LeftOperand;
use crate::language::rule::Rule;
use crate::language::template::Template;
use crate::value::Value;
use crate::value::credentials::{Credentials, TopLevel};
use crate::value::target::PolicyTarget;

mod masked;
mod write;

/// How deep rules are explained. Below, only the result is shown.
const DEEPEST: usize = 300;

/// After how many parts a rule that was shown already is not shown again.
const MOST_REPEATED: usize = 1 << 12;

/// The decision of a policy, check by check. `Display` writes it as an indented tree,
/// [`Explanation::to_json`] as JSON.
///
/// It contains values of the credentials and the target, so it is for operators, not for callers.
/// Values whose names suggest passwords, tokens or keys are masked.
///
/// ```
/// use keystone_policy::{PlainCredentials, Rules, parse_rule};
///
/// let rules = Rules::new([
///     ("admin", parse_rule("role:admin")?),
///     ("proxy:update", parse_rule("rule:admin or user_id:%(owner_id)s")?),
/// ]);
/// let caller = PlainCredentials::new().roles(["member"]).attr("user_id", "u-1");
/// let proxy = std::collections::HashMap::from([("owner_id", "u-2")]);
/// let why = rules.explain("proxy:update", &caller, &proxy);
/// assert_eq!(
///     why.to_string(),
///     "policy `proxy:update` is denied
///   false: (rule:admin or user_id:%(owner_id)s)
///     false: rule:admin
///       false: role:admin, the caller has `member`
///     false: user_id:%(owner_id)s, `u-1` is not `u-2`
/// ",
/// );
/// # Ok::<(), keystone_policy::ParseError>(())
/// ```
#[derive(Clone)]
pub struct Explanation {
    policy: String,
    decision: Result<Decision, DecisionError>,
    tree: Option<Explained>,
}

/// A part of a rule: an operator or a check.
#[derive(Clone, Debug)]
pub struct Explained {
    text: String,
    result: CheckResult,
    detail: String,
    place: String,
    parts: Vec<Self>,
}

/// The result of a part of a rule.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum CheckResult {
    /// It cannot be evaluated; the whole decision fails.
    Error,
    /// False.
    False,
    /// It was not evaluated, because the result was determined before.
    NotAsked,
    /// It needs another server or an asynchronous check.
    Remote,
    /// True.
    True,
}

impl Rules {
    /// Explains the decision of a policy. This takes much longer than the decision itself.
    pub fn explain(
        &self,
        policy: &str,
        creds: &dyn Credentials,
        target: &dyn PolicyTarget,
    ) -> Explanation {
        let decision = self.decide(policy, creds, target);
        let scope =
            matches!(&decision, Ok(Decision::Deny(reason)) if reason.wrong_scope().is_some());
        let walk = Walk {
            rules: self,
            creds,
            target,
            parts: Cell::new(0),
            known: RefCell::default(),
        };
        let found = self.resolve(policy).filter(|_| !scope);
        Explanation {
            policy: policy.to_owned(),
            decision,
            tree: found.map(|(rule, place)| Explained {
                place: place.to_owned(),
                ..walk.explain(rule, 0)
            }),
        }
    }
}

impl Explanation {
    /// The policy that was decided.
    pub fn policy(&self) -> &str {
        &self.policy
    }

    /// The decision.
    ///
    /// # Errors
    /// As [`Rules::decide`].
    pub fn decision(&self) -> Result<&Decision, &DecisionError> {
        self.decision.as_ref()
    }

    /// The rule of the policy, part by part; `None` if there is no such rule, or if the scope of
    /// the token was sufficient to deny.
    pub fn tree(&self) -> Option<&Explained> {
        self.tree.as_ref()
    }

    /// The explanation as JSON: `policy`, `decision` (`allow`, `deny`, `needs` or `error`),
    /// `reason` of a denial or an error, and `tree`, each part of which has `check`, `result`
    /// (`true`, `false`, `not asked`, `remote` or `error`), and, if not empty, `detail`, `place`
    /// and `parts`.
    pub fn to_json(&self) -> String {
        write::json(self)
    }
}

impl Explained {
    /// The text of the part in canonical form.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The result.
    pub fn result(&self) -> CheckResult {
        self.result
    }

    /// What was compared, or what went wrong; may be empty.
    pub fn detail(&self) -> &str {
        &self.detail
    }

    /// Where the rule is written, for the root and for `rule:` checks; may be empty.
    pub fn place(&self) -> &str {
        &self.place
    }

    /// The operands of `and`, `or` and `not`, or the rule that a `rule:` check refers to.
    pub fn parts(&self) -> &[Self] {
        &self.parts
    }

    fn new(rule: &Rule, result: CheckResult) -> Self {
        Self {
            text: rule.to_string(),
            result,
            detail: String::new(),
            place: String::new(),
            parts: Vec::new(),
        }
    }

    fn of_parts(rule: &Rule, parts: Vec<Self>, result: CheckResult) -> Self {
        Self {
            parts,
            ..Self::new(rule, result)
        }
    }

    fn detail_of(mut self, detail: impl Into<String>) -> Self {
        self.detail = detail.into();
        self
    }
}

impl CheckResult {
    /// The result as a string: `true`, `false`, `not asked`, `remote` or `error`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::False => "false",
            Self::NotAsked => "not asked",
            Self::Remote => "remote",
            Self::True => "true",
        }
    }

    fn not(self) -> Self {
        match self {
            Self::True => Self::False,
            Self::False => Self::True,
            other => other,
        }
    }
}

impl From<bool> for CheckResult {
    fn from(yes: bool) -> Self {
        if yes { Self::True } else { Self::False }
    }
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write::text(self, f)
    }
}

impl fmt::Debug for Explanation {
    /// Without the values.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Explanation")
            .field("policy", &self.policy)
            .field("decision", &self.decision)
            .finish_non_exhaustive()
    }
}

struct Walk<'a> {
    rules: &'a Rules,
    creds: &'a dyn Credentials,
    target: &'a dyn PolicyTarget,
    /// How many parts were explained so far.
    parts: Cell<usize>,
    /// The results of referenced rules.
    known: RefCell<HashMap<String, CheckResult>>,
}

impl Walk<'_> {
    fn explain(&self, rule: &Rule, depth: usize) -> Explained {
        self.parts.set(self.parts.get() + 1);
        match rule {
            Rule::True | Rule::False => Explained::new(rule, (*rule == Rule::True).into()),
            Rule::Not(inner) => {
                let inner = self.explain(inner, depth + 1);
                let result = inner.result.not();
                Explained::of_parts(rule, vec![inner], result)
            }
            Rule::And(parts) => self.several(rule, parts, CheckResult::True, depth),
            Rule::Or(parts) => self.several(rule, parts, CheckResult::False, depth),
            Rule::RuleRef(name) => self.reference(rule, name, depth),
            check => self.check(check),
        }
    }

    /// The operands of `and` and `or`, which are evaluated as long as their result is `go_on`.
    fn several(&self, rule: &Rule, parts: &[Rule], go_on: CheckResult, depth: usize) -> Explained {
        let mut result = go_on;
        let mut explained = Vec::new();
        for part in parts {
            if result == go_on {
                let part = self.explain(part, depth + 1);
                result = part.result;
                explained.push(part);
            } else {
                explained.push(Explained::new(part, CheckResult::NotAsked));
            }
        }
        Explained::of_parts(rule, explained, result)
    }

    fn reference(&self, rule: &Rule, name: &str, depth: usize) -> Explained {
        let Some((callee, place)) = self.rules.resolve(name) else {
            return Explained::new(rule, CheckResult::False).detail_of("no such rule is defined");
        };
        let known = self.known.borrow().get(name).copied();
        if let Some(result) = known.filter(|_| self.parts.get() > MOST_REPEATED) {
            return Explained::new(rule, result).detail_of("shown above");
        }
        if depth > DEEPEST {
            // Only cycles and unreasonably deep rules get here.
            let decided = self.rules.decide_unscoped(name, self.creds, self.target);
            return match decided {
                Ok(Decision::Needs(_)) => Explained::new(rule, CheckResult::Remote),
                Ok(decision) => Explained::new(rule, decision.is_allowed().into()),
                Err(error) => {
                    Explained::new(rule, CheckResult::Error).detail_of(error.check().problem())
                }
            };
        }
        let inner = self.explain(callee, depth + 1);
        let result = inner.result;
        self.known.borrow_mut().insert(name.to_owned(), result);
        let place = place.to_owned();
        Explained {
            place,
            ..Explained::of_parts(rule, vec![inner], result)
        }
    }

    fn check(&self, check: &Rule) -> Explained {
        let checks = self.rules.checks();
        let program = Program::compile_check(check, checks);
        let mut run = program.start(0);
        match program.go_on(&mut run, self.creds, self.target) {
            Ok(End::Asks(asked)) => {
                Explained::new(check, CheckResult::Remote).detail_of(match asked {
                    Asked::Remote { .. } => "another server must be asked",
                    Asked::Service(_) => "the check of the service must be awaited",
                })
            }
            Ok(End::Decided(yes)) => {
                let missing = run.trace.checks().any(|(_, said)| said == Outcome::Missing);
                let explained = Explained::new(check, yes.into());
                if missing {
                    explained.detail_of("the target lacks an attribute that it reads")
                } else {
                    explained.detail_of(self.compared(check, yes))
                }
            }
            Err(abort) => {
                Explained::new(check, CheckResult::Error).detail_of(abort.problem.to_string())
            }
        }
    }

    /// The values that a check compared, with secrets masked.
    fn compared(&self, check: &Rule, same: bool) -> String {
        match check {
            Rule::Role(name) => {
                let held = match self.creds.roles().names() {
                    [] => "no role".to_owned(),
                    names => format!("`{}`", names.join("`, `")),
                };
                match Template::parse(name) {
                    Template::Fixed(_) => format!("the caller has {held}"),
                    template => {
                        let wanted = self.right(&template);
                        format!("the rule requires `{wanted}`, the caller has {held}")
                    }
                }
            }
            Rule::Generic { left, .. } if self.rules.checks().get(left).is_some() => String::new(),
            Rule::Generic { left, right } => {
                let right = self.right(&Template::parse(right));
                let Some(left) = self.left(left) else {
                    return "the caller has no such attribute".to_owned();
                };
                match same {
                    true => format!("`{left}` is `{right}`"),
                    false => format!("`{left}` is not `{right}`"),
                }
            }
            _ => String::new(),
        }
    }

    fn left(&self, left: &str) -> Option<String> {
        let path = match LeftOperand::parse(left) {
            LeftOperand::Literal(text) => return Some(text.into()),
            LeftOperand::Path(path) => path,
            LeftOperand::Unreadable(_) => return None,
        };
        let (first, rest) = path.split_first()?;
        let mut value = TopLevel::of(first).value(self.creds)?;
        for name in rest {
            // A list is shown as a whole.
            let Value::Map(map) = value else { break };
            value = map.get(name)?;
        }
        if is_secret(&path.join(".")) {
            return Some(MASK.to_owned());
        }
        Some(masked::text(value))
    }

    fn right(&self, template: &Template) -> String {
        if template.attributes().any(is_secret) {
            return MASK.to_owned();
        }
        match RightOperand::fill(template, self.target) {
            Ok(Some(RightOperand::Value(value))) => masked::text(value),
            Ok(Some(right)) => right.text().to_owned(),
            Ok(None) | Err(_) => String::new(),
        }
    }
}
