//! Values of credentials and targets, and their text as Python writes it.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::fmt::{self, Write};

use crate::value::text::{Expect, Scratch};

pub(crate) mod credentials;
pub(crate) mod json_text;
pub(crate) mod target;
pub(crate) mod text;

pub use target::{HasAttr, attr_hash};

/// A borrowed value of a credential or of an attribute of a target.
///
/// Checks compare values by the text that Python's `str` returns, such as `None`, `True`, `1.0` or
/// `['a', 'b']`, see [`Value::text`].
#[expect(
    clippy::exhaustive_enums,
    reason = "the data model of YAML and JSON, which will not grow"
)]
#[derive(Clone, Copy)]
pub enum Value<'a> {
    /// A boolean; its text is `True` or `False`.
    Bool(bool),
    /// A floating-point number; the text of 1.0 is `1.0`.
    Float(f64),
    /// An integer.
    Int(i128),
    /// A list. A check of a credential is true if it is true for one of the items.
    List(&'a dyn List),
    /// A mapping, which a dotted path descends into.
    Map(&'a dyn Map),
    /// Null; its text is `None`, so it equals another null.
    Null,
    /// A string.
    Str(&'a str),
}

/// A sequence of values.
pub trait List {
    /// The value at `index`; `None` past the end.
    fn at(&self, index: usize) -> Option<Value<'_>>;
}

/// Values by name.
pub trait Map {
    /// The value called `name`.
    fn get(&self, name: &str) -> Option<Value<'_>>;

    /// Calls `visit` with each name and value, in order.
    fn each(&self, visit: &mut dyn FnMut(&str, Value<'_>));
}

impl<'a> Value<'a> {
    /// The text that Python's `str` gives.
    ///
    /// ```
    /// use keystone_policy::Value;
    ///
    /// assert_eq!(Value::Null.text(), "None");
    /// assert_eq!(Value::Float(1e16).text(), "1e+16");
    /// assert_eq!(Value::List(&vec!["a", "b"]).text(), "['a', 'b']");
    /// ```
    pub fn text(self) -> Cow<'a, str> {
        match self.plain() {
            Some(text) => Cow::Borrowed(text),
            None => {
                let mut text = String::new();
                // Writing to a String cannot fail.
                let _ = self.write(&mut text);
                Cow::Owned(text)
            }
        }
    }

    /// The text, without allocation as long as it is short.
    pub(crate) fn scratch(self) -> Scratch {
        let mut scratch = Scratch::new();
        // Writing here cannot fail.
        let _ = self.write(&mut scratch);
        scratch
    }

    /// Whether the text of this value is `expected`, without building it.
    pub(crate) fn is_text(self, expected: &str) -> bool {
        match self.plain() {
            Some(text) => text == expected,
            None => {
                let mut rest = Expect::new(expected);
                self.write(&mut rest).is_ok() && rest.is_met()
            }
        }
    }

    /// Whether both have the same text.
    pub(crate) fn same_text(self, other: Value<'_>) -> bool {
        // Nearly all comparisons are of two texts: they must not touch the buffers below.
        if let (Self::Str(own), Value::Str(other)) = (self, other) {
            return own == other;
        }
        match (self.plain(), other.plain()) {
            (Some(text), _) => other.is_text(text),
            (None, Some(text)) => self.is_text(text),
            (None, None) => self.is_text(&other.scratch()),
        }
    }

    /// The value of Python's `bool`.
    pub(crate) fn is_truthy(self) -> bool {
        match self {
            Self::Bool(value) => value,
            Self::Float(value) => value != 0.0,
            Self::Int(value) => value != 0,
            Self::List(list) => list.at(0).is_some(),
            Self::Map(map) => {
                let mut any = false;
                map.each(&mut |_, _| any = true);
                any
            }
            Self::Null => false,
            Self::Str(text) => !text.is_empty(),
        }
    }

    /// The type, for messages.
    pub(crate) fn kind(self) -> &'static str {
        match self {
            Self::Bool(_) => "a boolean",
            Self::Float(_) | Self::Int(_) => "a number",
            Self::List(_) => "a list",
            Self::Map(_) => "a mapping",
            Self::Null => "null",
            Self::Str(_) => "a string",
        }
    }

    /// The text, if it needs no formatting.
    #[inline]
    pub(crate) fn plain(self) -> Option<&'a str> {
        match self {
            Self::Bool(true) => Some("True"),
            Self::Bool(false) => Some("False"),
            Self::Null => Some("None"),
            Self::Str(text) => Some(text),
            Self::Float(_) | Self::Int(_) | Self::List(_) | Self::Map(_) => None,
        }
    }

    /// Writes the text that Python's `str` gives.
    pub(crate) fn write(self, out: &mut dyn Write) -> fmt::Result {
        match self {
            Self::Float(value) => write_float(value, out),
            Self::Int(value) => write!(out, "{value}"),
            Self::List(list) => write_list(list, out),
            Self::Map(map) => write_map(map, out),
            Self::Bool(_) | Self::Null | Self::Str(_) => {
                out.write_str(self.plain().unwrap_or_default())
            }
        }
    }

    /// Writes the text of Python's `repr`, with strings in quotes.
    pub(crate) fn write_quoted(self, out: &mut dyn Write) -> fmt::Result {
        match self {
            Self::Str(text) => write_repr(text, out),
            other => other.write(out),
        }
    }
}

impl fmt::Debug for Value<'_> {
    /// The type only: credentials and targets do not belong in logs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kind())
    }
}

