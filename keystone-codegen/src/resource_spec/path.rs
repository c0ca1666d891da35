//! Paths with parameters.

use std::collections::BTreeMap;

use keystone_document::Node;

use super::reader::{Reader, ReferenceKind};
use super::{line, names};
use crate::model::{Path, PathParameter, Segment, Type};
use crate::text::problem_of_path;

/// Reads `users/{user_id}/groups`, with a slash before it if the version is no part of the path, or
/// `.` for the version itself. A parameter `{X_id}` is the id of resource `X`, unless `params` says
/// otherwise.
pub(super) fn read(reader: &mut Reader, node: &Node, params: &BTreeMap<String, Type>) -> Path {
    let text = reader.text(node);
    let mut path = Path::default();
    if let Some(problem) = problem_of_path(&text) {
        reader.problem(node.position, problem);
        return path;
    }
    if text == "." {
        return path;
    }
    path.at_root = text.starts_with('/');
    if text == "/" {
        return path;
    }
    let mut offset = usize::from(path.at_root);
    let text = text.get(offset..).unwrap_or_default();
    for part in text.split('/') {
        let position = node.position_at(offset);
        offset += part.len() + 1;
        let name = part
            .strip_prefix('{')
            .and_then(|rest| rest.strip_suffix('}'));
        if part.is_empty() || name.is_none() && part.contains(['{', '}']) {
            reader.problem(
                position,
                format!("`{text}` is not a path such as `users/{{user_id}}`"),
            );
            return path;
        }
        path.segments.push(match name {
            None => Segment::Literal(part.to_owned()),
            Some(name) => {
                names::check_snake(reader, position, name);
                let id_of = match params.get(name) {
                    Some(Type::Id(of)) => Some(of.clone()),
                    Some(_) => None,
                    None => match name.strip_suffix("_id") {
                        Some(of) => {
                            reader.refer(ReferenceKind::Identified, of, position);
                            Some(of.to_owned())
                        }
                        None => {
                            let message = format!("the type of `{name}` is unknown; add it to `params`, as `string` or `id of ..`");
                            reader.problem(position, message);
                            None
                        }
                    },
                };
                Segment::Parameter(PathParameter::new(name, id_of))
            }
        });
    }
    path
}

/// Reads the `params` of a resource.
pub(super) fn params(reader: &mut Reader, node: Option<&&Node>) -> BTreeMap<String, Type> {
    let Some(node) = node else {
        return BTreeMap::new();
    };
    reader
        .entries(node, "`params`")
        .into_iter()
        .map(|(key, value)| {
            let ty = line::ty(reader, value, None);
            if !matches!(ty, Type::Id(_) | Type::Text) {
                reader.problem(
                    value.position,
                    "a parameter in a path is `string` or `id of ..`",
                );
            }
            (reader.text(key), ty)
        })
        .collect()
}
