//! The server's side: types that requests are read into and responses written from, a marker for
//! each operation, and the contract that `#[service]` holds an implementation against.

use std::collections::BTreeMap;

use proc_macro2::TokenStream;
use quote::ToTokens;

use super::scope::{Context, Imports};
use super::sink::Sink;
use super::{ClientOptions, Generated, Root, files, operations};
use crate::Error;
use crate::error::EmitError;
use crate::model::{Api, Module, Operation, Resource};

mod arguments;
mod checked;
mod contract;
mod enumeration;
mod markers;
mod method;
mod responses;
mod restricted;
mod shown;
mod target;
mod types;

pub(super) use enumeration::closed_enum;

/// Where the generated types of a server live.
#[derive(Clone, Debug)]
#[must_use]
pub struct ServerOptions {
    /// With the path of the sdk, which the middleware holds.
    shared: ClientOptions,
    middleware: String,
    policies: String,
    name: Option<String>,
    checked: bool,
}

impl ServerOptions {
    /// Types in the Rust module `module`: its files are `module.rs` and `module/*.rs`.
    pub fn new(module: impl Into<String>) -> Self {
        Self {
            shared: ClientOptions::new(module),
            middleware: String::new(),
            policies: "crate::policies".to_owned(),
            name: None,
            checked: true,
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
            ..self
        }
    }

    /// The module that `policies!` made: `crate::policies` unless set.
    pub fn policies(self, policies: impl Into<String>) -> Self {
        Self {
            policies: policies.into(),
            ..self
        }
    }

    /// Without the check of policies, which a macro puts at the user's own tokens.
    pub(crate) fn unchecked(self) -> Self {
        Self {
            checked: false,
            ..self
        }
    }

    pub(crate) fn module(&self) -> &str {
        &self.shared.module
    }

    /// The path of the sdk in the middleware.
    pub(crate) fn sdk(&self) -> &str {
        &self.shared.root
    }

    /// A name for the macro of the contract, which has to be the only one in its crate: the name of
    /// the module unless set.
    pub fn contract(self, name: impl Into<String>) -> Self {
        Self {
            name: Some(name.into()),
            ..self
        }
    }
}

/// Writes the server's side of an API: what a service needs to implement it.
///
/// There are the types of requests and responses, with the names that the client's have, the table
/// `OPERATIONS`, which names method, path and policies of all operations, and what `#[service]`
/// needs to hold an implementation against the description.
///
/// The same input gives the same text, byte for byte.
///
/// # Errors
///
/// [`Error::Emit`] when no valid Rust can be generated, such as for two types of one name, and for
/// an operation that the runtime cannot serve, such as one with a parameter in a cookie.
pub fn server(api: &Api, options: &ServerOptions) -> Result<Vec<Generated>, Error> {
    let shared = &options.shared;
    shared.check()?;
    let context = Context::new(api, shared).of_server(&options.middleware);
    let served = Served::of(&context)?;
    let operations = operations::emit(&context, markers::items(&context, &served)?)?;
    let root = Root {
        title: format!("The server's side of {}.", api.service.title),
        operations_doc: "The operations one by one.",
        operations,
        imports: Imports::default(),
        items: one_by_one(contract::items(&context, &served, options)?)?,
        names: ["OPERATIONS".to_owned(), "SERVICE".to_owned()].into(),
    };
    files(&context, &shared.module, items, root)
}

/// An operation with the name of its method.
struct ServedOperation<'a> {
    resource: &'a Resource,
    operation: &'a Operation,
    method: String,
}

/// All operations that are served.
struct Served<'a>(Vec<ServedOperation<'a>>);

impl<'a> Served<'a> {
    fn of(context: &Context<'a>) -> Result<Self, Error> {
        let mut methods: BTreeMap<String, String> = BTreeMap::new();
        let mut all = Vec::new();
        for resource in context.resources() {
            let offered = resource.operations.iter();
            for operation in offered.filter(|operation| operation.gone.is_none()) {
                method::check(resource, operation)?;
                let method = method::name(resource, operation);
                let label = format!("{}.{}", resource.name, operation.name);
                if let Some(other) = methods.insert(method.clone(), label.clone()) {
                    let message = format!(
                        "the operations `{other}` and `{label}` would both be the method `{method}`; rename one of them"
                    );
                    return Err(EmitError::new(message).into());
                }
                all.push(ServedOperation {
                    resource,
                    operation,
                    method,
                });
            }
        }
        Ok(Self(all))
    }

    fn iter(&self) -> impl Iterator<Item = &ServedOperation<'a>> {
        self.0.iter()
    }
}

fn items(sink: &mut Sink<'_>, module: &Module) -> Result<Vec<TokenStream>, Error> {
    let mut items = Vec::new();
    for resource in &module.resources {
        items.extend(types::of_resource(sink, resource)?);
        let mut arguments = arguments::Arguments::default();
        for operation in &resource.operations {
            if operation.gone.is_none() {
                items.extend(arguments.of(sink, resource, operation)?);
                items.extend(responses::of(sink, resource, operation)?);
            }
        }
        items.extend(arguments.into_items());
    }
    for definition in &module.types {
        items.extend(types::definition(sink, definition)?);
    }
    one_by_one(items)
}

/// The items of all these tokens, each by itself.
fn one_by_one(tokens: Vec<TokenStream>) -> Result<Vec<TokenStream>, Error> {
    let mut items = Vec::new();
    for tokens in tokens {
        let written = tokens.to_string();
        let file: syn::File = syn::parse2(tokens)
            .map_err(|error| EmitError::new(format!("{error} in `{written}`")))?;
        items.extend(file.items.iter().map(ToTokens::to_token_stream));
    }
    Ok(items)
}
