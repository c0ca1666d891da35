//! Checks of the shape of nodes.

use keystone_document::{Entry, Node, Scalar, hint};

use crate::sources::error::{Error, ShapeError};

pub(super) fn expect_mapping<'n>(file: &str, node: &'n Node) -> Result<&'n [Entry], Error> {
    node.mapping()
        .ok_or_else(|| wrong(file, node, "expected a mapping of names here"))
}

/// A name must be a string in YAML 1.1: rules with other names could never be looked up.
pub(super) fn expect_name(file: &str, key: &Node) -> Result<(), Error> {
    match key.scalar() {
        Some(Scalar::Text(_)) => Ok(()),
        _ => Err(wrong(
            file,
            key,
            "this name is a number, a date, a boolean or null, put it in quotes to make it a string",
        )),
    }
}

/// A mapping with these keys only.
pub(super) fn expect_keys(file: &str, node: &Node, known: &[&str]) -> Result<(), Error> {
    for entry in expect_mapping(file, node)? {
        let name = entry.name();
        if !known.contains(&name) {
            return Err(wrong(
                file,
                &entry.key,
                format!("`{name}` is not known here{}", hint(name, known)),
            ));
        }
    }
    Ok(())
}

pub(super) fn expect_text<'n>(file: &str, node: &'n Node) -> Result<&'n str, Error> {
    match node.text() {
        Some(text) if !node.is_null() => Ok(text),
        _ => Err(wrong(file, node, "expected a string here")),
    }
}

/// The text called `name`, or an empty one.
pub(super) fn optional_text(file: &str, node: &Node, name: &str) -> Result<String, Error> {
    node.get(name).map_or(Ok(String::new()), |value| {
        expect_text(file, value).map(str::to_owned)
    })
}

/// The boolean called `name`, or false.
pub(super) fn optional_bool(file: &str, node: &Node, name: &str) -> Result<bool, Error> {
    match node.get(name).map(|value| (value, value.scalar())) {
        None => Ok(false),
        Some((_, Some(Scalar::Bool(value)))) => Ok(value),
        Some((value, _)) => Err(wrong(file, value, "expected `true` or `false` here")),
    }
}

pub(super) fn missing(file: &str, node: &Node, name: &str) -> Error {
    wrong(file, node, format!("`{name}` is missing here"))
}

pub(super) fn wrong(file: &str, node: &Node, problem: impl std::fmt::Display) -> Error {
    Error::Shape(ShapeError::new(node.position.place(file), problem))
}
