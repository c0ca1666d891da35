//! Compares two APIs that were read from OpenAPI documents, by what is on the wire.

use std::collections::{BTreeMap, BTreeSet};

use keystone_codegen::model::{Api, Definition, Field, Presence as FieldPresence, Record, Type};

use super::difference::{Difference, NOTHING, Part};
use super::side::{Body, BodyType, One, Presence, Side};
use super::wire::{Types, plain, words};

/// All differences, by path and method.
pub(super) fn differences(code: &Api, file: &Api) -> Vec<Difference> {
    let (code, file) = (Side::new(code), Side::new(file));
    let mut found = Vec::new();
    let all = code.operations.keys().chain(file.operations.keys());
    for key in all.collect::<BTreeSet<_>>() {
        let (own, other) = (code.operations.get(key), file.operations.get(key));
        let address = other.or(own).map_or("", |one| one.address.as_str());
        let mut operation = Comparison {
            code: &code.types,
            file: &file.types,
            method: key.1,
            address,
            seen: BTreeSet::new(),
            found: &mut found,
        };
        match (own, other) {
            (Some(own), Some(other)) => operation.compare(own, other),
            (Some(own), None) => {
                let text = format!("an operation with the policy {}", own.policies());
                operation.add(Part::Operation, text, NOTHING);
            }
            (None, Some(other)) => {
                let text = format!("an operation with the policy {}", other.policies());
                operation.add(Part::Operation, NOTHING, text);
            }
            (None, None) => {}
        }
    }
    found
}

/// Two descriptions of one operation.
struct Comparison<'a, 'f> {
    code: &'a Types<'a>,
    file: &'a Types<'a>,
    method: &'static str,
    address: &'a str,
    /// Pairs of structures, which may contain themselves, and where they are.
    seen: BTreeSet<(String, String, bool)>,
    found: &'f mut Vec<Difference>,
}

/// Whether a value is sent or received by clients.
#[derive(Clone, Copy, Eq, PartialEq)]
enum Direction {
    Request,
    Response,
}

impl Direction {
    fn part(self, at: &str) -> Part {
        match self {
            Self::Request => Part::Body(at.to_owned()),
            Self::Response => Part::Response(at.to_owned()),
        }
    }
}

