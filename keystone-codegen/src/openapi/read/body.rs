//! What is sent and what is answered.

use std::collections::BTreeSet;

use keystone_document::{Content, Node};

use super::envelope::{envelope, page};
use super::names;
use super::place::Place;
use super::prose;
use super::reader::Reader;
use super::sketch::Sketch;
use super::types::{Side, Types, VariantOf, What};
use crate::model::{Answer, AnswerHeader, Body, Method, Operation, Page, Query, Shape, Type};

const BODY_KEYS: &[&str] = &["$ref", "description", "content", "required", "summary"];
const RESPONSE_KEYS: &[&str] = &[
    "$ref",
    "description",
    "headers",
    "content",
    "links",
    "summary",
];

const JSON: &str = "application/json";
const FORM: &str = "application/x-www-form-urlencoded";

/// How an operation is called, and what its types would be.
pub(super) struct Names<'n> {
    /// The name for the type of one of its group: `User`.
    pub(super) one: &'n str,
    /// The name of the operation as that of a type: `Create`.
    pub(super) operation: &'n str,
    /// Whether the document is one of ours.
    pub(super) ours: bool,
}

impl Names<'_> {
    fn of(&self, what: &str) -> String {
        format!("{}{}{what}", self.one, self.operation)
    }

    /// The name of what stands under a key: that of the group if the key says so.
    fn of_key(&self, key: &str, sent: bool) -> String {
        let name = names::camel(&names::words(&names::singular(key)), "Item");
        match (sent, name == self.one) {
            (true, true) => self.of(""),
            (true, false) => format!("{name}{}", self.operation),
            (false, _) => name,
        }
    }
}

/// Reads what an operation sends.
pub(super) fn body<'a>(
    reader: &mut Reader<'a>,
    types: &mut Types<'a>,
    sketch: &Sketch<'a>,
    names: &Names<'_>,
) -> Option<Body> {
    let place = reader.mapping(&sketch.place, "requestBody")?;
    let place = reader.resolve(&place)?;
    reader.known_keys(&place, "a request body", BODY_KEYS);
    let content = reader.mapping(&place, "content")?;
    let (media, schema) = choose(reader, &content)?;
    let optional = !place.flag("required");
    let raw = Body {
        key: String::new(),
        ty: Type::Bytes,
        form: false,
        media: Some(media.clone()),
        optional: false,
    };
    if !is_json(&media) && media != FORM {
        return Some(raw);
    }
    let Some(schema) = schema else {
        return Some(Body {
            ty: Type::Json,
            media: None,
            ..raw
        });
    };
    let form = media == FORM;
    let found = match form {
        true => None,
        false => envelope(reader, &schema, names.ours),
    };
    let (key, ty) = match &found {
        Some(found) => {
            let wish = names.of_key(&found.key, true);
            let typed = types.ty(reader, &found.inner, &wish, Side::Request);
            (found.key.clone(), typed.within())
        }
        None => {
            let typed = types.ty(reader, &schema, &names.of("Body"), Side::Request);
            (String::new(), typed.within())
        }
    };
    Some(Body {
        key,
        ty,
        form,
        media: (!form && media != JSON).then_some(media),
        // A key demands that something stands under it.
        optional: optional && found.is_none(),
    })
}

