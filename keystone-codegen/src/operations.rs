//! The operations of an API as a table, for comparison with what a service offers.

use std::collections::BTreeMap;

use crate::model::{Api, Method};
use crate::text::visible;

/// A line for each operation, sorted by path and method: method, path and policies, separated
/// by tabs. The policies are joined by commas; `-` stands for none.
///
/// A check by `HEAD` is not an operation of its own: it is the `GET` of the same path, and adds its
/// policies to that. So are two descriptions of one method and path, such as of two media types.
///
/// ```
/// use keystone_codegen::resource_spec::{SpecFile, read};
///
/// let api = read(&[SpecFile::new(
///     "notes.yaml",
///     "service: {type: notes, version: v1}\n\
///      resources:\n\
///      \x20 note:\n\
///      \x20   operations: {list: 'notes:list', delete: ['notes:delete', 'notes:purge']}\n\
///      \x20   fields: {id: 'id, response'}\n",
/// )])?;
/// assert_eq!(
///     keystone_codegen::operations(&api),
///     "GET\t/v1/notes\tnotes:list\n\
///      DELETE\t/v1/notes/{note_id}\tnotes:delete,notes:purge\n"
/// );
/// # Ok::<(), keystone_codegen::Error>(())
/// ```
#[must_use]
pub fn operations(api: &Api) -> String {
    let mut rows: BTreeMap<(String, &str), Vec<String>> = BTreeMap::new();
    for operation in api.resources().flat_map(|resource| &resource.operations) {
        let method = match operation.method {
            Method::Head => Method::Get,
            method => method,
        };
        let row = rows
            .entry((cell(&api.address(&operation.path)), method.as_str()))
            .or_default();
        for policy in operation.policies.iter().map(|policy| cell(policy)) {
            if !row.contains(&policy) {
                row.push(policy);
            }
        }
    }
    let line = |((path, method), policies): ((String, &str), Vec<String>)| match policies.as_slice()
    {
        [] => format!("{method}\t{path}\t-\n"),
        policies => format!("{method}\t{path}\t{}\n", policies.join(",")),
    };
    rows.into_iter().map(line).collect()
}

/// Text that ends neither a line nor a cell; the readers refuse names that would read as two policies.
fn cell(text: &str) -> String {
    visible(text).replace(',', "\\u{2c}")
}
