//! Right operands as oslo.policy reads them: with all that Python's `%` can do.

use crate::language::template::conversion as template;
use crate::language::template::fault::TemplateFault;
use crate::language::template::{Part, Template, balanced};
use crate::oslo::conversion::Conversion;

/// Splits a right operand. What cannot be formatted becomes a part of its own, since it matters only
/// when an evaluation gets there.
pub(super) fn read(text: &str) -> Template {
    let mut value = Pending::Target;
    Template::read(text, &mut |text| directive(text, &mut value))
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
                    conversion: template::Conversion::new(move |value, out| {
                        conversion.write(value, out)
                    }),
                },
            };
            (part, after)
        }
        (Err(TemplateFault::Unfinished), None) => fault(None, TemplateFault::LonePercent),
        (Err(found), named) => fault(named, found),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::oslo::conversion::{ARGUMENTS, SIZE};

    #[test]
    fn what_python_does_not_take_is_a_fault() {
        for (text, fault) in [
            ("50%", TemplateFault::LonePercent),
            ("%(x", TemplateFault::Unfinished),
            ("%(x)", TemplateFault::Unfinished),
            ("%(x)z", TemplateFault::Conversion),
            ("%(x)*d", TemplateFault::Python(ARGUMENTS)),
            ("%(x)s%s", TemplateFault::Python(ARGUMENTS)),
            ("%(x)99999999999999999999d", TemplateFault::Python(SIZE)),
        ] {
            assert_eq!(read(text).fault(), Some(fault), "{text}");
        }
    }

    #[test]
    fn what_the_language_reads_is_read_alike() {
        for text in [
            "",
            "a",
            "50%%",
            "%(a)s",
            "x-%(a)s-%(b(c))s",
            "%(a)s %(b",
            "%()s",
        ] {
            assert_eq!(read(text), Template::parse(text), "{text}");
        }
        assert!(read("%(a)05d").fault().is_none() && Template::parse("%(a)05d").fault().is_some());
    }
}
