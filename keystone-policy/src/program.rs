//! Rules compiled for decisions: a flat list of checks, each with the place to go on at.

use std::sync::Arc;

use crate::credentials::{Credentials, TopLevel};
use crate::extension::{CheckRequest, Checks, ExtensionCheck};
use crate::left::Left;
use crate::program::stack::{Frame, Stack};
use crate::remote::Address;
use crate::right::{Right, descend};
use crate::rule::Rule;
use crate::target::PolicyTarget;
use crate::template::{Template, TemplateFault};
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
        name: TopLevel,
        rest: Box<[Box<str>]>,
        right: Template,
    },
    Call(u32),
    Extension {
        check: Arc<dyn ExtensionCheck>,
        kind: Box<str>,
        right: Box<str>,
    },
    Literal {
        left: Box<str>,
        right: Template,
    },
    Remote(Address),
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
    checks: [Option<(u32, Outcome)>; Self::LENGTH],
}

impl Trace {
    pub(crate) const LENGTH: usize = 6;

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

#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Problem {
    Cycle,
    /// A path goes on where the credentials hold a value of this kind.
    Descent(&'static str),
    /// What an extension says about its failure.
    Extension(String),
    Left(&'static str),
    /// Why another server must not be asked.
    Remote(&'static str),
    Template(TemplateFault),
}

/// Where a run ends for now.
pub(crate) enum End {
    Decided(bool),
    /// Another server must be asked first.
    Asks {
        url: String,
    },
}

/// A run under way. It can be copied at a remote check and go on with either answer.
#[derive(Clone)]
pub(crate) struct Run {
    at: u32,
    stack: Stack,
    negative: bool,
    pub(crate) trace: Trace,
}

impl Run {
    /// The step of the check whose answer is awaited.
    pub(crate) fn waits_at(&self) -> u32 {
        self.at
    }
}

impl Program {
    /// Compiles `rules`; `resolve` gives the number of the rule of a name.
    pub(crate) fn compile<'a>(
        rules: impl Iterator<Item = &'a Rule>,
        resolve: &dyn Fn(&str) -> Option<u32>,
        checks: &Checks,
    ) -> Self {
        let mut compiler = Compiler {
            steps: Vec::new(),
            rule: 0,
            resolve,
            checks,
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

    /// Begins to decide a rule.
    pub(crate) fn start(&self, rule: u32) -> Run {
        Run {
            at: self.entry(rule),
            stack: Stack::new(),
            negative: false,
            trace: Trace::default(),
        }
    }

    /// Goes on until the run is decided or must ask another server.
    pub(crate) fn go_on(
        &self,
        run: &mut Run,
        creds: &dyn Credentials,
        target: &dyn PolicyTarget,
    ) -> Result<End, Abort> {
        while let Some((at, step, negative)) = self.next_check(run)? {
            let abort = |problem| Abort { step: at, problem };
            let outcome = match &step.op {
                Op::Remote(address) => match address.url(target).map_err(abort)? {
                    Some(url) => return Ok(End::Asks { url }),
                    // oslo.policy raises here, or makes false of the whole rule.
                    None if negative => {
                        return Err(abort(Problem::Remote(
                            "the target lacks an attribute that its address reads",
                        )));
                    }
                    None => Outcome::Missing,
                },
                op => op.evaluate(creds, target).map_err(abort)?,
            };
            run.trace.note(at, outcome);
            run.at = step.after(outcome == Outcome::True);
        }
        Ok(End::Decided(run.at == TRUE))
    }

    /// The check at which `run` waits, answered by another server.
    pub(crate) fn answer(&self, run: &mut Run, yes: bool) {
        if let Some(step) = self.step(run.at) {
            run.trace.note(run.at, Outcome::from(yes));
            run.at = step.after(yes);
        }
    }

    /// Whether some target could make the rule true, as far as can be told by taking each check
    /// that reads the target for what helps most: true, or false below an odd number of `not`s.
    pub(crate) fn possible(&self, rule: u32, creds: &dyn Credentials) -> Result<bool, Abort> {
        let mut run = self.start(rule);
        while let Some((at, step, negative)) = self.next_check(&mut run)? {
            let yes = if step.op.reads_target() {
                !negative
            } else {
                let outcome = step.op.evaluate(creds, &());
                outcome.map_err(|problem| Abort { step: at, problem })? == Outcome::True
            };
            run.at = step.after(yes);
        }
        Ok(run.at == TRUE)
    }

    /// The next check that is no `rule:`, and whether it stands below an odd number of `not`s,
    /// seen from the rule that was asked for. None when the run has come to its end.
    #[inline]
    fn next_check(&self, run: &mut Run) -> Result<Option<(u32, &Step, bool)>, Abort> {
        loop {
            let Some(step) = self.step(run.at) else {
                let Some(frame) = run.stack.pop() else {
                    return Ok(None);
                };
                run.negative = frame.negative;
                run.at = if run.at == TRUE {
                    frame.on_true
                } else {
                    frame.on_false
                };
                continue;
            };
            let Op::Call(callee) = step.op else {
                return Ok(Some((run.at, step, run.negative ^ step.negative)));
            };
            // Without a circle no rule can wait for more others than there are.
            if run.stack.len() >= self.entries.len() {
                return Err(Abort {
                    step: run.at,
                    problem: Problem::Cycle,
                });
            }
            run.stack.push(Frame {
                on_true: step.on_true,
                on_false: step.on_false,
                negative: run.negative,
            });
            run.negative ^= step.negative;
            run.at = self.entry(callee);
        }
    }

    fn entry(&self, rule: u32) -> u32 {
        self.entries.get(rule as usize).copied().unwrap_or(FALSE)
    }
}

impl Step {
    fn after(&self, yes: bool) -> u32 {
        if yes { self.on_true } else { self.on_false }
    }
}

struct Compiler<'a> {
    steps: Vec<Step>,
    rule: u32,
    resolve: &'a dyn Fn(&str) -> Option<u32>,
    checks: &'a Checks,
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
            Rule::Generic { left, right } => match self.checks.get(left) {
                Some(check) => Op::Extension {
                    check: Arc::clone(check),
                    kind: left.as_str().into(),
                    right: right.as_str().into(),
                },
                None => Op::generic(left, right),
            },
            Rule::Role(name) => match Template::parse(name) {
                Template::Fixed(name) => Op::Role(name.to_lowercase().into()),
                template => Op::RoleTemplate(template),
            },
            Rule::RuleRef(name) => (self.resolve)(name).map_or(Op::Undefined, Op::Call),
            Rule::Remote { https, address } => Op::Remote(Address::parse(*https, address)),
            // The caller has handled what is no check.
            Rule::And(_) | Rule::False | Rule::Not(_) | Rule::Or(_) | Rule::True => Op::Undefined,
        }
    }
}

impl Op {
    fn generic(left: &str, right: &str) -> Self {
        let right = Template::parse(right);
        match Left::parse(left) {
            Left::Literal(left) => Self::Literal { left, right },
            Left::Path(path) => {
                let mut path = path.into_iter();
                let first = path.next().unwrap_or_default();
                Self::Attribute {
                    name: TopLevel::of(&first),
                    rest: path.collect(),
                    right,
                }
            }
            Left::Unreadable(problem) => Self::Unreadable { problem, right },
        }
    }