/// The content that is taken of several: JSON first, then what is like it, then forms.
fn choose<'a>(reader: &mut Reader<'a>, content: &Place<'a>) -> Option<(String, Option<Place<'a>>)> {
    let mut best: Option<(usize, String, Option<Place<'a>>)> = None;
    for (key, place) in content.entries() {
        let media = key.text().unwrap_or_default();
        let plain = media.split(';').next().unwrap_or_default().trim();
        if !plain.contains('/') || !plain.bytes().all(|byte| byte.is_ascii_graphic()) {
            let message = format!("`{media}` is no media type such as `{JSON}`");
            reader.problem(&place, message);
            continue;
        }
        let plain = plain.to_ascii_lowercase();
        let rank = match plain.as_str() {
            JSON => 0,
            media if is_json(media) => 1,
            FORM => 2,
            media if media.contains('*') => 4,
            _ => 3,
        };
        let order = |known: &(usize, String, _)| (rank, &plain) < (known.0, &known.1);
        if best.as_ref().is_none_or(order) {
            best = Some((rank, plain, place.get("schema")));
        }
    }
    best.map(|(_, media, schema)| match media.as_str() {
        // Whoever takes anything takes JSON, if there is a schema for it.
        "*/*" | "application/*" if schema.is_some() && !is_binary(schema.as_ref()) => {
            (JSON.to_owned(), schema)
        }
        _ => (media, schema),
    })
}

fn is_binary(schema: Option<&Place<'_>>) -> bool {
    schema.is_some_and(|schema| {
        matches!(schema.text("format"), Some("binary" | "byte"))
            || schema.get("contentMediaType").is_some()
    })
}

fn is_json(media: &str) -> bool {
    media == JSON || media == "text/json" || media.ends_with("+json")
}

/// A success of an operation.
enum Success<'a> {
    Empty,
    Json(Option<Place<'a>>),
    Form(Option<Place<'a>>),
    Raw(String),
}

/// Reads what an operation answers into its shape.
pub(super) fn answer<'a>(
    reader: &mut Reader<'a>,
    types: &mut Types<'a>,
    sketch: &Sketch<'a>,
    names: &Names<'_>,
    operation: &mut Operation,
) {
    let body = body(reader, types, sketch, names);
    let successes = successes(reader, sketch, operation);
    if sketch.method == Method::Head {
        let linked = sketch.place.text("x-openstack-shape") == Some("linked");
        let answer = if linked {
            Answer::Linked
        } else {
            Answer::Exists
        };
        return set(operation, body, answer);
    }
    if let Some(answer) = own_answer(reader, sketch, &successes) {
        return set(operation, body, answer);
    }
    let successes = Successes::sorted(successes);
    if successes.json.is_empty() {
        let answer = match (successes.form, successes.raw) {
            (Some(schema), _) => {
                let typed = types.ty(reader, &schema, &names.of("Answer"), Side::Answer);
                Answer::Form(typed.within())
            }
            (None, Some(media)) => {
                operation.accept = (!media.contains('*')).then_some(media);
                operation.answer_headers.clear();
                Answer::Raw
            }
            (None, None) => Answer::Empty,
        };
        return set(operation, body, answer);
    }
    let one = match successes.json.as_slice() {
        [Some(schema)] => envelope(reader, schema, names.ours),
        _ => None,
    };
    let (key, ty) = match one {
        Some(found) => {
            let wish = names.of_key(&found.key, false);
            let typed = types.ty(reader, &found.inner, &wish, Side::Answer);
            let ty = typed.within();
            let many = found.many && !successes.empty && body.is_none();
            if many && let Some(list) = list(sketch, operation, &found.key, found.next, &ty) {
                operation.shape = list;
                return;
            }
            (found.key, ty)
        }
        None => (
            String::new(),
            several(reader, types, sketch, names, &successes.json),
        ),
    };
    let answer = match successes.empty {
        true => Answer::Optional(key, ty),
        false => Answer::Value(key, ty),
    };
    set(operation, body, answer);
}

/// What the statuses of success bring, by kind.
struct Successes<'a> {
    json: Vec<Option<Place<'a>>>,
    form: Option<Place<'a>>,
    raw: Option<String>,
    /// Whether one of them brings nothing.
    empty: bool,
}

impl<'a> Successes<'a> {
    fn sorted(all: Vec<Success<'a>>) -> Self {
        let mut sorted = Self {
            json: Vec::new(),
            form: None,
            raw: None,
            empty: false,
        };
        // Several statuses often have one meaning.
        let mut seen = BTreeSet::new();
        for success in all {
            match success {
                Success::Json(schema) => {
                    if seen.insert(schema.as_ref().map(|schema| written(schema.node))) {
                        sorted.json.push(schema);
                    }
                }
                Success::Form(schema) => sorted.form = sorted.form.or(schema),
                Success::Raw(media) => sorted.raw = sorted.raw.or(Some(media)),
                Success::Empty => sorted.empty = true,
            }
        }
        sorted
    }
}

