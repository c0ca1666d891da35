//! The types of scalars, as YAML 1.1 resolves them.
//!
//! Source: the types of YAML 1.1 (<https://yaml.org/type/>) as in PyYAML's `SafeLoader`, with which
//! OpenStack services read their files.

use crate::node::{Node, Style, Tag};

/// The typed value of a scalar.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Scalar<'a> {
    /// `true`, `no`, `On` ...
    Bool(bool),
    /// A number with a point, in decimal or base 60.
    Float(f64),
    /// A whole number, in base 2, 8, 10, 16 or 60.
    Int(i128),
    /// A missing value, `~` or `null`.
    Null,
    /// `<<` or `=` without quotes, or an integer that is too large.
    Special,
    /// A string.
    Text(&'a str),
    /// A date, or a date with a time.
    Timestamp(&'a str),
}

impl Node {
    /// The typed value of the scalar; `None` for a list or a mapping.
    ///
    /// In JSON, quoted scalars are strings. In YAML, plain scalars are resolved as in YAML 1.1:
    /// `yes` is true, `012` is ten, `1:30` is ninety and `2001-01-01` a date.
    pub fn scalar(&self) -> Option<Scalar<'_>> {
        let text = self.text()?;
        if self.tag == Some(Tag::Bare) {
            return Some(Scalar::Null);
        }
        let plain = self.style == Style::Plain && self.tag != Some(Tag::Str);
        Some(match (plain, self.json) {
            (false, _) => Scalar::Text(text),
            (true, true) => json(text),
            (true, false) => resolve(text),
        })
    }
}

fn json(text: &str) -> Scalar<'_> {
    match text {
        "true" => Scalar::Bool(true),
        "false" => Scalar::Bool(false),
        "null" => Scalar::Null,
        _ if text.contains(['.', 'e', 'E']) => text.parse().map_or(Scalar::Special, Scalar::Float),
        _ => text.parse().map_or(Scalar::Special, Scalar::Int),
    }
}

fn resolve(text: &str) -> Scalar<'_> {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Scalar::Null,
        "<<" | "=" => return Scalar::Special,
        "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => {
            return Scalar::Bool(true);
        }
        "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => {
            return Scalar::Bool(false);
        }
        _ => {}
    }
    if let Some(value) = float(text) {
        return Scalar::Float(value);
    }
    if let Some(value) = int(text) {
        return value.map_or(Scalar::Special, Scalar::Int);
    }
    if is_timestamp(text) {
        return Scalar::Timestamp(text);
    }
    Scalar::Text(text)
}

/// The text after the sign, and whether that is a minus.
fn signed(text: &str) -> (&str, bool) {
    match text.strip_prefix('-') {
        Some(rest) => (rest, true),
        None => (text.strip_prefix('+').unwrap_or(text), false),
    }
}

fn consists_of(text: &str, allowed: fn(char) -> bool) -> bool {
    !text.is_empty() && text.chars().all(|one| one == '_' || allowed(one))
}

fn is_digit(one: char) -> bool {
    one.is_ascii_digit()
}

/// An integer: the outer option is whether the text is one, the inner its value if it fits.
#[expect(clippy::option_option, reason = "two questions, in this file only")]
fn int(text: &str) -> Option<Option<i128>> {
    let (digits, minus) = signed(text);
    let sign = |value: i128| if minus { -value } else { value };
    let based = |digits: &str, base| {
        let digits = digits.replace('_', "");
        i128::from_str_radix(&digits, base).ok().map(sign)
    };
    if let Some(bits) = digits.strip_prefix("0b") {
        return consists_of(bits, |one| matches!(one, '0' | '1')).then(|| based(bits, 2));
    }
    if let Some(hex) = digits.strip_prefix("0x") {
        return consists_of(hex, |one| one.is_ascii_hexdigit()).then(|| based(hex, 16));
    }
    if digits == "0" {
        return Some(Some(0));
    }
    if let Some(octal) = digits.strip_prefix('0') {
        return consists_of(octal, |one| matches!(one, '0'..='7')).then(|| based(octal, 8));
    }
    if !digits.starts_with(|one| matches!(one, '1'..='9')) {
        return None;
    }
    let mut parts = digits.split(':');
    let first = parts.next().filter(|first| consists_of(first, is_digit))?;
    let mut value = based(first, 10).map(i128::abs);
    for part in parts {
        let part = sixtieth(part)?;
        value = value.and_then(|value| value.checked_mul(60)?.checked_add(part));
    }
    Some(value.map(sign))
}

