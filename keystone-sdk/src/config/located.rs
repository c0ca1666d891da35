//! Values with their places.

use crate::Error;

/// A text and its place.
pub(super) struct Located {
    pub(super) text: String,
    pub(super) place: String,
}

/// Finds the text of a key.
pub(super) type Find<'a> = &'a dyn Fn(&str) -> Result<Option<Located>, Error>;
