//! The reader of OpenAPI 3.0 and 3.1, into the same model as that of resource specs.
//!
//! What a client cannot call is ignored: webhooks, callbacks, links, and the methods `OPTIONS` and
//! `TRACE`. What violates the specification or is not supported is refused with its position.

mod action;
mod body;
mod check;
mod choice;
mod cycle;
mod define;
mod description;
mod envelope;
mod group;
mod media;
mod names;
mod node_ref;
mod operation;
mod operation_entry;
mod operation_names;
mod own;
mod parameter;
mod paths;
mod reader;
mod response;
mod schema;
mod service;
mod types;

pub use self::names::{plural, singular};

use crate::Error;
use crate::error::{Problem, SpecError};
use crate::model::Api;
use crate::resource_spec::{SpecFile, yaml_problem};

use node_ref::{Document, NodeRef};
use reader::Reader;

/// The largest document that is read.
const LARGEST: usize = 64 << 20;

/// Reads the files that together describe one API: one OpenAPI document, and those that it refers
/// to by file name.
///
/// # Errors
///
/// [`Error::Spec`] with every place where a file is wrong, as line, column and JSON pointer.
///
/// ```
/// use keystone_codegen::openapi::read;
/// use keystone_codegen::resource_spec::SpecFile;
///
/// let api = read(&[SpecFile::new(
///     "pets.yaml",
///     "openapi: 3.1.0\n\
///      info: {title: Pets, version: '1'}\n\
///      paths:\n\
///      \x20 /v1/pets:\n\
///      \x20   get: {operationId: listPets, responses: {'200': {description: All}}}\n",
/// )])?;
/// assert_eq!(api.service.version, "v1");
/// assert_eq!(api.modules[0].resources[0].operations[0].name, "list");
/// # Ok::<(), keystone_codegen::Error>(())
/// ```
pub fn read(sources: &[SpecFile]) -> Result<Api, Error> {
    let documents = documents(sources)?;
    let mut reader = Reader::new(&documents);
    let api = api(&mut reader);
    match (reader.finish(), api) {
        (problems, Some(api)) if problems.is_empty() => Ok(api),
        (problems, _) => Err(SpecError::new(problems).into()),
    }
}

/// Whether any of the files is an OpenAPI document, of whatever version.
#[must_use]
pub fn is_openapi(sources: &[SpecFile]) -> bool {
    sources.iter().any(|source| {
        let keys = ["openapi", "swagger"];
        let line = |line: &str| {
            let key = line.trim_start_matches(['{', ' ', '\t', '"', '\'', '\u{feff}']);
            let indented =
                line.starts_with([' ', '\t']) && !source.text.trim_start().starts_with('{');
            !indented
                && keys
                    .iter()
                    .any(|one| key.strip_prefix(one).is_some_and(is_key_end))
        };
        source.text.lines().any(line)
    })
}

fn is_key_end(rest: &str) -> bool {
    rest.trim_start_matches(['"', '\'', ' ']).starts_with(':')
}

fn documents(sources: &[SpecFile]) -> Result<Vec<Document>, Error> {
    let mut documents = Vec::new();
    let mut problems = Vec::new();
    for source in sources {
        if source.text.len() > LARGEST {
            problems.push(Problem {
                place: format!("{}:1:1", source.name),
                pointer: String::new(),
                message: format!("the document is larger than {} MiB", LARGEST >> 20),
            });
            continue;
        }
        match keystone_document::read(&source.name, &source.text) {
            Ok(root) => documents.push(Document {
                name: source.name.clone(),
                root,
            }),
            Err(error) => problems.push(yaml_problem(&error.to_string())),
        }
    }
    match problems.is_empty() {
        true => Ok(documents),
        false => Err(SpecError::new(problems).into()),
    }
}

fn api(reader: &mut Reader<'_>) -> Option<Api> {
    let root = root(reader)?;
    check::references(reader);
    let (service, base) = service::service(reader, &root);
    let source = reader.file_name(root.file).to_owned();
    own::check(reader, &service);
    let mut modules = group::modules(reader, &root, &base, &source);
    own::limit(&service, &mut modules);
    Some(Api { service, modules })
}

const KEYS: &[&str] = &[
    "openapi",
    "$self",
    "info",
    "jsonSchemaDialect",
    "servers",
    "paths",
    "webhooks",
    "components",
    "security",
    "tags",
    "externalDocs",
];

/// The one document that says which version of OpenAPI it is.
fn root<'a>(reader: &mut Reader<'a>) -> Option<NodeRef<'a>> {
    let mut roots: Vec<NodeRef<'a>> = Vec::new();
    for root in reader.roots() {
        if root.value("openapi").is_some() {
            roots.push(root);
        } else if root.value("swagger").is_some() {
            let message = "this is Swagger 2.0; convert it to OpenAPI 3 first";
            reader.problem(&root, message);
            return None;
        }
    }
    let mut roots = roots.into_iter();
    let Some(root) = roots.next() else {
        let message = "this is not an OpenAPI document: the key `openapi` is missing";
        if let Some(root) = reader.roots().next() {
            reader.problem(&root, message);
        }
        return None;
    };
    if let Some(other) = roots.next() {
        let message =
            "there are several OpenAPI documents; pass one, with the files that it refers to";
        reader.problem(&other, message);
    }
    let version = root.text("openapi").unwrap_or_default();
    if !["3.0", "3.1"]
        .iter()
        .any(|known| version.starts_with(known))
    {
        let place = root.value("openapi").unwrap_or(root.clone());
        let message =
            format!("`{version}` is not a supported version of OpenAPI; use 3.0.x or 3.1.x");
        reader.problem(&place, message);
        return None;
    }
    reader.known_keys(&root, "an OpenAPI document", KEYS);
    Some(root)
}