/// The shortest digits that parse to the same number, formatted as Python does.
pub(crate) fn write_float(value: f64, out: &mut dyn Write) -> fmt::Result {
    if value.is_nan() {
        return out.write_str("nan");
    }
    if value.is_infinite() {
        return out.write_str(if value > 0.0 { "inf" } else { "-inf" });
    }
    let mut scientific = Scratch::new();
    write!(scientific, "{value:e}")?;
    let (digits, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    match exponent.parse::<i32>() {
        Ok(exponent) if exponent < -4 => write!(out, "{digits}e-{:02}", -exponent),
        Ok(exponent) if exponent >= 16 => write!(out, "{digits}e+{exponent:02}"),
        _ => write!(out, "{value:?}"),
    }
}

/// A string in quotes, as Python's `repr` writes it.
pub(crate) fn write_repr(text: &str, out: &mut dyn Write) -> fmt::Result {
    let quote = if text.contains('\'') && !text.contains('"') {
        '"'
    } else {
        '\''
    };
    out.write_char(quote)?;
    for c in text.chars() {
        match c {
            '\\' => out.write_str("\\\\")?,
            '\n' => out.write_str("\\n")?,
            '\r' => out.write_str("\\r")?,
            '\t' => out.write_str("\\t")?,
            c if c == quote => write!(out, "\\{c}")?,
            c if is_printable(c) => out.write_char(c)?,
            c => match u32::from(c) {
                code @ ..0x100 => write!(out, "\\x{code:02x}")?,
                code @ 0x100..0x1_0000 => write!(out, "\\u{code:04x}")?,
                code => write!(out, "\\U{code:08x}")?,
            },
        }
    }
    out.write_char(quote)
}

/// Python's `isprintable`: no controls, no separators other than the space, nothing unassigned.
pub(crate) fn is_printable(c: char) -> bool {
    if c.is_control() {
        return false;
    }
    // `escape_debug` applies the same test to every character but the first, of which it also
    // escapes combining marks.
    let mut shown = [0; 5];
    shown[0] = b'a';
    let length = shown
        .get_mut(1..)
        .map_or(0, |place| c.encode_utf8(place).len());
    let shown = shown
        .get(..=length)
        .and_then(|bytes| std::str::from_utf8(bytes).ok());
    shown.is_some_and(|text| !text.escape_debug().skip(1).take(2).eq(['\\', 'u']))
}

fn write_list(list: &dyn List, out: &mut dyn Write) -> fmt::Result {
    out.write_str("[")?;
    let mut index = 0;
    while let Some(value) = list.at(index) {
        if index > 0 {
            out.write_str(", ")?;
        }
        value.write_quoted(out)?;
        index += 1;
    }
    out.write_str("]")
}

fn write_map(map: &dyn Map, out: &mut dyn Write) -> fmt::Result {
    out.write_str("{")?;
    let mut result = Ok(());
    let mut first = true;
    map.each(&mut |name, value| {
        result = result.and_then(|()| {
            if !std::mem::take(&mut first) {
                out.write_str(", ")?;
            }
            write_repr(name, out)?;
            out.write_str(": ")?;
            value.write_quoted(out)
        });
    });
    result?;
    out.write_str("}")
}

/// A type whose values can be credentials or attributes of targets.
///
/// `#[derive(PolicyTarget)]` requires it of each field. Implement it for a newtype by delegating to
/// the inner value.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be an attribute of a policy target",
    label = "no policy can compare this",
    note = "leave the field out with `#[policy(skip)]`, take its text with `#[policy(text)]` if it is \
            `AsRef<str>`, or implement `AttrValue` for its type"
)]
pub trait AttrValue {
    /// The value; `None` is null, not absent.
    fn attr_value(&self) -> Value<'_>;
}

