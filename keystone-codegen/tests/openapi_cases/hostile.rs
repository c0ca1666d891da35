//! Documents that want to write code: whatever they say is a text in what they lead to.

use keystone_codegen::openapi::{WriteOptions, write};
use keystone_codegen::resource_spec::SpecFile;
use keystone_codegen::{describe, openapi, operations};

use crate::bad::{Random, damage};
use crate::held::{holds, rust, skeleton};
use crate::{descriptions, generate, refusal};

/// Text that would be something else where it was pasted as it is.
const TEXTS: &[&str] = &[
    "*/ pub const X: &str = include_str!(\"/etc/hostname\"); /*",
    "\n}\npub const X: &str = include_str!(\"/etc/hostname\");\nmod x {",
    "\r\n//! x\r#![feature(x)]",
    "\"]\nfn main() { std::process::exit(1) }\n#[doc = \"",
    "\"#; unsafe {} r#\"",
    "```\nstd::process::exit(1)\n```",
    "~~~rust\npanic!()\n~~~",
    "x\n\n    include!(\"/etc/passwd\");\n",
    "{}{0}{name:?}{{",
    "\\\" \\u{0} \\",
    "\u{202e}\u{2066}x\u{2069}",
    "\u{2028}macro_rules! x { () => {} }\u{2029}\u{85}",
    "\u{0}\u{1b}[2J\u{9b}31m\u{7f}",
    "\u{200b}\u{200d}\u{feff}\u{ad}\u{e0041}\u{fe0f}\u{3164}",
    "` [`Vec`](https://example.org) ![x](y) <script>x</script> &#x202e; `",
    "# Panics\n- a\n1. b\n> c\n| d |\n|---|",
    "#[doc = include_str!(\"/etc/passwd\")] [Self::x]: y",
];

/// The same for names, of which letters and digits would become names in Rust.
const NAMES: &[&str] = &[
    "\n",
    "\r\n",
    "*/",
    "//",
    "/*",
    "\"",
    "\"#",
    "\\",
    "{}",
    "{{",
    "`",
    "```\n",
    "'",
    "#[]",
    "<!--",
    "-->",
    "\u{202e}",
    "\u{2028}",
    "\u{85}",
    "\u{0}",
    "\u{1b}[",
    "\u{200b}",
    "\u{e0041}",
    "\u{feff}",
    "\t",
    " ",
    "&#;",
];

