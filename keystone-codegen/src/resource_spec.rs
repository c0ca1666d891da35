//! The reader of resource specs: YAML that says only what differs between one resource of an
//! OpenStack API and the next.
//!
//! `specs/README.md` describes the format, [`json_schema`] states it for editors.

mod action;
mod check;
mod collection;
mod common_keys;
mod each;
mod form;
mod line;
mod microversion;
pub(crate) mod names;
mod operation;
mod path;
mod query;
mod reader;
mod resource;
mod schema;
mod shape;
mod table;
mod task;

use crate::Error;
use crate::error::{Problem, SpecError};
use crate::model::{Api, Module, Service};
use crate::text::{problem_of_service_type, problem_of_version};

use reader::Reader;
use table::TOP;

pub use schema::json_schema;

/// One file of a description.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct SpecFile {
    /// Its path, as errors and headers of generated files name it.
    pub name: String,
    /// Its text.
    pub text: String,
}

impl SpecFile {
    /// A file with this name and text.
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            text: text.into(),
        }
    }

    /// The name without directories and extension.
    pub(crate) fn stem(&self) -> &str {
        let file = self.name.rsplit('/').next().unwrap_or(&self.name);
        file.split('.').next().unwrap_or(file)
    }
}

/// Reads the files that together describe one API. Exactly one of them has the key `service`.
///
/// # Errors
///
/// [`Error::Spec`] with every place where a file is wrong.
///
/// ```
/// use keystone_codegen::resource_spec::{SpecFile, read};
///
/// let api = read(&[SpecFile::new(
///     "notes.yaml",
///     "service: {type: notes, version: v1}\n\
///      resources:\n\
///      \x20 note:\n\
///      \x20   operations: {list: 'notes:list'}\n\
///      \x20   fields: {id: 'id, response', text: 'string, response'}\n",
/// )])?;
/// assert_eq!(api.modules[0].resources[0].path.template(), "notes");
/// # Ok::<(), keystone_codegen::Error>(())
/// ```
pub fn read(sources: &[SpecFile]) -> Result<Api, Error> {
    let mut sources: Vec<&SpecFile> = sources.iter().collect();
    sources.sort_by(|a, b| a.stem().cmp(b.stem()));
    let mut reader = Reader::default();
    let mut service = None;
    let mut modules = Vec::new();
    for source in &sources {
        reader.begin(&source.name);
        let (found, module) = file(&mut reader, source);
        if let (Some(_), Some(_)) = (&service, &found) {
            reader.problem_at_start("the service is described in another file already");
        }
        service = service.or(found);
        modules.push(module);
    }
    if service.is_none() && reader.is_fine() {
        reader.problem_at_start(
            "no file describes the service; add the key `service` to one of them",
        );
    }
    let mut api = Api {
        service: service.unwrap_or_default(),
        modules,
    };
    check::references(&mut reader, &mut api);
    match reader.finish() {
        problems if problems.is_empty() => Ok(api),
        problems => Err(SpecError::new(problems).into()),
    }
}

fn file(reader: &mut Reader, source: &SpecFile) -> (Option<Service>, Module) {
    let mut module = Module {
        name: source.stem().replace('-', "_"),
        source: source.name.clone(),
        resources: Vec::new(),
        types: Vec::new(),
    };
    if !names::is_snake(&module.name) {
        let message = format!(
            "`{}` cannot be the name of a module; rename the file",
            module.name
        );
        reader.problem_at_start(&message);
    }
    let root = match keystone_document::read(&source.name, &source.text) {
        Ok(root) => root,
        Err(error) => {
            reader.push(yaml_problem(&error.to_string()));
            return (None, module);
        }
    };
    let Some(keys) = reader.keys(&root, &TOP) else {
        return (None, module);
    };
    let service = keys.get("service").map(|node| service(reader, node));
    if let Some(node) = keys.get("resources") {
        module.resources.extend(resource::resources(reader, node));
    }
    if let Some(node) = keys.get("links") {
        module.resources.extend(resource::links(reader, node));
    }
    (service, module)
}

/// The YAML reader puts the place before its message.
pub(crate) fn yaml_problem(text: &str) -> Problem {
    let (place, message) = text.split_once(": ").unwrap_or(("", text));
    Problem {
        place: place.to_owned(),
        pointer: String::new(),
        message: message.to_owned(),
    }
}

fn service(reader: &mut Reader, node: &keystone_document::Node) -> Service {
    let mut service = Service::default();
    let Some(keys) = reader.keys(node, &table::SERVICE) else {
        return service;
    };
    service.service_type = reader.required_text(node, &keys, "type");
    service.version = keys
        .get("version")
        .map(|node| reader.text(node))
        .unwrap_or_default();
    let version = keys.get("version").map_or(node, |node| *node);
    let service_type = keys.get("type").map_or(node, |node| *node);
    for (at, problem) in [
        (service_type, problem_of_service_type(&service.service_type)),
        (version, problem_of_version(&service.version)),
    ] {
        if let Some(problem) = problem.filter(|_| keys.contains_key("type")) {
            reader.problem(at.position, problem);
        }
    }
    service.discover = keys.get("discover").is_some_and(|node| reader.bool(node));
    service.microversions = keys
        .get("microversions")
        .and_then(|node| microversion::range(reader, node));
    service.title = match keys.get("title") {
        Some(node) => reader.text(node),
        None => format!("the {} API {}", service.service_type, service.version),
    };
    service
}

#[cfg(test)]
mod tests;
