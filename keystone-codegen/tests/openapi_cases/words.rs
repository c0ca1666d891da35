//! What OpenAPI can say, and what it leads to.

use crate::generate_text;

/// Each of these stands somewhere in the client that a document leads to.
fn holds(document: &str, lines: &[&str]) {
    let text = generate_text(document);
    for line in lines {
        assert!(text.contains(line), "{line}\n{text}");
    }
}

#[test]
fn envelopes_are_recognised_and_lists_page() {
    holds(
        include_str!("things.yaml"),
        &[
            "pub fn list(&self) -> ThingList {",
            "pub struct ThingList(List<Thing>);",
            "ThingList(self.client.list(&[\"things\"], \"things\", Paging::Marker))",
            "pub fn create(&self, thing: ThingCreate) -> Request<Thing> {",
            ".body(\"thing\", &thing)",
            "pub fn new(name: impl Into<String>, shape: impl Into<Shape>) -> Self {",
            // What only responses have is not sent, what only requests have is not returned.
            "pub fn secret(mut self, secret: impl Into<SecretString>) -> Self {",
            "pub fn clear_note(mut self) -> Self {",
            "pub created_at: Timestamp,",
            "pub parent: Option<Box<Thing>>,",
            "pub labels: Option<BTreeMap<String, String>>,",
            "pub r#type: Option<ThingType>,",
            "_ => return Ok(Self::Other(value)),",
            // Parameters in all places.
            ".parameter(Parameter::query(\"ids\").joined(\"|\"), &ids)",
            "Self(self.0.parameter(Parameter::query(\"size\").deep_object(), &size))",
            ".parameter(Parameter::cookie(\"flavour\"), &flavour)",
            "let n3d = Parameter::path(&n3d);",
            "headers: `X-Left`.",
            // Bodies that are no JSON, and responses without one.
            "body: impl Into<Bytes>,",
            "Request<Raw> {",
            ".optional(\"thing\")",
        ],
    );
}

#[test]
fn names_that_rust_has_already_are_others() {
    let document = "openapi: 3.0.3\ninfo: {title: Words, version: '1'}\npaths:\n  /errors:\n    get:\n      \
        responses:\n        '200':\n          description: x\n          content:\n            application/json:\n              \
        schema: {$ref: '#/components/schemas/Error'}\ncomponents:\n  schemas:\n    Error:\n      type: object\n      \
        properties: {self: {type: string}, 'a-b': {type: string}, a_b: {type: string}, '+1': {type: integer}, \
        extra: {type: string}, enum: {type: string, enum: [Self, '', '1', a, A]}}\n";
    holds(
        document,
        &[
            "pub struct ErrorModel {",
            "pub self_: Option<String>,",
            "pub a_b: Option<String>,",
            "pub a_b_: Option<String>,",
            "pub plus_1: Option<i64>,",
            "pub extra_: Option<String>,",
            "pub r#enum: Option<ErrorEnum>,",
            "Self2,",
            "Empty,",
            "N1,",
            "A2,",
        ],
    );
}