/// `§` stands where names may have more, `¶` where text may stand, `¤` where paths may
/// have more, `¢` where names of policies may.
const TEMPLATE: &str = r##"{
  "openapi": "3.1.0",
  "info": {"title": "Things ¶", "version": "1 ¶", "description": "¶",
    "x-openstack-service": {"type": "things", "version": "v1", "microversions": {"min": "1.0", "max": "1.9"}}},
  "tags": [{"name": "things", "description": "All ¶"}],
  "paths": {
    "/v1/things¤": {
      "get": {"operationId": "things.list", "tags": ["things"], "summary": "Lists ¶", "description": "¶",
        "x-openstack-policies": ["thing:list¢"], "x-openstack-deprecated": "Use ¶",
        "parameters": [
          {"name": "colour§", "in": "query", "description": "Of ¶", "schema": {"type": "string"}, "x-openstack-type": "text"},
          {"name": "size§", "in": "query", "schema": {"type": "integer"}, "x-openstack-since": "1.2"},
          {"name": "kind§", "in": "query", "schema": {"type": "string", "enum": ["one§", "two§"]}}],
        "responses": {"200": {"description": "¶", "headers": {"X-Left": {"description": "¶", "schema": {"type": "string"}}},
          "content": {"application/json": {"schema": {"type": "object", "properties": {"things": {"type": "array",
            "items": {"$ref": "#/components/schemas/Thing"}}}}}}}}},
      "post": {"operationId": "things.create", "tags": ["things"], "deprecated": "true",
        "requestBody": {"required": "true", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/NewThing"}}}},
        "responses": {"201": {"description": "¶", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}}}}}},
    "/v1/things¤/{thing¤}": {
      "delete": {"operationId": "things.delete", "tags": ["things"], "description": "Ends ¶", "x-openstack-gone": "Gone ¶",
        "x-openstack-policies": ["thing:delete¢", "thing:purge¢"],
        "parameters": [{"name": "thing¤", "in": "path", "required": "true", "schema": {"type": "string"}}],
        "responses": {"204": {"description": "¶"}}}},
    "/v1/things¤/{thing¤}/action": {
      "post": {"operationId": "things.action.post", "tags": ["things"],
        "parameters": [{"name": "thing¤", "in": "path", "required": "true", "schema": {"type": "string"}}],
        "requestBody": {"required": "true", "content": {"application/json": {"schema": {"oneOf": [
          {"type": "object", "required": ["os-seal"], "properties": {"os-seal": {"$ref": "#/components/schemas/NewThing"}}},
          {"type": "object", "required": ["id"], "properties": {"id": {"type": "null"}}}]}}}},
        "responses": {"204": {"description": "¶"}},
        "x-openstack-actions": {
          "os-seal": {"operationId": "things.seal", "tags": ["things"], "summary": "Seals ¶", "x-openstack-hide": true,
            "x-openstack-policies": ["thing:seal¢"], "x-openstack-since": "1.1", "x-openstack-until": "1.2",
            "responses": {"200": {"description": "¶", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}}}}},
          "id": {"operationId": "things.wipe", "tags": ["things"], "x-openstack-policies": ["thing:wipe¢"], "x-openstack-deprecated": "Use ¶",
            "responses": {"204": {"description": "¶"}}}}}}},
  "components": {"schemas": {
    "Thing": {"type": "object", "title": "¶", "description": "A thing ¶", "required": ["id§"], "properties": {
      "id§": {"type": "string", "description": "¶"},
      "colour§": {"type": "string", "enum": ["red§", "blue§", "grey§"], "description": "Its ¶"},
      "type§": {"type": ["string", "null"]},
      "part§": {"$ref": "#/components/schemas/Part"}}},
    "NewThing": {"type": "object", "properties": {"colour§": {"type": "string", "description": "¶",
      "x-openstack-policies": ["thing:colour¢"], "x-openstack-until": "1.8"}}},
    "Part": {"description": "One ¶", "oneOf": [{"$ref": "#/components/schemas/Wheel"}, {"$ref": "#/components/schemas/Door"}],
      "discriminator": {"propertyName": "what§", "mapping": {"wheel§": "#/components/schemas/Wheel", "door§": "#/components/schemas/Door"}}},
    "Wheel": {"type": "object", "properties": {"what§": {"type": "string"}, "wide§": {"type": "number"}}},
    "Door": {"type": "object", "properties": {"what§": {"type": "string"}, "high§": {"type": "number"}}}}}
}"##;

/// The template with these texts as JSON writes them.
fn filled(name: &str, text: &str, address: &str, policy: &str) -> String {
    let json = |text: &str| {
        let quoted = serde_json::Value::from(text).to_string();
        quoted[1..quoted.len() - 1].to_owned()
    };
    TEMPLATE
        .replace('§', &json(name))
        .replace('¶', &json(text))
        .replace('¤', &json(address))
        .replace('¢', &json(policy))
}

/// Fails where the one begins to differ from the other.
fn same(is: &[(String, String)], was: &[(String, String)], what: &str) {
    assert_eq!(is.len(), was.len(), "{what:?}");
    for ((file, is), (_, was)) in is.iter().zip(was) {
        let at = is.bytes().zip(was.bytes()).position(|(is, was)| is != was);
        let around = |text: &str| {
            let at = at.unwrap_or_default();
            let bytes = text
                .bytes()
                .skip(at.saturating_sub(300))
                .take(400)
                .collect();
            String::from_utf8(bytes).unwrap_or_default()
        };
        assert!(
            is == was,
            "{what:?} in {file}:\n{}\n{}",
            around(is),
            around(was)
        );
    }
}

/// All code of a document, without the content of literals and comments.
fn bones(document: &str) -> Vec<(String, String)> {
    let files =
        generate(&[SpecFile::new("api.yaml", document)]).unwrap_or_else(|error| panic!("{error}"));
    rust(&files);
    let bones = |text: &str| skeleton(text.parse().unwrap());
    files
        .iter()
        .map(|file| (file.path.clone(), bones(&file.text)))
        .collect()
}

#[test]
fn the_text_of_a_document_is_nothing_but_text_in_the_code() {
    let plain = filled("", "", "", "");
    assert!(holds(&plain));
    let expected = bones(&plain);
    assert!(
        expected
            .iter()
            .any(|(_, bones)| bones.contains("structThing")),
        "{expected:?}"
    );
    for text in TEXTS {
        let document = filled("", text, "", "");
        same(&bones(&document), &expected, text);
        assert!(holds(&document));
    }
    let expected = bones(&filled("-", "", "", ""));
    for names in NAMES.chunks(4) {
        let name = names.concat();
        let document = filled(&name, "", "", "");
        assert!(holds(&document), "{name:?}");
        same(&bones(&document), &expected, &name);
    }
    let expected = bones(&filled("", "", "-", "-"));
    for address in ["*", "\"", "\\", "`", "'", "]", "<!--", "&;", ";", "!"] {
        let document = filled("", "", address, address);
        assert!(holds(&document), "{address:?}");
        same(&bones(&document), &expected, address);
    }
}

