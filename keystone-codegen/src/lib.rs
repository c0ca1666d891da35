//! From resource specs to typed OpenStack clients.

mod build;
pub mod emit;
pub mod error;
pub mod files;
pub mod model;
pub mod openapi;
pub mod operations;
pub mod resource_spec;

pub use build::{Build, build};
pub use emit::{ClientOptions, Generated, ServerOptions, client, server};
pub use error::Error;
pub use operations::operations;

/// Writes the typed client of an API as the content of one module, for macros.
///
/// It needs no other crate than `root`, the path to the crate with the client runtime.
///
/// # Errors
///
/// As [`client`].
pub fn inline_client(api: &model::Api, root: &str) -> Result<proc_macro2::TokenStream, Error> {
    let files = client(api, &ClientOptions::new("client").root(root))?;
    let file = emit::inline::inline(&files, "client", root)?;
    Ok(quote::ToTokens::into_token_stream(file))
}

/// Reads the files that together describe one API, be they resource specs or an OpenAPI document.
///
/// # Errors
///
/// [`Error::Spec`] with every place where a file is wrong.
pub fn describe(sources: &[resource_spec::Source]) -> Result<model::Api, Error> {
    resource_spec::read(sources)
}
