//! What holds of every document, and of all that it leads to, whatever it says. The fuzz targets
//! `openapi` and `generated` run the same two functions.

use keystone_codegen::model::Api;
use keystone_codegen::openapi::{self, WriteOptions, write};
use keystone_codegen::resource_spec::SpecFile;
use keystone_codegen::{
    ClientOptions, Error, Generated, ServerOptions, client, describe, inline_client, operations,
    server,
};
use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use pulldown_cmark::{Event, Options, Parser, Tag};

/// Reads an OpenAPI document into a client; false if it is refused, with the place of each problem.
///
/// # Panics
///
/// When it is neither.
pub(crate) fn is_read(document: &str) -> bool {
    let api = match openapi::read(&[SpecFile::new("api.yaml", document)]) {
        Ok(api) => api,
        Err(Error::Spec(error)) => {
            assert!(!error.problems().is_empty(), "{document:?}");
            for problem in error.problems() {
                assert!(problem.place.starts_with("api.yaml:"), "{problem:?}");
                assert!(!problem.message.is_empty(), "{problem:?}");
            }
            return false;
        }
        Err(error) => panic!("{error}: {document:?}"),
    };
    let client = client(&api, &ClientOptions::new("client"));
    assert!(client.is_ok_and(|files| !files.is_empty()), "{document:?}");
    true
}

/// Generates all that there is from a document; false if it is refused.
///
/// # Panics
///
/// When anything of it is more than the generator means it to be.
pub(crate) fn holds(document: &str) -> bool {
    let api = match describe(&[SpecFile::new("api.yaml", document)]) {
        Ok(api) => api,
        Err(error) => {
            refusal(&error);
            return false;
        }
    };
    table(&operations(&api), &api);
    if let Ok(text) = write(&api, &WriteOptions::new()) {
        is_seen(&text);
    }
    let files = client(&api, &ClientOptions::new("client"));
    rust(&files.unwrap_or_else(|error| panic!("{error}: {document:?}")));
    match inline_client(&api, "::keystone_sdk") {
        Ok(tokens) => drop(skeleton(tokens)),
        Err(error) => panic!("{error}: {document:?}"),
    }
    match server(&api, &ServerOptions::new("server")) {
        Ok(files) => rust(&files),
        Err(error) => refusal(&error),
    }
    true
}

/// A line for each problem, and nothing in it that is not seen.
fn refusal(error: &Error) {
    let text = error.to_string();
    is_seen(&text);
    let lines = match error {
        Error::Spec(error) => error.problems().len(),
        _ => 1,
    };
    assert!(lines > 0 && text.lines().count() == lines, "{text:?}");
    assert!(text.lines().all(|line| line.len() < 5_000), "{text:?}");
}

/// Three cells in each line, and no more lines than operations.
fn table(text: &str, api: &Api) {
    is_seen(&text.replace('\t', ""));
    let known = ["DELETE", "GET", "PATCH", "POST", "PUT"];
    for line in text.lines() {
        let cells: Vec<&str> = line.split('\t').collect();
        let [method, path, policies] = cells.as_slice() else {
            panic!("{line:?}");
        };
        assert!(
            known.contains(method) && path.starts_with('/') && !policies.is_empty(),
            "{line:?}"
        );
    }
    let all = api
        .resources()
        .flat_map(|resource| &resource.operations)
        .count();
    assert!(text.lines().count() <= all, "{text}");
}

/// No control but the ends of lines, no change of direction, nothing invisible.
fn is_seen(text: &str) {
    let is_unseen = |one: char| {
        one != '\n' && one.is_control()
            || ('\u{200b}'..='\u{200f}').contains(&one)
            || ('\u{2028}'..='\u{202e}').contains(&one)
            || ('\u{2060}'..='\u{206f}').contains(&one)
            || ('\u{e0000}'..='\u{e0fff}').contains(&one)
            || matches!(one, '\u{ad}' | '\u{feff}')
    };
    if let Some(at) = text.find(is_unseen) {
        let start = (0..=at.saturating_sub(60))
            .rev()
            .find(|at| text.is_char_boundary(*at));
        panic!(
            "{:?}",
            text[start.unwrap_or(0)..]
                .chars()
                .take(120)
                .collect::<String>()
        );
    }
}

