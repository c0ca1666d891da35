//! From the model to Rust: plain files, to be read and reviewed like handwritten ones.

use std::collections::BTreeSet;

use proc_macro2::TokenStream;
use quote::quote;

use crate::Error;
use crate::error::EmitError;
use crate::model::Api;
use scope::{Context, Imports, ident};

mod body;
mod call;
mod client;
mod definition;
pub(crate) mod docs;
mod enumeration;
mod fields;
mod format;
pub(crate) mod inline;
mod markdown;
mod module;
mod operations;
mod parameter;
mod query;
mod resource_client;
pub(crate) mod scope;
mod server;
mod sink;
mod types;

pub use server::{ServerOptions, server};

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
    schema: bool,
}

impl ClientOptions {
    /// A client in the Rust module `module`: its files are `module.rs` and `module/*.rs`.
    pub fn new(module: impl Into<String>) -> Self {
        Self {
            module: module.into(),
            root: "keystone_sdk".to_owned(),
            schema: false,
        }
    }

    /// The crate that holds the client runtime, or a path to it, as the generated code names it:
    /// `keystone_sdk` unless set.
    pub fn root(mut self, root: impl Into<String>) -> Self {
        self.root = root.into();
        self
    }

    /// Refuses names that Rust does not accept.
    fn check(&self) -> Result<(), Error> {
        let root = self.root.strip_prefix("::").unwrap_or(&self.root);
        let mut names = std::iter::once(self.module.as_str()).chain(root.split("::"));
        match names.find(|name| !scope::is_name(name)) {
            None => Ok(()),
            Some(name) => {
                let message =
                    format!("`{name}` cannot be the name of a module or a crate; choose another");
                Err(EmitError::new(message).into())
            }
        }
    }

    /// Lets the types derive `schemars::JsonSchema` behind the feature `schema` of the crate in
    /// which the client lives.
    pub fn schema(mut self, schema: bool) -> Self {
        self.schema = schema;
        self
    }
}

/// Writes the typed client of an API.
///
/// The same input gives the same text, byte for byte.
///
/// # Errors
///
/// [`Error::Emit`] when no valid Rust can be generated, such as for two enumerations of one name.
pub fn client(api: &Api, options: &ClientOptions) -> Result<Vec<Generated>, Error> {
    options.check()?;
    let context = Context::new(api, options);
    let root = client::root(&context)?;
    files(&context, &options.module, module::client_items, root)
}

/// The file at the root of a generated module, beside the modules of the API and what they export.
struct Root {
    title: String,
    operations_doc: &'static str,
    /// The file of operations.
    operations: String,
    imports: Imports,
    items: Vec<TokenStream>,
    /// The names of the items.
    names: BTreeSet<String>,
}

