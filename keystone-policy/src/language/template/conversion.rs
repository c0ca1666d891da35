//! Python's conversions other than `%s`, for comparisons with oslo.policy only.

use std::fmt::{self, Write};
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use crate::language::template::fault::TemplateFault;
use crate::value::Value;

type WriteValue = dyn Fn(Value<'_>, &mut dyn Write) -> Result<(), TemplateFault> + Send + Sync;

/// How a value is written. Compared by identity.
#[derive(Clone)]
pub struct Conversion(Arc<WriteValue>);

impl Conversion {
    pub(crate) fn new(
        write: impl Fn(Value<'_>, &mut dyn Write) -> Result<(), TemplateFault> + Send + Sync + 'static,
    ) -> Self {
        Self(Arc::new(write))
    }

    pub(crate) fn write(&self, value: Value<'_>, out: &mut dyn Write) -> Result<(), TemplateFault> {
        (self.0)(value, out)
    }
}

impl Eq for Conversion {}

impl PartialEq for Conversion {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Hash for Conversion {
    fn hash<H: Hasher>(&self, state: &mut H) {
        Arc::as_ptr(&self.0).cast::<()>().hash(state);
    }
}

impl fmt::Debug for Conversion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Conversion(..)")
    }
}
