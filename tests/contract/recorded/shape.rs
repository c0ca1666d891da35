//! What remains of a response when everything that differs from run to run is masked.

use serde_json::{Map, Value};

use crate::call::{Body, Response};

/// Begins every name that a case makes up.
pub const MARK: &str = "contract-";

/// Headers that are part of the contract. Those that nearly every response has are
/// written down only where they are missing or different.
const HEADERS: [(&str, Usual); 8] = [
    ("allow", Usual::Absent),
    ("content-type", Usual::JsonWithBody),
    ("location", Usual::Absent),
    ("openstack-auth-receipt", Usual::Absent),
    ("vary", Usual::Is("X-Auth-Token")),
    ("www-authenticate", Usual::Absent),
    ("x-openstack-request-id", Usual::Is(PRESENT)),
    ("x-subject-token", Usual::Absent),
];
/// Headers of which only the presence counts.
const OPAQUE: [&str; 3] = [
    "openstack-auth-receipt",
    "x-openstack-request-id",
    "x-subject-token",
];
const PRESENT: &str = "present";
const ABSENT: &str = "absent";
/// How long a line of JSON may be.
const WIDTH: usize = 100;
/// Strings that are part of the contract; of all others the kind is.
const LITERAL: [&str; 9] = [
    "code",
    "id",
    "interface",
    "media-type",
    "methods",
    "rel",
    "status",
    "title",
    "type",
];

/// What a header says when nothing is special about it.
enum Usual {
    Absent,
    Is(&'static str),
    JsonWithBody,
}

/// Masks the responses of one case on one server.
pub struct Mask {
    /// The server's address, without `/v3`.
    pub root: String,
    /// What all names of this case contain, and no other's.
    pub tag: String,
}

impl Mask {
    /// The response in lines of text.
    pub fn response(&self, response: &Response) -> String {
        let mut text = format!("{}\n", response.status);
        for (name, usual) in &HEADERS {
            let value = self.header(response, name);
            let usual = match usual {
                Usual::Is(value) => value,
                Usual::JsonWithBody if !matches!(response.body, Body::Empty) => "application/json",
                Usual::Absent | Usual::JsonWithBody => ABSENT,
            };
            if value != usual {
                text += &format!("{name}: {value}\n");
            }
        }
        match &response.body {
            Body::Empty => {}
            Body::Json(body) => {
                write_json(&mut text, &self.value("", body), 0);
                text.push('\n');
            }
            Body::Form(fields) => {
                let names: Vec<_> = fields.iter().map(|(name, _)| name.as_str()).collect();
                text += &format!("form of {}\n", names.join(", "));
            }
            Body::Other => text += "(not JSON)\n",
        }
        text
    }

    fn header(&self, response: &Response, name: &str) -> String {
        match response.header(name) {
            None => ABSENT.to_owned(),
            Some(_) if OPAQUE.contains(&name) => PRESENT.to_owned(),
            Some(value) if name == "allow" => sorted(value),
            Some(value) => self.string(value),
        }
    }

    fn value(&self, key: &str, value: &Value) -> Value {
        match value {
            Value::Null | Value::Bool(_) => value.clone(),
            Value::Number(_) if LITERAL.contains(&key) => value.clone(),
            Value::Number(number) if number.is_f64() => "<number>".into(),
            Value::Number(_) => "<integer>".into(),
            Value::String(string) => self.kind(key, string).into(),
            Value::Array(elements) => Value::Array(self.elements(key, elements)),
            Value::Object(members) => Value::Object(self.members(members)),
        }
    }

    fn members(&self, members: &Map<String, Value>) -> Map<String, Value> {
        let mut masked: Vec<_> = members
            .iter()
            .map(|(key, value)| (self.string(key), self.value(key, value)))
            .collect();
        masked.sort_by(|(left, _), (right, _)| left.cmp(right));
        masked.into_iter().collect()
    }

    /// Each different shape once, in a fixed order, leaving out what other cases made.
    fn elements(&self, key: &str, elements: &[Value]) -> Vec<Value> {
        let own = elements.iter().filter(|element| !self.is_foreign(element));
        let mut shapes: Vec<_> = own.map(|element| self.value(key, element)).collect();
        shapes.sort_by_key(Value::to_string);
        shapes.dedup();
        shapes
    }

    fn is_foreign(&self, element: &Value) -> bool {
        let text = element.to_string();
        text.contains(MARK) && !text.contains(&self.tag)
    }

    /// Names, ids and addresses of the case are shown masked, a few literally, the rest by kind.
    fn kind(&self, key: &str, string: &str) -> String {
        if key == "message" {
            return "<message>".to_owned();
        }
        let masked = self.string(string);
        let literal = string.is_empty() || LITERAL.contains(&key) || key.ends_with("_id");
        if literal || masked != string {
            return masked;
        }
        time_format(string).unwrap_or("<string>").to_owned()
    }

    /// The string without addresses, ids and the names that the case made up.
    pub fn string(&self, string: &str) -> String {
        let known = string.replace(&self.root, "{root}").replace(&self.tag, "*");
        mask_ids(&known)
    }
}

/// Writes a value on one line if it fits, else a member or an element on each.
fn write_json(text: &mut String, value: &Value, indent: usize) {
    let line = value.to_string();
    let (open, close, members): (_, _, Vec<_>) = match value {
        Value::Object(members) if indent + line.len() > WIDTH => {
            let named = |(key, member)| (format!("{}: ", Value::from(key)), member);
            let members = members
                .iter()
                .map(|(key, member)| named((key.as_str(), member)));
            ('{', '}', members.collect())
        }
        Value::Array(elements) if indent + line.len() > WIDTH => (
            '[',
            ']',
            elements
                .iter()
                .map(|element| (String::new(), element))
                .collect(),
        ),
        _ => return text.push_str(&line),
    };
    text.push(open);
    for (index, (name, member)) in members.into_iter().enumerate() {
        let comma = if index > 0 { "," } else { "" };
        *text += &format!("{comma}\n{:1$}{name}", "", indent + 2);
        write_json(text, member, indent + 2);
    }
    *text += &format!("\n{:1$}{close}", "", indent);
}

/// The methods of an `Allow` header in a fixed order.
fn sorted(list: &str) -> String {
    let mut methods: Vec<_> = list.split(',').map(str::trim).collect();
    methods.sort_unstable();
    methods.join(", ")
}

/// Replaces every run of 32 hexadecimal digits, or of 64 (users of non-default domains).
fn mask_ids(text: &str) -> String {
    let mut masked = String::new();
    let mut rest = text;
    while let Some(start) = rest.find(|c: char| c.is_ascii_hexdigit()) {
        masked += &rest[..start];
        rest = &rest[start..];
        let length = rest
            .find(|c: char| !c.is_ascii_hexdigit())
            .unwrap_or(rest.len());
        let run = &rest[..length];
        masked += if length == 32 || length == 64 {
            "<id>"
        } else {
            run
        };
        rest = &rest[length..];
    }
    masked + rest
}

/// Keystone writes times in three ways, and clients have to read each of them.
fn time_format(string: &str) -> Option<&'static str> {
    let digits_as_zeros: String = string
        .chars()
        .map(|c| if c.is_ascii_digit() { '0' } else { c })
        .collect();
    match digits_as_zeros.as_str() {
        "0000-00-00T00:00:00.000000Z" => Some("<time with fraction and zone>"),
        "0000-00-00T00:00:00.000000" => Some("<time with fraction>"),
        "0000-00-00T00:00:00Z" => Some("<time with zone>"),
        _ => None,
    }
}
