//! What the usual operations of a resource or of a link are done on.

use std::collections::BTreeMap;

use crate::model::{Notes, Page, Path, Query, Type};

/// What the operations of a resource or of a link have in common.
pub(super) struct Collection {
    pub(super) type_name: String,
    pub(super) keys: String,
    pub(super) path: Path,
    pub(super) item: Path,
    pub(super) page: Page,
    pub(super) filters: Vec<Query>,
    pub(super) params: BTreeMap<String, Type>,
    /// Why nothing can be done on one item, if so.
    pub(super) no_item: Option<String>,
    /// The notes on all operations.
    pub(super) notes: Notes,
    /// Whether operations hide the object whose id their path has, unless they say otherwise.
    pub(super) hide: bool,
}