/// The files of a generated module: its root, one for each module of the API, and the table of operations.
fn files(
    context: &Context<'_>,
    module: &str,
    items: module::Items,
    root: Root,
) -> Result<Vec<Generated>, Error> {
    let file = |name: &str, text| Generated::new(format!("{module}/{name}.rs"), text);
    let mut files = vec![file("operations", root.operations)];
    let operations = docs::doc(root.operations_doc);
    let mut modules = vec![quote!(#operations pub mod operations;)];
    let mut exports = vec![quote!(
        pub use operations::OPERATIONS;
    )];
    let mut seen = root.names;
    for part in context.api.modules.iter().filter(|part| !part.is_empty()) {
        let (text, names) = module::emit(context, part, items)?;
        if let Some(name) = names.intersection(&seen).next() {
            let message = format!("two types would be named `{name}`; rename one of the resources");
            return Err(EmitError::new(message).into());
        }
        let (name, types) = (ident(&part.name), names.iter().map(|name| ident(name)));
        modules.push(quote!(mod #name;));
        exports.push(quote!(pub use #name::{#(#types),*};));
        seen.extend(names);
        files.push(file(&part.name, text));
    }
    modules.sort_by_key(ToString::to_string);
    exports.sort_by_key(ToString::to_string);
    // The exports bring their names into scope already.
    let mut all = root.imports.items(context, &seen);
    all.extend(context.runtime_modules(&root.items));
    all.extend(modules.into_iter().chain(exports).chain(root.items));
    let text = format::file(&[&root.title, "", GENERATED], all)?;
    files.push(Generated::new(format!("{module}.rs"), text));
    files.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(files)
}

/// In the documentation of files that several files of the description lead to.
const GENERATED: &str = "@generated by keystone-codegen; edit the description of the API instead.";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resource_spec::{SpecFile, read};

    fn generate(resources: &str) -> Result<Vec<Generated>, Error> {
        let text = format!("service: {{type: notes, version: v1}}\nresources:\n{resources}");
        let api = read(&[SpecFile::new("notes.yaml", text)])?;
        client(&api, &ClientOptions::new("client"))
    }

    fn text(files: &[Generated], path: &str) -> String {
        let file = files.iter().find(|file| file.path == path);
        file.map(|file| file.text.clone()).unwrap_or_default()
    }

    const NOTE: &str = "  note:\n    open: true\n    operations: {create: 'note:create'}\n    fields:\n      \
                        id: id, response\n      type: a | b, response create!\n      \
                        pin: secret or null, create\n";

    #[test]
    fn the_same_input_gives_the_same_text() {
        assert_eq!(generate(NOTE).unwrap(), generate(NOTE).unwrap());
    }

    #[test]
    fn each_file_of_a_description_leads_to_one_file() {
        let files = generate(NOTE).unwrap();
        let paths: Vec<&str> = files.iter().map(|file| file.path.as_str()).collect();
        assert_eq!(
            paths,
            ["client.rs", "client/notes.rs", "client/operations.rs"]
        );
        let notes = text(&files, "client/notes.rs");
        assert!(notes.contains("@generated by keystone-codegen from `notes.yaml`"));
    }

    #[test]
    fn the_code_names_only_what_the_runtime_offers() {
        let files = generate(NOTE).unwrap();
        let notes = text(&files, "client/notes.rs");
        for line in [
            "use keystone_sdk::SecretString;",
            "    r#type: NoteType,",
            "    pub fn new(r#type: impl Into<NoteType>) -> Self {",
            "        serialize_with = \"keystone_sdk::client::secret::expose_patch\"",
            "    pub fn clear_pin(mut self) -> Self {",
            "    /// `POST /v1/notes`, policy `note:create`. Can be refused with 400, 401, 403 or 409.",
        ] {
            assert!(notes.lines().any(|found| found == line), "{line}\n{notes}");
        }
        assert!(!notes.contains("unwrap"));
    }

    #[test]
    fn lists_without_filters_need_no_builder_and_what_is_gone_says_so() {
        let note = "  note:\n    operations:\n      list: 'note:list'\n      \
                    old: {get: old, policy: public, gone: It returns 410, response: Old}\n    \
                    fields: {id: 'id, response'}\n    records: {Old: {fields: {pin: secret}}}\n";
        let files = generate(note).unwrap();
        let notes = text(&files, "client/notes.rs");
        for line in [
            "    pub fn list(&self) -> PlainList<Note> {",
            "    #[deprecated = \"It returns 410\"]",
            "    #[serde(skip_serializing)]",
        ] {
            assert!(notes.lines().any(|found| found == line), "{line}\n{notes}");
        }
        assert!(!notes.contains("NoteList") && !notes.contains("impl Old"));
        let operations = text(&files, "client/operations.rs");
        let row = r#"pub const NOTE_OLD: Operation = Operation::new("note.old", "GET", "/v1/old", &[]).deprecated();"#;
        assert!(operations.lines().any(|found| found == row), "{operations}");
        assert!(
            operations.contains("&[\n    NOTE_LIST,\n    NOTE_OLD,\n];"),
            "{operations}"
        );
    }

    /// A note with things of several versions; `min` is the service's lowest microversion, if any.
    fn versions(min: Option<&str>) -> Vec<Generated> {
        let microversions = min.map(|min| format!(", microversions: {{min: '{min}', max: '1.9'}}"));
        let text = format!(
            "service: {{type: notes, version: v1{}}}\nresources:\n  note:\n    strict: true\n    \
             operations:\n      list: 'note:list'\n      create: 'note:create'\n      update: 'note:update'\n      \
             seal: {{post: 'notes/{{note_id}}/seal', policy: public, since: '1.4'}}\n    \
             filters: {{colour: 'string, since 1.2'}}\n    fields:\n      id: id, response\n      \
             pin: string, once, since 1.1\n      colour: string, response create update, since 1.2\n      \
             due: 'time or null, response create!, since 1.3'\n",
            microversions.unwrap_or_default()
        );
        let api = read(&[SpecFile::new("notes.yaml", text)]).unwrap();
        client(&api, &ClientOptions::new("client")).unwrap()
    }

    fn contains(text: &str, parts: &[&str]) {
        let plain: String = text.split_whitespace().collect();
        for part in parts {
            let part: String = part.split_whitespace().collect();
            assert!(plain.contains(&part), "{part}\n{text}");
        }
    }

    #[test]
    fn what_came_with_a_microversion_asks_for_it() {
        let files = versions(Some("1.0"));
        let notes = text(&files, "client/notes.rs");
        contains(
            &notes,
            &[
                r#"self.0.filter("colour", colour).since("1.2", "the parameter `colour`")"#,
                r#".since_if(new.colour.is_some(), "1.2", "the attribute `colour`")"#,
                r#".since("1.3", "the attribute `due`")"#,
                r#".since_if(change.colour.is_some(), "1.2", "the attribute `colour`")"#,
                r#".since("1.4", "the operation `note.seal`")"#,
                "pub colour: Option<String>,",
            ],
        );
        let root = text(&files, "client.rs");
        contains(
            &root,
            &["pub fn microversion(&self, version: impl Into<String>) -> Self"],
        );
    }

    #[test]
    fn without_microversions_a_version_is_told_in_words() {
        let files = versions(None);
        let notes = text(&files, "client/notes.rs");
        assert!(!notes.contains(".since"), "{notes}");
        contains(
            &notes,
            &[
                "/// Only those with this `colour`. Since 1.2.",
                "/// The attribute `pin`. Only in the response to create. Since 1.1.",
                "pub colour: String,",
                "/// `GET /v1/notes`, policy `note:list`. The service does not ignore unknown parameters.",
                "be refused with 400, 401 or 403.",
            ],
        );
        let operations = text(&files, "client/operations.rs");
        contains(
            &operations,
            &[
                r#""/v1/notes", &[200]).policies(&["note:list"]).strict();"#,
                r#""/v1/notes/{note_id}/seal", &[204]).since("1.4");"#,
            ],
        );
        assert!(!text(&files, "client.rs").contains("fn microversion"));
    }

    #[test]
    fn two_enumerations_of_one_name_are_refused() {
        let note = format!("{NOTE}    filters: {{type: c | d}}\n")
            .replace("{create: 'note:create'}", "{list: 'note:list'}");
        let error = generate(&note).unwrap_err().to_string();
        assert!(error.contains("`NoteType`"), "{error}");
    }
}
