//! Bodies in the form `a=1&b=2` (`application/x-www-form-urlencoded`), which the OAuth operations use.

use http::HeaderValue;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use url::form_urlencoded;

use super::unreadable::unreadable;
use crate::Error;
use crate::transport::Response;

pub(super) const CONTENT_TYPE: HeaderValue =
    HeaderValue::from_static("application/x-www-form-urlencoded");

/// The attributes of a structure as a form; `None` when one of them is no plain value.
pub(super) fn write<T: Serialize>(body: &T) -> Option<String> {
    let Ok(Value::Object(attributes)) = serde_json::to_value(body) else {
        return None;
    };
    let mut form = form_urlencoded::Serializer::new(String::new());
    for (name, value) in &attributes {
        match value {
            Value::String(text) => form.append_pair(name, text),
            Value::Bool(_) | Value::Number(_) => form.append_pair(name, &value.to_string()),
            Value::Array(_) | Value::Null | Value::Object(_) => return None,
        };
    }
    Some(form.finish())
}

/// Reads a form into a structure of texts.
pub(super) fn read<T: DeserializeOwned>(response: &Response) -> Result<T, Error> {
    let pairs = form_urlencoded::parse(response.body.trim_ascii());
    let attributes: Map<String, Value> = pairs
        .map(|(name, value)| (name.into_owned(), Value::String(value.into_owned())))
        .collect();
    serde_json::from_value(Value::Object(attributes))
        .map_err(|error| unreadable(response, None, &error).into())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn plain_values_are_encoded_and_others_refused() {
        let body = json!({"grant_type": "client_credentials", "secret": "a&b =c", "n": 1});
        assert_eq!(
            write(&body).unwrap(),
            "grant_type=client_credentials&n=1&secret=a%26b+%3Dc"
        );
        assert!(write(&json!({"roles": []})).is_none());
        assert!(write(&json!("text")).is_none());
    }
}