/// A list, if the operation takes pages or says that it is one.
fn list(
    sketch: &Sketch<'_>,
    operation: &mut Operation,
    keys: &str,
    next: bool,
    ty: &Type,
) -> Option<Shape> {
    let shape = sketch.place.text("x-openstack-shape");
    if shape.is_some_and(|one| one != "list") || !takes_pages(operation) {
        return None;
    }
    let item = item_of(ty)?;
    let marker = operation.query.iter().any(|query| query.name == "marker");
    let page = page(&sketch.place, next, marker);
    if page != Page::None {
        operation.query.retain(|query| !is_paging(query, page));
    }
    Some(Shape::List {
        item,
        keys: keys.to_owned(),
        page,
    })
}

/// An answer that our own key names.
fn own_answer<'a>(
    reader: &mut Reader<'a>,
    sketch: &Sketch<'a>,
    successes: &[Success<'a>],
) -> Option<Answer> {
    let shape = sketch.place.text("x-openstack-shape")?;
    let mut key = || {
        let schema = successes.iter().find_map(|success| match success {
            Success::Json(schema) => schema.as_ref(),
            _ => None,
        });
        let found = envelope(reader, schema?, true)?;
        Some(found.key)
    };
    match shape {
        "linked" => Some(Answer::Linked),
        "issued-token" => Some(Answer::IssuedToken(key()?)),
        "token-body" => Some(Answer::TokenBody(key()?)),
        "raw" if successes.iter().all(|one| matches!(one, Success::Empty)) => Some(Answer::Raw),
        _ => None,
    }
}

/// A node as text, to tell whether two are the same.
fn written(node: &Node) -> String {
    match &node.value {
        Content::Scalar(text) => format!("{text:?}"),
        Content::Sequence(items) => {
            let items: Vec<String> = items.iter().map(written).collect();
            format!("[{}]", items.join(","))
        }
        Content::Mapping(entries) => {
            let entries = entries.iter();
            let entries = entries.map(|one| format!("{:?}:{}", one.name(), written(&one.value)));
            format!("{{{}}}", entries.collect::<Vec<_>>().join(","))
        }
    }
}

fn set(operation: &mut Operation, body: Option<Body>, answer: Answer) {
    operation.shape = Shape::Other { body, answer };
}

/// Whether the runtime's lists can ask for it.
fn takes_pages(operation: &Operation) -> bool {
    let required = operation.query.iter().any(|query| query.required)
        || operation.styled.iter().any(|styled| styled.required);
    operation.method == Method::Get
        && !required
        && operation.authenticated
        && operation.headers.is_empty()
        && !operation.path.slash
        && !operation.path.at_root
}

fn is_paging(query: &Query, page: Page) -> bool {
    query.name == "limit" || page == Page::Marker && query.name == "marker"
}

fn item_of(ty: &Type) -> Option<String> {
    match ty {
        Type::List(item) => match item.as_ref() {
            Type::Record(name) => Some(name.clone()),
            _ => None,
        },
        _ => None,
    }
}

/// The type of several successes: a union, if they differ.
fn several<'a>(
    reader: &mut Reader<'a>,
    types: &mut Types<'a>,
    sketch: &Sketch<'a>,
    names: &Names<'_>,
    schemas: &[Option<Place<'a>>],
) -> Type {
    let wish = names.of("Answer");
    let mut found: Vec<Type> = Vec::new();
    for (index, schema) in schemas.iter().enumerate() {
        let wish = match index {
            0 => wish.clone(),
            index => format!("{wish}{}", index + 1),
        };
        let ty = match schema {
            Some(schema) => types.ty(reader, schema, &wish, Side::Answer).within(),
            None => Type::Json,
        };
        if !found.contains(&ty) {
            found.push(ty);
        }
    }
    match found.as_slice() {
        [one] => one.clone(),
        all if all.contains(&Type::Json) => Type::Json,
        _ => {
            let variants = found.into_iter().enumerate().map(|(index, ty)| VariantOf {
                name: format!("Answer{}", index + 1),
                ty,
                tags: Vec::new(),
            });
            let what = What::Union {
                tag: None,
                variants: variants.collect(),
            };
            types.define(&sketch.place, &format!("{wish}Any"), Side::Answer, "", what)
        }
    }
}

