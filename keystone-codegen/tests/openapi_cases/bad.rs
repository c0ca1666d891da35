//! Broken documents: an error with file, line and path for each, within bounds, and no panic.

use std::fmt::Write;

use keystone_codegen::resource_spec::SpecFile;
use keystone_codegen::{Error, openapi};

use crate::held::is_read;
use crate::{descriptions, refusal};

const HEAD: &str = "openapi: 3.1.0\ninfo: {title: Things, version: '1'}\n";

fn with_paths(paths: &str) -> String {
    format!("{HEAD}paths:\n{paths}")
}

#[test]
fn each_mistake_is_told_with_its_place() {
    let get = |inner: &str| with_paths(&format!("  /things:\n    get:\n{inner}"));
    for (document, error) in [
        (
            get("      operatonId: list\n"),
            "api.yaml:6:7: at `#/paths/~1things/get`: an operation has no key `operatonId`; did you mean `operationId`?",
        ),
        (
            with_paths("  /things:\n    gett: {}\n"),
            "api.yaml:5:5: at `#/paths/~1things`: a path has no key `gett`; did you mean `get`?",
        ),
        (
            get("      responses: {'200': {$ref: '#/components/responses/Thing'}}\n"),
            "api.yaml:6:33: at `#/paths/~1things/get/responses/200/$ref`: `#/components/responses/Thing` does not resolve",
        ),
        (
            get(
                "      parameters: [{name: id, in: path, required: true, schema: {type: string}}]\n",
            ),
            "the path `/things` has no `{id}`",
        ),
        (
            get("      parameters: [{name: id, in: body, schema: {}}]\n"),
            "`in: body` is not supported; expected one of `cookie`, `header`, `path`, `query`",
        ),
        (
            get("      parameters: [{name: a, in: query, schema: {type: strnig}}]\n"),
            "`strnig` is not a type; write one of",
        ),
        (
            get("      responses: {two: {description: x}}\n"),
            "`two` is not a status",
        ),
        (
            with_paths("  /a/{x}: {get: {}}\n  /a/{y}: {get: {}}\n"),
            "`get` of `/a/{y}` is described at `/a/{x}` already",
        ),
        (
            with_paths("  /a: {get: {operationId: same}}\n  /b: {get: {operationId: same}}\n"),
            "the operation `same` is described at `#/paths/~1a/get` already",
        ),
        (
            with_paths("  a: {get: {}}\n"),
            "`a` is not a path such as `/users/{id}`",
        ),
        (
            format!("{HEAD}paths: {{}}\ncomponents: {{schemas: {{A: {{$ref: 'b.yaml#/B'}}}}}}\n"),
            "`b.yaml` is not among the given files",
        ),
        (
            format!("{HEAD}paths: {{}}\nsevers: []\n"),
            "an OpenAPI document has no key `severs`; did you mean `servers`?",
        ),
        ("swagger: '2.0'\n".to_owned(), "this is Swagger 2.0"),
        (
            "openapi: 4.0.0\n".to_owned(),
            "`4.0.0` is not a supported version",
        ),
        ("info: {}\n".to_owned(), "this is not an OpenAPI document"),
        ("openapi: 3.1.0\npaths: [\n".to_owned(), "this is not YAML"),
        (format!("{HEAD}{HEAD}"), "is already defined"),
        (format!("{HEAD}paths: 5\n"), "`paths` is not an object"),
        (HEAD.to_owned(), "the document has no `paths`"),
    ] {
        let found = refusal(&document);
        assert!(found.contains(error), "{found}\nlacks\n{error}");
        assert!(found.starts_with("api.yaml:"), "{found}");
    }
}

/// A document whose one operation responds with the schema `A`.
fn responding(schemas: &str) -> String {
    with_paths(&format!(
        "  /a:\n    get: {{responses: {{'200': {{description: x, content: {{application/json: \
         {{schema: {{$ref: '#/components/schemas/A'}}}}}}}}}}}}\ncomponents:\n  schemas:\n{schemas}"
    ))
}

