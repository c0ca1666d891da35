//! A document, read back, says what the spec says.

use std::collections::BTreeMap;

use keystone_codegen::model::{Api, Definition, Field, Operation, Shape};
use keystone_codegen::openapi::{WriteOptions, write};
use keystone_codegen::resource_spec::SpecFile;
use keystone_codegen::{ClientOptions, client, describe, operations};

use crate::{document, zones};

fn read_back(options: &WriteOptions) -> Api {
    describe(&[SpecFile::new("dns-v2.yaml", document(options))]).unwrap()
}

/// What an operation has that the new words speak of; a line each.
fn of_operations(api: &Api) -> BTreeMap<String, String> {
    let mut lines = BTreeMap::new();
    for resource in api.resources() {
        for operation in &resource.operations {
            let (since, until) = (&operation.notes.since, &operation.notes.until);
            let Operation {
                method,
                policies,
                statuses,
                hide,
                action,
                task,
                ..
            } = operation;
            let headers: Vec<_> = operation
                .response_headers
                .iter()
                .map(|one| &one.name)
                .collect();
            let queries: Vec<_> = operation
                .query
                .iter()
                .map(|one| (&one.name, &one.since, &one.until))
                .collect();
            let key = match &operation.shape {
                Shape::Other {
                    body: Some(body), ..
                } if action.is_some() => Some((&body.key, &body.ty)),
                _ => None,
            };
            let line = format!(
                "{method:?} {} {statuses:?} {policies:?} {since:?} {until:?} hide {hide} action {action:?} {key:?} task {task:?} \
                 {headers:?} {queries:?}",
                api.address(&operation.path),
            );
            lines.insert(format!("{}.{}", resource.name, operation.name), line);
        }
    }
    lines
}

/// The versions and policies of attributes in responses.
fn of_fields<'a>(fields: impl Iterator<Item = &'a Field>) -> Vec<String> {
    let line = |field: &Field| {
        let Field {
            name,
            since,
            until,
            policy,
            response,
            limited,
            ..
        } = field;
        let always = response.filter(|_| *limited);
        format!(
            "{name} {since:?} {until:?} {policy:?} {always:?} {:?}",
            field.seen()
        )
    };
    fields.map(line).collect()
}

#[test]
fn operations_keep_all_that_is_said_of_them() {
    for options in [WriteOptions::new(), WriteOptions::new().served(true)] {
        let back = read_back(&options);
        let mut straight = of_operations(&zones());
        // A version of the whole resource is written at each of its operations.
        for line in straight.values_mut().filter(|line| line.contains("zones")) {
            if !line.contains("tasks") {
                *line = line.replacen("None None hide", "None Some(\"1.3\") hide", 1);
            }
        }
        assert_eq!(of_operations(&back), straight);
        assert_eq!(operations(&back), operations(&zones()));
        assert_eq!(back.service.microversions, zones().service.microversions);
    }
}

#[test]
fn attributes_keep_their_versions_and_policies() {
    let (straight, back) = (zones(), read_back(&WriteOptions::new()));
    let zone = straight.resources().find(|one| one.name == "zone").unwrap();
    let record = |name: &str| {
        let mut types = back.types();
        let found = types
            .find(|one| one.name() == name)
            .unwrap_or_else(|| panic!("{name}"));
        match found {
            Definition::Record(record) => record.clone(),
            _ => panic!("{name} is no record"),
        }
    };
    let seen = zone.fields.iter().filter(|field| field.response.is_some());
    assert_eq!(of_fields(record("Zone").fields.iter()), of_fields(seen));
    let sent = record("ZoneUpdate");
    let pool = sent
        .fields
        .iter()
        .find(|field| field.name == "pool")
        .unwrap();
    assert_eq!(pool.policy.as_deref(), Some("zone:pool"));
    assert_eq!(pool.until.as_deref(), Some("1.2"));
    let transfer = record("ZoneTransfer");
    assert_eq!(transfer.fields[1].until.as_deref(), Some("1.2"));
}

/// The body of a method of a client, without spaces.
fn method(api: &Api, name: &str) -> String {
    let files = client(api, &ClientOptions::new("client")).unwrap();
    let text: String = files.into_iter().map(|file| file.text).collect();
    let text: String = text.split_whitespace().collect();
    let start = text
        .find(&format!("pubfn{name}(&self"))
        .unwrap_or_else(|| panic!("{name}"));
    let end = text[start..].find('}').unwrap();
    text[start..start + end].to_owned()
}

#[test]
fn the_client_of_the_document_calls_what_the_client_of_the_spec_calls() {
    let back = read_back(&WriteOptions::new());
    for name in ["verify", "transfer", "sign", "export", "delete"] {
        // A document does not say which id is the resource's own, nor where lists of parents begin.
        let same = |text: String| text.replace("zone_id", "id");
        assert_eq!(
            same(method(&back, name)),
            same(method(&zones(), name)),
            "{name}"
        );
    }
}

/// A spec with an operation for each combination of the words that one may have.
fn combinations() -> String {
    let mut operations = String::new();
    for number in 0_u32..128 {
        let has = |bit: u32| number >> bit & 1 == 1;
        let mut parts = vec![match has(0) {
            true => format!("action: act-{number}"),
            false => format!("post: 'notes/{{note_id}}/n{number}'"),
        }];
        parts.push(match has(1) {
            true => "policy: public".to_owned(),
            false => format!("policy: [n:{number}, n:both]"),
        });
        parts.extend(has(2).then(|| "task: job".to_owned()));
        parts.extend((!has(1) && has(3)).then(|| "hide: true".to_owned()));
        parts.extend(has(4).then(|| "since: '1.1'".to_owned()));
        parts.extend(has(5).then(|| "until: '1.2'".to_owned()));
        let body = if has(0) {
            "body: Part"
        } else {
            "body: {part: Part}"
        };
        parts.extend(has(6).then(|| body.to_owned()));
        operations.push_str(&format!("      o{number}: {{{}}}\n", parts.join(", ")));
    }
    format!(
        "service: {{type: notes, version: v1, microversions: {{min: '1.0', max: '1.2'}}}}\nresources:\n  note:\n    \
         operations:\n{operations}    fields: {{id: 'id, response'}}\n    records: {{Part: {{fields: {{size: int}}}}}}\n  \
         job:\n    operations: {{get: public}}\n    fields: {{id: 'id, response'}}\n"
    )
}

#[test]
fn every_combination_of_the_words_is_read_back() {
    let api = describe(&[SpecFile::new("notes.yaml", combinations())]).unwrap();
    for served in [false, true] {
        let text = write(&api, &WriteOptions::new().served(served)).unwrap();
        let back = describe(&[SpecFile::new("notes-v1.yaml", text)]).unwrap();
        assert_eq!(of_operations(&back), of_operations(&api));
    }
    client(&api, &ClientOptions::new("client")).unwrap();
}
