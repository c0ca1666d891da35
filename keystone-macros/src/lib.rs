//! The macros of keystone-sdk and keystone-middleware: `auth_method`, `policy`, `policies` and `PolicyTarget`.
//!
//! They are documented where they are re-exported. Every entry point here only hands its tokens to
//! one function of the module that is named after the macro, and shows the errors which that
//! function collected beside the tokens it made.

use proc_macro::TokenStream;

mod auth_method;
mod diag;
mod policy;
mod root;
mod source;

/// Documented as `keystone_sdk::auth_method`.
#[proc_macro_attribute]
pub fn auth_method(arguments: TokenStream, item: TokenStream) -> TokenStream {
    auth_method::expand(arguments.into(), item.into()).into()
}

/// Documented as `keystone_middleware::policy`.
#[proc_macro_attribute]
pub fn policy(arguments: TokenStream, item: TokenStream) -> TokenStream {
    policy::policy(arguments.into(), item.into()).into()
}
