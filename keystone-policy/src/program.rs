//! Rules compiled for decisions: a flat list of checks, each with the place to go on at.

use crate::credentials::{Credentials, top_level};
use crate::left::Left;
use crate::program::stack::{Frame, Stack};
use crate::rule::Rule;
use crate::target::PolicyTarget;
use crate::template::{Part, Template, TemplateFault};
use crate::value::Value;

mod stack;

/// Where the steps of a rule end.
const TRUE: u32 = u32::MAX;
const FALSE: u32 = u32::MAX - 1;

/// All rules of a set.
pub(crate) struct Program {
    steps: Vec<Step>,
    /// For each rule, its first step, or `TRUE` or `FALSE`.
    entries: Vec<u32>,
}

/// One check and where to go on after it.
pub(crate) struct Step {
    op: Op,
    /// The number of the rule that holds the check.
    pub(crate) rule: u32,
    /// The text of the check.
    pub(crate) text: Box<str>,
    /// Whether the check stands below an odd number of `not`s of its own rule.
    negative: bool,
    on_true: u32,
    on_false: u32,
}

enum Op {
    Attribute {
        path: Box<[Box<str>]>,
        right: Template,
    },
    Call(u32),
    Literal {
        left: Box<str>,
        right: Template,
    },
    Remote,
    Role(Box<str>),
    RoleTemplate(Template),
    Undefined,
    Unreadable {
        problem: &'static str,
        right: Template,
    },
}

/// What a check said.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Outcome {
    False,
    /// False because the target lacks an attribute.
    Missing,
    True,
    /// False because the rule it refers to does not exist.
    Undefined,
}

/// The first checks of a decision and what they said; the rest is not kept.
#[derive(Clone, Copy, Default)]
pub(crate) struct Trace {
    checks: [Option<(u32, Outcome)>; 6],
}

impl Trace {
    pub(crate) fn checks(&self) -> impl Iterator<Item = (u32, Outcome)> {
        self.checks.iter().flatten().copied()
    }

    fn note(&mut self, step: u32, outcome: Outcome) {
        if let Some(free) = self.checks.iter_mut().find(|check| check.is_none()) {
            *free = Some((step, outcome));
        }
    }
}

