//! YAML and JSON as PyYAML and Python's json module read them, or refused.

use keystone_differential::documents;
use keystone_differential::random::Random;
use keystone_document::{Content, Node, Scalar};
use serde_json::{Value, json};

use crate::python;

const SEED: u64 = 20_261_129;
const YAML: usize = 30_000;
const JSON: usize = 10_000;
/// How many disagreements are shown.
const SHOWN: usize = 30;

#[test]
fn documents_are_read_as_by_python_or_refused() {
    let mut random = Random::new(SEED);
    let mut cases: Vec<(&str, String)> = Vec::new();
    cases.extend((0..YAML).map(|_| ("yaml", documents::yaml(&mut random))));
    cases.extend((0..JSON).map(|_| ("json", documents::json(&mut random))));
    let lines = cases.iter().enumerate();
    let lines: Vec<String> = lines
        .map(|(id, (kind, text))| json!({"id": id, *kind: text}).to_string())
        .collect();
    let theirs = python::answers_of("read_yaml.py", &lines);
    let mut tally = Tally::default();
    for ((kind, text), theirs) in cases.iter().zip(&theirs) {
        tally.compare(kind, text, theirs);
    }
    println!("{tally:?}");
    let shown = tally.wrong.iter().take(SHOWN).map(String::as_str);
    let shown = shown.collect::<Vec<_>>().join("\n");
    let (wrong, all) = (tally.wrong.len(), cases.len());
    assert!(wrong == 0, "{wrong} of {all} disagree:\n{shown}");
    assert!(tally.alike > all / 4, "only {} of {all}", tally.alike);
    assert!(tally.by_us_only < all / 50, "{} of {all}", tally.by_us_only);
}

/// How many documents are read alike, refused by both or by one.
#[derive(Debug, Default)]
struct Tally {
    alike: usize,
    refused_by_both: usize,
    refused_by_us: usize,
    /// What PyYAML takes for no YAML: among it a tab between two tokens, and an anchor that is
    /// defined twice.
    by_us_only: usize,
    wrong: Vec<String>,
}

impl Tally {
    fn compare(&mut self, kind: &str, text: &str, theirs: &Value) {
        let error = theirs.get("error").and_then(Value::as_str);
        let ours = match keystone_document::read_optional(&format!("a.{kind}"), text) {
            Ok(None) => Some(json!(["null"])),
            // No reader takes a document of a single value.
            Ok(Some(node)) if node.text().is_some() => None,
            Ok(Some(node)) => told(&node),
            Err(_) => None,
        };
        let no_yaml = |error| matches!(error, "ScannerError" | "ParserError" | "ComposerError");
        match (ours.as_ref().map(sorted), theirs.get("value").map(sorted)) {
            (None, None) => self.refused_by_both += 1,
            (None, Some(_)) => self.refused_by_us += 1,
            (Some(ours), Some(theirs)) if ours == theirs => self.alike += 1,
            (Some(_), None) if error.is_some_and(no_yaml) => self.by_us_only += 1,
            (Some(ours), _) => {
                let shown = format!("{kind} {text:?}\n  python: {theirs}\n  ours:   {ours}");
                self.wrong.push(shown);
            }
        }
    }
}

/// What Python tells of a document, with mappings in the order of their texts: the order is no matter
/// to whoever reads by name, and merge keys put their entries first.
fn sorted(value: &Value) -> Value {
    let Value::Array(parts) = value else {
        return value.clone();
    };
    let mut parts: Vec<Value> = parts.iter().map(sorted).collect();
    if let [Value::String(kind), Value::Array(entries)] = parts.as_mut_slice()
        && kind == "map"
    {
        entries.sort_by_key(Value::to_string);
    }
    parts.into()
}

/// The same of ours; none when it holds what no reader takes.
fn told(node: &Node) -> Option<Value> {
    Some(match &node.value {
        Content::Sequence(items) => {
            json!(["list", items.iter().map(told).collect::<Option<Vec<_>>>()?])
        }
        Content::Mapping(entries) => {
            let entries = entries.iter();
            let pairs = entries.map(|entry| Some(json!([told(&entry.key)?, told(&entry.value)?])));
            json!(["map", pairs.collect::<Option<Vec<_>>>()?])
        }
        Content::Scalar(_) => match node.scalar()? {
            Scalar::Null => json!(["null"]),
            Scalar::Bool(value) => json!(["bool", value]),
            Scalar::Int(value) => json!(["int", value.to_string()]),
            Scalar::Float(value) if value.is_nan() => json!(["float", "nan"]),
            Scalar::Float(value) => json!(["float", format!("{:016x}", value.to_bits())]),
            Scalar::Text(text) => json!(["text", text]),
            Scalar::Timestamp(_) => json!(["time"]),
            _ => return None,
        },
    })
}
