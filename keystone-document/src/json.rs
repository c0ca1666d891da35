//! A JSON parser (RFC 8259) that keeps positions.

use std::collections::HashMap;
use std::sync::Arc;

use crate::document::MAX_DEPTH;
use crate::fault::Fault;
use crate::node::{Content, Entry, Mapping, Node, Style};
use crate::position::{Position, position_of};

/// Parses a document. Errors contain no values of it.
pub(crate) fn read(file: &Arc<str>, text: &str) -> Result<Node, Fault> {
    let start = text.len() - text.trim_start_matches('\u{feff}').len();
    let mut reader = Reader {
        file,
        text,
        at: start,
        line: 1,
        line_start: start,
        column: (start, 1),
    };
    reader.blanks();
    let root = reader.value(0)?;
    reader.blanks();
    match reader.peek() {
        None => Ok(root),
        Some(_) => Err(reader.wrong("expected the end of the document here")),
    }
}

struct Reader<'a> {
    file: &'a Arc<str>,
    text: &'a str,
    at: usize,
    line: usize,
    /// The start of the line.
    line_start: usize,
    /// The last offset whose column is known: a document may be a single long line.
    column: (usize, usize),
}

impl<'a> Reader<'a> {
    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn blanks(&mut self) {
        for byte in self.rest().bytes() {
            match byte {
                b'\n' => {
                    self.line += 1;
                    self.line_start = self.at + 1;
                    self.column = (self.line_start, 1);
                }
                b' ' | b'\t' | b'\r' => {}
                _ => break,
            }
            self.at += 1;
        }
    }

    fn position(&mut self) -> Position {
        let (from, column) = self.column;
        let between = self.text.get(from..self.at).unwrap_or_default();
        self.column = (self.at, column + between.chars().count());
        Position {
            line: self.line,
            column: self.column.1,
        }
    }

    fn wrong(&self, problem: &str) -> Fault {
        let problem = format!("this is not JSON: {problem}");
        Fault::new(self.file, position_of(self.text, self.at), problem)
    }

    fn take(&mut self, what: char) -> bool {
        let found = self.rest().starts_with(what);
        self.at += if found { what.len_utf8() } else { 0 };
        found
    }

    fn node(&self, value: Content, style: Style, position: Position, start: usize) -> Node {
        Node {
            position,
            span: (start, self.at),
            file: Arc::clone(self.file),
            json: true,
            ..Node::of(value, style)
        }
    }

    fn value(&mut self, depth: usize) -> Result<Node, Fault> {
        let (start, position) = (self.at, self.position());
        match self.peek() {
            Some('{' | '[') if depth >= MAX_DEPTH => Err(Fault::new(
                self.file,
                position,
                "the document is nested too deeply",
            )),
            Some('{') => {
                let members = self.members(depth + 1)?;
                Ok(self.node(
                    Content::Mapping(members),
                    Style::Collection,
                    position,
                    start,
                ))
            }
            Some('[') => {
                let items = self.items(depth + 1)?;
                Ok(self.node(Content::Sequence(items), Style::Collection, position, start))
            }
            Some('"') => self.string(),
            Some(_) => {
                let word = self.word()?;
                Ok(self.node(Content::Scalar(word.into()), Style::Plain, position, start))
            }
            None => Err(self.wrong("expected a value here, not the end")),
        }
    }

    fn items(&mut self, depth: usize) -> Result<Vec<Node>, Fault> {
        let mut items = Vec::new();
        self.take('[');
        self.blanks();
        if self.take(']') {
            return Ok(items);
        }
        loop {
            self.blanks();
            items.push(self.value(depth)?);
            self.blanks();
            if self.take(']') {
                return Ok(items);
            }
            if !self.take(',') {
                return Err(self.wrong("expected `,` or `]` here"));
            }
        }
    }

    fn members(&mut self, depth: usize) -> Result<Mapping, Fault> {
        let mut entries: Vec<Entry> = Vec::new();
        let mut seen = HashMap::new();
        self.take('{');
        self.blanks();
        if self.take('}') {
            return Ok(Mapping::default());
        }
        loop {
            self.blanks();
            if self.peek() != Some('"') {
                return Err(self.wrong("expected a name in double quotes here"));
            }
            let key = self.string()?;
            let name = key.text().unwrap_or_default();
            if let Some(first) = seen.insert(name.to_owned(), key.position) {
                return Err(Fault::twice(self.file, key.position, name, first));
            }
            self.blanks();
            if !self.take(':') {
                return Err(self.wrong("expected `:` here"));
            }
            self.blanks();
            let value = self.value(depth)?;
            entries.push(Entry { key, value });
            self.blanks();
            if self.take('}') {
                return Ok(Mapping(entries));
            }
            if !self.take(',') {
                return Err(self.wrong("expected `,` or `}` here"));
            }
        }
    }

    fn string(&mut self) -> Result<Node, Fault> {
        let (start, position) = (self.at, self.position());
        self.take('"');
        let mut text = String::new();
        let mut verbatim = true;
        loop {
            let rest = self.rest();
            let end = rest
                .find(|one: char| one == '"' || one == '\\' || one < ' ')
                .unwrap_or(rest.len());
            text.push_str(rest.get(..end).unwrap_or_default());
            self.at += end;
            match self.peek() {
                Some('"') => break,
                Some('\\') => {
                    verbatim = false;
                    text.push(self.escape()?);
                }
                Some(_) => {
                    return Err(self.wrong("a control character in a string must be escaped"));
                }
                None => return Err(self.wrong("a string is not terminated")),
            }
        }
        self.take('"');
        Ok(Node {
            verbatim,
            ..self.node(
                Content::Scalar(text.into()),
                Style::DoubleQuoted,
                position,
                start,
            )
        })
    }

