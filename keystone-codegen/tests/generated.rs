//! The checked-in clients and schemas are what the generator writes.

#![expect(
    clippy::panic,
    clippy::unwrap_used,
    reason = "helpers of tests fail as tests do"
)]

use std::path::{Path, PathBuf};

use keystone_codegen::resource_spec::{self, Source};
use keystone_codegen::{ClientOptions, Generated, client, files};

const REWRITE: &str = "KEYSTONE_CODEGEN=write cargo test -p keystone-codegen --test generated";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The files of a description, named from the root of the repository.
fn sources(paths: &[PathBuf]) -> Vec<Source> {
    let root = root();
    let relative = |source: Source| {
        let name = source.name.replace(&format!("{}/", root.display()), "");
        Source::new(name, source.text)
    };
    files::read(paths)
        .unwrap()
        .into_iter()
        .map(relative)
        .collect()
}

/// Compares, or rewrites when the environment says so.
#[expect(clippy::disallowed_methods, reason = "the one switch of this test")]
fn hold(directory: &Path, generated: &[Generated]) {
    if std::env::var("KEYSTONE_CODEGEN").as_deref() == Ok("write") {
        files::write(directory, generated).unwrap();
    }
    if let Err(error) = files::check(directory, generated) {
        panic!("{error}\n\nto generate again: {REWRITE}\n");
    }
}

#[test]
fn the_identity_client_is_what_the_specs_lead_to() {
    let specs = files::specs_in(&root().join("specs/identity")).unwrap();
    let api = resource_spec::read(&sources(&specs)).unwrap();
    let generated = client(&api, &ClientOptions::new("v3").root("crate")).unwrap();
    hold(&root().join("keystone-sdk/src/identity"), &generated);
}

#[test]
fn the_proxies_client_is_what_its_spec_leads_to() {
    let spec = root().join("specs/services/proxies.yaml");
    let api = resource_spec::read(&sources(&[spec])).unwrap();
    let generated = client(&api, &ClientOptions::new("client")).unwrap();
    hold(&root().join("examples/proxy-service/src"), &generated);
}

#[test]
fn the_schema_of_resource_specs_is_that_of_their_reader() {
    let schema = Generated::new("resources.schema.json", resource_spec::json_schema());
    hold(&root().join("specs/schemas"), &[schema]);
}

#[test]
fn the_example_in_the_readme_is_a_resource_spec() {
    let readme = std::fs::read_to_string(root().join("specs/README.md")).unwrap();
    let example = readme
        .split_once("```yaml\n")
        .and_then(|(_, rest)| rest.split_once("```"))
        .map(|(example, _)| example)
        .unwrap();
    let api = resource_spec::read(&[Source::new("notes.yaml", example)]).unwrap();
    client(&api, &ClientOptions::new("client")).unwrap();
}
