//! From the model to Rust: plain files that a reviewer would accept by hand.

use crate::Error;
use crate::model::Api;

mod body;
mod client;
mod docs;
mod format;
mod handle;
mod module;
mod operations;
mod query;
mod scope;
mod types;

/// A generated file.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Generated {
    /// Its path, relative to the directory that holds the client, with `/` on every system.
    pub path: String,
    /// Its text.
    pub text: String,
}

impl Generated {
    /// A file with this path and text.
    pub fn new(path: impl Into<String>, text: impl Into<String>) -> Self {
        Self {
            path: path.into(),
            text: text.into(),
        }
    }
}

/// Where a generated client lives.
#[derive(Clone, Debug)]
#[must_use]
pub struct ClientOptions {
    module: String,
    root: String,
}

impl ClientOptions {
    /// A client in the Rust module `module`: its files are `module.rs` and `module/*.rs`.
    pub fn new(module: impl Into<String>) -> Self {
        Self {
            module: module.into(),
            root: "keystone_sdk".to_owned(),
        }
    }

    /// The crate that holds the client runtime, as the generated code names it: `keystone_sdk`
    /// unless set.
    pub fn root(mut self, root: impl Into<String>) -> Self {
        self.root = root.into();
        self
    }
}

/// Writes the typed client of an API.
///
/// The same input gives the same text, byte for byte.
///
/// # Errors
///
/// [`Error::Emit`] when the description leads to code that is not Rust, such as two enumerations
/// of one name.
pub fn client(api: &Api, options: &ClientOptions) -> Result<Vec<Generated>, Error> {
    let context = scope::Context::new(api, &options.root);
    let module = &options.module;
    let file = |name: &str, text| Generated::new(format!("{module}/{name}.rs"), text);
    let mut files = vec![Generated::new(
        format!("{module}.rs"),
        client::emit(&context)?,
    )];
    for part in &api.modules {
        if !part.resources.is_empty() {
            files.push(file(&part.name, module::emit(&context, part)?));
        }
    }
    files.push(file("operations", operations::emit(&context)?));
    files.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(files)
}