/// Why a run broke off, and at which step.
pub(crate) struct Abort {
    pub(crate) step: u32,
    pub(crate) problem: Problem,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Problem {
    Cycle,
    /// A path goes on where the credentials hold a value of this kind.
    Descent(&'static str),
    Left(&'static str),
    Remote,
    Template(TemplateFault),
}

impl Program {
    /// Compiles `rules`; `resolve` gives the number of the rule of a name.
    pub(crate) fn compile<'a>(
        rules: impl Iterator<Item = &'a Rule>,
        resolve: &dyn Fn(&str) -> Option<u32>,
    ) -> Self {
        let mut compiler = Compiler {
            steps: Vec::new(),
            rule: 0,
            resolve,
        };
        let mut entries = Vec::new();
        for rule in rules {
            let entry = compiler.emit(rule, TRUE, FALSE, false);
            entries.push(entry);
            compiler.rule += 1;
        }
        Self {
            steps: compiler.steps,
            entries,
        }
    }

    pub(crate) fn step(&self, at: u32) -> Option<&Step> {
        self.steps.get(at as usize)
    }

    /// Decides a rule.
    pub(crate) fn run(
        &self,
        rule: u32,
        creds: &dyn Credentials,
        target: &dyn PolicyTarget,
        trace: &mut Trace,
    ) -> Result<bool, Abort> {
        self.walk(rule, |at, step, _| {
            let outcome = step
                .op
                .evaluate(creds, target)
                .map_err(|problem| Abort { step: at, problem })?;
            trace.note(at, outcome);
            Ok(outcome == Outcome::True)
        })
    }

    /// Whether some target could make the rule true, as far as can be told by taking each check
    /// that reads the target for what helps most: true, or false below an odd number of `not`s.
    pub(crate) fn possible(&self, rule: u32, creds: &dyn Credentials) -> Result<bool, Abort> {
        self.walk(rule, |at, step, negative| {
            if step.op.reads_target() {
                return Ok(!negative);
            }
            let outcome = step
                .op
                .evaluate(creds, &())
                .map_err(|problem| Abort { step: at, problem })?;
            Ok(outcome == Outcome::True)
        })
    }

    /// Goes from check to check, asking `ask` for each that is no `rule:`. Its last argument says
    /// whether the check stands below an odd number of `not`s, seen from `rule`.
    fn walk(
        &self,
        rule: u32,
        mut ask: impl FnMut(u32, &Step, bool) -> Result<bool, Abort>,
    ) -> Result<bool, Abort> {
        let mut stack = Stack::new();
        let mut negative = false;
        let mut at = self.entry(rule);
        loop {
            let Some(step) = self.step(at) else {
                let Some(frame) = stack.pop() else {
                    return Ok(at == TRUE);
                };
                negative = frame.negative;
                at = if at == TRUE {
                    frame.on_true
                } else {
                    frame.on_false
                };
                continue;
            };
            if let Op::Call(callee) = step.op {
                // Without a circle no rule can wait for more others than there are.
                if stack.len() >= self.entries.len() {
                    return Err(Abort {
                        step: at,
                        problem: Problem::Cycle,
                    });
                }
                stack.push(Frame {
                    on_true: step.on_true,
                    on_false: step.on_false,
                    negative,
                });
                negative ^= step.negative;
                at = self.entry(callee);
                continue;
            }
            at = if ask(at, step, negative ^ step.negative)? {
                step.on_true
            } else {
                step.on_false
            };
        }
    }

    fn entry(&self, rule: u32) -> u32 {
        self.entries.get(rule as usize).copied().unwrap_or(FALSE)
    }
}

struct Compiler<'a> {
    steps: Vec<Step>,
    rule: u32,
    resolve: &'a dyn Fn(&str) -> Option<u32>,
}

impl Compiler<'_> {
    /// Writes the steps of `rule` and gives the first. Steps are written from the last to the
    /// first, so that the place to go on at is known.
    fn emit(&mut self, rule: &Rule, on_true: u32, on_false: u32, negative: bool) -> u32 {
        match rule {
            Rule::True => on_true,
            Rule::False => on_false,
            Rule::Not(inner) => self.emit(inner, on_false, on_true, !negative),
            Rule::And(parts) => parts.iter().rev().fold(on_true, |next, part| {
                self.emit(part, next, on_false, negative)
            }),
            Rule::Or(parts) => parts.iter().rev().fold(on_false, |next, part| {
                self.emit(part, on_true, next, negative)
            }),
            check => {
                let op = self.op(check);
                let text = check.to_string().into();
                self.steps.push(Step {
                    op,
                    rule: self.rule,
                    text,
                    negative,
                    on_true,
                    on_false,
                });
                u32::try_from(self.steps.len() - 1).unwrap_or(FALSE)
            }
        }
    }

    fn op(&self, check: &Rule) -> Op {
        match check {
            Rule::Generic { left, right } => {
                let right = Template::parse(right);
                match Left::parse(left) {
                    Left::Literal(left) => Op::Literal { left, right },
                    Left::Path(path) => Op::Attribute { path, right },
                    Left::Unreadable(problem) => Op::Unreadable { problem, right },
                }
            }
            Rule::Role(name) => match Template::parse(name) {
                Template::Fixed(name) => Op::Role(name.to_lowercase().into()),
                template => Op::RoleTemplate(template),
            },
            Rule::RuleRef(name) => (self.resolve)(name).map_or(Op::Undefined, Op::Call),
            Rule::Remote { .. } => Op::Remote,
            // The caller has handled what is no check.
            Rule::And(_) | Rule::False | Rule::Not(_) | Rule::Or(_) | Rule::True => Op::Undefined,
        }
    }
}

impl Op {
    /// The right side, where it has one in which attributes are filled in.
    fn template(&self) -> Option<&Template> {
        match self {
            Self::Attribute { right, .. }
            | Self::Literal { right, .. }
            | Self::RoleTemplate(right)
            | Self::Unreadable { right, .. } => Some(right),
            Self::Call(_) | Self::Remote | Self::Role(_) | Self::Undefined => None,
        }
    }

