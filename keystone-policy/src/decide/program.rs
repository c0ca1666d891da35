//! Rules compiled for decisions: a flat list of checks with jumps.

use crate::decide::extension::{CheckFuture, CheckRequest, Checks, ServiceCheck};
use crate::decide::problem::{Abort, Problem};
use crate::decide::program::stack::{Frame, Stack};
use crate::decide::remote::Address;
use crate::decide::right_operand::{RightOperand, descend};
use crate::language::left_operand::LeftOperand;
use crate::language::operands::Operands;
use crate::language::rule::Rule;
use crate::language::template::Template;
use crate::value::Value;
use crate::value::credentials::{Credentials, TopLevel};
use crate::value::target::PolicyTarget;

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

/// One check and where to continue after it.
pub(crate) struct Step {
    op: Op,
    /// The number of the rule that holds the check.
    pub(crate) rule: u32,
    /// The text of the check.
    pub(crate) text: Box<str>,
    /// Whether the check is below an odd number of `not`s in its own rule.
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
        check: ServiceCheck,
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

/// The result of a check.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Outcome {
    False,
    /// False because the target lacks an attribute.
    Missing,
    True,
    /// False because the rule it refers to does not exist.
    Undefined,
}

/// The first checks of a decision and their results; the rest is not recorded.
#[derive(Clone, Copy)]
pub(crate) struct Trace {
    checks: [(u32, Outcome); Self::LENGTH],
    length: u8,
}

impl Trace {
    pub(crate) const LENGTH: usize = 6;

    fn new() -> Self {
        Self {
            checks: [(0, Outcome::False); Self::LENGTH],
            length: 0,
        }
    }

    pub(crate) fn checks(&self) -> impl Iterator<Item = (u32, Outcome)> {
        self.checks.iter().take(self.length.into()).copied()
    }

    #[inline]
    fn note(&mut self, step: u32, outcome: Outcome) {
        if let Some(free) = self.checks.get_mut(usize::from(self.length)) {
            *free = (step, outcome);
            self.length += 1;
        }
    }
}

/// Where a run stops.
pub(crate) enum End {
    Decided(bool),
    /// The result of a check is needed first.
    Asks(Asked),
}

/// What a run waits for.
pub(crate) enum Asked {
    Remote { url: String },
    Service(CheckFuture),
}

/// The state of a run. It can be cloned at a remote check to continue with either result.
#[derive(Clone)]
pub(crate) struct Run {
    at: u32,
    stack: Stack,
    /// Whether the rule being evaluated is below an odd number of `not`s.
    negative: bool,
    /// Whether it ended in a cycle of rules.
    circle: bool,
    pub(crate) trace: Trace,
}

impl Run {
    /// The step of the check whose result is awaited.
    pub(crate) fn waits_at(&self) -> u32 {
        self.at
    }

    #[cold]
    fn abort(&self, problem: Problem) -> Abort {
        self.broken(Box::new(problem))
    }

    #[cold]
    fn broken(&self, problem: Box<Problem>) -> Abort {
        Abort {
            step: self.at,
            problem,
        }
    }

    fn end(&self) -> Result<bool, Abort> {
        if self.circle {
            return Err(self.abort(Problem::Cycle));
        }
        Ok(self.at == TRUE)
    }
}

