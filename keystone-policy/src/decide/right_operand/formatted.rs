//! Attributes with Python's other conversions than `%s`.

use std::fmt::{self, Write};

use crate::language::template::conversion::Conversion;
use crate::language::template::fault::TemplateFault;
use crate::value::target::PolicyTarget;
use crate::value::{Map, Value};

/// Writes an attribute, or the whole target; `None` if it lacks the attribute.
pub(super) fn write(
    attribute: Option<&str>,
    conversion: &Conversion,
    target: &dyn PolicyTarget,
    out: &mut dyn Write,
) -> Option<Result<(), TemplateFault>> {
    match attribute {
        Some(name) => Some(conversion.write(target.attr(name)?, out)),
        None => Some(conversion.write(Value::Map(&Whole(target)), out)),
    }
}

/// Discards what is written.
pub(super) struct Nowhere;

impl Write for Nowhere {
    fn write_str(&mut self, _: &str) -> fmt::Result {
        Ok(())
    }
}

/// All attributes of a target.
struct Whole<'a>(&'a dyn PolicyTarget);

impl Map for Whole<'_> {
    fn get(&self, name: &str) -> Option<Value<'_>> {
        self.0.attr(name)
    }

    fn each(&self, visit: &mut dyn FnMut(&str, Value<'_>)) {
        self.0.each(visit);
    }
}
