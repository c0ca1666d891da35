//! The right operand of a check, in which `%(name)s` stands for an attribute of the target.

use crate::language::template::conversion::Conversion;
use crate::language::template::fault::TemplateFault;

pub(crate) mod conversion;
pub(crate) mod fault;

/// A right operand, split once when the rules are loaded.
#[expect(
    clippy::exhaustive_enums,
    reason = "for the macros of this workspace only"
)]
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub enum Template {
    /// No attribute at all.
    Fixed(Box<str>),
    /// Just `%(name)s`: by far the commonest.
    Attribute(Box<str>),
    /// Anything else.
    Mixed(Box<[Part]>),
}

/// A piece of a mixed template.
#[expect(
    clippy::exhaustive_enums,
    reason = "for the macros of this workspace only"
)]
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub enum Part {
    /// A text as it stands.
    Text(Box<str>),
    /// `%(name)s`.
    Attribute(Box<str>),
    /// Anything else that Python can make of a value, such as `%(name)05d`.
    Formatted {
        /// The attribute; none for `%s`, which is all of them.
        attribute: Option<Box<str>>,
        /// How it is written.
        conversion: Conversion,
    },
    /// A place that can't be formatted. Python looks an attribute up first: one that is missing
    /// makes the check false rather than an error.
    Fault {
        /// The attribute that it names.
        attribute: Option<Box<str>>,
        /// What is wrong.
        fault: TemplateFault,
    },
}

impl Template {
    /// Splits `text`. What cannot be formatted becomes a part of its own, since it matters only
    /// when an evaluation gets there.
    pub fn parse(text: &str) -> Self {
        let mut parts = Vec::new();
        let mut literal = String::new();
        let mut rest = text;
        let mut value = Pending::Target;
        while let Some(at) = rest.find('%') {
            let (before, from) = rest.split_at(at);
            literal.push_str(before);
            let (part, after) = directive(from, &mut value);
            match part {
                Part::Text(percent) => literal.push_str(&percent),
                part => {
                    if !literal.is_empty() {
                        parts.push(Part::Text(std::mem::take(&mut literal).into()));
                    }
                    let last = matches!(part, Part::Fault { .. });
                    parts.push(part);
                    if last {
                        // Formatting never gets past here.
                        return Self::Mixed(parts.into());
                    }
                }
            }
            rest = after;
        }
        literal.push_str(rest);
        Self::from_parts(parts, literal)
    }

    fn from_parts(mut parts: Vec<Part>, tail: String) -> Self {
        if parts.is_empty() {
            return Self::Fixed(tail.into());
        }
        if !tail.is_empty() {
            parts.push(Part::Text(tail.into()));
        }
        match parts.as_slice() {
            [Part::Attribute(name)] => Self::Attribute(name.clone()),
            _ => Self::Mixed(parts.into()),
        }
    }

    /// Whether the text depends on the target.
    pub(crate) fn reads_target(&self) -> bool {
        match self {
            Self::Fixed(_) => false,
            Self::Attribute(_) => true,
            Self::Mixed(parts) => parts.iter().any(|part| match part {
                Part::Attribute(_) | Part::Formatted { .. } => true,
                Part::Fault { attribute, .. } => attribute.is_some(),
                Part::Text(_) => false,
            }),
        }
    }

    /// Whether a value is written in another way than as its plain text.
    pub(crate) fn converts(&self) -> bool {
        let converts = |part: &Part| matches!(part, Part::Formatted { .. });
        matches!(self, Self::Mixed(parts) if parts.iter().any(converts))
    }

    /// The attributes read, as often as they occur.
    pub(crate) fn attributes(&self) -> impl Iterator<Item = &str> {
        let (single, parts): (Option<&str>, &[Part]) = match self {
            Self::Fixed(_) => (None, &[]),
            Self::Attribute(name) => (Some(name), &[]),
            Self::Mixed(parts) => (None, parts),
        };
        let named = parts.iter().filter_map(|part| match part {
            Part::Attribute(name) => Some(&**name),
            Part::Fault { attribute, .. } | Part::Formatted { attribute, .. } => {
                attribute.as_deref()
            }
            Part::Text(_) => None,
        });
        single.into_iter().chain(named)
    }