#[test]
fn circles_are_refused_or_broken() {
    let all_of = responding(
        "    A: {allOf: [{$ref: '#/components/schemas/B'}, {type: object}]}\n    \
         B: {allOf: [{$ref: '#/components/schemas/A'}, {type: object}]}\n",
    );
    let error = refusal(&all_of);
    assert!(
        error.contains("includes the schema that it is part of"),
        "{error}"
    );
    let reference = responding(
        "    A: {$ref: '#/components/schemas/B'}\n    B: {$ref: '#/components/schemas/A'}\n",
    );
    assert!(refusal(&reference).contains("the references form a cycle"));
    // Lists of themselves, and choices of themselves, have no type of their own.
    for schema in [
        "    A: {type: array, items: {$ref: '#/components/schemas/A'}}\n",
        "    A: {anyOf: [{$ref: '#/components/schemas/A'}, {type: string}, {type: boolean}]}\n",
        "    A: {allOf: [{$ref: '#/components/schemas/A2'}]}\n    A2: {type: object, properties: {a: {$ref: '#/components/schemas/A'}}}\n",
    ] {
        crate::generate_text(&responding(schema));
    }
}

#[test]
fn absurd_depths_are_refused() {
    let nested = format!("{HEAD}paths: {}", "{a: ".repeat(5_000));
    assert!(refusal(&nested).contains("nested too deeply"));
    let mut chain = String::new();
    for number in 0..2_000 {
        let next = number + 1;
        writeln!(
            chain,
            "    {}: {{type: array, items: {{$ref: '#/components/schemas/A{next}'}}}}",
            if number == 0 {
                "A".to_owned()
            } else {
                format!("A{number}")
            }
        )
        .unwrap();
    }
    chain.push_str("    A2000: {type: string}\n");
    assert!(refusal(&responding(&chain)).contains("the schemas are nested too deeply"));
    // Structures may follow each other as long as they like.
    let chain = chain.replace(
        "{type: array, items: ",
        "{type: object, properties: {next: ",
    );
    let chain = chain.replace("'}}\n", "'}}}\n");
    crate::generate_text(&responding(&chain));
}

/// Ten megabytes are read in a time that grows with their size, be they in one line or in many.
#[test]
fn large_documents_are_read_and_small_ones_cannot_be_large() {
    let mut schemas = String::new();
    for number in 0..30_000 {
        let name = if number == 0 {
            "A".to_owned()
        } else {
            format!("A{number}")
        };
        write!(
            schemas,
            "\"{name}\": {{\"type\": \"object\", \"description\": \"{}\", \"properties\": {{\"next\": {{\"$ref\": \
             \"#/components/schemas/A{}\"}}}}}},",
            "x".repeat(230),
            (number + 1) % 500 + 1
        )
        .unwrap();
    }
    schemas.pop();
    let document = format!(
        "{{\"openapi\": \"3.1.0\", \"paths\": {{\"/a\": {{\"get\": {{\"responses\": {{\"200\": {{\"content\": \
         {{\"application/json\": {{\"schema\": {{\"$ref\": \"#/components/schemas/A\"}}}}}}}}}}}}}}}}, \
         \"components\": {{\"schemas\": {{{schemas}}}}}}}"
    );
    assert!(document.len() > 10_000_000, "{}", document.len());
    let api = openapi::read(&[SpecFile::new("api.json", document)]).unwrap();
    assert_eq!(api.types().count(), 251);
    // Parts of parts of parts: what each level doubles stays within bounds.
    let mut doubling = String::new();
    for number in 0..40 {
        let part = format!("{{$ref: '#/components/schemas/A{}'}}", number + 1);
        let name = if number == 0 {
            "A".to_owned()
        } else {
            format!("A{number}")
        };
        writeln!(doubling, "    {name}: {{allOf: [{part}, {part}]}}").unwrap();
    }
    doubling.push_str("    A40: {type: object, properties: {a: {type: string}}}\n");
    let error = refusal(&responding(&doubling));
    assert!(
        error.contains("`allOf` combines too many schemas"),
        "{error}"
    );
}

