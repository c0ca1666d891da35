//! Values that no text can hold, by their types.

use std::any::Any;
use std::fmt;
use std::sync::Arc;

/// Values by their types; the last one of a type counts.
#[derive(Clone, Default)]
pub(crate) struct Attachments(Vec<Arc<dyn Any + Send + Sync>>);

impl Attachments {
    #[cfg(feature = "config")]
    pub(crate) const fn new() -> Self {
        Self(Vec::new())
    }

    #[cfg(feature = "config")]
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn add<T: Any + Send + Sync>(&mut self, value: T) {
        self.0.push(Arc::new(value));
    }

    pub(crate) fn get<T: Any>(&self) -> Option<&T> {
        self.0.iter().rev().find_map(|value| value.downcast_ref())
    }

    #[cfg(feature = "config")]
    pub(crate) fn extend(&mut self, others: &Self) {
        self.0.extend(others.0.iter().cloned());
    }
}

impl fmt::Debug for Attachments {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Attachments({})", self.0.len())
    }
}
