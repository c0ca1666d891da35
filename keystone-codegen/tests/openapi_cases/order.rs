//! The same description gives the same code, whatever the order of its keys.

use keystone_codegen::resource_spec::SpecFile;
use keystone_document::{Content, Node, Style};
use serde_json::{Map, Value};

use crate::{descriptions, generate};

#[test]
fn the_same_document_gives_the_same_code() {
    for sources in descriptions() {
        let (Ok(first), Ok(second)) = (generate(&sources), generate(&sources)) else {
            continue;
        };
        assert_eq!(first, second, "{}", sources[0].name);
    }
}

#[test]
fn the_order_of_keys_does_not_matter() {
    let mut compared = 0;
    for sources in descriptions() {
        let Ok(straight) = generate(&sources) else {
            continue;
        };
        let backwards: Vec<SpecFile> = sources
            .iter()
            .map(|source| {
                let root = keystone_document::read(&source.name, &source.text).unwrap();
                SpecFile::new(source.name.clone(), reversed(&root))
            })
            .collect();
        let turned = generate(&backwards).unwrap();
        for (a, b) in straight.iter().zip(&turned) {
            assert_eq!(a.text, b.text, "{} {}", sources[0].name, a.path);
        }
        assert_eq!(straight.len(), turned.len());
        compared += 1;
    }
    assert!(compared > 35, "{compared}");
}

/// A document as JSON, with the last key of each mapping first.
fn reversed(node: &Node) -> String {
    match &node.value {
        Content::Scalar(text) => match node.style {
            Style::Plain if is_value(text) => text.to_lowercase(),
            Style::Plain if node.is_null() => "null".to_owned(),
            _ => Value::from(text.as_str()).to_string(),
        },
        Content::Sequence(items) => {
            let items: Vec<String> = items.iter().map(reversed).collect();
            format!("[{}]", items.join(","))
        }
        Content::Mapping(entries) => {
            let entries = entries.iter().rev().map(|entry| {
                let key = Value::String(entry.name().to_owned());
                format!("{key}: {}", reversed(&entry.value))
            });
            format!("{{{}}}", entries.collect::<Vec<_>>().join(",\n"))
        }
    }
}

fn is_value(text: &str) -> bool {
    let number: Option<Map<String, Value>> =
        serde_json::from_str(&format!("{{\"a\":{text}}}")).ok();
    number.is_some_and(|map| matches!(map["a"], Value::Number(_) | Value::Bool(_)))
}
