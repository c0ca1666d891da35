//! The server's side: types that requests are read into and responses written from, and a trait
//! for each resource with a method for each of its operations.

use proc_macro2::TokenStream;

use super::scope::{Context, Imports};
use super::sink::Sink;
use super::{ClientOptions, Generated, Root, files};
use crate::Error;
use crate::model::{Api, Module};

mod api;
mod operation_types;
mod types;

use operation_types::OperationTypes;

/// Where the generated types of a server live.
#[derive(Clone, Debug)]
#[must_use]
pub struct ServerOptions {
    /// With the path of the sdk, which the middleware holds.
    shared: ClientOptions,
    middleware: String,
}

impl ServerOptions {
    /// Types in the Rust module `module`: its files are `module.rs` and `module/*.rs`.
    pub fn new(module: impl Into<String>) -> Self {
        Self {
            shared: ClientOptions::new(module),
            middleware: String::new(),
        }
        .root("keystone_middleware")
    }

    /// The crate that holds the runtime, or a path to it, as the generated code names it:
    /// `keystone_middleware` unless set.
    pub fn root(self, root: impl Into<String>) -> Self {
        let middleware = root.into();
        Self {
            shared: self.shared.root(format!("{middleware}::sdk")),
            middleware,
        }
    }
}

/// Writes the server's side of an API: what a service needs to implement it.
///
/// For each resource there are the types of requests and responses, with the names that the
/// client's have, and a trait `..Api` with a method for each operation. The table `OPERATIONS`
/// names method, path and policies of all of them.
///
/// The same input gives the same text, byte for byte.
///
/// # Errors
///
/// [`Error::Emit`] when no valid Rust can be generated, such as for two types of one name.
pub fn server(api: &Api, options: &ServerOptions) -> Result<Vec<Generated>, Error> {
    let shared = &options.shared;
    shared.check()?;
    let context = Context::new(api, shared).of_server(&options.middleware);
    let root = Root {
        title: format!("The server's side of {}.", api.service.title),
        operations_doc: "The operations one by one.",
        imports: Imports::default(),
        items: Vec::new(),
        names: ["OPERATIONS".to_owned()].into(),
    };
    files(&context, &shared.module, items, root)
}

fn items(sink: &mut Sink<'_>, module: &Module) -> Result<Vec<TokenStream>, Error> {
    let mut items = Vec::new();
    for resource in &module.resources {
        let mut types = OperationTypes::default();
        let mut methods = Vec::new();
        for operation in &resource.operations {
            methods.push(api::method(sink, &mut types, resource, operation)?);
        }
        items.push(api::api(resource, &methods));
        items.extend(types::of_resource(sink, resource)?);
        items.extend(types.into_items());
    }
    for definition in &module.types {
        items.extend(types::definition(sink, definition)?);
    }
    Ok(items)
}