    fn reads_target(&self) -> bool {
        match self {
            Self::Attribute { right, .. }
            | Self::Literal { right, .. }
            | Self::RoleTemplate(right)
            | Self::Unreadable { right, .. } => right.reads_target(),
            Self::Extension { .. } | Self::Remote(_) => true,
            Self::Call(_) | Self::Role(_) | Self::Undefined => false,
        }
    }

    fn evaluate(
        &self,
        creds: &dyn Credentials,
        target: &dyn PolicyTarget,
    ) -> Result<Outcome, Problem> {
        let right = match self {
            Self::Role(name) => return Ok(creds.roles().contains_lower(name).into()),
            Self::Extension { check, kind, right } => {
                let request = CheckRequest::new(kind, right, creds, target);
                return match check.check(&request) {
                    Ok(yes) => Ok(yes.into()),
                    Err(problem) => Err(Problem::Extension(problem)),
                };
            }
            Self::Attribute { right, .. }
            | Self::Literal { right, .. }
            | Self::RoleTemplate(right)
            | Self::Unreadable { right, .. } => right,
            Self::Call(_) | Self::Remote(_) | Self::Undefined => return Ok(Outcome::Undefined),
        };
        let Some(right) = Right::fill(right, target).map_err(Problem::Template)? else {
            return Ok(Outcome::Missing);
        };
        Ok(Outcome::from(match self {
            Self::Attribute { name, rest, .. } => match name.value(creds) {
                Some(value) => descend(value, rest, right).map_err(Problem::Descent)?,
                None => false,
            },
            Self::Literal { left, .. } => right.equals(Value::Str(left)),
            Self::Unreadable { problem, .. } => return Err(Problem::Left(problem)),
            _ => right.is_role(creds.roles()),
        }))
    }
}

impl From<bool> for Outcome {
    fn from(value: bool) -> Self {
        if value { Self::True } else { Self::False }
    }
}
