//! What changes between two versions of an API, for whom, and why.
//!
//! Operations are the same if method and path are, whatever the names of parameters; then if resource and name
//! are. What they send and return is compared by its direction: what a service takes may grow, what it returns may not
//! shrink. Of a service with microversions only those count that both versions of the description have, since a client
//! asks for a microversion that it knows.

mod body;
mod change;
mod life;
mod of;
mod operation;
mod parameter;
mod relation;
mod sent;
mod service;
mod wire;

use crate::model::Api;

use change::Changes;
use life::Lives;

pub use change::{Change, Diff, Effect};

/// Compares two versions of the description of an API.
///
/// ```
/// use keystone_codegen::diff::{Effect, diff};
/// use keystone_codegen::resource_spec::{SpecFile, read};
///
/// let api = |field: &str| {
///     read(&[SpecFile::new(
///         "notes.yaml",
///         format!(
///             "service: {{type: notes, version: v1}}\n\
///              resources:\n\
///              \x20 note:\n\
///              \x20   operations: {{list: 'notes:list'}}\n\
///              \x20   fields: {{id: 'id, response', {field}}}\n"
///         ),
///     )])
/// };
/// let old = api("text: 'string, response'")?;
/// let diff = diff(&old, &api("body: 'string, response'")?);
/// assert!(diff.is_breaking(&[Effect::Clients]));
/// assert_eq!(diff.changes[0].what, "`text` is gone from responses");
/// assert_eq!(diff.changes[0].operations, ["GET /v1/notes"]);
/// # Ok::<(), keystone_codegen::Error>(())
/// ```
#[must_use]
pub fn diff(old: &Api, new: &Api) -> Diff {
    let lives = Lives::new(
        old.service.microversions.as_ref(),
        new.service.microversions.as_ref(),
    );
    let mut changes = Changes::new(old, new, lives);
    service::compare(&mut changes);
    operation::compare_all(&mut changes);
    changes.finish()
}