impl Program {
    /// Compiles `rules`; `resolve` maps a name to the number of its rule.
    pub(crate) fn compile<'a>(
        rules: impl Iterator<Item = &'a Rule>,
        resolve: &dyn Fn(&str) -> Option<u32>,
        checks: &Checks,
        operands: Operands,
    ) -> Self {
        let rules: Vec<&Rule> = rules.collect();
        let mut compiler = Compiler {
            steps: Vec::new(),
            rules: &rules,
            rule: 0,
            resolve,
            checks,
            operands,
            depth: 0,
            limit: 0,
        };
        let mut entries = Vec::new();
        for (number, rule) in (0..).zip(&rules) {
            compiler.rule = number;
            compiler.limit = compiler.steps.len() + MOST_IN_PLACE;
            entries.push(compiler.emit(rule, TRUE, FALSE, false));
        }
        Self {
            steps: compiler.steps,
            entries,
        }
    }

    /// A program of a single check, which must not be a `rule:`.
    pub(crate) fn compile_check(check: &Rule, checks: &Checks) -> Self {
        let rules = std::iter::once(check);
        Self::compile(rules, &|_| None, checks, Operands::default())
    }

    pub(crate) fn step(&self, at: u32) -> Option<&Step> {
        self.steps.get(at as usize)
    }

    /// Starts the decision of a rule.
    pub(crate) fn start(&self, rule: u32) -> Run {
        Run {
            at: self.entry(rule),
            stack: Stack::new(),
            negative: false,
            circle: false,
            trace: Trace::new(),
        }
    }

    /// Runs until the decision is made or a result is needed.
    pub(crate) fn go_on(
        &self,
        run: &mut Run,
        creds: &dyn Credentials,
        target: &dyn PolicyTarget,
    ) -> Result<End, Abort> {
        while let Some(step) = self.next_check(run) {
            let outcome = match &step.op {
                Op::Role(name) => creds.roles().contains_lower(name).into(),
                Op::Extension {
                    check: ServiceCheck::Async(check),
                    kind,
                    right,
                } => {
                    let future = check.begin(&CheckRequest::new(kind, right, creds, target));
                    return Ok(End::Asks(Asked::Service(future)));
                }
                Op::Remote(address) => match address.url(target) {
                    Ok(Some(url)) => return Ok(End::Asks(Asked::Remote { url })),
                    // oslo.policy raises an exception here, or the whole rule is false.
                    Ok(None) if run.negative ^ step.negative => {
                        return Err(run.abort(Problem::Remote(
                            "the target lacks an attribute that its address reads",
                        )));
                    }
                    Ok(None) => Outcome::Missing,
                    Err(problem) => return Err(run.abort(problem)),
                },
                op => match op.evaluate(creds, target) {
                    Ok(outcome) => outcome,
                    Err(problem) => return Err(run.broken(problem)),
                },
            };
            run.trace.note(run.at, outcome);
            run.at = step.after(outcome == Outcome::True);
        }
        run.end().map(End::Decided)
    }

    /// Continues with the result of the check at which `run` waits.
    pub(crate) fn resume(&self, run: &mut Run, yes: bool) {
        if let Some(step) = self.step(run.at) {
            run.trace.note(run.at, Outcome::from(yes));
            run.at = step.after(yes);
        }
    }

    /// Whether some target could make the rule true, assuming of each check that reads the target
    /// the most favourable result: true, or false below an odd number of `not`s.
    pub(crate) fn possible(&self, rule: u32, creds: &dyn Credentials) -> Result<bool, Abort> {
        let mut run = self.start(rule);
        while let Some(step) = self.next_check(&mut run) {
            let yes = if step.op.reads_target() {
                !(run.negative ^ step.negative)
            } else {
                match step.op.evaluate(creds, &()) {
                    Ok(outcome) => outcome == Outcome::True,
                    Err(problem) => return Err(run.broken(problem)),
                }
            };
            run.at = step.after(yes);
        }
        run.end()
    }

    /// Advances to the next check that is not a `rule:`; `None` at the end.
    #[inline]
    fn next_check(&self, run: &mut Run) -> Option<&Step> {
        match self.step(run.at) {
            Some(step) if !matches!(step.op, Op::Call(_)) => Some(step),
            None if run.stack.len() == 0 => None,
            _ => self.through_calls(run),
        }
    }

    /// Calls rules and returns from them until there is a check to evaluate.
    #[inline]
    fn through_calls(&self, run: &mut Run) -> Option<&Step> {
        loop {
            let Some(step) = self.step(run.at) else {
                let frame = run.stack.pop()?;
                let yes = run.at == TRUE;
                let call = self.step(frame.step)?;
                if let Op::Call(callee) = call.op
                    && run.stack.keeps()
                {
                    run.stack.keep(callee, run.negative, yes);
                }
                run.negative = frame.negative;
                run.at = call.after(yes);
                continue;
            };
            let Op::Call(callee) = step.op else {
                return Some(step);
            };
            let negative = run.negative ^ step.negative;
            // Results are cached by polarity: a missing attribute in the address of a remote check
            // makes the decision fail below a `not`, and the check false elsewhere.
            if let Some(yes) = run.stack.known(callee, negative) {
                run.at = step.after(yes);
                continue;
            }
            // Without a cycle, the stack cannot be deeper than the number of rules.
            if run.stack.len() >= self.entries.len() {
                run.circle = true;
                return None;
            }
            run.stack.push(Frame {
                step: run.at,
                negative: run.negative,
            });
            run.negative = negative;
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
    rules: &'a [&'a Rule],
    /// The rule being compiled.
    rule: u32,
    resolve: &'a dyn Fn(&str) -> Option<u32>,
    checks: &'a Checks,
    operands: Operands,
    /// How deep the inlining of rules is nested.
    depth: usize,
    /// The number of steps from which on references are called instead of inlined.
    limit: usize,
}

/// The limits of inlining: how deep, and up to how many steps of a rule.
const DEEPEST_IN_PLACE: usize = 4;
const MOST_IN_PLACE: usize = 64;

impl<'a> Compiler<'a> {
    /// Emits the steps of `rule` and returns the first. They are emitted from last to first, so
    /// that jump targets are known.
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
                // The following steps exist already, so both jump targets are known and never
                // patched.
                let op = self.op(check);
                if let Op::Call(callee) = op
                    && let Some(rule) = self.may_put_in_place(callee)
                {
                    // A reason names the rule that contains the check, not the one that it was
                    // inlined into.
                    let holder = std::mem::replace(&mut self.rule, callee);
                    self.depth += 1;
                    let first = self.emit(rule, on_true, on_false, negative);
                    self.depth -= 1;
                    self.rule = holder;
                    return first;
                }
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

