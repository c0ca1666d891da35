//! What Python's `%` makes of a value: `%(name)05d`, `%(name).2f`, `%(name)r` and the like.

use std::fmt::{self, Write};

use crate::language::template::fault::TemplateFault;
use crate::value::Value;

/// What Python raises where a template cannot be formatted.
pub(super) fn exception_of(fault: TemplateFault) -> &'static str {
    match fault {
        TemplateFault::Python(ARGUMENTS | TYPE) => "TypeError",
        TemplateFault::Python(RANGE) => "OverflowError",
        _ => "ValueError",
    }
}

pub(super) const ARGUMENTS: &str = "`%` without `(name)` has no value here, write `%(name)s`";
const NAN: &str = "the value is not a number";
const RANGE: &str = "the value is too large for this conversion";
pub(super) const SIZE: &str = "the width or the precision is too large";
const TYPE: &str = "the value has a type that this conversion does not take";

/// Widths and precisions beyond this are refused: no credential is that long.
const MOST: usize = 4096;

/// How a value is to be written.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub(super) struct Conversion {
    alternate: bool,
    blank: bool,
    left: bool,
    plus: bool,
    zero: bool,
    width: usize,
    precision: Option<usize>,
    letter: char,
}

/// `%s`.
const PLAIN: Conversion = Conversion {
    alternate: false,
    blank: false,
    left: false,
    plus: false,
    zero: false,
    width: 0,
    precision: None,
    letter: 's',
};

impl Conversion {
    /// Whether it is `%s` and no more.
    pub(super) fn is_plain(&self) -> bool {
        *self == PLAIN
    }

    /// Reads flags, width, precision and the letter; gives what follows them too. `has_value` says
    /// whether there is a value left to convert.
    pub(super) fn read(text: &str, has_value: bool) -> Result<(Self, &str), TemplateFault> {
        let mut conversion = PLAIN;
        let mut rest = text;
        while let Some(after) = conversion.flag(rest) {
            rest = after;
        }
        if rest.starts_with('*') {
            return Err(TemplateFault::Python(ARGUMENTS));
        }
        (conversion.width, rest) = digits(rest)?;
        if let Some(after) = rest.strip_prefix('.') {
            if after.starts_with('*') {
                return Err(TemplateFault::Python(ARGUMENTS));
            }
            let (precision, after) = digits(after)?;
            conversion.precision = Some(precision);
            rest = after;
        }
        // Sizes as C has them mean nothing here.
        rest = rest.strip_prefix(['h', 'l', 'L']).unwrap_or(rest);
        let mut chars = rest.chars();
        let letter = chars.next().ok_or(TemplateFault::Unfinished)?;
        if !has_value {
            return Err(TemplateFault::Python(ARGUMENTS));
        }
        if !"sracdiuoxXeEfFgG".contains(letter) {
            return Err(TemplateFault::Conversion);
        }
        conversion.letter = letter;
        Ok((conversion, chars.as_str()))
    }

