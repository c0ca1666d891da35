//! Bodies of responses: JSON with one key around it, `{"user": {..}}` and
//! `{"users": [..], "links": {..}}`, or forms.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{DeserializeOwned, DeserializeSeed, Error as _, IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};
use url::form_urlencoded;

use super::errors::unreadable;
use crate::Error;
use crate::transport::Response;

/// The items of a list, and the paging information beside them.
#[derive(Debug)]
pub(super) struct ListBody<T> {
    pub(super) items: Vec<T>,
    pub(super) next: Option<String>,
    pub(super) truncated: bool,
}

/// Reads `{key: T}`, or a `T` if the key is empty.
pub(super) fn read_value<T: DeserializeOwned>(
    response: &Response,
    key: &'static str,
) -> Result<T, Error> {
    match key {
        "" => read(response, || PhantomData),
        key => read(response, || One(key, PhantomData)),
    }
}

/// Reads `{key: [T], links, truncated}`; the link to the next page may also be in `KEY_links` or
/// in `next`.
pub(super) fn read_list<T: DeserializeOwned>(
    response: &Response,
    key: &'static str,
) -> Result<ListBody<T>, Error> {
    read(response, || Many(key, PhantomData))
}

/// Reads a form into a structure of texts.
pub(super) fn read_form<T: DeserializeOwned>(response: &Response) -> Result<T, Error> {
    let pairs = form_urlencoded::parse(response.body.trim_ascii());
    let attributes: Map<String, Value> = pairs
        .map(|(name, value)| (name.into_owned(), Value::String(value.into_owned())))
        .collect();
    serde_json::from_value(Value::Object(attributes))
        .map_err(|error| unreadable(response, None, &error).into())
}

fn read<'de, S: DeserializeSeed<'de>>(
    response: &'de Response,
    seed: impl Fn() -> S,
) -> Result<S::Value, Error> {
    let mut json = serde_json::Deserializer::from_slice(&response.body);
    seed()
        .deserialize(&mut json)
        .and_then(|value| json.end().map(|()| value))
        .map_err(|error| unreadable(response, place(response, seed()), &error).into())
}

/// The path of the value that cannot be read, such as `users[3].enabled`. Tracking it costs time, so
/// it is found by reading the response once more after an error.
fn place<'de, S: DeserializeSeed<'de>>(response: &'de Response, seed: S) -> Option<String> {
    let mut json = serde_json::Deserializer::from_slice(&response.body);
    let mut track = serde_path_to_error::Track::new();
    let tracked = serde_path_to_error::Deserializer::new(&mut json, &mut track);
    seed.deserialize(tracked).err()?;
    let place = track.path().to_string();
    (place != "." && place.len() <= LONGEST_PLACE).then_some(place)
}

/// A server may send keys of any length, and a path goes into a message.
const LONGEST_PLACE: usize = 200;

struct One<T>(&'static str, PhantomData<T>);

impl<'de, T: Deserialize<'de>> DeserializeSeed<'de> for One<T> {
    type Value = T;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<T, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de, T: Deserialize<'de>> Visitor<'de> for One<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "an object with the key `{}`", self.0)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<T, A::Error> {
        let mut value = None;
        while let Some(key) = map.next_key::<String>()? {
            if key == self.0 {
                value = Some(map.next_value()?);
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        value.ok_or_else(|| A::Error::missing_field(self.0))
    }
}

struct Many<T>(&'static str, PhantomData<T>);

#[derive(Deserialize)]
struct ListLinks {
    #[serde(default)]
    next: Option<String>,
}

#[derive(Deserialize)]
struct RelatedLink {
    #[serde(default)]
    rel: String,
    #[serde(default)]
    href: String,
}

impl<'de, T: Deserialize<'de>> DeserializeSeed<'de> for Many<T> {
    type Value = ListBody<T>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<ListBody<T>, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de, T: Deserialize<'de>> Visitor<'de> for Many<T> {
    type Value = ListBody<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "an object with a list under `{}`", self.0)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<ListBody<T>, A::Error> {
        let mut items = None;
        let mut next = None;
        let mut truncated = false;
        while let Some(key) = map.next_key::<String>()? {
            if key == self.0 {
                items = Some(map.next_value()?);
            } else if key == "links" {
                next = map
                    .next_value::<Option<ListLinks>>()?
                    .and_then(|links| links.next);
            } else if key.strip_prefix(self.0) == Some("_links") {
                // As the compute, network and block storage services write it.
                let links = map.next_value::<Option<Vec<RelatedLink>>>()?;
                let found = links.into_iter().flatten().find(|link| link.rel == "next");
                next = next.or(found.map(|link| link.href));
            } else if key == "next" {
                // As the image service writes it.
                next = next.or(map.next_value::<Option<String>>()?);
            } else if key == "truncated" {
                truncated = map.next_value::<Option<bool>>()?.unwrap_or_default();
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        let items = items.ok_or_else(|| A::Error::missing_field(self.0))?;
        Ok(ListBody {
            items,
            next,
            truncated,
        })
    }
}
