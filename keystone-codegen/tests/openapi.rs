//! The reader of OpenAPI: on documents of others, on all that the format can say, and on broken ones.

#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "helpers of tests fail as tests do"
)]

#[path = "openapi_cases/bad.rs"]
mod bad;
#[path = "openapi_cases/foreign.rs"]
mod foreign;
#[path = "openapi_cases/held.rs"]
mod held;
#[path = "openapi_cases/hostile.rs"]
mod hostile;
#[path = "openapi_cases/order.rs"]
mod order;
#[path = "openapi_cases/round_trip.rs"]
mod round_trip;
#[path = "openapi_cases/words.rs"]
mod words;

use std::path::{Path, PathBuf};

use keystone_codegen::resource_spec::SpecFile;
use keystone_codegen::{ClientOptions, Error, Generated, client, openapi};

/// The client that a description leads to.
fn generate(sources: &[SpecFile]) -> Result<Vec<Generated>, Error> {
    client(&openapi::read(sources)?, &ClientOptions::new("client"))
}

/// The client of one document, as one text.
fn generate_text(document: &str) -> String {
    let files = generate(&[SpecFile::new("api.yaml", document)]).unwrap();
    let texts: Vec<String> = files.into_iter().map(|file| file.text).collect();
    texts.join("\n")
}

/// What is wrong with a document.
fn refusal(document: &str) -> String {
    match generate(&[SpecFile::new("api.yaml", document)]) {
        Ok(_) => panic!("this was not refused:\n{document}"),
        Err(error) => error.to_string(),
    }
}

/// The folder of documents that we did not write.
fn documents() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/openapi")
}

/// All descriptions in there: a file each, or several that refer to each other.
fn descriptions() -> Vec<Vec<SpecFile>> {
    let mut found = Vec::new();
    collect(&documents(), &mut found);
    found.sort_by(|a, b| a[0].name.cmp(&b[0].name));
    assert!(found.len() > 40, "{}", found.len());
    found
}

fn collect(directory: &Path, found: &mut Vec<Vec<SpecFile>>) {
    for entry in std::fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() && (name == "parent-reference" || name == "petstore-separate") {
            let mut files = Vec::new();
            every_file(&path, &mut files);
            files.sort_by(|a: &SpecFile, b: &SpecFile| a.name.cmp(&b.name));
            found.push(files);
        } else if path.is_dir() {
            collect(&path, found);
        } else if is_document(&name) {
            found.push(vec![source(&path)]);
        }
    }
}

fn every_file(directory: &Path, files: &mut Vec<SpecFile>) {
    for entry in std::fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => every_file(&path, files),
            false => files.push(source(&path)),
        }
    }
}

fn is_document(name: &str) -> bool {
    name.ends_with(".yaml") || name.ends_with(".json")
}

/// A document, named from the folder of all.
fn source(path: &Path) -> SpecFile {
    let name = path.strip_prefix(documents()).unwrap();
    let name = name.to_string_lossy().replace('\\', "/");
    SpecFile::new(name, std::fs::read_to_string(path).unwrap())
}