/// The answers that mean success, with their statuses and headers.
fn successes<'a>(
    reader: &mut Reader<'a>,
    sketch: &Sketch<'a>,
    operation: &mut Operation,
) -> Vec<Success<'a>> {
    let Some(responses) = reader.mapping(&sketch.place, "responses") else {
        return Vec::new();
    };
    let mut entries: Vec<(&str, Place<'a>)> = Vec::new();
    for (key, place) in responses.entries() {
        let status = key.text().unwrap_or_default();
        if status.starts_with("x-") {
            continue;
        }
        let class = ["1XX", "2XX", "3XX", "4XX", "5XX", "default"];
        let number = status
            .parse::<u16>()
            .is_ok_and(|number| (100..600).contains(&number));
        if !number
            && !class.contains(
                &status
                    .to_ascii_uppercase()
                    .replace("DEFAULT", "default")
                    .as_str(),
            )
        {
            let message =
                format!("`{status}` is not a status; write one such as `200`, `2XX` or `default`");
            reader.problem(&place, message);
            continue;
        }
        entries.push((status, place));
    }
    entries.sort_by_key(|(status, _)| *status);
    let good = entries.iter().filter(|(status, _)| status.starts_with('2'));
    let mut good: Vec<(&str, Place<'a>)> = good.cloned().collect();
    if good.is_empty() {
        good.extend(
            entries
                .iter()
                .filter(|(status, _)| *status == "default")
                .cloned(),
        );
    }
    if good.is_empty() {
        good.extend(
            entries
                .iter()
                .filter(|(status, _)| status.starts_with('3'))
                .cloned(),
        );
    }
    let mut found = Vec::new();
    for (status, place) in good {
        let Some(place) = reader.resolve(&place) else {
            continue;
        };
        reader.known_keys(&place, "a response", RESPONSE_KEYS);
        operation.statuses.extend(status.parse::<u16>());
        headers(reader, &place, operation);
        found.push(success(reader, &place));
    }
    found
}

fn success<'a>(reader: &mut Reader<'a>, place: &Place<'a>) -> Success<'a> {
    let Some(content) = reader.mapping(place, "content") else {
        return Success::Empty;
    };
    match choose(reader, &content) {
        None => Success::Empty,
        Some((media, schema)) if is_json(&media) && !is_binary(schema.as_ref()) => {
            Success::Json(schema)
        }
        Some((media, schema)) if media == FORM => Success::Form(schema),
        Some((media, _)) => Success::Raw(media),
    }
}

fn headers<'a>(reader: &mut Reader<'a>, place: &Place<'a>, operation: &mut Operation) {
    let Some(headers) = reader.mapping(place, "headers") else {
        return;
    };
    let mut headers: Vec<_> = headers.entries().collect();
    headers.sort_by(|(a, _), (b, _)| a.text().cmp(&b.text()));
    for (key, header) in headers {
        let name = key.text().unwrap_or_default().to_owned();
        let known = operation
            .answer_headers
            .iter()
            .any(|known| known.name == name);
        if known || name.eq_ignore_ascii_case("content-type") {
            continue;
        }
        let doc = reader.resolve(&header);
        let doc = doc.and_then(|header| header.text("description"));
        operation.answer_headers.push(AnswerHeader {
            doc: prose::sentence(doc.unwrap_or_default()),
            name,
        });
    }
}
