//! Documents that we did not write: all lead to a client, or are refused with file, path and line.

use crate::{descriptions, generate};

/// Those that are refused, with why.
const REFUSED: &[(&str, &str)] = &[
    (
        "oas-examples/3.0/parameters-style.yaml",
        "oas-examples/3.0/parameters-style.yaml:59:5: at `#/paths/~1cookies#formNonExploded`: \
         `/cookies#formNonExploded` is not a path such as `/users/{id}`",
    ),
    (
        "openapi-spec-validator/property-missing-reference.yaml",
        "property-missing-reference.yaml:14:17: at `#/components/schemas/SomeDataType/properties/prop1/$ref`: \
         `<some-broken-uri>` is not among the given files",
    ),
    (
        "openapiv3/api-with-examples.yaml",
        "openapiv3/api-with-examples.yaml:46:18: this is not YAML: invalid indentation",
    ),
    (
        "openapiv3/petstore.yaml",
        "openapiv3/petstore.yaml:104:17: at `#/components/schemas/PetAny/anyOf/0/$ref`: \
         `#/components/schemas/PetByAge` does not resolve",
    ),
];

#[test]
fn every_document_leads_to_a_client_or_to_a_reason() {
    let mut refused = Vec::new();
    for sources in descriptions() {
        let name = &sources[0].name;
        match generate(&sources) {
            Ok(files) => {
                // What does not parse as Rust would have been an error.
                assert!(files.len() > 1 || name.contains("webhooks"), "{name}");
            }
            Err(error) => refused.push((name.clone(), error.to_string())),
        }
    }
    let names: Vec<&str> = refused.iter().map(|(name, _)| name.as_str()).collect();
    let expected: Vec<&str> = REFUSED.iter().map(|(name, _)| *name).collect();
    assert_eq!(names, expected, "{refused:#?}");
    for ((_, error), (_, reason)) in refused.iter().zip(REFUSED) {
        assert!(error.contains(reason), "{error}\nlacks\n{reason}");
    }
}

#[test]
fn files_may_refer_to_each_other() {
    let of = |folder: &str| {
        let mut all = descriptions().into_iter();
        let sources = all.find(|sources| sources[0].name.contains(folder));
        sources.unwrap()
    };
    let sources = of("petstore-separate");
    let text: String = generate(&sources)
        .unwrap()
        .into_iter()
        .map(|file| file.text)
        .collect();
    assert!(text.contains("pub struct Pet {"), "{text}");
    let alone: Vec<_> = sources
        .iter()
        .filter(|one| one.name.ends_with("openapi.yaml"))
        .collect();
    let error = generate(&[alone[0].clone()]).unwrap_err().to_string();
    assert!(error.contains("is not among the given files"), "{error}");
}
