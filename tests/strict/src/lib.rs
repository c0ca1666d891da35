//! What macros write is clean in a crate that denies what can be denied, also where names of the
//! standard library have another meaning, where there is no prelude, and where fields and arguments
//! stand under conditions. That this crate compiles, also under clippy, is the test.

#![deny(
    warnings,
    absolute_paths_not_starting_with_crate,
    ambiguous_negative_literals,
    elided_lifetimes_in_paths,
    explicit_outlives_requirements,
    let_underscore_drop,
    macro_use_extern_crate,
    meta_variable_misuse,
    missing_copy_implementations,
    missing_debug_implementations,
    missing_docs,
    non_ascii_idents,
    redundant_imports,
    redundant_lifetimes,
    rust_2018_idioms,
    single_use_lifetimes,
    trivial_casts,
    trivial_numeric_casts,
    unit_bindings,
    unnameable_types,
    unreachable_pub,
    unused_extern_crates,
    unused_import_braces,
    unused_lifetimes,
    unused_qualifications,
    unused_results,
    variant_size_differences,
    clippy::all,
    clippy::pedantic,
    clippy::allow_attributes,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used
)]
#![allow(
    clippy::unused_async,
    reason = "a handler is async, whether it waits or not"
)]
#![forbid(unsafe_code)]

use std::time::Duration;

use keystone_middleware::policies;
use keystone_sdk::{client, Error, Session};

policies!("policies.yaml");

// At the root, beside imports of the names that the client imports too.
client!("../../specs/services/proxies.yaml");

pub mod bare;
pub mod handlers;
pub mod inside;
pub mod methods;
pub mod operations;
pub mod plugins;
pub mod served;

/// Not the one of the prelude.
#[derive(Clone, Copy, Debug)]
pub struct String;

/// Not the one of the prelude.
#[derive(Clone, Copy, Debug)]
pub struct Vec;

/// The client of a session, which is asked within a time.
///
/// # Errors
///
/// None.
pub fn of_the_root(session: &Session, _: Duration) -> Result<Client, Error> {
    Ok(Client::new(session))
}
