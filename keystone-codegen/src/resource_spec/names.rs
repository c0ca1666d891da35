//! Which names a description may give: they all become names in Rust.

use std::collections::BTreeSet;

use keystone_document::{Node, Position};

use super::reader::Reader;
use crate::model::camel;

/// Types that generated files import or that Rust itself brings.
pub(crate) const TYPES: &[&str] = &[
    "AccessInfo",
    "BTreeMap",
    "Box",
    "Client",
    "DateTime",
    "Default",
    "Deserialize",
    "Duration",
    "EndpointFilter",
    "Err",
    "Error",
    "Extra",
    "From",
    "HeaderName",
    "HeaderValue",
    "Id",
    "Interface",
    "Into",
    "IntoFuture",
    "IntoIterator",
    "IssuedToken",
    "Items",
    "Iterator",
    "Links",
    "List",
    "Map",
    "Match",
    "Method",
    "None",
    "Ok",
    "Operation",
    "Option",
    "Page",
    "Paging",
    "Patch",
    "PlainList",
    "Raw",
    "Request",
    "Result",
    "SecretJson",
    "SecretString",
    "Self",
    "Serialize",
    "ServiceClient",
    "Session",
    "Some",
    "String",
    "TimeMatch",
    "Timestamp",
    "Url",
    "Value",
    "Vec",
];

/// What to do about the name of a field or a parameter.
pub(super) const RENAME: &str = "add `as NAME` with another";

/// Methods that every builder has.
pub(crate) const OF_BUILDERS: &[&str] = &[
    "all",
    "at_most_one",
    "auth",
    "check_microversion",
    "client",
    "endpoint_interface",
    "endpoint_override",
    "global_request_id",
    "header",
    "limit",
    "log_name",
    "microversion",
    "original_ip",
    "reauthenticate",
    "redirects",
    "region_name",
    "retries",
    "send",
    "stream",
    "throttle",
    "timeout",
    "user_agent",
];

/// Methods that every request body has.
pub(crate) const OF_BODIES: &[&str] = &["extra", "new"];

/// Methods that every client of a resource has.
pub(crate) const OF_RESOURCE_CLIENTS: &[&str] = &["find_by_name", "new"];

/// Methods that every client has.
pub(crate) const OF_CLIENTS: &[&str] = &[
    "anonymous",
    "at",
    "microversion",
    "new",
    "service",
    "with_endpoint",
];

/// Whether a text is a name such as `access_rule`.
pub(super) fn is_snake(name: &str) -> bool {
    let other =
        |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '_';
    name.starts_with(|letter: char| letter.is_ascii_lowercase()) && name.chars().all(other)
}

/// Whether a text is the name of a type such as `AccessRule`.
pub(super) fn is_camel(name: &str) -> bool {
    name.starts_with(|letter: char| letter.is_ascii_uppercase())
        && name.chars().all(|letter| letter.is_ascii_alphanumeric())
}

/// Reads a name such as `access_rule`.
pub(super) fn snake_name(reader: &mut Reader, node: &Node) -> String {
    let name = reader.text(node);
    check_snake(reader, node.position, &name);
    name
}

pub(super) fn check_snake(reader: &mut Reader, position: Position, name: &str) {
    if !is_snake(name) {
        reader.problem(
            position,
            format!("`{name}` is not a name such as `access_rule`"),
        );
    }
}

/// Refuses the name of a type that generated files use otherwise.
pub(super) fn check_type(reader: &mut Reader, position: Position, name: &str) {
    if TYPES.contains(&name) {
        let message =
            format!("a type `{name}` would clash with another of that name; choose another name");
        reader.problem(position, message);
    }
}

/// Refuses the names of the two types that a resource leads to.
pub(super) fn check_resource(reader: &mut Reader, position: Position, name: &str, plural: &str) {
    check_type(reader, position, &camel(name));
    check_type(reader, position, &camel(plural));
    if name == plural {
        reader.problem(
            position,
            format!("`{name}` needs a `plural` that differs from it"),
        );
    }
    if OF_CLIENTS.contains(&plural) {
        let message = format!("every client has a method `{plural}`; choose another `plural`");
        reader.problem(position, message);
    }
}

/// Refuses names in Rust that are none, that are taken, or that occur twice.
pub(super) struct Taken<'a> {
    reserved: &'a [&'a str],
    remedy: &'a str,
    seen: BTreeSet<String>,
}

impl<'a> Taken<'a> {
    pub(super) fn new(reserved: &'a [&'a str], remedy: &'a str) -> Self {
        Self {
            reserved,
            remedy,
            seen: BTreeSet::new(),
        }
    }

    pub(super) fn check(&mut self, reader: &mut Reader, position: Position, name: &str) {
        let problem = if !is_snake(name) {
            "is not a name in Rust"
        } else if self.reserved.contains(&name) {
            "is the name of a built-in method"
        } else if !self.seen.insert(name.to_owned()) {
            "is used twice"
        } else {
            return;
        };
        reader.problem(position, format!("`{name}` {problem}; {}", self.remedy));
    }
}
