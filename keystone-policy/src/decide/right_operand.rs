//! The right operand of a check with the target's attributes filled in, without allocating a
//! string.

use std::fmt::{self, Write};

use crate::language::template::fault::TemplateFault;
use crate::language::template::{Part, Template};
use crate::value::credentials::RoleSet;
use crate::value::target::PolicyTarget;
use crate::value::text::{Expect, Scratch};

#[cfg(feature = "oslo")]
mod formatted;

use crate::value::Value;

/// A right operand for one target.
#[derive(Clone, Copy)]
pub(crate) enum RightOperand<'a> {
    Value(Value<'a>),
    Parts(&'a [Part], &'a dyn PolicyTarget),
}

impl<'a> RightOperand<'a> {
    /// `None` if the target lacks an attribute. As in Python, parts are evaluated from left to
    /// right.
    pub(crate) fn fill(
        template: &'a Template,
        target: &'a dyn PolicyTarget,
    ) -> Result<Option<Self>, TemplateFault> {
        let parts = match template {
            Template::Fixed(text) => return Ok(Some(Self::Value(Value::Str(text)))),
            Template::Attribute(name) => return Ok(target.attr(name).map(Self::Value)),
            Template::Mixed(parts) => parts,
        };
        for part in parts {
            match part {
                Part::Text(_) => {}
                Part::Attribute(name) if target.attr(name).is_some() => {}
                Part::Attribute(_) => return Ok(None),
                #[cfg(feature = "oslo")]
                Part::Formatted {
                    attribute,
                    conversion,
                } => match formatted::write(
                    attribute.as_deref(),
                    conversion,
                    target,
                    &mut formatted::Nowhere,
                ) {
                    Some(written) => written?,
                    None => return Ok(None),
                },
                Part::Fault {
                    attribute: Some(name),
                    ..
                } if target.attr(name).is_none() => return Ok(None),
                Part::Fault { fault, .. } => return Err(*fault),
            }
        }
        Ok(Some(Self::Parts(parts, target)))
    }

    /// Whether this has the text of `value`.
    pub(crate) fn equals(self, value: Value<'_>) -> bool {
        match self {
            Self::Value(own) => own.same_text(value),
            Self::Parts(..) => match value {
                Value::Str(text) => self.is_text(text),
                other => self.is_text(&other.scratch()),
            },
        }
    }

    /// Whether this has the text of `value`, or of one of its items when it is a list.
    #[inline]
    pub(crate) fn is_or_is_among(self, value: Value<'_>) -> bool {
        match (self, value) {
            (Self::Value(Value::Str(own)), Value::Str(text)) => own == text,
            (Self::Value(Value::Str(own)), Value::Null) => own == "None",
            (right, value) => {
                descend::<&str>(value, &[], &mut |value| right.equals(value)).unwrap_or_default()
            }
        }
    }

    /// Whether a role of this name is held.
    pub(crate) fn is_role(self, roles: &RoleSet) -> bool {
        match self {
            Self::Value(Value::Str(name)) => roles.contains(name),
            other => roles.contains(&other.text()),
        }
    }

    pub(crate) fn text(self) -> Scratch {
        let mut text = Scratch::new();
        // Writing here cannot fail.
        let _ = self.write(&mut text);
        text
    }

    fn is_text(self, text: &str) -> bool {
        let mut rest = Expect::new(text);
        self.write(&mut rest).is_ok() && rest.is_met()
    }

    fn write(self, out: &mut dyn Write) -> fmt::Result {
        match self {
            Self::Value(value) => value.write(out),
            Self::Parts(parts, target) => parts.iter().try_for_each(|part| match part {
                Part::Text(text) => out.write_str(text),
                Part::Attribute(name) => match target.attr(name) {
                    Some(value) => value.write(out),
                    None => Ok(()),
                },
                #[cfg(feature = "oslo")]
                Part::Formatted {
                    attribute,
                    conversion,
                } => match formatted::write(attribute.as_deref(), conversion, target, out) {
                    Some(Err(_)) => Err(fmt::Error),
                    _ => Ok(()),
                },
                Part::Fault { .. } => Ok(()),
            }),
        }
    }
}

/// Visits the values at `path` below `value`, of a list those of each item, until `found` returns
/// true, and returns whether it did. Fails with the type of a value that is not nested as deep as the
/// path.
pub(crate) fn descend<S: AsRef<str>>(
    value: Value<'_>,
    path: &[S],
    found: &mut impl FnMut(Value<'_>) -> bool,
) -> Result<bool, &'static str> {
    let Value::List(list) = value else {
        return one(value, path, found);
    };
    let mut index = 0;
    while let Some(item) = list.at(index) {
        if one(item, path, found)? {
            return Ok(true);
        }
        index += 1;
    }
    Ok(false)
}

fn one<S: AsRef<str>>(
    value: Value<'_>,
    path: &[S],
    found: &mut impl FnMut(Value<'_>) -> bool,
) -> Result<bool, &'static str> {
    match (path.split_first(), value) {
        (None, value) => Ok(found(value)),
        (Some((name, rest)), Value::Map(map)) => match map.get(name.as_ref()) {
            Some(value) => descend(value, rest, found),
            None => Ok(false),
        },
        (Some(_), value) => Err(value.kind()),
    }
}
