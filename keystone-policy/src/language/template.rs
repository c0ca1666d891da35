//! Right operands of checks, in which `%(name)s` stands for an attribute of the target.

#[cfg(feature = "oslo")]
use crate::language::template::conversion::Conversion;
use crate::language::template::fault::TemplateFault;

#[cfg(feature = "oslo")]
pub(crate) mod conversion;
pub(crate) mod fault;

/// A right operand, parsed once when the rules are loaded.
#[expect(
    clippy::exhaustive_enums,
    reason = "for the macros of this workspace only"
)]
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub enum Template {
    /// No attributes.
    Fixed(Box<str>),
    /// Just `%(name)s`, the most common form.
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
    /// A literal text.
    Text(Box<str>),
    /// `%(name)s`.
    Attribute(Box<str>),
    /// Another conversion of Python, such as `%(name)05d`. Used for comparisons with oslo.policy
    /// only.
    #[cfg(feature = "oslo")]
    Formatted {
        /// The attribute; `None` for `%s`, which formats all of them.
        attribute: Option<Box<str>>,
        /// The conversion.
        conversion: Conversion,
    },
    /// An invalid directive. As in Python, the attribute is looked up first, so a missing one makes
    /// the check false instead of failing.
    Fault {
        /// The attribute that it names.
        attribute: Option<Box<str>>,
        /// What is wrong.
        fault: TemplateFault,
    },
}

impl Template {
    /// Parses `text`. An invalid directive becomes a part, since it matters only when it is
    /// evaluated.
    pub fn parse(text: &str) -> Self {
        Self::read(text, &mut directive)
    }

    /// As [`Template::parse`], with `directive` to parse each `%..` and return it with the rest of
    /// the text.
    pub(crate) fn read(text: &str, directive: &mut ReadDirective<'_>) -> Self {
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
                        // Formatting always ends here.
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
                Part::Attribute(_) => true,
                #[cfg(feature = "oslo")]
                Part::Formatted { .. } => true,
                Part::Fault { attribute, .. } => attribute.is_some(),
                Part::Text(_) => false,
            }),
        }
    }

    /// The attributes that it reads, with duplicates.
    pub(crate) fn attributes(&self) -> impl Iterator<Item = &str> {
        let (single, parts): (Option<&str>, &[Part]) = match self {
            Self::Fixed(_) => (None, &[]),
            Self::Attribute(name) => (Some(name), &[]),
            Self::Mixed(parts) => (None, parts),
        };
        let named = parts.iter().filter_map(|part| match part {
            Part::Attribute(name) => Some(&**name),
            Part::Fault { attribute, .. } => attribute.as_deref(),
            #[cfg(feature = "oslo")]
            Part::Formatted { attribute, .. } => attribute.as_deref(),
            Part::Text(_) => None,
        });
        single.into_iter().chain(named)
    }

    /// Why the template is invalid, if it is.
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

/// Parses one `%..` at the start of a text and returns it with the rest.
type ReadDirective<'d> = dyn for<'t> FnMut(&'t str) -> (Part, &'t str) + 'd;

fn directive(text: &str) -> (Part, &str) {
    let fault = |attribute, fault| (Part::Fault { attribute, fault }, "");
    let body = text.strip_prefix('%').unwrap_or(text);
    if let Some(after) = body.strip_prefix('%') {
        return (Part::Text("%".into()), after);
    }
    let Some(inner) = body.strip_prefix('(') else {
        return fault(None, TemplateFault::LonePercent);
    };
    let Some((name, after)) = balanced(inner) else {
        return fault(None, TemplateFault::Unfinished);
    };
    match after.strip_prefix('s') {
        Some(after) => (Part::Attribute(name.into()), after),
        None if after.is_empty() => fault(Some(name.into()), TemplateFault::Unfinished),
        None => fault(Some(name.into()), TemplateFault::Conversion),
    }
}

/// Splits at the parenthesis that closes the one just read.
pub(crate) fn balanced(text: &str) -> Option<(&str, &str)> {
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
            ("%(x)d", TemplateFault::Conversion),
            ("%(x)5s", TemplateFault::Conversion),
            ("%(x)r", TemplateFault::Conversion),
            ("%(x)*d", TemplateFault::Conversion),
            ("%(x)s%s", TemplateFault::LonePercent),
            ("%d", TemplateFault::LonePercent),
        ] {
            assert_eq!(Template::parse(text).fault(), Some(fault), "{text}");
        }
    }

    #[test]
    fn a_fault_still_names_its_attribute() {
        assert_eq!(names("%(a)s %(b)z"), ["a", "b"]);
    }
}
