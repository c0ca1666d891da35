//! Just enough of Python's expression syntax to tell a literal, another expression and an error apart.

use crate::value::{write_float, write_repr};

/// An expression that Python can read.
#[derive(Debug)]
pub(super) enum Syntax {
    Literal(String),
    Expression,
}

/// How deep brackets may nest. No rule needs more than one.
const MAX_DEPTH: usize = 32;

const KEYWORDS: [&str; 32] = [
    "and", "as", "assert", "async", "await", "break", "class", "continue", "def", "del", "elif",
    "else", "except", "finally", "for", "from", "global", "if", "import", "in", "is", "lambda",
    "nonlocal", "not", "or", "pass", "raise", "return", "try", "while", "with", "yield",
];

const OPERATORS: [&str; 20] = [
    "**", "//", "<<", ">>", "==", "!=", "<=", ">=", "+", "-", "*", "/", "%", "@", "&", "|", "^",
    "<", ">", ",",
];

type Read<T> = Result<T, &'static str>;

/// Reads a whole left side.
pub(super) fn read(text: &str) -> Read<Syntax> {
    let mut reader = Reader {
        rest: text.trim_start_matches([' ', '\t']),
    };
    let syntax = reader.expression(0)?;
    reader.blanks();
    match reader.rest.chars().next() {
        None | Some('#') => Ok(syntax),
        Some(_) => Err("it is not a literal nor a name"),
    }
}

struct Reader<'a> {
    rest: &'a str,
}