/// The generated code is Rust, and does what the generator writes only.
pub(crate) fn rust(files: &[Generated]) {
    for file in files {
        is_seen(&file.text);
        assert!(
            !file.path.contains("..") && file.path.is_ascii(),
            "{}",
            file.path
        );
        let parsed = syn::parse_file(&file.text);
        let parsed = parsed.unwrap_or_else(|error| panic!("{error}:\n{}", file.text));
        parsed.items.iter().for_each(item);
        parsed.items.iter().for_each(names_differ);
        let tokens: TokenStream = file.text.parse().unwrap_or_default();
        skeleton(tokens);
    }
}

/// No two of anything have one name.
fn differ<'i>(names: impl IntoIterator<Item = &'i syn::Ident>, of: &dyn std::fmt::Display) {
    let mut seen = std::collections::BTreeSet::new();
    for name in names {
        assert!(seen.insert(name), "{name} of {of}");
    }
}

fn names_differ(item: &syn::Item) {
    match item {
        syn::Item::Enum(one) => differ(one.variants.iter().map(|one| &one.ident), &one.ident),
        syn::Item::Struct(one) => {
            differ(
                one.fields.iter().filter_map(|one| one.ident.as_ref()),
                &one.ident,
            );
        }
        syn::Item::Impl(one) => {
            let methods = one.items.iter().filter_map(|item| match item {
                syn::ImplItem::Fn(method) => Some(&method.sig),
                _ => None,
            });
            let of = quote::ToTokens::to_token_stream(&one.self_ty);
            differ(methods.clone().map(|method| &method.ident), &of);
            methods.for_each(arguments_differ);
        }
        syn::Item::Trait(one) => {
            let methods = one.items.iter().filter_map(|item| match item {
                syn::TraitItem::Fn(method) => Some(&method.sig),
                _ => None,
            });
            differ(methods.clone().map(|method| &method.ident), &one.ident);
            methods.for_each(arguments_differ);
        }
        _ => {}
    }
}

fn arguments_differ(method: &syn::Signature) {
    let names = method.inputs.iter().filter_map(|argument| match argument {
        syn::FnArg::Typed(one) => match &*one.pat {
            syn::Pat::Ident(one) => Some(&one.ident),
            _ => None,
        },
        syn::FnArg::Receiver(_) => None,
    });
    differ(names, &method.ident);
}

/// Only items that describe; `use` brings in nothing of its own choice.
fn item(item: &syn::Item) {
    match item {
        syn::Item::Const(one) => assert!(is_text_or_operation(&one.ty), "{}", one.ident),
        // What a server has beside its types: its description, its contract, and their names.
        syn::Item::Static(one) => assert_eq!(one.ident, "SERVICE"),
        syn::Item::Macro(one) => {
            let name = one.ident.as_ref().map(ToString::to_string);
            assert_eq!(name.as_deref(), Some("__service_contract_server"));
        }
        syn::Item::Use(one) if matches!(&one.tree, syn::UseTree::Rename(_)) => {
            let name = quote::ToTokens::to_token_stream(&one.tree).to_string();
            assert_eq!(name, "__service_contract_server as __contract");
        }
        syn::Item::Mod(one) => assert!(one.attrs.iter().all(|one| one.path().is_ident("doc"))),
        syn::Item::Use(one) => {
            let syn::UseTree::Path(path) = &one.tree else {
                panic!("a `use` of a name alone");
            };
            let root = path.ident.to_string();
            let tree = quote::ToTokens::to_token_stream(&path.tree).to_string();
            let is_std = STD.contains(&tree.as_str());
            assert!(!["core", "alloc", "proc_macro"].contains(&root.as_str()));
            assert!(root != "std" || is_std, "{tree}");
        }
        syn::Item::Enum(_)
        | syn::Item::Impl(_)
        | syn::Item::Struct(_)
        | syn::Item::Trait(_)
        | syn::Item::Type(_) => {}
        other => panic!("{}", quote::ToTokens::to_token_stream(other)),
    }
}