    /// A call costs more than a check, so short rules are inlined. A cycle ends in calls when the
    /// limits are reached, and is detected at run time.
    fn may_put_in_place(&self, callee: u32) -> Option<&'a Rule> {
        let room = self.depth < DEEPEST_IN_PLACE && self.steps.len() < self.limit;
        let rule = self.rules.get(callee as usize).copied();
        rule.filter(|_| room)
    }

    fn op(&self, check: &Rule) -> Op {
        match check {
            Rule::Generic { left, right } => match self.checks.get(left) {
                Some(check) => Op::Extension {
                    check: check.clone(),
                    kind: left.as_str().into(),
                    right: right.as_str().into(),
                },
                None => self.generic(left, right),
            },
            Rule::Role(name) => match (self.operands.right)(name) {
                Template::Fixed(name) => Op::Role(name.to_lowercase().into()),
                template => Op::RoleTemplate(template),
            },
            Rule::RuleRef(name) => (self.resolve)(name).map_or(Op::Undefined, Op::Call),
            Rule::Remote { https, address } => {
                Op::Remote(Address::parse(*https, address, self.operands.right))
            }
            // The caller has handled what is not a check.
            Rule::And(_) | Rule::False | Rule::Not(_) | Rule::Or(_) | Rule::True => Op::Undefined,
        }
    }

    fn generic(&self, left: &str, right: &str) -> Op {
        let right = (self.operands.right)(right);
        match (self.operands.left)(left) {
            LeftOperand::Literal(left) => Op::Literal { left, right },
            LeftOperand::Path(path) => {
                let mut path = path.into_iter();
                let first = path.next().unwrap_or_default();
                Op::Attribute {
                    name: TopLevel::of(&first),
                    rest: path.collect(),
                    right,
                }
            }
            LeftOperand::Unreadable(problem) => Op::Unreadable { problem, right },
        }
    }
}

impl Op {
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

    /// Fast path: compares a standard credential with the right operand if both are strings.
    #[inline]
    fn same_texts(&self, creds: &dyn Credentials, target: &dyn PolicyTarget) -> Option<bool> {
        let Self::Attribute {
            name: TopLevel::Standard(name),
            rest,
            right,
        } = self
        else {
            return None;
        };
        let right = match right {
            _ if !rest.is_empty() => return None,
            Template::Fixed(text) => text,
            Template::Attribute(name) => target.text(name)?,
            Template::Mixed(_) => return None,
        };
        Some(creds.standard_text(*name)? == right)
    }

    fn evaluate(
        &self,
        creds: &dyn Credentials,
        target: &dyn PolicyTarget,
    ) -> Result<Outcome, Box<Problem>> {
        if let Some(same) = self.same_texts(creds, target) {
            return Ok(same.into());
        }
        let right = match self {
            Self::Role(name) => return Ok(creds.roles().contains_lower(name).into()),
            Self::Extension {
                check: ServiceCheck::Sync(check),
                kind,
                right,
            } => {
                let request = CheckRequest::new(kind, right, creds, target);
                let result = check.check(&request);
                return result
                    .map(Outcome::from)
                    .map_err(|problem| Box::new(Problem::Extension(problem)));
            }
            Self::Attribute { right, .. }
            | Self::Literal { right, .. }
            | Self::RoleTemplate(right)
            | Self::Unreadable { right, .. } => right,
            // Handled by the caller.
            Self::Call(_) | Self::Extension { .. } | Self::Remote(_) | Self::Undefined => {
                return Ok(Outcome::Undefined);
            }
        };
        let right = match RightOperand::fill(right, target) {
            Ok(Some(right)) => right,
            Ok(None) => return Ok(Outcome::Missing),
            Err(fault) => return Err(Box::new(Problem::Template(fault))),
        };
        Ok(Outcome::from(match self {
            Self::Attribute { name, rest, .. } => match (name.value(creds), &**rest) {
                (Some(value), []) => right.is_or_is_among(value),
                (Some(value), rest) => descend(value, rest, &mut |value| right.equals(value))
                    .map_err(|kind| Box::new(Problem::Descent(kind)))?,
                (None, _) => false,
            },
            Self::Literal { left, .. } => right.equals(Value::Str(left)),
            Self::Unreadable { problem, .. } => {
                return Err(Box::new(Problem::LeftOperand(problem)));
            }
            _ => right.is_role(creds.roles()),
        }))
    }
}

impl From<bool> for Outcome {
    fn from(value: bool) -> Self {
        if value { Self::True } else { Self::False }
    }
}