#[test]
fn paths_and_policies_with_what_nobody_sees_are_refused() {
    for (address, shown) in [
        (
            "\npub const LEAK: &str = include_str!(\"/etc/hostname\");\n/*",
            r"\npub const LEAK",
        ),
        ("\u{202e}", r"\u{202e}"),
        ("\u{2028}x", r"\u{2028}x"),
        ("\u{200b}", r"\u{200b}"),
        ("\u{e0041}", r"\u{e0041}"),
        ("\u{85}", r"\u{85}"),
        ("\u{1b}[2J", r"\u{1b}[2J"),
    ] {
        for (document, why) in [
            (
                filled("", "", address, ""),
                "which is not allowed in a path",
            ),
            (filled("", "", "", address), "is not the name of a policy"),
        ] {
            let error = refusal(&document);
            assert!(error.contains(why), "{error}");
            assert!(error.contains(shown), "{error}");
            assert!(
                error.lines().all(|line| line.starts_with("api.yaml:")),
                "{error}"
            );
            assert!(!holds(&document));
        }
    }
    for service in ["../../x", "a\\nb", "a b", ""] {
        let document = filled("", "", "", "")
            .replace("\"type\": \"things\"", &format!("\"type\": \"{service}\""));
        let error = refusal(&document);
        assert!(error.contains("is not a service type"), "{error}");
        let spec = format!("service: {{type: \"{service}\", version: v1}}\nresources: {{}}\n");
        assert!(!holds(&spec));
    }
}

#[test]
fn resource_specs_write_no_code_either() {
    let spec = |text: &str, policy: &str, path: &str| {
        let json = |text: &str| serde_json::Value::from(text).to_string();
        format!(
            "service: {{type: notes, version: v1, title: {}}}\nresources:\n  note:\n    doc: {}\n    operations:\n      \
             list: {}\n      see: {{get: {}, policy: public, doc: {}, deprecated: {}, response: [string]}}\n    \
             filters: {{{}: string as colour}}\n    fields: {{id: 'id, response', size: {{type: 'int, response', doc: {}}}}}\n",
            json(text),
            json(text),
            json(policy),
            json(path),
            json(text),
            json(text),
            json(text),
            json(text)
        )
    };
    let mut read = 0;
    for text in TEXTS {
        read += usize::from(holds(&spec(text, "note:list", "see")));
        for bad in [spec("x", text, "see"), spec("x", "note:list", text)] {
            holds(&bad);
        }
    }
    let _ = read;
    for bad in ["a\nb", "\u{202e}", "a b"] {
        assert!(!holds(&spec("x", bad, "see")), "{bad:?}");
    }
    for bad in ["a\nb", "\u{202e}"] {
        assert!(!holds(&spec("x", "note:list", bad)), "{bad:?}");
    }
}

/// A model that no reader made is written with escapes.
#[test]
fn tables_and_documents_escape_what_readers_would_refuse() {
    let mut api = describe(&[SpecFile::new("api.yaml", filled("", "", "", ""))]).unwrap();
    let operation = &mut api.modules[0].resources[0].operations[0];
    operation.policies = vec!["a\nGET\t/x\t-".to_owned(), "b,c\u{202e}".to_owned()];
    let table = operations(&api);
    assert!(
        table.contains("a\\nGET\\t/x\\t-,b\\u{2c}c\\u{202e}\n"),
        "{table}"
    );
    let document = write(&api, &WriteOptions::new()).unwrap();
    assert!(!document.contains('\u{202e}'), "{document}");
    assert!(document.contains("\"b,c\\u202e\""), "{document}");
    rust(&keystone_codegen::client(&api, &keystone_codegen::ClientOptions::new("client")).unwrap());
}