    fn flag<'a>(&mut self, text: &'a str) -> Option<&'a str> {
        let mut chars = text.chars();
        match chars.next()? {
            '-' => self.left = true,
            '+' => self.plus = true,
            ' ' => self.blank = true,
            '#' => self.alternate = true,
            '0' => self.zero = true,
            _ => return None,
        }
        Some(chars.as_str())
    }

    /// Writes a value.
    pub(super) fn write(&self, value: Value<'_>, out: &mut dyn Write) -> Result<(), TemplateFault> {
        let written = match self.letter {
            's' => self.text(value.text().into_owned()),
            'r' => self.text(repr(value)),
            'a' => self.text(escaped(&repr(value))),
            'c' => self.padded("", character(value)?, false),
            'd' | 'i' | 'u' => self.whole(decimal(value)?),
            'x' | 'o' | 'X' => self.based(integer(value)?),
            _ => self.real(real(value)?),
        };
        out.write_str(&written)
            .map_err(|fmt::Error| TemplateFault::Unfinished)
    }

    fn text(&self, text: String) -> String {
        let kept = match self.precision {
            Some(length) => text.chars().take(length).collect(),
            None => text,
        };
        self.padded("", kept, false)
    }

    /// A whole number as sign and digits.
    fn whole(&self, (negative, digits): (bool, String)) -> String {
        let digits = self.at_least(digits);
        self.padded(self.sign(negative), digits, true)
    }

    fn based(&self, number: i128) -> String {
        let size = number.unsigned_abs();
        let (prefix, digits) = match self.letter {
            'o' => ("0o", format!("{size:o}")),
            'X' => ("0X", format!("{size:X}")),
            _ => ("0x", format!("{size:x}")),
        };
        let prefix = if self.alternate { prefix } else { "" };
        let sign = self.sign(number < 0);
        self.padded(&format!("{sign}{prefix}"), self.at_least(digits), true)
    }

    /// Digits with as many zeros before them as the precision demands.
    fn at_least(&self, digits: String) -> String {
        format!("{digits:0>length$}", length = self.precision.unwrap_or(0))
    }

    fn real(&self, number: f64) -> String {
        let size = number.abs();
        let precision = self.precision.unwrap_or(6);
        let mut text = match self.letter {
            _ if size.is_nan() => "nan".to_owned(),
            _ if size.is_infinite() => "inf".to_owned(),
            'f' | 'F' => self.pointed(format!("{size:.precision$}")),
            'e' | 'E' => self.exponent(size, precision),
            _ => self.general(size, precision.max(1)),
        };
        if self.letter.is_ascii_uppercase() {
            text = text.to_uppercase();
        }
        self.padded(
            self.sign(number.is_sign_negative() && !number.is_nan()),
            text,
            true,
        )
    }

    /// With `#`, a number has a point even when no digit follows it.
    fn pointed(&self, digits: String) -> String {
        match self.alternate && !digits.contains('.') {
            true => digits + ".",
            false => digits,
        }
    }

    fn exponent(&self, size: f64, precision: usize) -> String {
        let (digits, exponent) = scientific(size, precision);
        with_exponent(&self.pointed(digits), exponent)
    }

    fn general(&self, size: f64, precision: usize) -> String {
        let (digits, exponent) = scientific(size, precision - 1);
        let places = i32::try_from(precision).unwrap_or(i32::MAX);
        if (-4..places).contains(&exponent) {
            let decimals = usize::try_from(places - 1 - exponent).unwrap_or(0);
            self.shortened(format!("{size:.decimals$}"))
        } else {
            with_exponent(&self.shortened(digits), exponent)
        }
    }

    /// Without `#`, zeros at the end are left out.
    fn shortened(&self, digits: String) -> String {
        if self.alternate {
            return self.pointed(digits);
        }
        match digits.contains('.') {
            true => digits
                .trim_end_matches('0')
                .trim_end_matches('.')
                .to_owned(),
            false => digits,
        }
    }

    fn sign(&self, negative: bool) -> &'static str {
        match (negative, self.plus, self.blank) {
            (true, ..) => "-",
            (false, true, _) => "+",
            (false, false, true) => " ",
            (false, false, false) => "",
        }
    }

    /// Fills up to the width: with blanks, or, in a number, with zeros behind the sign.
    fn padded(&self, prefix: &str, text: String, number: bool) -> String {
        let missing = self
            .width
            .saturating_sub(prefix.chars().count() + text.chars().count());
        match (self.left, self.zero && number) {
            (true, _) => format!("{prefix}{text}{}", " ".repeat(missing)),
            (false, true) => format!("{prefix}{}{text}", "0".repeat(missing)),
            (false, false) => format!("{}{prefix}{text}", " ".repeat(missing)),
        }
    }
}

/// Digits at the start of a text as a number, 0 if there are none, and what follows.
fn digits(text: &str) -> Result<(usize, &str), TemplateFault> {
    let end = text
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(text.len());
    let (digits, rest) = text.split_at(end);
    if digits.is_empty() {
        return Ok((0, rest));
    }
    match digits.parse() {
        Ok(number) if number <= MOST => Ok((number, rest)),
        _ => Err(TemplateFault::Python(SIZE)),
    }
}

fn repr(value: Value<'_>) -> String {
    let mut text = String::new();
    // Writing to a String cannot fail.
    let _ = value.write_quoted(&mut text);
    text
}

/// What is not ASCII as escapes; the rest was escaped already.
fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for c in text.chars() {
        let code = u32::from(c);
        // Writing to a String cannot fail.
        let _ = match code {
            ..0x80 => escaped.write_char(c),
            0x80..0x100 => write!(escaped, "\\x{code:02x}"),
            0x100..0x1_0000 => write!(escaped, "\\u{code:04x}"),
            _ => write!(escaped, "\\U{code:08x}"),
        };
    }
    escaped
}

