//! Bodies: their media type, their size, and what does not fit.

use std::fmt;
use std::marker::PhantomData;

use bytes::Bytes;
use http::StatusCode;
use http::header::CONTENT_TYPE;
use serde::Deserializer;
use serde::de::{DeserializeOwned, DeserializeSeed, Error as _, MapAccess, Visitor};
use serde_path_to_error::{Path, Segment, Track};

use super::call::Call;
use super::error::{ApiError, Rejection, misfit};
use super::objects::Objects;

/// Reads a JSON body with `key` around it.
pub(super) async fn read_body<T: DeserializeOwned>(
    call: &mut Call,
    key: &'static str,
    optional: bool,
) -> Result<T, Rejection> {
    let bytes = whole(call).await?;
    let text: &[u8] = match (bytes.is_empty(), optional) {
        (true, true) => b"null",
        (true, false) => return Err(misfit("the body", "it is missing; expected a JSON object")),
        (false, _) => {
            media_type(call)?;
            &bytes
        }
    };
    read_json(text, if text == b"null" && optional { "" } else { key })
}

/// The action that a body names, which is one of `names`; the body can be read again.
pub(super) async fn action(call: &mut Call, names: &[&str]) -> Result<String, Rejection> {
    let bytes = whole(call).await?;
    media_type(call)?;
    let expected = format!("an object with one of the keys `{}`", names.join("`, `"));
    let body: serde_json::Map<String, serde_json::Value> = serde_json::from_slice(&bytes)
        .map_err(|error| misfit("the body", &format!("{error}; expected {expected}")))?;
    let mut keys = body.keys();
    let (Some(name), None) = (keys.next(), keys.next()) else {
        return Err(misfit("the body", &format!("expected {expected}")));
    };
    if !names.contains(&name.as_str()) {
        return Err(misfit(
            &format!("/{}", escaped(name)),
            &format!("unknown action, expected {expected}"),
        ));
    }
    let name = name.clone();
    call.body = Some(bytes.into());
    Ok(name)
}

/// The whole body, up to the limit of the service.
async fn whole(call: &mut Call) -> Result<Bytes, Rejection> {
    let limit = call.settings.body_limit;
    let Some(body) = call.body.take() else {
        return Ok(Bytes::new());
    };
    axum::body::to_bytes(body, limit).await.map_err(|error| {
        if is_too_long(&error) {
            let message = format!("the body of the request has more than {limit} bytes.");
            ApiError::new(StatusCode::PAYLOAD_TOO_LARGE, message)
        } else {
            misfit("the body", "it could not be read to its end")
        }
    })
}

fn is_too_long(error: &axum::Error) -> bool {
    let mut source = std::error::Error::source(error);
    while let Some(error) = source {
        if error.is::<http_body_util::LengthLimitError>() {
            return true;
        }
        source = error.source();
    }
    false
}

/// 415 unless the body claims to be JSON.
fn media_type(call: &Call) -> Result<(), Rejection> {
    let given = call.parts.headers.get(CONTENT_TYPE);
    let essence = given
        .and_then(|value| value.to_str().ok())
        .and_then(|text| text.split(';').next())
        .map(|text| text.trim().to_ascii_lowercase());
    let is_json = essence.as_deref().is_some_and(|essence| {
        essence == "application/json"
            || (essence.starts_with("application/") && essence.ends_with("+json"))
    });
    if is_json {
        return Ok(());
    }
    let found = essence.unwrap_or_else(|| "none".to_owned());
    let found = keystone_sdk::printable::line(&found);
    let message =
        format!("the media type of the body is `{found}`; send `Content-Type: application/json`.");
    Err(ApiError::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, message))
}

fn read_json<T: DeserializeOwned>(text: &[u8], key: &'static str) -> Result<T, Rejection> {
    let mut json = serde_json::Deserializer::from_slice(text);
    let mut track = Track::new();
    let tracked = serde_path_to_error::Deserializer::new(&mut json, &mut track);
    let read = Keyed(key, PhantomData).deserialize(Objects(tracked));
    read.and_then(|value| json.end().map(|()| value))
        .map_err(|error| refuse(&error, &track.path()))
}

fn refuse(error: &serde_json::Error, path: &Path) -> Rejection {
    if !error.is_data() {
        return misfit("the body", &format!("it is not JSON: {error}"));
    }
    let text = error.to_string();
    // serde_json ends its messages with a place in the text, which the pointer says better.
    let text = text
        .rsplit_once(" at line ")
        .map_or(text.as_str(), |(text, _)| text);
    let mut pointer = pointer(path);
    // An unknown attribute is told at the object that has it.
    if let Some(name) = text
        .strip_prefix("unknown field `")
        .and_then(|rest| rest.split('`').next())
        && !pointer.ends_with(&format!("/{}", escaped(name)))
    {
        pointer.push('/');
        pointer.push_str(&escaped(name));
    }
    let place = if pointer.is_empty() {
        "the body".to_owned()
    } else {
        pointer
    };
    misfit(&place, text)
}

/// A path as a JSON pointer (RFC 6901).
fn pointer(path: &Path) -> String {
    let segments = path.iter().map(|segment| match segment {
        Segment::Seq { index } => format!("/{index}"),
        Segment::Map { key } => format!("/{}", escaped(key)),
        Segment::Enum { variant } => format!("/{}", escaped(variant)),
        Segment::Unknown => String::new(),
    });
    segments.collect()
}

fn escaped(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

/// A value under one key, or by itself where the key is empty.
struct Keyed<T>(&'static str, PhantomData<fn() -> T>);

impl<'de, T: DeserializeOwned> DeserializeSeed<'de> for Keyed<T> {
    type Value = T;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<T, D::Error> {
        match self.0 {
            "" => T::deserialize(deserializer),
            _ => deserializer.deserialize_map(self),
        }
    }
}

impl<'de, T: DeserializeOwned> Visitor<'de> for Keyed<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "an object with the key `{}`", self.0)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<T, A::Error> {
        let mut value = None;
        while let Some(key) = map.next_key::<String>()? {
            if key != self.0 {
                let key = keystone_sdk::printable::line(&key).into_owned();
                return Err(A::Error::custom(format_args!(
                    "unknown field `{key}`, expected `{}`",
                    self.0
                )));
            }
            if value.replace(map.next_value()?).is_some() {
                return Err(A::Error::duplicate_field(self.0));
            }
        }
        value.ok_or_else(|| A::Error::missing_field(self.0))
    }
}