/// A digit of base 60: `0` to `59`.
fn sixtieth(part: &str) -> Option<i128> {
    let fits = matches!(part.as_bytes(), [b'0'..=b'9'] | [b'0'..=b'5', b'0'..=b'9']);
    fits.then(|| part.parse().ok())?
}

fn float(text: &str) -> Option<f64> {
    match text {
        ".nan" | ".NaN" | ".NAN" => return Some(f64::NAN),
        _ => {}
    }
    let (digits, minus) = signed(text);
    let sign = |value: f64| if minus { -value } else { value };
    if matches!(digits, ".inf" | ".Inf" | ".INF") {
        return Some(sign(f64::INFINITY));
    }
    let (number, exponent) = match digits.split_once(['e', 'E']) {
        Some((number, exponent)) => {
            let digits = exponent.strip_prefix(['+', '-'])?;
            if digits.is_empty() || !digits.chars().all(is_digit) {
                return None;
            }
            (number, exponent)
        }
        None => (digits, ""),
    };
    let (whole, fraction) = number.split_once('.')?;
    if !fraction.is_empty() && !consists_of(fraction, is_digit) {
        return None;
    }
    if whole.is_empty() {
        // YAML 1.1 has no sign before a leading point.
        let fits = fraction.starts_with(is_digit) && digits.len() == text.len();
        let value = || format!(".{}e{}", fraction.replace('_', ""), zero(exponent));
        return fits.then(|| value().parse().ok())?;
    }
    if !whole.starts_with(is_digit) {
        return None;
    }
    if whole.contains(':') && exponent.is_empty() {
        return based_on_sixty(whole, fraction).map(sign);
    }
    consists_of(whole, is_digit).then_some(())?;
    let text = format!("{whole}.{fraction}e{}", zero(exponent)).replace('_', "");
    text.parse().ok().map(sign)
}

fn zero(exponent: &str) -> &str {
    if exponent.is_empty() { "0" } else { exponent }
}

fn based_on_sixty(whole: &str, fraction: &str) -> Option<f64> {
    let mut parts = whole.split(':').peekable();
    let first = parts.next().filter(|first| consists_of(first, is_digit))?;
    let mut value: f64 = first.replace('_', "").parse().ok()?;
    while let Some(part) = parts.next() {
        sixtieth(part)?;
        let part = match parts.peek() {
            Some(_) => part.to_owned(),
            None => format!("{part}.{}0", fraction.replace('_', "")),
        };
        value = value * 60.0 + part.parse::<f64>().ok()?;
    }
    Some(value)
}

fn is_timestamp(text: &str) -> bool {
    let mut rest = Rest(text);
    if !(rest.digits(4, 4) && rest.one("-")) {
        return false;
    }
    let exact = Rest(rest.0);
    let is_date = |mut rest: Rest<'_>| {
        rest.digits(2, 2) && rest.one("-") && rest.digits(2, 2) && rest.0.is_empty()
    };
    is_date(exact) || is_moment(rest)
}

/// The rest of a date with a time, from the month on.
fn is_moment(mut rest: Rest<'_>) -> bool {
    let date = rest.digits(1, 2) && rest.one("-") && rest.digits(1, 2);
    let time = date
        && (rest.one("T") || rest.one("t") || rest.blanks() > 0)
        && rest.digits(1, 2)
        && rest.one(":")
        && rest.digits(2, 2)
        && rest.one(":")
        && rest.digits(2, 2);
    if !time {
        return false;
    }
    if rest.one(".") {
        rest.digits(0, usize::MAX);
    }
    if rest.0.is_empty() {
        return true;
    }
    rest.blanks();
    if rest.one("Z") {
        return rest.0.is_empty();
    }
    (rest.one("-") || rest.one("+"))
        && rest.digits(1, 2)
        && (rest.0.is_empty() || (rest.one(":") && rest.digits(2, 2) && rest.0.is_empty()))
}

/// The unparsed rest of a text.
#[derive(Clone, Copy)]
struct Rest<'a>(&'a str);

impl Rest<'_> {
    fn one(&mut self, what: &str) -> bool {
        let rest = self.0.strip_prefix(what);
        self.0 = rest.unwrap_or(self.0);
        rest.is_some()
    }

    /// Takes as many digits as there are, up to `most`.
    fn digits(&mut self, least: usize, most: usize) -> bool {
        let count = self.0.bytes().take_while(u8::is_ascii_digit).count();
        let count = count.min(most);
        self.0 = self.0.get(count..).unwrap_or_default();
        count >= least
    }

    fn blanks(&mut self) -> usize {
        let rest = self.0.trim_start_matches([' ', '\t']);
        let count = self.0.len() - rest.len();
        self.0 = rest;
        count
    }
}
