//! Atoms: what the checks of rules test about an unknown caller and an unknown target.

use crate::analysis::bdd::{ALLOWED, BROKEN, Bdds, Cube, DENIED, Numbered, Ref, Var};
use crate::analysis::build::Leaves;
use crate::analysis::obstacle::TooComplex;
use crate::analysis::same::Same;
use crate::analysis::split::fill;
use crate::decide::extension::Checks;
use crate::decide::right_operand::descend;
use crate::language::left_operand::LeftOperand;
use crate::language::rule::Rule;
use crate::language::template::{Part, Template};
use crate::value::Value;
use crate::value::credentials::{Credentials, TopLevel};
use crate::value::target::PolicyTarget;

/// A proposition about a caller and a target, tested by a check.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub(super) enum Atom {
    /// Whether the credential has the text of the right operand, in which the target may be read.
    Credential {
        path: Box<[Box<str>]>,
        right: Template,
    },
    /// Whether the right operand, which reads the target, has this text.
    Literal { left: Box<str>, right: Template },
    /// Decided outside of the rules: by another server, or by a check that the service adds.
    Outside(String),
    /// Whether the target has the attribute.
    Present(Box<str>),
    /// Whether the role is held; the name is in lower case.
    Role(Box<str>),
    /// Whether the role is held that the target names.
    RoleOf(Template),
}

/// The atoms of the analysed policies. The number of an atom is its BDD variable.
#[derive(Default)]
pub(super) struct Atoms {
    all: Numbered<Atom>,
    /// Checks that services add to the language.
    checks: Vec<Checks>,
    /// Names that stand for others.
    same: Same,
}

impl Atoms {
    pub(super) fn new(checks: Checks, same: Same) -> Self {
        Self {
            checks: vec![checks],
            same,
            ..Self::default()
        }
    }

    /// Adds checks that only a service can decide.
    pub(super) fn add_checks(&mut self, checks: Checks) {
        self.checks.push(checks);
    }

    pub(super) fn get(&self, var: Var) -> Option<&Atom> {
        self.all.get(var)
    }

    /// The atoms of a cube with their truth values.
    pub(super) fn of<'a>(&'a self, cube: &'a Cube) -> Vec<(&'a Atom, bool)> {
        cube.iter()
            .filter_map(|(var, holds)| Some((self.get(*var)?, *holds)))
            .collect()
    }

    /// A check that fails, unless an attribute that it reads first is missing.
    fn broken(&mut self, bdds: &mut Bdds, right: &Template) -> Result<Ref, TooComplex> {
        let names: Vec<Box<str>> = right.attributes().map(Into::into).collect();
        let mut found = BROKEN;
        for name in names.into_iter().rev() {
            let present = self.all.atom(bdds, Atom::Present(name))?;
            found = bdds.and(present, found)?;
        }
        Ok(found)
    }
}

impl Leaves for Atoms {
    fn leaf(&mut self, bdds: &mut Bdds, check: &Rule) -> Result<Ref, TooComplex> {
        match check {
            Rule::Generic { left, right } => {
                if self.checks.iter().any(|checks| checks.get(left).is_some()) {
                    return self.all.atom(bdds, Atom::Outside(check.to_string()));
                }
                let right = self.same.template(Template::parse(right));
                match (LeftOperand::parse(left), &right) {
                    (LeftOperand::Unreadable(_), _) => self.broken(bdds, &right),
                    _ if right.fault().is_some() => self.broken(bdds, &right),
                    (LeftOperand::Literal(left), Template::Fixed(right)) => {
                        Ok(if left == *right { ALLOWED } else { DENIED })
                    }
                    (LeftOperand::Literal(left), _) => {
                        self.all.atom(bdds, Atom::Literal { left, right })
                    }
                    (LeftOperand::Path(path), _) => {
                        let path = self.same.path(path);
                        self.all.atom(bdds, Atom::Credential { path, right })
                    }
                }
            }
            Rule::Role(name) => match self.same.template(Template::parse(name)) {
                Template::Fixed(name) => {
                    self.all.atom(bdds, Atom::Role(name.to_lowercase().into()))
                }
                right if right.fault().is_some() => self.broken(bdds, &right),
                right => self.all.atom(bdds, Atom::RoleOf(right)),
            },
            check => self.all.atom(bdds, Atom::Outside(check.to_string())),
        }
    }
}

