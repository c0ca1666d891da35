//! Generates typed OpenStack clients, the server's side of services and OpenAPI documents from resource
//! specs or OpenAPI, and tells what differs between two versions of an API.

// Modules need only what comes later in: build, diff, files and openapi, emit and resource_spec, operations, policies, model, error, text, version.
mod build;
pub mod diff;
pub mod emit;
pub mod error;
pub mod files;
pub mod model;
pub mod openapi;
pub mod operations;
pub mod policies;
pub mod resource_spec;
mod text;
mod version;

pub use build::{Build, build};
pub use emit::{ClientOptions, Generated, ServerOptions, client, server};
pub use error::Error;
pub use operations::operations;
pub use policies::{PolicyUse, PolicyUser, policy_uses};

/// Writes the server's side of an API as the content of one module, for macros. It does not hold the
/// [policies that it names](policy_uses) against those of the service: a macro does so at the user's
/// own tokens.
///
/// # Errors
///
/// As [`server`].
pub fn inline_server(
    api: &model::Api,
    options: &ServerOptions,
) -> Result<proc_macro2::TokenStream, Error> {
    let files = server(api, &options.clone().unchecked())?;
    let file = emit::inline::inline(&files, options.module(), options.sdk())?;
    Ok(quote::ToTokens::into_token_stream(file))
}

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

/// Reads the files that together describe one API: resource specs, or an OpenAPI document.
///
/// # Errors
///
/// [`Error::Spec`] with every place where a file is wrong.
///
/// ```
/// use keystone_codegen::describe;
/// use keystone_codegen::openapi::{WriteOptions, write};
/// use keystone_codegen::resource_spec::SpecFile;
///
/// let spec = "service: {type: notes, version: v1}\n\
///     resources:\n\
///     \x20 note:\n\
///     \x20   operations: {list: 'notes:list'}\n\
///     \x20   fields: {id: 'id, response'}\n";
/// let api = describe(&[SpecFile::new("notes.yaml", spec)])?;
/// let document = write(&api, &WriteOptions::new())?;
/// let again = describe(&[SpecFile::new("notes-v1.yaml", document)])?;
/// assert_eq!(again.service.service_type, "notes");
/// # Ok::<(), keystone_codegen::Error>(())
/// ```
pub fn describe(sources: &[resource_spec::SpecFile]) -> Result<model::Api, Error> {
    match openapi::is_openapi(sources) {
        true => openapi::read(sources),
        false => resource_spec::read(sources),
    }
}
