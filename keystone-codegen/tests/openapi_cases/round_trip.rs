//! Our own document of Identity v3, read back.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use keystone_codegen::model::{Api, Operation, Resource, Response, Shape};
use keystone_codegen::resource_spec::{self, SpecFile};
use keystone_codegen::{ClientOptions, client, files, openapi, operations};

/// What a document cannot say: the response of an operation that is gone, and a second operation of
/// the same method and path that differs in its media type only.
const UNSAID: [&str; 2] = ["tokens.revoked", "versions.json_home"];

fn from_specs() -> Api {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let specs = files::specs_in(&root.join("specs/identity")).unwrap();
    resource_spec::read(&files::read(&specs).unwrap()).unwrap()
}

fn read_back() -> Api {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let text = std::fs::read_to_string(root.join("specs/openapi/identity-v3.yaml")).unwrap();
    openapi::read(&[SpecFile::new("identity-v3.yaml", text)]).unwrap()
}

#[test]
fn the_document_read_back_has_the_same_operations_and_policies() {
    let (straight, back) = (from_specs(), read_back());
    assert_eq!(operations(&back), operations(&straight));
    assert_eq!(back.service.service_type, straight.service.service_type);
    assert_eq!(back.service.version, straight.service.version);
    assert_eq!(back.service.discover, straight.service.discover);
}

/// A line for each operation: where it is called, what it takes and what it returns.
fn table(api: &Api) -> BTreeMap<String, String> {
    let mut table = BTreeMap::new();
    for resource in api.resources() {
        for operation in &resource.operations {
            let name = format!("{}.{}", resource.plural, operation.name);
            table.insert(name, line(api, resource, operation));
        }
    }
    table
}

fn line(api: &Api, resource: &Resource, operation: &Operation) -> String {
    let parameters = operation.parameters.iter().map(|one| one.name.as_str());
    let queries = operation.query.iter().map(|one| one.name.as_str());
    let queries: BTreeSet<&str> = queries.chain(parameters).collect();
    let headers: Vec<&str> = operation
        .headers
        .iter()
        .map(|one| one.name.as_str())
        .collect();
    let one = resource.type_name();
    let (sent, returned) = match &operation.shape {
        Shape::List { item, keys, page } => (String::new(), format!("{keys}: [{item}] {page:?}")),
        Shape::Create { many: true, .. } => {
            let keys = &resource.keys;
            (
                format!("{keys}: List {one}Create"),
                format!("{keys}: List {one}"),
            )
        }
        Shape::Create { bare, .. } => {
            let key = if *bare { "" } else { &resource.key };
            (
                format!("{key}: {one}Create"),
                format!("{}: {one}", resource.key),
            )
        }
        Shape::Get => (String::new(), format!("{}: {one}", resource.key)),
        Shape::Update => (
            format!("{}: {one}Update", resource.key),
            format!("{}: {one}", resource.key),
        ),
        Shape::Other { body, response } => (
            body.as_ref().map_or_else(String::new, |body| {
                format!("{}: {}", body.key, ty(&body.ty))
            }),
            match response {
                Response::Value(key, value) => format!("{key}: {}", ty(value)),
                response => format!("{response:?}"),
            },
        ),
        shape => panic!("{shape:?}"),
    };
    format!(
        "{} {} {:?} {queries:?} {headers:?} sends {sent} returns {returned} auth {}",
        operation.method.as_str(),
        api.address(&operation.path),
        operation.statuses,
        operation.authenticated,
    )
}

/// A type in short.
fn ty(ty: &keystone_codegen::model::Type) -> String {
    use keystone_codegen::model::Type;
    match ty {
        // What requests and responses have in different ways is two types in a client of a document.
        Type::Record(name) => name.trim_end_matches("Input").to_owned(),
        Type::List(item) => format!("List {}", self::ty(item)),
        Type::Map(_) | Type::Json => "Json".to_owned(),
        other => format!("{other:?}"),
    }
}

#[test]
fn the_document_read_back_gives_an_equivalent_client() {
    let (mut straight, mut back) = (table(&from_specs()), table(&read_back()));
    for name in UNSAID {
        assert_ne!(straight.remove(name), back.remove(name));
    }
    let differing: Vec<String> = straight
        .iter()
        .filter(|(name, line)| back.get(*name) != Some(line))
        .map(|(name, line)| format!("{name}\n  {line}\n  {:?}", back.get(name)))
        .collect();
    assert!(
        differing.is_empty(),
        "{} of {}\n{}",
        differing.len(),
        straight.len(),
        differing.join("\n")
    );
    assert_eq!(straight.len(), back.len());
    let files = client(&read_back(), &ClientOptions::new("v3")).unwrap();
    assert!(files.len() > 30, "{}", files.len());
}