impl<'a> Comparison<'a, '_> {
    fn add(&mut self, part: Part, code: impl Into<String>, file: impl Into<String>) {
        self.found.push(Difference {
            method: self.method.to_owned(),
            path: self.address.to_owned(),
            part,
            code: code.into(),
            file: file.into(),
            place: String::new(),
        });
    }

    fn texts(&mut self, part: Part, code: &str, file: &str) {
        if code != file {
            self.add(part, code, file);
        }
    }

    fn compare(&mut self, code: &One<'a>, file: &One<'a>) {
        self.texts(Part::Policies, &code.policies(), &file.policies());
        self.texts(Part::Status, &code.statuses(), &file.statuses());
        let since = |one: &One<'_>| match &one.operation.notes.since {
            Some(since) => since.clone(),
            None => "it was always there".to_owned(),
        };
        self.texts(Part::Since, &since(code), &since(file));
        let deprecated = |one: &One<'_>| match one.operation.is_deprecated() {
            true => "deprecated",
            false => "not deprecated",
        };
        self.texts(Part::Deprecated, deprecated(code), deprecated(file));
        let own = code.operation.path.parameters();
        for (own, other) in own.zip(file.operation.path.parameters()) {
            let (code, file) = (words(self.code, &own.ty), words(self.file, &other.ty));
            self.texts(Part::Path(other.name.clone()), &code, &file);
        }
        self.query(code, file);
        self.body(&code.body(), &file.body(), Direction::Request);
        self.body(&code.response(), &file.response(), Direction::Response);
    }

    fn query(&mut self, code: &One<'a>, file: &One<'a>) {
        let (own, others) = (code.query(self.code), file.query(self.file));
        for name in own.keys().chain(others.keys()).collect::<BTreeSet<_>>() {
            let text = |parameter: Option<&super::side::QueryParameter>| match parameter {
                None => NOTHING.to_owned(),
                Some(one) => {
                    let required = if one.required { ", required" } else { "" };
                    let since = one.since.as_ref();
                    let since = since.map_or(String::new(), |since| format!(", since {since}"));
                    format!("{}{required}{since}", one.ty)
                }
            };
            let part = Part::Query((*name).to_owned());
            self.texts(part, &text(own.get(*name)), &text(others.get(*name)));
        }
    }

    fn body(&mut self, code: &Body<'a>, file: &Body<'a>, direction: Direction) {
        match (code, file) {
            (Body::Json(own_key, own, own_presence), Body::Json(key, other, presence))
                if own_key == key =>
            {
                if own_presence != presence {
                    let text = |presence: Presence| match presence {
                        Presence::Always => "required",
                        Presence::Maybe => "optional",
                    };
                    self.add(direction.part(""), text(*own_presence), text(*presence));
                }
                self.body_types(own, other, (*key).to_owned(), direction);
            }
            (code, file) => {
                let (code, file) = (describe(self.code, code), describe(self.file, file));
                self.texts(direction.part(""), &code, &file);
            }
        }
    }

    fn body_types(&mut self, code: &BodyType<'a>, file: &BodyType<'a>, at: String, on: Direction) {
        let many = |ty: &BodyType<'_>| match ty {
            BodyType::Of(ty) => (*ty).clone(),
            BodyType::Many(name) => Type::List(Box::new(Type::Record((*name).to_owned()))),
        };
        self.types(&many(code), &many(file), &at, on);
    }

    fn types(&mut self, code: &Type, file: &Type, at: &str, on: Direction) {
        let ((own, own_null), (other, null)) = (plain(code), plain(file));
        match (own, other) {
            (Type::List(own), Type::List(other)) => {
                self.types(own, other, &format!("{at}[]"), on);
            }
            (Type::Map(own), Type::Map(other)) => self.types(own, other, &format!("{at}{{}}"), on),
            (Type::Record(own_name), Type::Record(name)) => {
                let definitions = (self.code.definition(own_name), self.file.definition(name));
                if let (Some(Definition::Record(own)), Some(Definition::Record(other))) =
                    definitions
                {
                    let is_request = on == Direction::Request;
                    if self
                        .seen
                        .insert((own_name.clone(), name.clone(), is_request))
                    {
                        self.records(own, other, at, on);
                    }
                } else {
                    self.texts(
                        on.part(at),
                        &words(self.code, own),
                        &words(self.file, other),
                    );
                }
            }
            (own, other) => {
                let (own, other) = (words(self.code, own), words(self.file, other));
                self.texts(on.part(at), &own, &other);
            }
        }
        if own_null != null && !(on == Direction::Request && own_null) {
            let text = |null: bool| if null { "may be null" } else { "is never null" };
            self.add(on.part(at), text(own_null), text(null));
        }
    }

    fn records(&mut self, code: &Record, file: &Record, at: &str, on: Direction) {
        let by_name = |record: &Record| -> BTreeMap<String, Field> {
            let fields = record.fields.iter();
            fields
                .map(|field| (field.name.clone(), field.clone()))
                .collect()
        };
        let (own, others) = (by_name(code), by_name(file));
        for name in own.keys().chain(others.keys()).collect::<BTreeSet<_>>() {
            let at = match at {
                "" => name.clone(),
                at => format!("{at}.{name}"),
            };
            match (own.get(name), others.get(name)) {
                (Some(own), Some(other)) => self.fields(own, other, &at, on),
                (Some(own), None) => self.add(on.part(&at), words(self.code, &own.ty), NOTHING),
                (None, Some(other)) => self.add(on.part(&at), NOTHING, words(self.file, &other.ty)),
                (None, None) => {}
            }
        }
    }

    fn fields(&mut self, code: &Field, file: &Field, at: &str, on: Direction) {
        self.types(&code.ty, &file.ty, at, on);
        let required = |field: &Field| field.create == Some(FieldPresence::Always);
        let (own, other) = match on {
            Direction::Request => (required(code), required(file)),
            // What may be absent may be null, and the other way round.
            Direction::Response => (
                required(code) && !code.nullable,
                required(file) && !file.nullable,
            ),
        };
        // Older microversions lack it.
        let limited = on == Direction::Response && own && file.since.is_some();
        if own != other && !limited {
            let text = |required: bool| match (required, on) {
                (true, Direction::Request) => "required",
                (false, Direction::Request) => "optional",
                (true, Direction::Response) => "always there",
                (false, Direction::Response) => "may be absent or null",
            };
            self.add(on.part(at), text(own), text(other));
        }
        if on == Direction::Request && file.nullable && !code.nullable {
            self.add(on.part(at), "is never null", "may be null");
        }
        let since = |field: &Field| match &field.since {
            Some(since) => format!("since {since}"),
            None => "it was always there".to_owned(),
        };
        self.texts(on.part(at), &since(code), &since(file));
    }
}

fn describe(types: &Types<'_>, body: &Body<'_>) -> String {
    match body {
        Body::Nothing => NOTHING.to_owned(),
        Body::Other(what) => (*what).to_owned(),
        Body::Json("", BodyType::Of(ty), _) => words(types, ty),
        Body::Json(key, ..) => format!("an object with `{key}`"),
    }
}