    /// Why this template can't be formatted, if so.
    pub(crate) fn fault(&self) -> Option<TemplateFault> {
        match self {
            Self::Mixed(parts) => parts.iter().find_map(|part| match part {
                Part::Fault { fault, .. } => Some(*fault),
                // Python writes the whole target here, which nobody means.
                Part::Formatted {
                    attribute: None, ..
                } => Some(TemplateFault::LonePercent),
                _ => None,
            }),
            _ => None,
        }
    }
}

/// What a conversion without a name takes.
enum Pending {
    Attribute(Box<str>),
    Nothing,
    Target,
}

impl Pending {
    /// Takes the value; the outer option is none when there is nothing to take.
    fn take(&mut self) -> Option<Option<Box<str>>> {
        match std::mem::replace(self, Self::Nothing) {
            Self::Attribute(name) => Some(Some(name)),
            Self::Nothing => None,
            Self::Target => Some(None),
        }
    }
}

/// Reads one `%..` at the start of `text`: what it is, and the text after it.
fn directive<'a>(text: &'a str, value: &mut Pending) -> (Part, &'a str) {
    let fault = |attribute, fault| (Part::Fault { attribute, fault }, "");
    let mut body = text.strip_prefix('%').unwrap_or(text);
    if let Some(after) = body.strip_prefix('%') {
        return (Part::Text("%".into()), after);
    }
    let mut named = None;
    if let Some(inner) = body.strip_prefix('(') {
        let Some((name, after)) = balanced(inner) else {
            return fault(None, TemplateFault::Unfinished);
        };
        named = Some(Box::<str>::from(name));
        *value = Pending::Attribute(name.into());
        body = after;
    }
    let has_value = !matches!(value, Pending::Nothing);
    match (Conversion::read(body, has_value), named) {
        (Ok((conversion, after)), _) => {
            let part = match value.take().flatten() {
                Some(name) if conversion.is_plain() => Part::Attribute(name),
                attribute => Part::Formatted {
                    attribute,
                    conversion,
                },
            };
            (part, after)
        }
        (Err(TemplateFault::Unfinished), None) => fault(None, TemplateFault::LonePercent),
        (Err(found), named) => fault(named, found),
    }
}

/// Splits at the parenthesis that closes the one just read.
fn balanced(text: &str) -> Option<(&str, &str)> {
    let mut open = 1_usize;
    for (at, c) in text.char_indices() {
        match c {
            '(' => open += 1,
            ')' => open -= 1,
            _ => {}
        }
        if open == 0 {
            return Some((text.get(..at)?, text.get(at + 1..)?));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(text: &str) -> Vec<String> {
        Template::parse(text)
            .attributes()
            .map(str::to_owned)
            .collect()
    }

    #[test]
    fn names_reach_to_the_balanced_parenthesis() {
        assert_eq!(names("%(a.b)s"), ["a.b"]);
        assert_eq!(names("%(a(b)c)s"), ["a(b)c"]);
        assert_eq!(names("%()s"), [""]);
        assert_eq!(names("x-%(a)s-%(b)s"), ["a", "b"]);
        assert_eq!(Template::parse("%(a)s"), Template::Attribute("a".into()));
    }

    #[test]
    fn a_percent_sign_must_be_doubled() {
        assert_eq!(Template::parse("50%%"), Template::Fixed("50%".into()));
        assert_eq!(
            Template::parse("50%").fault(),
            Some(TemplateFault::LonePercent)
        );
        for (text, fault) in [
            ("%s", TemplateFault::LonePercent),
            ("%(x", TemplateFault::Unfinished),
            ("%(x)", TemplateFault::Unfinished),
            ("%(x)z", TemplateFault::Conversion),
            ("%(x)*d", TemplateFault::Arguments),
            ("%(x)s%s", TemplateFault::Arguments),
            ("%(x)99999999999999999999d", TemplateFault::Size),
        ] {
            assert_eq!(Template::parse(text).fault(), Some(fault), "{text}");
        }
    }

    #[test]
    fn a_fault_still_names_its_attribute() {
        assert_eq!(names("%(a)s %(b)z"), ["a", "b"]);
    }
}