impl Reader<'_> {
    fn expression(&mut self, depth: usize) -> Read<Syntax> {
        let mut first = self.operand(depth)?;
        loop {
            self.blanks();
            let Some(operator) = OPERATORS
                .iter()
                .find(|operator| self.rest.starts_with(**operator))
            else {
                return Ok(first);
            };
            // A comma makes a tuple, which a literal may be, but never one that a rule needs.
            if *operator == "," && matches!(first, Syntax::Literal(_)) {
                return Err("it is a tuple, which no credential equals");
            }
            self.skip(operator.len());
            self.operand(depth)?;
            first = Syntax::Expression;
        }
    }

    /// Signs, an atom, and what hangs on it: `.name`, `[..]`, `(..)`.
    fn operand(&mut self, depth: usize) -> Read<Syntax> {
        self.blanks();
        let signs = self.rest.len() - self.rest.trim_start_matches(['-', '+', '~']).len();
        let (sign, rest) = self.rest.split_at(signs);
        self.rest = rest;
        self.blanks();
        let number = self
            .rest
            .starts_with(|c: char| c.is_ascii_digit() || c == '.');
        let mut atom = self.atom(depth)?;
        loop {
            let trailer = self.rest.chars().next();
            match trailer {
                Some('.') => {
                    self.skip(1);
                    self.attribute_name()?;
                }
                Some('[') => self.brackets(']', depth, false).map(drop)?,
                Some('(') => self.brackets(')', depth, true).map(drop)?,
                _ => break,
            }
            atom = Syntax::Expression;
        }
        Ok(match (sign, atom) {
            ("", atom) => atom,
            ("+", Syntax::Literal(text)) if number && text != "Ellipsis" => Syntax::Literal(text),
            ("-", Syntax::Literal(text)) if number && text == "0" => Syntax::Literal(text),
            ("-", Syntax::Literal(text)) if number && text != "Ellipsis" => {
                Syntax::Literal(format!("-{text}"))
            }
            _ => Syntax::Expression,
        })
    }

    fn atom(&mut self, depth: usize) -> Read<Syntax> {
        match self.rest.chars().next() {
            None => Err("it is empty where a literal or a name belongs"),
            Some('\'' | '"') => self.strings(),
            Some('(') => self.collection(')', depth, "()"),
            Some('[') => self.collection(']', depth, "[]"),
            Some('{') if self.rest.starts_with("{}") => {
                self.skip(2);
                Ok(Syntax::Literal("{}".to_owned()))
            }
            Some('.') if self.rest.starts_with("...") => {
                self.skip(3);
                Ok(Syntax::Literal("Ellipsis".to_owned()))
            }
            Some(c) if c.is_ascii_digit() || c == '.' => self.number(),
            Some(c) if c == '_' || c.is_alphabetic() => self.name_or_string(),
            Some(_) => Err("it is not a literal nor a name"),
        }
    }

    fn collection(&mut self, close: char, depth: usize, empty: &str) -> Read<Syntax> {
        match self.brackets(close, depth, true)? {
            true => Ok(Syntax::Literal(empty.to_owned())),
            false => Err("a bracketed literal equals no credential"),
        }
    }

    /// Reads brackets and what they hold; says whether they hold nothing.
    fn brackets(&mut self, close: char, depth: usize, may_be_empty: bool) -> Read<bool> {
        if depth >= MAX_DEPTH {
            return Err("its brackets are nested too deeply");
        }
        self.skip(1);
        self.blanks();
        let empty = self.rest.starts_with(close);
        if !empty {
            self.arguments(depth + 1)?;
        } else if !may_be_empty {
            return Err("its brackets are empty");
        }
        self.blanks();
        if !self.rest.starts_with(close) {
            return Err("a bracket is not closed");
        }
        self.skip(1);
        Ok(empty)
    }

    fn arguments(&mut self, depth: usize) -> Read<()> {
        loop {
            let mut reader = Reader { rest: self.rest };
            reader.operand(depth)?;
            self.rest = reader.rest;
            self.blanks();
            let Some(operator) = OPERATORS
                .iter()
                .find(|operator| self.rest.starts_with(**operator))
            else {
                return Ok(());
            };
            self.skip(operator.len());
        }
    }

    fn attribute_name(&mut self) -> Read<()> {
        let word = self.word();
        match word.as_str() {
            "" => Err("a name is missing beside a dot"),
            word if word.starts_with(|c: char| c.is_numeric()) => {
                Err("a name must not begin with a digit")
            }
            "True" | "False" | "None" => Err("it holds a word that Python reserves"),
            word if KEYWORDS.contains(&word) => Err("it holds a word that Python reserves"),
            _ => Ok(()),
        }
    }

    fn name_or_string(&mut self) -> Read<Syntax> {
        let before = self.rest;
        let word = self.word();
        if self.rest.starts_with(['\'', '"']) {
            self.rest = before;
            return self.strings();
        }
        match word.as_str() {
            "True" | "False" | "None" => Ok(Syntax::Literal(word)),
            word if KEYWORDS.contains(&word) => Err("it is a word that Python reserves"),
            _ => Ok(Syntax::Expression),
        }
    }

    /// One or more strings, which Python joins.
    fn strings(&mut self) -> Read<Syntax> {
        let mut joined: Option<(bool, String)> = None;
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
            Some((false, text)) => Ok(Syntax::Literal(text)),
            Some((true, text)) if text.is_ascii() => {
                let mut shown = "b".to_owned();
                // Writing to a String cannot fail.
                let _ = write_repr(&text, &mut shown);
                Ok(Syntax::Literal(shown))
            }
            Some((true, _)) => Err("bytes hold ASCII only"),
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
                Some(c) => text.push(c),
            }
        }
        self.rest = chars.as_str();
        Ok(text)
    }

    fn number(&mut self) -> Read<Syntax> {
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
            .map(|value| Syntax::Literal(value.to_string()))
            .map_err(|_| "it is no number that Python can read")
    }

    fn decimal(&mut self) -> Read<Syntax> {
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
        if self
            .rest
            .starts_with(|c: char| c == '_' || c.is_alphanumeric())
        {
            return Err("it begins like a number but is none");
        }
        decimal_text(&text, float).map(Syntax::Literal)
    }

    fn word(&mut self) -> String {
        self.take(|c| c == '_' || c.is_alphabetic() || c.is_ascii_digit())
    }

    fn take(&mut self, belongs: impl Fn(char) -> bool) -> String {
        let end = self.rest.find(|c| !belongs(c)).unwrap_or(self.rest.len());
        let (taken, rest) = self.rest.split_at(end);
        self.rest = rest;
        taken.to_owned()
    }

    fn take_one(&mut self) -> String {
        let mut chars = self.rest.chars();
        let one = chars.next();
        self.rest = chars.as_str();
        one.into_iter().collect()
    }

    fn blanks(&mut self) {
        self.rest = self.rest.trim_start_matches([' ', '\t']);
    }

    fn skip(&mut self, bytes: usize) {
        self.rest = self.rest.get(bytes..).unwrap_or_default();
    }
}

/// The text of the value of a decimal number.
fn decimal_text(digits: &str, float: bool) -> Read<String> {
    let unreadable = "it is no number that Python can read";
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
    char::from_u32(code).ok_or("an escape is no character")
}