    fn reads_target(&self) -> bool {
        matches!(self, Self::Remote) || self.template().is_some_and(Template::reads_target)
    }

    fn evaluate(
        &self,
        creds: &dyn Credentials,
        target: &dyn PolicyTarget,
    ) -> Result<Outcome, Problem> {
        let right = match self
            .template()
            .map(|template| Right::fill(template, target))
        {
            Some(filled) => match filled? {
                Some(right) => right,
                None => return Ok(Outcome::Missing),
            },
            None => Right::Value(Value::Null),
        };
        Ok(Outcome::from(match self {
            Self::Attribute { path, .. } => matches(creds, path, &right)?,
            Self::Literal { left, .. } => right.equals(Value::Str(left)),
            Self::Role(name) => creds.roles().contains_lower(name),
            Self::RoleTemplate(_) => creds.roles().contains(&right.text()),
            Self::Unreadable { problem, .. } => return Err(Problem::Left(problem)),
            Self::Remote => return Err(Problem::Remote),
            Self::Call(_) | Self::Undefined => return Ok(Outcome::Undefined),
        }))
    }
}

impl From<bool> for Outcome {
    fn from(value: bool) -> Self {
        if value { Self::True } else { Self::False }
    }
}

/// A right side with the target's attributes filled in.
enum Right<'a> {
    Value(Value<'a>),
    Text(String),
}

impl<'a> Right<'a> {
    /// `None` when the target lacks an attribute. As in Python, parts are done from left to right.
    fn fill(template: &'a Template, target: &'a dyn PolicyTarget) -> Result<Option<Self>, Problem> {
        let parts = match template {
            Template::Fixed(text) => return Ok(Some(Self::Value(Value::Str(text)))),
            Template::Attribute(name) => return Ok(target.attr(name).map(Self::Value)),
            Template::Mixed(parts) => parts,
        };
        let mut text = String::new();
        for part in parts {
            match part {
                Part::Text(literal) => text.push_str(literal),
                Part::Attribute(name) => match target.attr(name) {
                    Some(value) => text.push_str(&value.text()),
                    None => return Ok(None),
                },
                Part::Fault {
                    attribute: Some(name),
                    ..
                } if target.attr(name).is_none() => return Ok(None),
                Part::Fault { fault, .. } => return Err(Problem::Template(*fault)),
            }
        }
        Ok(Some(Self::Text(text)))
    }

    fn equals(&self, value: Value<'_>) -> bool {
        match self {
            Self::Value(own) => own.same_text(value),
            Self::Text(text) => value.is_text(text),
        }
    }

    fn text(&self) -> std::borrow::Cow<'_, str> {
        match self {
            Self::Value(value) => value.text(),
            Self::Text(text) => text.into(),
        }
    }
}

/// Whether the credential at `path` has the text of `right`; of a list, whether one of its items has.
fn matches(creds: &dyn Credentials, path: &[Box<str>], right: &Right<'_>) -> Result<bool, Problem> {
    let Some((first, rest)) = path.split_first() else {
        return Ok(false);
    };
    match top_level(creds, first) {
        Some(value) => any_matches(value, rest, right),
        None => Ok(false),
    }
}

fn any_matches(value: Value<'_>, path: &[Box<str>], right: &Right<'_>) -> Result<bool, Problem> {
    let Value::List(list) = value else {
        return one_matches(value, path, right);
    };
    let mut index = 0;
    while let Some(item) = list.at(index) {
        if one_matches(item, path, right)? {
            return Ok(true);
        }
        index += 1;
    }
    Ok(false)
}

fn one_matches(value: Value<'_>, path: &[Box<str>], right: &Right<'_>) -> Result<bool, Problem> {
    match (path.split_first(), value) {
        (None, value) => Ok(right.equals(value)),
        (Some((name, rest)), Value::Map(map)) => match map.get(name) {
            Some(value) => any_matches(value, rest, right),
            None => Ok(false),
        },
        (Some(_), value) => Err(Problem::Descent(value.kind())),
    }
}