    fn escape(&mut self) -> Result<char, Fault> {
        let mut letters = self.rest().chars().skip(1);
        let short = match letters.next() {
            Some(one @ ('"' | '\\' | '/')) => Some(one),
            Some('b') => Some('\u{8}'),
            Some('f') => Some('\u{c}'),
            Some('n') => Some('\n'),
            Some('r') => Some('\r'),
            Some('t') => Some('\t'),
            _ => None,
        };
        if let Some(short) = short {
            self.at += 2;
            return Ok(short);
        }
        let Some(first) = self.unit(0) else {
            return Err(self.wrong("this is not a valid escape"));
        };
        if let Some(one) = char::from_u32(first) {
            self.at += 6;
            return Ok(one);
        }
        let pair = self.unit(6).and_then(|second| {
            let units = [u16::try_from(first).ok()?, u16::try_from(second).ok()?];
            char::decode_utf16(units).next()?.ok()
        });
        self.at += if pair.is_some() { 12 } else { 0 };
        pair.ok_or_else(|| self.wrong("this escape is half of a pair (a surrogate)"))
    }

    /// The UTF-16 unit of the `\uXXXX` that is `ahead` bytes further on.
    fn unit(&self, ahead: usize) -> Option<u32> {
        let escape = self.rest().get(ahead..ahead + 6)?;
        let digits = escape.strip_prefix("\\u")?;
        let hex = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        hex.then(|| u32::from_str_radix(digits, 16).ok())?
    }

    /// A number, `true`, `false` or `null`.
    fn word(&mut self) -> Result<&'a str, Fault> {
        let rest = self.rest();
        let end = rest
            .find(|one: char| !one.is_ascii_alphanumeric() && !"+-.".contains(one))
            .unwrap_or(rest.len());
        let word = rest.get(..end).unwrap_or_default();
        if !matches!(word, "true" | "false" | "null") && !is_number(word) {
            return Err(self.wrong("expected a value here: strings need double quotes"));
        }
        self.at += end;
        Ok(word)
    }
}

fn is_number(text: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let text = text.strip_prefix('-').unwrap_or(text);
    let (number, exponent) = match text.split_once(['e', 'E']) {
        Some((number, exponent)) => (
            number,
            exponent.strip_prefix(['+', '-']).unwrap_or(exponent),
        ),
        None => (text, "0"),
    };
    let (whole, fraction) = number.split_once('.').unwrap_or((number, "0"));
    let leads = whole.len() > 1 && whole.starts_with('0');
    digits(exponent) && digits(whole) && digits(fraction) && !leads
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(text: &str) -> String {
        read(&"a.json".into(), text).unwrap_err().to_string()
    }

    #[test]
    fn pairs_of_surrogates_are_one_character() {
        let root = read(&"a.json".into(), r#"{"a": "\ud83d\ude00\u00e9\/"}"#).unwrap();
        assert_eq!(root.get("a").unwrap().text(), Some("\u{1f600}é/"));
    }

    #[test]
    fn what_is_wrong_is_told_at_its_place() {
        for (text, says) in [
            (
                "{\"a\": canary}",
                "a.json:1:7: this is not JSON: expected a value",
            ),
            (
                "{\"a\": 1,\n}",
                "a.json:2:1: this is not JSON: expected a name",
            ),
            ("{\"a\" 1}", "a.json:1:6: this is not JSON: expected `:`"),
            ("[1 2]", "a.json:1:4: this is not JSON: expected `,` or `]`"),
            (
                "[\"canary",
                "a.json:1:9: this is not JSON: a string is not terminated",
            ),
            (
                r#"["\ud83d"]"#,
                "a.json:1:3: this is not JSON: this escape is half",
            ),
            (
                r#"["\ud83dx\ude00"]"#,
                "a.json:1:3: this is not JSON: this escape is half",
            ),
            (
                r#"["\x41"]"#,
                "a.json:1:3: this is not JSON: this is not a valid escape",
            ),
            (
                "[\"a\tb\"]",
                "a.json:1:4: this is not JSON: a control character",
            ),
            ("[1] 2", "a.json:1:5: this is not JSON: expected the end"),
            ("[01]", "a.json:1:2: this is not JSON: expected a value"),
            (
                "[",
                "a.json:1:2: this is not JSON: expected a value here, not the end",
            ),
            (
                "{\"a\": 1, \"\\u0061\": 2}",
                "a.json:1:10: `a` is already defined at a.json:1:2, remove one of them",
            ),
        ] {
            let problem = problem(text);
            assert!(problem.starts_with(says), "{text}: {problem}");
            assert!(!problem.contains("canary"), "{problem}");
        }
        assert!(problem(&"[".repeat(100_000)).contains("nested too deeply"));
    }

    #[test]
    fn numbers_are_those_of_json() {
        for good in ["0", "-0", "10", "1.5", "-1.5e+3", "1E5", "0.1e-1"] {
            assert!(is_number(good), "{good}");
        }
        for bad in [
            "", "-", "+1", ".5", "1.", "01", "1e", "0x1", "1_0", "NaN", "Infinity",
        ] {
            assert!(!is_number(bad), "{bad}");
        }
    }
}
