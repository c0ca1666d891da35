//! Parameters in the styles of OpenAPI.

use std::borrow::Cow;

use http::HeaderValue;
use http::header::COOKIE;
use serde::Serialize;
use serde_json::Value;

use crate::session::Call;

/// A parameter of a request: its location, and the style of arrays and objects (OpenAPI 3.1,
/// section 4.8.12).
///
/// ```
/// use keystone_sdk::client::Parameter;
///
/// let tags = Parameter::query("tags").joined("|");
/// let size = Parameter::query("size").deep_object();
/// assert_eq!(Parameter::path(&["red", "blue"]), "red,blue");
/// # let _ = (tags, size);
/// ```
#[derive(Clone, Copy, Debug)]
#[must_use]
pub struct Parameter {
    name: &'static str,
    location: Location,
    style: Style,
}

#[derive(Clone, Copy, Debug)]
enum Location {
    Cookie,
    Header,
    Query,
}

#[derive(Clone, Copy, Debug)]
enum Style {
    DeepObject,
    /// Each item, and each attribute, by itself.
    Exploded,
    /// All in one, with this between.
    Joined(&'static str),
    Json,
}

impl Parameter {
    /// A query parameter: `name=a&name=b`; each attribute of an object is a parameter of its own.
    pub const fn query(name: &'static str) -> Self {
        Self::new(name, Location::Query, Style::Exploded)
    }

    /// A header: `a,b`, and `key,value` for the attributes of an object. The name has to be lower
    /// case.
    pub const fn header(name: &'static str) -> Self {
        Self::new(name, Location::Header, Style::Joined(","))
    }

    /// A cookie.
    pub const fn cookie(name: &'static str) -> Self {
        Self::new(name, Location::Cookie, Style::Joined(","))
    }

    /// Each attribute of an object as `name[key]=value`.
    pub const fn deep_object(self) -> Self {
        self.style(Style::DeepObject)
    }

    /// Each part separately; in a header as `key=value`.
    pub const fn exploded(self) -> Self {
        self.style(Style::Exploded)
    }

    /// All parts in one value, with `separator` between them.
    pub const fn joined(self, separator: &'static str) -> Self {
        self.style(Style::Joined(separator))
    }

    /// The value as JSON.
    pub const fn json(self) -> Self {
        self.style(Style::Json)
    }

    /// A value as a segment of a path; parts are joined by commas.
    pub fn path<T: Serialize + ?Sized>(value: &T) -> String {
        serde_json::to_value(value).map_or_else(|_| String::new(), |value| flat(&value, ","))
    }

    const fn new(name: &'static str, location: Location, style: Style) -> Self {
        Self {
            name,
            location,
            style,
        }
    }

    const fn style(mut self, style: Style) -> Self {
        self.style = style;
        self
    }

    /// The names and values for a value.
    fn pairs(self, value: &Value) -> Vec<(Cow<'static, str>, String)> {
        let name = Cow::Borrowed(self.name);
        match (self.style, value) {
            (_, Value::Null) => Vec::new(),
            (Style::Json, value) => vec![(name, value.to_string())],
            (Style::DeepObject, Value::Object(attributes)) => attributes
                .iter()
                .map(|(key, value)| (format!("{}[{key}]", self.name).into(), flat(value, ",")))
                .collect(),
            (Style::Exploded | Style::DeepObject, Value::Array(items)) => items
                .iter()
                .map(|item| (name.clone(), flat(item, ",")))
                .collect(),
            (Style::Exploded, Value::Object(attributes)) => attributes
                .iter()
                .map(|(key, value)| (key.clone().into(), flat(value, ",")))
                .collect(),
            (Style::Joined(separator), value) => vec![(name, flat(value, separator))],
            (_, value) => vec![(name, flat(value, ","))],
        }
    }

    /// The value of a header.
    fn line(self, value: &Value) -> String {
        match (self.style, value) {
            (Style::Json, value) => value.to_string(),
            (Style::Exploded, Value::Object(attributes)) => {
                let pairs = attributes.iter();
                let pairs = pairs.map(|(key, value)| format!("{key}={}", flat(value, ",")));
                pairs.collect::<Vec<_>>().join(",")
            }
            (_, value) => flat(value, ","),
        }
    }
}

/// A value as one string; null is empty.
fn flat(value: &Value, separator: &str) -> String {
    match value {
        Value::Null => String::new(),
        Value::Bool(_) | Value::Number(_) => value.to_string(),
        Value::String(text) => text.clone(),
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(|item| flat(item, separator)).collect();
            items.join(separator)
        }
        Value::Object(attributes) => {
            let parts = attributes
                .iter()
                .flat_map(|(key, value)| [key.clone(), flat(value, separator)]);
            parts.collect::<Vec<_>>().join(separator)
        }
    }
}

/// Sets a parameter of a call. One that was set before is replaced; a cookie is added to the others.
pub(super) fn set<T: Serialize + ?Sized>(call: &mut Call, parameter: Parameter, value: &T) {
    let Ok(value) = serde_json::to_value(value) else {
        call.refuse(&format!(
            "the parameter `{}` cannot be serialised",
            parameter.name
        ));
        return;
    };
    match parameter.location {
        Location::Query => call.set_pairs(parameter.pairs(&value)),
        Location::Header => {
            let value = HeaderValue::try_from(parameter.line(&value));
            call.set_header(parameter.name, value.ok());
        }
        Location::Cookie => {
            let pairs = parameter.pairs(&value);
            let mut cookies: Vec<String> = pairs
                .iter()
                .map(|(name, value)| format!("{name}={value}"))
                .collect();
            let present = call.headers_mut().get(COOKIE);
            let present = present.and_then(|value| Some(value.to_str().ok()?.to_owned()));
            cookies.splice(0..0, present);
            call.set_header("cookie", HeaderValue::try_from(cookies.join("; ")).ok());
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn query(parameter: Parameter, value: &Value) -> String {
        let pairs = parameter.pairs(value);
        let pairs: Vec<String> = pairs.iter().map(|(n, v)| format!("{n}={v}")).collect();
        pairs.join("&")
    }

    /// The table of OpenAPI 3.1 for `color`, so far as its styles are ours.
    #[test]
    fn values_are_written_in_their_styles() {
        let array = json!(["blue", "black"]);
        let object = json!({"R": 100, "G": 200});
        let color = Parameter::query("color");
        for (parameter, value, written) in [
            (color, &json!("blue"), "color=blue"),
            (color, &array, "color=blue&color=black"),
            (color, &object, "G=200&R=100"),
            (color.joined(","), &array, "color=blue,black"),
            (color.joined(","), &object, "color=G,200,R,100"),
            (color.joined(" "), &array, "color=blue black"),
            (color.joined("|"), &array, "color=blue|black"),
            (color.deep_object(), &object, "color[G]=200&color[R]=100"),
            (color.json(), &array, r#"color=["blue","black"]"#),
            (color, &Value::Null, ""),
        ] {
            assert_eq!(query(parameter, value), written);
        }
        let header = Parameter::header("x-color");
        assert_eq!(header.line(&array), "blue,black");
        assert_eq!(header.line(&object), "G,200,R,100");
        assert_eq!(header.exploded().line(&object), "G=200,R=100");
        assert_eq!(Parameter::path(&5), "5");
    }
}
