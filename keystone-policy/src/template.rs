//! The right side of a check, in which `%(name)s` stands for an attribute of the target.

use std::fmt;

/// A right side, split once when the rules are loaded.
#[expect(
    clippy::exhaustive_enums,
    reason = "for the macros of this workspace only"
)]
#[derive(Clone, Debug, Eq, PartialEq)]
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
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Part {
    /// A text as it stands.
    Text(Box<str>),
    /// `%(name)s`.
    Attribute(Box<str>),
    /// A place that can't be formatted. Python looks an attribute up first: one that is missing
    /// makes the check false rather than an error.
    Fault {
        /// The attribute that it names.
        attribute: Option<Box<str>>,
        /// What is wrong.
        fault: TemplateFault,
    },
}

/// Why a template cannot be formatted.
#[expect(
    clippy::exhaustive_enums,
    reason = "for the macros of this workspace only"
)]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum TemplateFault {
    /// A width, or another conversion than `s`.
    Conversion,
    /// A percent sign that is not doubled and begins no `%(name)s`.
    LonePercent,
    /// The text ends within `%(name)s`.
    Unfinished,
}

impl fmt::Display for TemplateFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Conversion => "only `%(name)s` is supported, without width or other conversions",
            Self::LonePercent => "a percent sign must be doubled, or begin `%(name)s`",
            Self::Unfinished => "`%(name)s` is not finished",
        })
    }
}

impl Template {
    /// Splits `text`. What cannot be formatted becomes a part of its own, since it matters only
    /// when an evaluation gets there.
    pub fn parse(text: &str) -> Self {
        let mut parts = Vec::new();
        let mut literal = String::new();
        let mut rest = text;
        while let Some(at) = rest.find('%') {
            let (before, from) = rest.split_at(at);
            literal.push_str(before);
            let (part, after) = directive(from);
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
        self.attributes().next().is_some()
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
            Part::Fault { attribute, .. } => attribute.as_deref(),
            Part::Text(_) => None,
        });
        single.into_iter().chain(named)
    }

    /// Why this template can't be formatted, if so.
    pub(crate) fn fault(&self) -> Option<TemplateFault> {
        match self {
            Self::Mixed(parts) => parts.iter().find_map(|part| match part {
                Part::Fault { fault, .. } => Some(*fault),
                _ => None,
            }),
            _ => None,
        }
    }
}

/// Reads one `%..` at the start of `text`: what it is, and the text after it.
fn directive(text: &str) -> (Part, &str) {
    let body = text.strip_prefix('%').unwrap_or(text);
    if let Some(after) = body.strip_prefix('%') {
        return (Part::Text("%".into()), after);
    }
    let Some(named) = body.strip_prefix('(') else {
        return (
            Part::Fault {
                attribute: None,
                fault: TemplateFault::LonePercent,
            },
            "",
        );
    };
    let Some((name, after)) = balanced(named) else {
        return (
            Part::Fault {
                attribute: None,
                fault: TemplateFault::Unfinished,
            },
            "",
        );
    };
    match after.strip_prefix('s') {
        Some(after) => (Part::Attribute(name.into()), after),
        None => {
            let fault = if after.is_empty() {
                TemplateFault::Unfinished
            } else {
                TemplateFault::Conversion
            };
            (
                Part::Fault {
                    attribute: Some(name.into()),
                    fault,
                },
                "",
            )
        }
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
        assert_eq!(
            Template::parse("%s").fault(),
            Some(TemplateFault::LonePercent)
        );
        assert_eq!(
            Template::parse("%(x").fault(),
            Some(TemplateFault::Unfinished)
        );
        assert_eq!(
            Template::parse("%(x)").fault(),
            Some(TemplateFault::Unfinished)
        );
        assert_eq!(
            Template::parse("%(x)d").fault(),
            Some(TemplateFault::Conversion)
        );
        assert_eq!(
            Template::parse("%(x).2s").fault(),
            Some(TemplateFault::Conversion)
        );
    }

    #[test]
    fn a_fault_still_names_its_attribute() {
        assert_eq!(names("%(a)s %(b)r"), ["a", "b"]);
    }
}
