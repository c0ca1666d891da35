//! Python's strings, bytes and numbers.

use crate::oslo::left_operand::syntax::{Piece, Read, Reader, in_word};
use crate::value::{write_float, write_repr};

impl Reader<'_> {
    /// One or more strings, which Python joins.
    pub(super) fn strings(&mut self) -> Read<Piece> {
        let mut joined: Option<(bool, String)> = None;
        let mut formatted = false;
        loop {
            let before = self.rest;
            let prefix = self.word().to_lowercase();
            if !self.rest.starts_with(['\'', '"']) {
                self.rest = before;
                break;
            }
            let (bytes, raw) = match prefix.as_str() {
                "" | "u" => (false, false),
                "r" => (false, true),
                "b" => (true, false),
                "br" | "rb" => (true, true),
                "f" | "fr" | "rf" => {
                    formatted = true;
                    (false, prefix != "f")
                }
                _ => return Err("it is a string of a kind that no rule needs"),
            };
            let text = self.string(raw, bytes)?;
            match &mut joined {
                None => joined = Some((bytes, text)),
                Some((same, whole)) if *same == bytes => whole.push_str(&text),
                Some(_) => return Err("it joins a text and bytes"),
            }
            self.blanks();
        }
        match joined {
            Some((false, text)) if formatted => match text.contains(['{', '}']) {
                true => Err("it is a string of a kind that no rule needs"),
                false => Ok(Piece::Expression),
            },
            Some((false, text)) => {
                let mut repr = String::new();
                // Writing to a String cannot fail.
                let _ = write_repr(&text, &mut repr);
                Ok(Piece::Literal { text, repr })
            }
            Some((true, text)) => Ok(Piece::literal(&bytes_repr(&text))),
            None => Err("a string is missing"),
        }
    }

    /// A string from its opening quote on.
    fn string(&mut self, raw: bool, bytes: bool) -> Read<String> {
        let mut chars = self.rest.chars();
        let quote = chars.next();
        let mut text = String::new();
        loop {
            match chars.next() {
                None | Some('\n') => return Err("a quote is not closed"),
                c if c == quote => break,
                Some('\\') if raw => {
                    text.push('\\');
                    text.extend(chars.next());
                }
                Some('\\') => escape(&mut chars, bytes, &mut text)?,
                Some(c) if bytes && !c.is_ascii() => return Err("bytes hold ASCII only"),
                Some(c) => text.push(c),
            }
        }
        self.rest = chars.as_str();
        Ok(text)
    }

    pub(super) fn number(&mut self) -> Read<Piece> {
        let lower = self.rest.to_lowercase();
        let radix = match lower.get(..2) {
            Some("0x") => 16,
            Some("0o") => 8,
            Some("0b") => 2,
            _ => return self.decimal(),
        };
        self.skip(2);
        let digits = self.take(|c| c.is_ascii_alphanumeric() || c == '_');
        let digits = digits
            .strip_prefix('_')
            .map_or(digits.clone(), str::to_owned);
        let value = u128::from_str_radix(&without_underscores(&digits)?, radix);
        value
            .map(|value| Piece::Number(value.to_string()))
            .map_err(|_| "it is not a number that Python can read")
    }

    fn decimal(&mut self) -> Read<Piece> {
        let digit = |c: char| c.is_ascii_digit() || c == '_';
        let mut text = self.take(digit);
        let mut float = false;
        if self.rest.starts_with('.') {
            float = true;
            self.skip(1);
            let fraction = self.take(digit);
            if text.is_empty() && fraction.is_empty() {
                return Err("a name is missing before a dot");
            }
            text = format!("{text}.{fraction}");
        }
        if self.rest.starts_with(['e', 'E']) {
            float = true;
            self.skip(1);
            let sign = if self.rest.starts_with(['+', '-']) {
                self.take_one()
            } else {
                String::new()
            };
            text = format!("{text}e{sign}{}", self.take(digit));
        }
        if let Some(after) = self.rest.strip_prefix(['j', 'J'])
            && !after.starts_with(in_word)
        {
            self.rest = after;
            return Ok(Piece::Odd("it is a complex number, which no credential is"));
        }
        if self.rest.starts_with(in_word) {
            return Err("it begins like a number but is none");
        }
        decimal_text(&text, float).map(Piece::Number)
    }
}