impl Atom {
    pub(super) fn right(&self) -> Option<&Template> {
        match self {
            Self::Credential { right, .. } | Self::Literal { right, .. } | Self::RoleOf(right) => {
                Some(right)
            }
            Self::Outside(_) | Self::Present(_) | Self::Role(_) => None,
        }
    }

    /// The attributes of the target that the atom reads.
    pub(super) fn attributes(&self) -> Vec<&str> {
        match self {
            Self::Present(name) => vec![name],
            other => other
                .right()
                .map(|right| right.attributes().collect())
                .unwrap_or_default(),
        }
    }

    /// Whether it holds for a given caller and target; `None` if it is decided outside, or the
    /// check fails.
    pub(super) fn evaluate(
        &self,
        creds: &dyn Credentials,
        target: &dyn PolicyTarget,
    ) -> Option<bool> {
        let filled = |right: &Template| {
            fill(right, &|name| {
                target.attr(name).map(|value| value.text().into_owned())
            })
        };
        match self {
            Self::Credential { path, right } => {
                let Some(text) = filled(right) else {
                    return Some(false);
                };
                let (texts, broken) = texts(creds, path);
                let found = texts.contains(&text);
                (found || !broken).then_some(found)
            }
            Self::Literal { left, right } => {
                Some(filled(right).is_some_and(|text| *text == **left))
            }
            Self::Outside(_) => None,
            Self::Present(name) => Some(target.attr(name).is_some()),
            Self::Role(name) => Some(creds.roles().contains(name)),
            Self::RoleOf(right) => {
                Some(filled(right).is_some_and(|name| creds.roles().contains(&name)))
            }
        }
    }

    /// The atom or its negation in words.
    pub(super) fn sentence(&self, holds: bool) -> String {
        let is = if holds { "is" } else { "is not" };
        match self {
            Self::Credential { path, right } => format!("{} {is} {}", path.join("."), words(right)),
            Self::Literal { left, right } => format!("{} {is} {}", words(right), quoted(left)),
            Self::Outside(text) if holds => format!("`{text}` agrees"),
            Self::Outside(text) => format!("`{text}` does not agree"),
            Self::Present(name) if holds => format!("the target has {name}"),
            Self::Present(name) => format!("the target has no {name}"),
            Self::Role(name) if holds => format!("role {name}"),
            Self::Role(name) => format!("not role {name}"),
            Self::RoleOf(right) if holds => format!("role {} is held", words(right)),
            Self::RoleOf(right) => format!("role {} is not held", words(right)),
        }
    }
}

/// A right operand in words: attributes as `target.name`, which needs no repetition where the name of
/// the attribute begins so already.
fn words(right: &Template) -> String {
    let attribute = |name: &str| match name.strip_prefix("target.") {
        Some(_) => name.to_owned(),
        None => format!("target.{name}"),
    };
    match right {
        Template::Fixed(text) => quoted(text),
        Template::Attribute(name) => attribute(name),
        Template::Mixed(parts) => {
            let part = |part: &Part| match part {
                Part::Text(text) => quoted(text),
                Part::Attribute(name) => attribute(name),
                _ => "?".to_owned(),
            };
            parts.iter().map(part).collect::<Vec<_>>().join(" + ")
        }
    }
}

/// A text that stands for itself, in quotes where that is not plain to see.
fn quoted(text: &str) -> String {
    match text {
        "None" => "null".to_owned(),
        _ if !text.is_empty() && !text.contains(|c: char| c.is_whitespace() || c.is_control()) => {
            text.to_owned()
        }
        _ => format!("{text:?}"),
    }
}

/// The texts that a credential is compared with, in order, and whether the comparison breaks off
/// when none of them matches.
pub(super) fn texts(creds: &dyn Credentials, path: &[Box<str>]) -> (Vec<String>, bool) {
    let mut found = Vec::new();
    let mut collect = |value: Value<'_>| {
        found.push(value.text().into_owned());
        false
    };
    let broken = path.split_first().is_some_and(|(first, rest)| {
        let value = TopLevel::of(first).value(creds);
        value.is_some_and(|value| descend(value, rest, &mut collect).is_err())
    });
    (found, broken)
}