fn is_text_or_operation(ty: &syn::Type) -> bool {
    let ty = quote::ToTokens::to_token_stream(ty).to_string();
    ty == "Operation" || ty == "& [Operation]" || ty == "()"
}

const STD: &[&str] = &[
    "collections :: BTreeMap",
    "future :: IntoFuture",
    "time :: Duration",
];
const MACROS: &[&str] = &["call_settings", "format", "macro_rules", "service_contract"];
const ATTRIBUTES: &[&str] = &[
    "allow",
    "cfg_attr",
    "deprecated",
    "derive",
    "diagnostic",
    "doc",
    "macro_export",
    "must_use",
    "non_exhaustive",
    "serde",
];
/// What serde takes besides paths and names.
const SERDE: &[&str] = &[
    "crate",
    "default",
    "deny_unknown_fields",
    "deserialize_with",
    "flatten",
    "from",
    "into",
    "rename",
    "serialize_with",
    "skip",
    "skip_serializing",
    "skip_serializing_if",
    "try_from",
    "untagged",
];
/// Words of Rust that nothing generated needs; names of that kind are raw.
const FORBIDDEN: &[&str] = &["extern", "macro", "static", "unsafe"];

/// The tokens without the content of literals, without documentation, and however the lines are broken.
pub(crate) fn skeleton(tokens: TokenStream) -> String {
    let mut out = String::new();
    let mut docs = Vec::new();
    walk(tokens, &mut out, &mut docs);
    comment(&mut docs);
    out.replace(' ', "")
}

fn walk(tokens: TokenStream, out: &mut String, docs: &mut Vec<String>) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        let after = tokens.get(at + 1);
        match (token, after) {
            (TokenTree::Punct(sign), Some(TokenTree::Group(group)))
                if sign.as_char() == '#' && group.delimiter() == Delimiter::Bracket =>
            {
                attribute(group, out, docs);
                at += 2;
                continue;
            }
            (TokenTree::Punct(sign), Some(TokenTree::Punct(inner)))
                if sign.as_char() == '#' && inner.as_char() == '!' =>
            {
                if let Some(TokenTree::Group(group)) = tokens.get(at + 2) {
                    attribute(group, out, docs);
                }
                at += 3;
                continue;
            }
            _ => comment(docs),
        }
        match (token, after) {
            // Whether an arm has braces, and a list a last comma, depends on how long the line is.
            (TokenTree::Group(group), _) if out.ends_with("=>") => walk(group.stream(), out, docs),
            (TokenTree::Punct(sign), _) if sign.as_char() == ',' => out.push(' '),
            (TokenTree::Group(group), _) => {
                out.push_str(&format!("{:?}(", group.delimiter()));
                walk(group.stream(), out, docs);
                out.push(')');
            }
            (TokenTree::Ident(name), Some(TokenTree::Punct(sign))) if sign.as_char() == '!' => {
                assert!(MACROS.contains(&name.to_string().as_str()), "{name}!");
                out.push_str(&format!("{name} "));
            }
            (TokenTree::Ident(name), _) => {
                let name = name.to_string();
                let is_lifetime = out.ends_with('\'');
                let is_service = name == "static" && is_ident(after, "SERVICE");
                assert!(
                    is_lifetime || is_service || !FORBIDDEN.contains(&name.as_str()),
                    "{name}"
                );
                out.push_str(&format!("{name} "));
            }
            (TokenTree::Literal(_), _) => out.push_str("_ "),
            (TokenTree::Punct(sign), _) => out.push(sign.as_char()),
        }
        at += 1;
    }
}