/// The same changes in every run.
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn below(&mut self, end: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % end.max(1)
    }
}

const PIECES: &[&str] = &[
    "$ref: '#/components/schemas/",
    "allOf:",
    "oneOf: [",
    "anyOf:",
    "discriminator:",
    "propertyName: ",
    "type: [string, 'null']",
    "type: object",
    "type: array",
    "items:",
    "properties:",
    "required: [",
    "additionalProperties: ",
    "nullable: true",
    "enum: [",
    "const: ",
    "format: ",
    "{}",
    "[]",
    "null",
    "true",
    "in: query",
    "in: path",
    "style: deepObject",
    "explode: false",
    "\n",
    "\n  ",
    "  ",
    ": ",
    "- ",
    "'",
    "\"",
    "{",
    "}",
    "[",
    "]",
    "#",
    "/{id}",
    "%2",
    "~1",
    "é😀",
    "\u{0}",
    "&a ",
    "*a",
    "!!str ",
    "|\n",
    "x-openstack-type: id of ",
    "x-openstack-service: {type: a}",
];

/// The fuzz target `openapi` in small: documents with pieces taken away, moved and added.
#[test]
fn damaged_documents_never_bring_the_reader_down() {
    let texts: Vec<String> = descriptions()
        .into_iter()
        .filter(|sources| sources.len() == 1 && sources[0].text.len() < 20_000)
        .map(|sources| sources[0].text.clone())
        .collect();
    let mut random = Random(11);
    let (mut read, mut refused) = (0, 0);
    for _ in 0..800 {
        let mut text = texts[random.below(texts.len())].clone();
        for _ in 0..=random.below(4) {
            damage(&mut text, &mut random, PIECES);
        }
        match is_read(&text) {
            true => read += 1,
            false => refused += 1,
        }
    }
    assert!(read > 40 && refused > 100, "{read} {refused}");
}

/// Takes a piece away, moves one or adds one of `pieces`.
pub(crate) fn damage(text: &mut String, random: &mut Random, pieces: &[&str]) {
    let mut at = random.below(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    let lines: Vec<&str> = text.lines().collect();
    if lines.is_empty() {
        return;
    }
    let line = random.below(lines.len());
    let other = random.below(lines.len());
    *text = match random.below(6) {
        0 => format!(
            "{}{}{}",
            &text[..at],
            pieces[random.below(pieces.len())],
            &text[at..]
        ),
        1 => text[..at].to_owned(),
        2 => without(&lines, line).join("\n"),
        3 => {
            let mut lines = lines.clone();
            lines.swap(line, other);
            lines.join("\n")
        }
        4 => {
            let mut lines = lines.clone();
            lines.insert(line, lines[other]);
            lines.join("\n")
        }
        _ => {
            let piece = format!(
                "{}{}",
                indent(lines[line]),
                pieces[random.below(pieces.len())]
            );
            let mut lines: Vec<String> = lines.iter().map(|line| (*line).to_owned()).collect();
            lines.insert(line, piece);
            lines.join("\n")
        }
    };
}

fn without<'t>(lines: &[&'t str], line: usize) -> Vec<&'t str> {
    let mut lines = lines.to_vec();
    if line < lines.len() {
        lines.remove(line);
    }
    lines
}

fn indent(line: &str) -> &str {
    &line[..line.len() - line.trim_start().len()]
}

#[test]
fn no_more_is_told_than_anybody_reads() {
    let mut paths = String::new();
    for number in 0..500 {
        writeln!(paths, "  /a{number}: {{gett: {{}}}}").unwrap();
    }
    let error = openapi::read(&[SpecFile::new("api.yaml", with_paths(&paths))]).unwrap_err();
    let Error::Spec(error) = error else {
        panic!("{error}");
    };
    assert_eq!(error.problems().len(), 100);
}
