//! The document that a service serves of itself.

use keystone_codegen::openapi::WriteOptions;
use keystone_document::Node;

use crate::document;

fn served() -> Node {
    let text = document(&WriteOptions::new().served(true));
    keystone_document::read("dns-v2.yaml", &text).unwrap()
}

/// Every operation with its path and method.
fn operations(root: &Node) -> Vec<(String, &Node)> {
    let mut found = Vec::new();
    for path in root.get("paths").and_then(Node::mapping).unwrap().iter() {
        for method in path.value.mapping().unwrap().iter() {
            if method.name() != "parameters" {
                found.push((format!("{} {}", method.name(), path.name()), &method.value));
            }
        }
    }
    assert!(found.len() > 5, "{}", found.len());
    found
}

/// The statuses that an operation describes.
fn statuses(operation: &Node) -> Vec<&str> {
    let responses = operation.get("responses").and_then(Node::mapping).unwrap();
    responses.iter().map(|response| response.name()).collect()
}

/// What a reference leads to; anything else is itself.
fn resolve<'a>(root: &'a Node, node: &'a Node) -> &'a Node {
    let Some(reference) = node.get("$ref").and_then(Node::text) else {
        return node;
    };
    let keys = reference.trim_start_matches("#/").split('/');
    keys.fold(root, |place, key| place.get(key).unwrap())
}

#[test]
fn every_operation_describes_all_that_the_runtime_may_respond_with() {
    let root = served();
    for (name, operation) in operations(&root) {
        let found = statuses(operation);
        for status in ["400", "401", "403", "404", "405", "406", "500", "503"] {
            assert!(found.contains(&status), "{status} of {name}: {found:?}");
        }
        let sends = operation.get("requestBody").is_some();
        for status in ["413", "415"] {
            assert_eq!(found.contains(&status), sends, "{status} of {name}");
        }
        let changes = !name.starts_with("get ") && !name.starts_with("head ");
        assert_eq!(found.contains(&"409"), changes, "{name}");
        assert!(
            !found.contains(&"default"),
            "{name} leaves nothing undescribed"
        );
    }
}

#[test]
fn every_response_has_the_headers_of_the_runtime() {
    let root = served();
    for (name, operation) in operations(&root) {
        let responses = operation.get("responses").and_then(Node::mapping).unwrap();
        for response in responses.iter() {
            let described = resolve(&root, &response.value);
            let headers = described.get("headers").unwrap();
            for header in ["X-Openstack-Request-Id", "OpenStack-API-Version", "Vary"] {
                let header = headers
                    .get(header)
                    .unwrap_or_else(|| panic!("{header} of {name}"));
                assert!(resolve(&root, header).get("schema").is_some());
            }
        }
    }
}

#[test]
fn every_error_has_the_body_of_openstack() {
    let root = served();
    let responses = root
        .get("components")
        .and_then(|one| one.get("responses"))
        .unwrap();
    for response in responses.mapping().unwrap().iter() {
        let media = response
            .value
            .get("content")
            .and_then(|one| one.get("application/json"));
        let schema = resolve(&root, media.and_then(|one| one.get("schema")).unwrap());
        let error = schema
            .get("properties")
            .and_then(|one| one.get("error"))
            .unwrap();
        let required = resolve(&root, error)
            .get("required")
            .and_then(Node::sequence)
            .unwrap();
        let required: Vec<_> = required.iter().filter_map(Node::text).collect();
        assert_eq!(
            required,
            ["code", "title", "message"],
            "{}",
            response.name()
        );
    }
    let header = |name: &str, header: &str| {
        let response = responses.get(name).unwrap();
        response
            .get("headers")
            .and_then(|one| one.get(header))
            .is_some()
    };
    assert!(header("MethodNotAllowed", "Allow"));
    assert!(header("Unauthorized", "WWW-Authenticate"));
    assert!(header("ServiceUnavailable", "Retry-After"));
}

#[test]
fn the_microversion_is_one_that_the_service_knows() {
    let root = served();
    for (name, operation) in operations(&root) {
        let parameters = operation
            .get("parameters")
            .and_then(Node::sequence)
            .unwrap();
        let version = parameters
            .iter()
            .map(|one| resolve(&root, one))
            .find(|one| one.get("name").and_then(Node::text) == Some("OpenStack-API-Version"))
            .unwrap_or_else(|| panic!("{name}"));
        let words = version
            .get("schema")
            .and_then(|one| one.get("enum"))
            .unwrap();
        let words: Vec<_> = words
            .sequence()
            .unwrap()
            .iter()
            .filter_map(Node::text)
            .collect();
        assert_eq!(
            words,
            ["dns 1.0", "dns 1.1", "dns 1.2", "dns 1.3", "dns latest"]
        );
    }
}

#[test]
fn requests_allow_nothing_that_is_not_described_and_responses_may_grow() {
    let root = served();
    let schemas = root
        .get("components")
        .and_then(|one| one.get("schemas"))
        .unwrap();
    let closed = |name: &str| {
        let schema = schemas.get(name).unwrap();
        schema.get("additionalProperties").and_then(Node::text) == Some("false")
    };
    assert!(closed("ZoneCreate") && closed("ZoneUpdate") && closed("ZoneTransfer"));
    assert!(!closed("Zone") && !closed("ZoneTask"));
    let security = root.get("security").and_then(Node::sequence).unwrap();
    assert!(security[0].get("token").is_some());
}

#[test]
fn the_document_for_everybody_has_none_of_that() {
    let text = document(&WriteOptions::new());
    for word in [
        "X-Openstack-Request-Id",
        "\"405\"",
        "\"503\"",
        "additionalProperties: false",
    ] {
        assert!(!text.contains(word), "{word}");
    }
}

#[test]
fn parameters_have_the_bounds_that_the_runtime_reads() {
    let root = served();
    let operations = operations(&root);
    let parameters = operations.iter().filter_map(|(_, operation)| {
        let parameters = operation.get("parameters").and_then(Node::sequence)?;
        Some(parameters.iter().map(|parameter| resolve(&root, parameter)))
    });
    let (mut flags, mut limits) = (0, 0);
    for parameter in parameters.flatten() {
        let schema = parameter.get("schema").unwrap();
        if parameter.get("x-openstack-type").and_then(Node::text) == Some("flag") {
            assert_eq!(schema.get("type").and_then(Node::text), Some("boolean"));
            assert!(schema.get("const").is_none(), "`false` is read too");
            flags += 1;
        }
        if parameter.get("name").and_then(Node::text) == Some("limit") {
            assert!(schema.get("minimum").is_some() && schema.get("maximum").is_some());
            limits += 1;
        }
    }
    assert!(flags > 0 && limits > 0, "{flags} flags, {limits} limits");
}