/// Bytes, each held as a character, as Python's `repr` writes them.
fn bytes_repr(bytes: &str) -> String {
    let quote = if bytes.contains('\'') && !bytes.contains('"') {
        '"'
    } else {
        '\''
    };
    let mut text = format!("b{quote}");
    for c in bytes.chars() {
        match c {
            '\t' => text.push_str("\\t"),
            '\n' => text.push_str("\\n"),
            '\r' => text.push_str("\\r"),
            '\\' => text.push_str("\\\\"),
            c if c == quote => text.extend(['\\', c]),
            ' '..='~' => text.push(c),
            c => text.push_str(&format!("\\x{:02x}", u32::from(c) & 0xff)),
        }
    }
    text.push(quote);
    text
}

/// The text of the value of a decimal number.
fn decimal_text(digits: &str, float: bool) -> Read<String> {
    let unreadable = "it is not a number that Python can read";
    let parts = digits
        .split(['.', 'e', '+', '-'])
        .filter(|part| !part.is_empty());
    for part in parts {
        without_underscores(part)?;
    }
    let plain = digits.replace('_', "");
    if float {
        let value: f64 = plain.parse().map_err(|_| unreadable)?;
        let mut text = String::new();
        // Writing to a String cannot fail.
        let _ = write_float(value, &mut text);
        return Ok(text);
    }
    let significant = plain.trim_start_matches('0');
    match (significant.is_empty(), plain.starts_with('0')) {
        (true, _) => Ok("0".to_owned()),
        (false, true) => Err("a number must not begin with 0"),
        (false, false) => Ok(plain),
    }
}

/// Digits without the single underscores that may stand between them.
fn without_underscores(digits: &str) -> Read<String> {
    if digits.starts_with('_') || digits.ends_with('_') || digits.contains("__") {
        return Err("an underscore is not between two digits");
    }
    Ok(digits.replace('_', ""))
}

/// Reads an escape after its backslash.
fn escape(chars: &mut std::str::Chars<'_>, bytes: bool, text: &mut String) -> Read<()> {
    let simple = match chars.next() {
        None => return Err("a quote is not closed"),
        Some('\n') => return Ok(()),
        Some('n') => '\n',
        Some('t') => '\t',
        Some('r') => '\r',
        Some('a') => '\u{7}',
        Some('b') => '\u{8}',
        Some('f') => '\u{c}',
        Some('v') => '\u{b}',
        Some(c @ ('\\' | '\'' | '"')) => c,
        Some('x') => hexadecimal(chars, 2)?,
        Some('u') if !bytes => hexadecimal(chars, 4)?,
        Some('U') if !bytes => hexadecimal(chars, 8)?,
        Some('N') if !bytes => return Err("it names a character, which is not supported"),
        Some(first @ '0'..='7') => octal(first, chars)?,
        Some(other) => {
            text.push('\\');
            other
        }
    };
    text.push(simple);
    Ok(())
}

fn hexadecimal(chars: &mut std::str::Chars<'_>, length: usize) -> Read<char> {
    let digits: String = chars.take(length).collect();
    let code = if digits.len() == length {
        u32::from_str_radix(&digits, 16).ok()
    } else {
        None
    };
    code.and_then(char::from_u32)
        .ok_or("an escape is not finished")
}

fn octal(first: char, chars: &mut std::str::Chars<'_>) -> Read<char> {
    let mut code = first.to_digit(8).unwrap_or_default();
    for _ in 0..2 {
        let Some(digit) = chars.as_str().chars().next().and_then(|c| c.to_digit(8)) else {
            break;
        };
        chars.next();
        code = code * 8 + digit;
    }
    char::from_u32(code).ok_or("an escape is not a character")
}