fn character(value: Value<'_>) -> Result<String, TemplateFault> {
    match value {
        Value::Str(text) if text.chars().count() == 1 => Ok(text.to_owned()),
        Value::Bool(_) | Value::Int(_) => {
            let code = u32::try_from(integer(value)?).ok();
            let c = code
                .and_then(char::from_u32)
                .ok_or(TemplateFault::Python(RANGE))?;
            Ok(c.to_string())
        }
        _ => Err(TemplateFault::Python(TYPE)),
    }
}

/// Whether a number is negative, and the digits of its whole part.
fn decimal(value: Value<'_>) -> Result<(bool, String), TemplateFault> {
    match value {
        Value::Float(number) if number.is_nan() => Err(TemplateFault::Python(NAN)),
        Value::Float(number) if number.is_infinite() => Err(TemplateFault::Python(RANGE)),
        Value::Float(number) => {
            let whole = number.trunc();
            Ok((whole < 0.0, format!("{:.0}", whole.abs())))
        }
        other => {
            let number = integer(other)?;
            Ok((number < 0, number.unsigned_abs().to_string()))
        }
    }
}

fn integer(value: Value<'_>) -> Result<i128, TemplateFault> {
    match value {
        Value::Bool(value) => Ok(value.into()),
        Value::Int(number) => Ok(number),
        _ => Err(TemplateFault::Python(TYPE)),
    }
}

fn real(value: Value<'_>) -> Result<f64, TemplateFault> {
    match value {
        Value::Float(number) => Ok(number),
        #[expect(clippy::cast_precision_loss, reason = "Python rounds here too")]
        other => integer(other).map(|number| number as f64),
    }
}

/// The digits before and after the point of the mantissa, and the exponent of ten.
fn scientific(size: f64, precision: usize) -> (String, i32) {
    let text = format!("{size:.precision$e}");
    match text.split_once('e') {
        Some((digits, exponent)) => (digits.to_owned(), exponent.parse().unwrap_or(0)),
        None => (text, 0),
    }
}

fn with_exponent(digits: &str, exponent: i32) -> String {
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{digits}e{sign}{:02}", exponent.unsigned_abs())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(text: &str, value: Value<'_>) -> Result<String, TemplateFault> {
        let (conversion, rest) = Conversion::read(text, true)?;
        assert_eq!(rest, "");
        let mut out = String::new();
        conversion.write(value, &mut out).map(|()| out)
    }

    #[test]
    fn values_are_written_as_python_writes_them() {
        let cases = [
            ("5s", Value::Str("ab"), "   ab"),
            ("-5s", Value::Str("ab"), "ab   "),
            (".1s", Value::Str("éa"), "é"),
            ("r", Value::Str("it's"), "\"it's\""),
            ("a", Value::Str("é😀"), "'\\xe9\\U0001f600'"),
            ("05d", Value::Int(-3), "-0003"),
            ("+.3d", Value::Float(3.99), "+003"),
            ("#x", Value::Int(255), "0xff"),
            ("#08X", Value::Int(-255), "-0X000FF"),
            ("o", Value::Bool(true), "1"),
            ("c", Value::Int(65), "A"),
            (".0f", Value::Float(2.5), "2"),
            ("08.3lf", Value::Float(2.12345), "0002.123"),
            ("e", Value::Float(12345.678), "1.234568e+04"),
            ("g", Value::Float(0.00001), "1e-05"),
            ("#g", Value::Int(1), "1.00000"),
            ("G", Value::Float(1e20), "1E+20"),
        ];
        for (text, value, expected) in cases {
            assert_eq!(written(text, value).as_deref(), Ok(expected), "{text}");
        }
    }

    #[test]
    fn what_python_does_not_take_is_a_fault() {
        let cases = [
            ("d", Value::Str("1"), TemplateFault::Python(TYPE)),
            ("x", Value::Float(1.0), TemplateFault::Python(TYPE)),
            ("c", Value::Str("ab"), TemplateFault::Python(TYPE)),
            ("c", Value::Int(-1), TemplateFault::Python(RANGE)),
            ("d", Value::Float(f64::NAN), TemplateFault::Python(NAN)),
            (
                "d",
                Value::Float(f64::INFINITY),
                TemplateFault::Python(RANGE),
            ),
            ("z", Value::Null, TemplateFault::Conversion),
            ("*d", Value::Null, TemplateFault::Python(ARGUMENTS)),
            ("5", Value::Null, TemplateFault::Unfinished),
            ("5000d", Value::Null, TemplateFault::Python(SIZE)),
        ];
        for (text, value, fault) in cases {
            assert_eq!(written(text, value), Err(fault), "{text}");
        }
    }
}
