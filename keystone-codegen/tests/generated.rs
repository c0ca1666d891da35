//! The checked-in clients and schemas are what the generator writes.

#![expect(
    clippy::panic,
    clippy::unwrap_used,
    reason = "helpers of tests fail as tests do"
)]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use keystone_codegen::resource_spec::{self, SpecFile};
use keystone_codegen::{
    ClientOptions, Generated, ServerOptions, client, describe, files, openapi, operations, server,
};

const REWRITE: &str = "KEYSTONE_CODEGEN=write cargo test -p keystone-codegen --test generated";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The files of a description, named from the root of the repository.
fn sources(paths: &[PathBuf]) -> Vec<SpecFile> {
    let root = root();
    let relative = |source: SpecFile| {
        let name = source.name.replace(&format!("{}/", root.display()), "");
        SpecFile::new(name, source.text)
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
    let generated = client(&api, &ClientOptions::new("v3").root("crate").schema(true)).unwrap();
    hold(&root().join("keystone-sdk/src/identity"), &generated);
}

#[test]
fn the_proxies_client_is_what_its_spec_leads_to() {
    let spec = root().join("specs/services/proxies.yaml");
    let api = resource_spec::read(&sources(&[spec])).unwrap();
    let generated = client(&api, &ClientOptions::new("client")).unwrap();
    hold(&root().join("examples/proxy-service/src"), &generated);
    let generated = client(&api, &ClientOptions::new("checked_in")).unwrap();
    hold(&root().join("examples/generate-client/src"), &generated);
}

#[test]
fn the_server_side_of_the_proxies_is_what_its_spec_leads_to() {
    let spec = root().join("specs/services/proxies.yaml");
    let api = resource_spec::read(&sources(&[spec])).unwrap();
    let options = ServerOptions::new("checked_in");
    hold(
        &root().join("tests/service"),
        &server(&api, &options).unwrap(),
    );
}

#[test]
fn the_openapi_documents_are_what_the_specs_lead_to() {
    let identity = files::specs_in(&root().join("specs/identity")).unwrap();
    let service = |name: &str| [root().join(format!("specs/services/{name}.yaml"))];
    let document = |name: &str, paths: &[PathBuf]| {
        let api = resource_spec::read(&sources(paths)).unwrap();
        let text = openapi::write(&api, &openapi::WriteOptions::new()).unwrap();
        Generated::new(format!("openapi/{name}.yaml"), text)
    };
    let documents = [
        document("identity-v3", &identity),
        document("proxies", &service("proxies")),
        document("dns", &service("dns")),
    ];
    hold(&root().join("specs"), &documents);
}

/// Clients of documents that others wrote, and of one that says all that OpenAPI can.
#[test]
fn the_clients_of_openapi_documents_are_what_those_lead_to() {
    let foreign = "keystone-codegen/tests/openapi/oas-examples/3.0";
    for (module, path) in [
        ("discriminators", format!("{foreign}/discriminators.yaml")),
        ("parameters", format!("{foreign}/parameters-common.yaml")),
        ("petstore", format!("{foreign}/petstore-expanded.yaml")),
        (
            "shelf",
            "keystone-codegen/tests/openapi_cases/things.yaml".to_owned(),
        ),
    ] {
        let api = describe(&sources(&[root().join(path)])).unwrap();
        let generated = client(&api, &ClientOptions::new(module)).unwrap();
        hold(&root().join("tests/it/foreign"), &generated);
    }
}

/// Versions that end, policies of attributes, actions and tasks, called by tests/it.
#[test]
fn the_client_of_zones_is_what_its_spec_leads_to() {
    let path = root().join("keystone-codegen/tests/service_words/zones.yaml");
    let api = describe(&sources(&[path])).unwrap();
    let generated = client(&api, &ClientOptions::new("dns")).unwrap();
    hold(&root().join("tests/it/service_words"), &generated);
}

#[test]
fn the_schema_of_resource_specs_is_that_of_their_reader() {
    let schema = Generated::new("resources.schema.json", resource_spec::json_schema());
    hold(&root().join("specs/schemas"), &[schema]);
}

#[test]
fn the_examples_in_the_readme_are_resource_specs() {
    let readme = std::fs::read_to_string(root().join("specs/README.md")).unwrap();
    let blocks = readme.split("```yaml\n").skip(1);
    let examples: Vec<&str> = blocks
        .filter_map(|block| Some(block.split_once("```")?.0))
        .filter(|example| example.contains("\nresources:"))
        .collect();
    assert_eq!(examples.len(), 2);
    for example in examples {
        let api = resource_spec::read(&[SpecFile::new("notes.yaml", example)]).unwrap();
        client(&api, &ClientOptions::new("client")).unwrap();
    }
}

/// Every file with one line taken away, indented or given twice: whatever is wrong with it is told
/// with its place, and whatever is not leads to code.
#[test]
fn damaged_descriptions_are_refused_in_good_order() {
    for path in [
        "specs/services/proxies.yaml",
        "specs/services/dns.yaml",
        "keystone-codegen/tests/service_words/zones.yaml",
    ] {
        let text = std::fs::read_to_string(root().join(path)).unwrap();
        damaged_lines_are_refused(&text);
    }
}

fn damaged_lines_are_refused(text: &str) {
    let lines: Vec<&str> = text.lines().collect();
    let mut refused = 0;
    for (index, line) in lines.iter().enumerate() {
        for damaged in [
            String::new(),
            format!("  {line}"),
            format!("{line}\n{line}"),
        ] {
            let (before, after) = lines.split_at(index);
            let mut edited = before.to_vec();
            edited.push(&damaged);
            edited.extend(after.iter().skip(1));
            refused += usize::from(is_refused(&edited.join("\n")));
        }
    }
    assert!(refused > lines.len(), "{refused}");
}

/// Whether a spec is refused, which is then told with the places; if not, it leads to code and to a document.
fn is_refused(spec: &str) -> bool {
    let api = match resource_spec::read(&[SpecFile::new("spec.yaml", spec)]) {
        Ok(api) => api,
        Err(error) => {
            let text = error.to_string();
            assert!(
                text.lines().all(|line| line.starts_with("spec.yaml:")),
                "{text}"
            );
            return true;
        }
    };
    client(&api, &ClientOptions::new("client")).unwrap();
    let document = openapi::write(&api, &openapi::WriteOptions::new()).unwrap();
    let again = describe(&[SpecFile::new("document.yaml", document)]).unwrap();
    assert_eq!(operations(&again), operations(&api));
    false
}

#[test]
fn the_proxies_name_the_policies_of_their_policy_file() {
    let spec = root().join("specs/services/proxies.yaml");
    let api = resource_spec::read(&sources(&[spec])).unwrap();
    let named: BTreeSet<String> = api
        .modules
        .iter()
        .flat_map(|module| &module.resources)
        .flat_map(|resource| &resource.operations)
        .flat_map(|operation| operation.policies.clone())
        .collect();
    let path = root().join("specs/policies/proxies.yaml");
    let text = std::fs::read_to_string(path).unwrap();
    let file = keystone_document::read("proxies.yaml", &text).unwrap();
    let declared: BTreeSet<String> = file
        .get("policies")
        .and_then(|policies| policies.mapping())
        .unwrap()
        .iter()
        .map(|policy| policy.name().to_owned())
        .collect();
    assert_eq!(named, declared);
}

/// The document says all that the model knows, so far as the operations go.
#[test]
fn what_is_written_as_openapi_is_read_again() {
    let paths = [root().join("specs/identity")];
    let api = describe(&files::read(&paths).unwrap()).unwrap();
    let text = openapi::write(&api, &openapi::WriteOptions::new()).unwrap();
    let again = describe(&[SpecFile::new("identity-v3.yaml", text)]).unwrap();
    assert_eq!(again.service.service_type, "identity");
    let (was, is) = (operations(&api), operations(&again));
    let was: BTreeSet<&str> = was.lines().collect();
    let is: BTreeSet<&str> = is.lines().collect();
    assert_eq!(was, is);
    let client = client(&again, &ClientOptions::new("client")).unwrap();
    assert!(client.len() > 1);
}