macro_rules! texts {
    ($($type:ty)*) => {$(
        impl AttrValue for $type {
            fn attr_value(&self) -> Value<'_> {
                Value::Str(self)
            }
        }
    )*};
}

texts!(str String Cow<'_, str>);

impl AttrValue for bool {
    fn attr_value(&self) -> Value<'_> {
        Value::Bool(*self)
    }
}

impl AttrValue for f64 {
    fn attr_value(&self) -> Value<'_> {
        Value::Float(*self)
    }
}

macro_rules! whole_numbers {
    ($($type:ty)*) => {$(
        impl AttrValue for $type {
            fn attr_value(&self) -> Value<'_> {
                Value::Int(i128::from(*self))
            }
        }
    )*};
}

whole_numbers!(i8 i16 i32 i64 u8 u16 u32 u64);

impl<T: AttrValue> AttrValue for Option<T> {
    fn attr_value(&self) -> Value<'_> {
        self.as_ref().map_or(Value::Null, AttrValue::attr_value)
    }
}

macro_rules! pointers {
    ($($pointer:ty)*) => {$(
        impl<T: AttrValue + ?Sized> AttrValue for $pointer {
            fn attr_value(&self) -> Value<'_> {
                T::attr_value(self)
            }
        }
    )*};
}

pointers!(&T Box<T> std::sync::Arc<T>);

impl<T: AttrValue> AttrValue for Vec<T> {
    fn attr_value(&self) -> Value<'_> {
        Value::List(self)
    }
}

impl<T: AttrValue> List for Vec<T> {
    fn at(&self, index: usize) -> Option<Value<'_>> {
        self.get(index).map(AttrValue::attr_value)
    }
}

macro_rules! maps {
    ($([$($parameter:tt)*] $map:ty;)*) => {$(
        impl<T: AttrValue $($parameter)*> Map for $map {
            fn get(&self, name: &str) -> Option<Value<'_>> {
                self.get(name).map(AttrValue::attr_value)
            }

            fn each(&self, visit: &mut dyn FnMut(&str, Value<'_>)) {
                for (name, value) in self {
                    visit(name, value.attr_value());
                }
            }
        }
    )*};
}

maps! {
    [] BTreeMap<String, T>;
    [, S: std::hash::BuildHasher] HashMap<String, T, S>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_those_of_python() {
        let cases = [
            (Value::Bool(true), "True"),
            (Value::Null, "None"),
            (Value::Int(-7), "-7"),
            (Value::Float(1.0), "1.0"),
            (Value::Float(1.5), "1.5"),
            (Value::Float(1e16), "1e+16"),
            (Value::Float(1.5e300), "1.5e+300"),
            (Value::Float(123_456_789_012_345.0), "123456789012345.0"),
            (Value::Float(1e-5), "1e-05"),
            (Value::Float(0.0001), "0.0001"),
            (Value::Float(-0.0), "-0.0"),
        ];
        for (value, expected) in cases {
            assert_eq!(value.text(), expected);
            assert!(value.is_text(expected), "{expected}");
            assert!(!value.is_text(&format!("{expected}0")), "{expected}");
        }
    }

    #[test]
    fn collections_are_written_with_quoted_texts() {
        let map = BTreeMap::from([("it's".to_owned(), vec!["a".to_owned(), "b\n".to_owned()])]);
        assert_eq!(Value::Map(&map).text(), r#"{"it's": ['a', 'b\n']}"#);
        assert!(Value::Map(&map).same_text(Value::Str(r#"{"it's": ['a', 'b\n']}"#)));
    }

    #[test]
    fn null_equals_null_and_its_text() {
        assert!(Value::Null.same_text(Value::Null));
        assert!(Value::Null.same_text(Value::Str("None")));
        assert!(!Value::Null.same_text(Value::Str("")));
        assert!(Value::Int(1).same_text(Value::Int(1)));
        assert!(!Value::Int(1).same_text(Value::Float(1.0)));
    }

    #[test]
    fn debug_shows_no_value() {
        assert_eq!(format!("{:?}", Value::Str("s3cret")), "a string");
    }
}