/// A document with words of Rust for names.
#[test]
fn words_of_rust_are_names_like_others() {
    for word in [
        "abstract",
        "as",
        "async",
        "await",
        "become",
        "box",
        "break",
        "const",
        "continue",
        "crate",
        "do",
        "dyn",
        "else",
        "enum",
        "extern",
        "false",
        "final",
        "fn",
        "for",
        "gen",
        "if",
        "impl",
        "in",
        "let",
        "loop",
        "macro",
        "match",
        "mod",
        "move",
        "mut",
        "override",
        "priv",
        "pub",
        "ref",
        "return",
        "self",
        "Self",
        "static",
        "struct",
        "super",
        "trait",
        "true",
        "try",
        "type",
        "typeof",
        "unsafe",
        "unsized",
        "use",
        "virtual",
        "where",
        "while",
        "yield",
        "union",
        "auto",
        "macro_rules",
        "raw",
        "safe",
        "env",
        "include_str",
        "std",
        "process",
        "Option",
        "Some",
        "None",
        "Ok",
        "Err",
        "Vec",
        "String",
        "Box",
        "Result",
        "From",
        "Into",
        "Default",
        "Clone",
        "Debug",
        "Send",
        "Sync",
        "Future",
        "operations",
        "types",
        "client",
        "main",
        "Drop",
        "Copy",
        "Fn",
        "a",
        "i",
        "Other",
        "Unknown",
    ] {
        let document = format!(
            "{{\"openapi\": \"3.1.0\", \"info\": {{\"title\": \"{word}\", \"version\": \"1\"}}, \"paths\": {{\"/{word}/{{{word}}}\": \
             {{\"post\": {{\"operationId\": \"{word}\", \"tags\": [\"{word}\"], \"parameters\": [{{\"name\": \"{word}\", \"in\": \
             \"query\", \"schema\": {{\"type\": \"string\"}}}}], \"requestBody\": {{\"content\": {{\"application/json\": {{\"schema\": \
             {{\"$ref\": \"#/components/schemas/{word}\"}}}}}}}}, \"responses\": {{\"200\": {{\"description\": \"x\", \"content\": \
             {{\"application/json\": {{\"schema\": {{\"$ref\": \"#/components/schemas/{word}\"}}}}}}}}}}}}}}}}, \"components\": \
             {{\"schemas\": {{\"{word}\": {{\"type\": \"object\", \"properties\": {{\"{word}\": {{\"type\": \"string\", \"enum\": \
             [\"{word}\", \"Other\", \"Unknown\"]}}}}}}}}}}}}"
        );
        assert!(holds(&document), "{word}: {}", refusal(&document));
        let files = generate(&[SpecFile::new("api.yaml", document)]).unwrap();
        let bare = |text: &str| text.contains("pub gen:") || text.contains("fn gen(");
        assert!(!files.iter().any(|file| bare(&file.text)), "{word}");
    }
}

const PIECES: &[&str] = &[
    "\"*/ include_str!(\\\"/etc/hostname\\\") /*\"",
    "\\nmod x {",
    "\\u2028",
    "\\u202e",
    "\\u0085",
    "\\r",
    "\\u200b",
    "\\\"",
    "\\\\",
    "```",
    "`",
    "~~~\\n",
    "\\n\\n    x",
    "*/",
    "/*",
    "{",
    "}",
    "{}",
    "#[doc]",
    "!",
    "unsafe",
    "extern",
    "\u{202e}",
    "\u{200b}",
    "\u{e0041}",
    "description: |\n  ```\n  panic!()\n  ```\n",
    "\"description\": \"\\n```\\npanic!()\\n```\",",
    "\n",
    "\t",
    "'",
    "\"",
    "<script>",
    "[x](y)",
    "x-openstack-policies: [\"a\\nb\"]",
    "x-openstack-since: \"1\\n2\"",
    "x-openstack-gone: \"a\\nb\"",
];

/// The fuzz target in small: the same changes in every run.
#[test]
fn damaged_documents_write_no_code_of_their_own() {
    let mut texts: Vec<String> = descriptions()
        .into_iter()
        .filter(|sources| sources.len() == 1 && sources[0].text.len() < 8_000)
        .map(|sources| sources[0].text.clone())
        .collect();
    texts.push(filled("-", "x", "", ""));
    let mut random = Random(29);
    let mut read = 0;
    for round in 0..200 {
        let mut text = match round % 2 {
            0 => texts[random.below(texts.len())].clone(),
            _ => {
                let name = NAMES[random.below(NAMES.len())];
                filled(name, TEXTS[random.below(TEXTS.len())], "", "")
            }
        };
        for _ in 0..=random.below(3) {
            damage(&mut text, &mut random, PIECES);
        }
        read += usize::from(holds(&text));
    }
    assert!(read > 15, "{read}");
}

#[test]
fn ordinary_documents_hold_too() {
    let mut read = 0;
    for sources in descriptions() {
        if let [source] = sources.as_slice()
            && source.text.len() < 60_000
        {
            read += usize::from(holds(&source.text));
        }
    }
    assert!(read > 20, "{read}");
    assert!(openapi::is_openapi(&[SpecFile::new(
        "a",
        filled("", "", "", "")
    )]));
}
