//! Reads the cases.

use std::fs;
use std::path::{Path, PathBuf};

use keystone_document::{Content, Node, Style};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::Outcome;

/// What stands in `fixtures.yaml` alone.
const FIXTURES: &str = "fixtures.yaml";

/// A case. What follows `answers` is not shown to whoever runs it.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Case {
    /// What is tried.
    pub(super) name: String,
    /// The plugin's name, or `v3` for a login by `methods`.
    pub(super) plugin: String,
    /// The plugin's options.
    #[serde(default)]
    pub(super) options: Map<String, Value>,
    /// What no option says, for a login by `v3`: `include_catalog`, `unscoped`, `reauthenticate`.
    #[serde(default)]
    pub(super) constructor: Map<String, Value>,
    /// The methods of a login by `v3`.
    #[serde(default)]
    pub(super) methods: Vec<Value>,
    /// A plugin whose token goes along, with its options.
    pub(super) service: Option<Service>,
    /// Settings of the session.
    #[serde(default)]
    pub(super) session: Map<String, Value>,
    /// Settings of adapters around the session, the innermost first.
    #[serde(default)]
    pub(super) adapters: Vec<Map<String, Value>>,
    /// What is done: a word, or a word with arguments.
    pub(super) steps: Vec<Value>,
    /// What the servers answer. Answers to one request are given in turn, the last for ever.
    #[serde(default, skip_serializing)]
    pub(super) answers: Vec<Value>,
    /// What the servers are asked.
    #[serde(default, skip_serializing)]
    requests: Vec<Value>,
    /// What comes of each step.
    #[serde(skip_serializing)]
    results: Vec<Value>,
    /// Where keystoneauth1 does something else.
    #[serde(default, skip_serializing)]
    pub(super) differs: Option<Differs>,
}

/// The plugin of a service.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Service {
    pub(super) plugin: String,
    #[serde(default)]
    pub(super) options: Map<String, Value>,
}

/// What keystoneauth1 does; what is left out is the same.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Differs {
    /// The name of the difference in `docs/differences.md`.
    pub(super) why: String,
    requests: Option<Vec<Value>>,
    results: Option<Vec<Value>>,
}

impl Case {
    /// What our code does.
    pub(super) fn expected(&self) -> Outcome {
        Outcome {
            requests: self.requests.clone(),
            results: self.results.clone(),
        }
    }

    /// What keystoneauth1 does.
    pub(super) fn expected_of_keystoneauth(&self) -> Outcome {
        let mut outcome = self.expected();
        if let Some(differs) = &self.differs {
            outcome.requests = differs.requests.clone().unwrap_or(outcome.requests);
            outcome.results = differs.results.clone().unwrap_or(outcome.results);
        }
        outcome
    }
}

/// All cases, with the names of their files.
pub(super) fn all() -> Vec<(String, Case)> {
    let fixtures = read(&folder().join(FIXTURES));
    let mut files: Vec<_> = fs::read_dir(folder())
        .unwrap()
        .map(|it| it.unwrap().path())
        .collect();
    files.sort();
    let mut all = Vec::new();
    for file in files {
        let name = file.file_name().unwrap().to_str().unwrap().to_owned();
        if name != FIXTURES {
            all.extend(
                cases(&file, &name, &fixtures)
                    .into_iter()
                    .map(|it| (name.clone(), it)),
            );
        }
    }
    all
}

fn cases(file: &Path, name: &str, fixtures: &Value) -> Vec<Case> {
    let cases = read(file);
    let read = |(index, case): (usize, &Value)| {
        let case = serde_json::from_value(case.clone());
        let mut case: Case = case.unwrap_or_else(|error| panic!("{name}, case {index}: {error}"));
        for answer in &mut case.answers {
            *answer = completed(answer.take(), fixtures);
        }
        case
    };
    let cases = cases["cases"].as_array().unwrap();
    cases.iter().enumerate().map(read).collect()
}

/// The answer with what `use` names below it.
fn completed(mut answer: Value, fixtures: &Value) -> Value {
    let Some(name) = answer.as_object_mut().unwrap().remove("use") else {
        return answer;
    };
    let name = name.as_str().unwrap();
    let mut base = fixtures[name].clone();
    assert!(base.is_object(), "there is no fixture `{name}`");
    merge(&mut base, answer);
    base
}

/// Objects grow together; anything else is replaced.
fn merge(base: &mut Value, over: Value) {
    match (base, over) {
        (Value::Object(base), Value::Object(over)) => {
            for (key, value) in over {
                merge(base.entry(key).or_insert(Value::Null), value);
            }
        }
        (base, over) => *base = over,
    }
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../vectors/auth")
}

fn read(file: &Path) -> Value {
    let text = fs::read_to_string(file).unwrap();
    let name = file.file_name().unwrap().to_str().unwrap();
    json(&keystone_document::read(name, &text).unwrap())
}

/// Plain words mean what they mean in JSON; everything else is a text.
fn json(node: &Node) -> Value {
    match &node.value {
        Content::Mapping(entries) => {
            let pairs = entries
                .iter()
                .map(|it| (it.name().to_owned(), json(&it.value)));
            Value::Object(pairs.collect())
        }
        Content::Sequence(items) => Value::Array(items.iter().map(json).collect()),
        Content::Scalar(text) if node.style != Style::Plain => text.as_str().into(),
        Content::Scalar(text) => match text.as_str() {
            "null" | "" => Value::Null,
            "true" => true.into(),
            "false" => false.into(),
            text => text.parse::<i64>().map_or_else(|_| text.into(), Into::into),
        },
    }
}
