//! From YAML nodes to the types of the document, by serde, with the place of every mistake.

use std::fmt;

use keystone_document::{Entry, Node, Position};
use serde::Deserialize;
use serde::de::value::{StrDeserializer, U64Deserializer};
use serde::de::{
    self, DeserializeSeed, EnumAccess, IntoDeserializer, MapAccess, SeqAccess, VariantAccess,
    Visitor,
};
use serde::forward_to_deserialize_any;

use super::Document;
use super::place::NAME;
use crate::error::{FileError, Problem};

/// Reads the whole document.
pub(crate) fn document(file: &str, root: &Node) -> Result<Document, FileError> {
    Document::deserialize(Reader(root)).map_err(|wrong| {
        let position = wrong.position.unwrap_or(root.position);
        FileError::new(vec![Problem {
            place: position.place(file),
            message: wrong.message,
        }])
    })
}

/// A mistake, with its place as soon as that is known.
#[derive(Debug)]
struct ReadError {
    message: String,
    position: Option<Position>,
}

impl ReadError {
    /// Keeps the innermost place.
    fn at(mut self, position: Position) -> Self {
        self.position.get_or_insert(position);
        self
    }

    fn unknown(what: &str, name: &str, known: &'static [&'static str]) -> Self {
        let hint = keystone_document::hint(name, known);
        de::Error::custom(format!("there is no {what} `{name}` here{hint}"))
    }
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for ReadError {}

impl de::Error for ReadError {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self {
            message: message.to_string(),
            position: None,
        }
    }

    fn unknown_field(field: &str, known: &'static [&'static str]) -> Self {
        Self::unknown("key", field, known)
    }

    fn unknown_variant(variant: &str, known: &'static [&'static str]) -> Self {
        Self::unknown("choice", variant, known)
    }

    fn missing_field(field: &'static str) -> Self {
        Self::custom(format!("the key `{field}` is missing"))
    }

    fn invalid_type(_: de::Unexpected<'_>, expected: &dyn de::Expected) -> Self {
        Self::custom(format!("expected {expected}"))
    }
}

struct Reader<'a>(&'a Node);

impl Reader<'_> {
    fn expected(&self, what: &str) -> ReadError {
        let wrong: ReadError = de::Error::custom(format!("expected {what}"));
        wrong.at(self.0.position)
    }
}

impl<'de> de::Deserializer<'de> for Reader<'_> {
    type Error = ReadError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        let position = self.0.position;
        let value = match (self.0.text(), self.0.sequence()) {
            (Some(text), _) => visitor.visit_str(text),
            (None, Some(items)) => visitor.visit_seq(Items(items)),
            (None, None) => visitor.visit_map(Fields::of(self.0)),
        };
        value.map_err(|wrong: ReadError| wrong.at(position))
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        match self.0.text() {
            Some("true") => visitor.visit_bool(true),
            Some("false") => visitor.visit_bool(false),
            _ => Err(self.expected("`true` or `false`")),
        }
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        match self.0.text().filter(|_| !self.0.is_null()) {
            Some(text) => visitor.visit_str(text),
            None => Err(self.expected("a text")),
        }
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        self.deserialize_str(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        if self.0.is_null() {
            return visitor.visit_none();
        }
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, ReadError> {
        if name == NAME {
            return visitor.visit_seq(Placed(self.0, 0));
        }
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        match self.0.sequence() {
            Some(items) => visitor.visit_seq(Items(items)),
            None if self.0.is_null() => visitor.visit_seq(Items(&[])),
            None => Err(self.expected("a list")),
        }
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        if self.0.mapping().is_none() && !self.0.is_null() {
            return Err(self.expected("a mapping"));
        }
        let position = self.0.position;
        let value = visitor.visit_map(Fields::of(self.0));
        value.map_err(|wrong| wrong.at(position))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, ReadError> {
        self.deserialize_map(visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        known: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, ReadError> {
        if name == "PasswordSource" && self.0.mapping().is_none() {
            // Whoever wrote a password here does not want to read it in an error.
            let choices = known.join(": ..}`, `{");
            return Err(self.expected(&format!("where the password is: `{{{choices}: ..}}`")));
        }
        let position = self.0.position;
        let value = match (self.0.text(), self.0.mapping()) {
            (Some(text), _) => {
                let word: StrDeserializer<'_, ReadError> = text.into_deserializer();
                visitor.visit_enum(word)
            }
            (None, Some([entry])) => visitor.visit_enum(Choice(entry)),
            (None, _) => Err(self.expected("one choice")),
        };
        value.map_err(|wrong| wrong.at(position))
    }

    forward_to_deserialize_any! {
        i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char bytes byte_buf unit unit_struct tuple
        tuple_struct identifier ignored_any
    }
}

/// Line, column, and the value itself.
struct Placed<'a>(&'a Node, usize);

impl<'de> SeqAccess<'de> for Placed<'_> {
    type Error = ReadError;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, ReadError> {
        self.1 += 1;
        let Position { line, column } = self.0.position;
        let number = match self.1 {
            1 => line,
            2 => column,
            _ => return seed.deserialize(Reader(self.0)).map(Some),
        };
        let number: U64Deserializer<ReadError> = (number as u64).into_deserializer();
        seed.deserialize(number).map(Some)
    }
}

struct Items<'a>(&'a [Node]);

impl<'de> SeqAccess<'de> for Items<'_> {
    type Error = ReadError;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, ReadError> {
        let Some((first, rest)) = self.0.split_first() else {
            return Ok(None);
        };
        self.0 = rest;
        seed.deserialize(Reader(first)).map(Some)
    }
}

struct Fields<'a> {
    rest: &'a [Entry],
    value: Option<&'a Node>,
}

impl<'a> Fields<'a> {
    fn of(node: &'a Node) -> Self {
        Self {
            rest: node.mapping().unwrap_or_default(),
            value: None,
        }
    }
}

impl<'de> MapAccess<'de> for Fields<'_> {
    type Error = ReadError;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, ReadError> {
        let Some((first, rest)) = self.rest.split_first() else {
            return Ok(None);
        };
        self.rest = rest;
        self.value = Some(&first.value);
        let key = seed.deserialize(Reader(&first.key));
        key.map(Some).map_err(|wrong| wrong.at(first.key.position))
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, ReadError> {
        match self.value.take() {
            Some(node) => seed.deserialize(Reader(node)),
            None => Err(de::Error::custom("a value without its key")),
        }
    }
}

/// `name: value`, of which there is one.
struct Choice<'a>(&'a Entry);

impl<'de, 'a> EnumAccess<'de> for Choice<'a> {
    type Error = ReadError;
    type Variant = Chosen<'a>;

    fn variant_seed<V: DeserializeSeed<'de>>(
        self,
        seed: V,
    ) -> Result<(V::Value, Chosen<'a>), ReadError> {
        let name = seed.deserialize(Reader(&self.0.key));
        let name = name.map_err(|wrong| wrong.at(self.0.key.position))?;
        Ok((name, Chosen(&self.0.value)))
    }
}

struct Chosen<'a>(&'a Node);

impl<'de> VariantAccess<'de> for Chosen<'_> {
    type Error = ReadError;

    fn unit_variant(self) -> Result<(), ReadError> {
        Err(Reader(self.0).expected("no value"))
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, ReadError> {
        seed.deserialize(Reader(self.0))
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, ReadError> {
        de::Deserializer::deserialize_seq(Reader(self.0), visitor)
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, ReadError> {
        de::Deserializer::deserialize_map(Reader(self.0), visitor)
    }
}