fn is_ident(token: Option<&TokenTree>, name: &str) -> bool {
    matches!(token, Some(TokenTree::Ident(word)) if word == name)
}

fn attribute(group: &Group, out: &mut String, docs: &mut Vec<String>) {
    let tokens: Vec<TokenTree> = group.stream().into_iter().collect();
    let name = tokens.first().map(ToString::to_string).unwrap_or_default();
    assert!(ATTRIBUTES.contains(&name.as_str()), "#[{}]", group.stream());
    match (name.as_str(), tokens.as_slice()) {
        ("doc", [_, _, TokenTree::Literal(text)]) => {
            let text: syn::LitStr = syn::parse2(TokenTree::from(text.clone()).into())
                .unwrap_or_else(|error| panic!("{error}: {text}"));
            docs.push(text.value());
            return;
        }
        ("doc", [_, TokenTree::Group(words)]) if words.stream().to_string() == "hidden" => return,
        ("doc", _) => panic!("#[{}]", group.stream()),
        ("deprecated", _) => {
            assert!(matches!(
                tokens.as_slice(),
                [_] | [_, _, TokenTree::Literal(_)]
            ));
            return;
        }
        ("cfg_attr", _) => {
            let text = group.stream().to_string();
            let known = ["cfg_attr (rustfmt , rustfmt_skip)"];
            assert!(known.contains(&text.as_str()), "{text}");
        }
        ("serde", [_, TokenTree::Group(inner)]) => serde(inner),
        _ => {}
    }
    out.push_str("#[");
    walk(group.stream(), out, &mut Vec::new());
    out.push(']');
}

/// Literals in there are paths, but for names on the wire.
fn serde(group: &Group) {
    let tokens: Vec<TokenTree> = group.stream().into_iter().collect();
    for one in
        tokens.split(|token| matches!(token, TokenTree::Punct(sign) if sign.as_char() == ','))
    {
        let name = one.first().map(ToString::to_string).unwrap_or_default();
        assert!(SERDE.contains(&name.as_str()), "{group}");
        if let ([_, _, TokenTree::Literal(value)], false) = (one, name == "rename") {
            let value: syn::LitStr = syn::parse2(TokenTree::from(value.clone()).into())
                .unwrap_or_else(|error| panic!("{error}: {value}"));
            let path: syn::Path = value
                .parse()
                .unwrap_or_else(|error| panic!("{error}: {group}"));
            let known = [
                "Option",
                "Patch",
                "String",
                "crate",
                "keystone_middleware",
                "service_api",
                "keystone_sdk",
            ];
            let first = path.segments.first().map(|one| one.ident.to_string());
            assert!(
                first.is_some_and(|first| known.contains(&first.as_str())),
                "{group}"
            );
        }
    }
}

/// A comment is sentences and code in them: nothing that rustdoc would run, follow or hand on.
fn comment(docs: &mut Vec<String>) {
    let lines = std::mem::take(docs);
    // Every line of a comment begins with a space.
    let lines = lines
        .iter()
        .map(|line| line.strip_prefix(' ').unwrap_or(line));
    let text = lines.collect::<Vec<_>>().join("\n");
    let mut heading = false;
    // As rustdoc has them.
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_SMART_PUNCTUATION;
    for event in Parser::new_ext(&text, options) {
        match event {
            Event::Start(Tag::Heading { .. }) => heading = true,
            Event::Text(title) if heading => {
                assert_eq!(&*title, "Errors", "{text}");
                heading = false;
            }
            Event::Start(Tag::Paragraph)
            | Event::Text(_)
            | Event::Code(_)
            | Event::SoftBreak
            | Event::End(_) => {}
            other => panic!("{other:?} in:\n{text}"),
        }
    }
}
