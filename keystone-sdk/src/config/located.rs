//! Values with the places where they stand.

use crate::Error;

/// A text with the place where it stands.
pub(super) struct Located {
    pub(super) text: String,
    pub(super) place: String,
}

/// Finds the text of a key.
pub(super) type Find<'a> = &'a dyn Fn(&str) -> Result<Option<Located>, Error>;
