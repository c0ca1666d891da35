//! What the parts of a document share: names of components, references to them, and short schemas.

use crate::model::snake;
use keystone_document::{Mapping as Map, Node};

/// The name of the security scheme that is the token in `X-Auth-Token`.
pub(super) const TOKEN: &str = "token";
/// The schema of `links`.
pub(super) const LINKS: &str = "Links";
/// The schema of what a token is for.
pub(super) const TOKEN_BODY: &str = "KeystoneToken";
/// The header with an issued token.
pub(super) const SUBJECT_TOKEN: &str = "X-Subject-Token";
/// The parameter with the size of a page.
pub(super) const LIMIT: &str = "limit";
/// The parameter with the id before a page.
pub(super) const MARKER: &str = "marker";
/// What requests and responses hold unless an operation says otherwise.
pub(super) const MEDIA_TYPE: &str = "application/json";
/// What is sent where a form is.
pub(super) const FORM: &str = "application/x-www-form-urlencoded";

/// A security requirement names no scopes: tokens of Keystone have none of OAuth's.
pub(super) fn no_scopes() -> Node {
    Node::from(Vec::<Node>::new())
}

/// A reference to a component.
pub(super) fn reference(kind: &str, name: &str) -> Map {
    Map::new().with("$ref", format!("#/components/{kind}/{name}"))
}

/// A schema that says the type only.
pub(super) fn of_type(name: &str) -> Map {
    Map::new().with("type", name)
}

/// The name in Rust, where it is not what the name on the wire leads to.
pub(super) fn rust_name<'a>(wire: &str, rust: &'a str) -> Option<&'a str> {
    (snake(wire) != rust).then_some(rust)
}
