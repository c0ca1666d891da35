//! The macros of keystone-sdk and keystone-middleware: `auth_method`, `auth_plugin`, `client`, `operation`, `policy`,
//! `policies` and `PolicyTarget`.
//!
//! They are documented where they are re-exported. Every entry point calls one function of the
//! module that is named after the macro, and emits the collected errors beside the generated
//! tokens.

use proc_macro::TokenStream;

use crate::auth::Subject;

mod auth;
#[cfg(feature = "client")]
mod client;
mod crates;
mod diag;
mod files;
#[cfg(any(feature = "client", feature = "service"))]
mod generated;
mod lenient;
#[cfg(feature = "operation")]
mod operation;
mod policies;
mod policy;
mod policy_target;
mod root;
mod service;
#[cfg(feature = "service")]
mod service_spec;
mod source;

/// Documented as `keystone_sdk::auth_method`.
#[proc_macro_attribute]
pub fn auth_method(arguments: TokenStream, item: TokenStream) -> TokenStream {
    auth::expand(Subject::Method, arguments.into(), item.into()).into()
}

/// Documented as `keystone_sdk::auth_plugin`.
#[proc_macro_attribute]
pub fn auth_plugin(arguments: TokenStream, item: TokenStream) -> TokenStream {
    auth::expand(Subject::Plugin, arguments.into(), item.into()).into()
}

/// The second stage of `auth_method` for a struct with conditional fields: a derive sees the struct
/// after `cfg` is evaluated.
#[doc(hidden)]
#[proc_macro_derive(AuthMethodFields, attributes(auth, auth_arguments))]
pub fn auth_method_fields(item: TokenStream) -> TokenStream {
    auth::expand_fields(Subject::Method, item.into()).into()
}

/// The second stage of `auth_plugin`, likewise.
#[doc(hidden)]
#[proc_macro_derive(AuthPluginFields, attributes(auth, auth_arguments))]
pub fn auth_plugin_fields(item: TokenStream) -> TokenStream {
    auth::expand_fields(Subject::Plugin, item.into()).into()
}

/// Documented as `keystone_sdk::client!`.
#[cfg(feature = "client")]
#[proc_macro]
pub fn client(input: TokenStream) -> TokenStream {
    client::expand(input.into()).into()
}

/// Documented as `keystone_middleware::service!`.
#[cfg(feature = "service")]
#[proc_macro]
pub fn service(input: TokenStream) -> TokenStream {
    service_spec::expand(input.into()).into()
}

/// Documented as `keystone_middleware::operation`.
#[cfg(feature = "operation")]
#[proc_macro_attribute]
pub fn operation(arguments: TokenStream, item: TokenStream) -> TokenStream {
    operation::expand(arguments.into(), item.into()).into()
}

/// Documented as `keystone_middleware::policy`.
#[proc_macro_attribute]
pub fn policy(arguments: TokenStream, item: TokenStream) -> TokenStream {
    policy::policy(arguments.into(), item.into()).into()
}

/// Documented as `keystone_middleware::policies`.
#[proc_macro]
pub fn policies(input: TokenStream) -> TokenStream {
    policies::expand(input.into()).into()
}

/// Documented as `keystone_middleware::service_api::service`.
#[proc_macro_attribute]
pub fn service_impl(arguments: TokenStream, item: TokenStream) -> TokenStream {
    service::expand(arguments.into(), item.into()).into()
}

/// The second stage of `service`: holds the methods against the operations of the document.
#[doc(hidden)]
#[proc_macro]
pub fn service_contract(input: TokenStream) -> TokenStream {
    service::expand_contract(input.into()).into()
}

/// Documented as `keystone_middleware::PolicyTarget`.
#[proc_macro_derive(PolicyTarget, attributes(policy))]
pub fn policy_target(item: TokenStream) -> TokenStream {
    policy_target::expand(item.into()).into()
}
