//! The parameters in paths, and the arguments that read them.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::description::OperationDescription;
use super::route::DescribedRoute;

/// A parameter for each name in the path. Reports what the arguments read and the path lacks, and the
/// other way round.
pub(super) fn parameters(
    route: &DescribedRoute,
    about: &OperationDescription<'_>,
    problems: &mut Vec<String>,
) -> Vec<Value> {
    let names: Vec<&str> = names(&route.path).collect();
    let mut problem = |text: String| {
        problems.push(format!("{} {}: {text}", route.method, route.path));
    };
    let mut types: BTreeMap<&str, Value> = BTreeMap::new();
    let mut open = about.path.open;
    for schema in &about.path.read {
        let known = types.len();
        let read = read(about.schemas.resolved(schema));
        match read {
            Read::Attributes(attributes) => {
                for (name, schema, required) in attributes {
                    match names.iter().find(|known| **known == name) {
                        Some(name) => drop(types.insert(name, schema)),
                        None if required => problem(format!(
                            "an argument reads `{name}`, which the path lacks: name it `{{{name}}}` there, or \
                             rename the attribute"
                        )),
                        None => {}
                    }
                }
            }
            Read::Values(values) if values.len() == names.len() => {
                types.extend(names.iter().copied().zip(values));
            }
            Read::Values(values) => problem(format!(
                "an argument reads {} of the path, which has {}",
                count(values.len()),
                count(names.len())
            )),
            Read::Anything => open = true,
        }
        // What is wrong is told once.
        open |= types.len() == known;
    }
    for name in &names {
        if !open && !types.contains_key(name) {
            problem(format!(
                "no argument reads `{{{name}}}`: take it as `Path<..>` or `Found<..>`, or leave it out of \
                 the path"
            ));
        }
    }
    let parameters = names.into_iter().map(|name| {
        let text = || json!({"type": "string"});
        let schema = types.remove(name).unwrap_or_else(text);
        json!({"name": name, "in": "path", "required": true, "schema": schema})
    });
    parameters.collect()
}

fn names(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').filter_map(|segment| {
        let name = segment.strip_prefix('{')?.strip_suffix('}')?;
        Some(name.trim_start_matches('*'))
    })
}

fn count(count: usize) -> String {
    match count {
        1 => "1 parameter".to_owned(),
        count => format!("{count} parameters"),
    }
}

/// How a type reads the parameters of a path.
enum Read {
    /// By name, with a schema and whether it is required.
    Attributes(Vec<(String, Value, bool)>),
    /// By position.
    Values(Vec<Value>),
    /// All, whatever they are.
    Anything,
}

fn read(schema: &Value) -> Read {
    if let Some(properties) = schema.get("properties").and_then(Value::as_object) {
        let required = schema.get("required").and_then(Value::as_array);
        let is_required =
            |name: &str| required.is_some_and(|all| all.iter().any(|one| one == name));
        let attributes = properties.iter();
        let attributes =
            attributes.map(|(name, schema)| (name.clone(), schema.clone(), is_required(name)));
        return Read::Attributes(attributes.collect());
    }
    if let Some(items) = schema.get("prefixItems").and_then(Value::as_array) {
        return Read::Values(items.clone());
    }
    let types = ["object", "array"];
    match schema.get("type").and_then(Value::as_str) {
        Some(ty) if types.contains(&ty) => Read::Anything,
        _ => Read::Values(vec![schema.clone()]),
    }
}
