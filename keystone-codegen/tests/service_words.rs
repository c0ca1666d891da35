//! Versions that end, policies of attributes, hidden objects, actions and tasks: from a resource spec to the client and to
//! OpenAPI, and back from there.

#![expect(
    clippy::panic,
    clippy::unwrap_used,
    reason = "helpers of tests fail as tests do"
)]

#[path = "service_words/mistakes.rs"]
mod mistakes;
#[path = "service_words/round_trip.rs"]
mod round_trip;
#[path = "service_words/served.rs"]
mod served;
#[path = "service_words/written.rs"]
mod written;

use keystone_codegen::describe;
use keystone_codegen::model::Api;
use keystone_codegen::openapi::{WriteOptions, write};
use keystone_codegen::resource_spec::SpecFile;

const ZONES: &str = include_str!("service_words/zones.yaml");

/// The API that the spec describes.
fn zones() -> Api {
    describe(&[SpecFile::new("zones.yaml", ZONES)]).unwrap()
}

/// The same as a document.
fn document(options: &WriteOptions) -> String {
    write(&zones(), options).unwrap()
}
