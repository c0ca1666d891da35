//! Reads JSON as Python does: members in order, the last of two equal names, `NaN` and `Infinity`,
//! whole numbers of any size. serde_json takes none of these.

use std::collections::HashMap;

use crate::oslo::document::Document;

/// How deep a value may be nested. Python gives up at about twice that.
const MAX_DEPTH: usize = 500;

/// Takes a member of an object: name, value, and the value as it is written.
type Member<'v, 'a> = dyn FnMut(String, Document, &'a str) + 'v;

/// A place in a text.
pub(super) struct Reader<'a> {
    text: &'a str,
    at: usize,
    depth: usize,
}

impl<'a> Reader<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        let (at, depth) = (0, 0);
        Self { text, at, depth }
    }

    /// Reads an object, and hands over what it holds as far as that can be read.
    pub(super) fn object(&mut self, take: &mut Member<'_, 'a>) -> Result<(), String> {
        self.expect('{')?;
        if self.found('}') {
            return Ok(());
        }
        loop {
            self.blanks();
            let name = self.string()?;
            self.expect(':')?;
            self.blanks();
            let begin = self.at;
            let value = self.value()?;
            let raw = self.text.get(begin..self.at).unwrap_or_default();
            take(name, value, raw);
            if self.found('}') {
                return Ok(());
            }
            self.expect(',')?;
        }
    }

    /// Fails unless nothing but blanks is left.
    pub(super) fn end(&mut self) -> Result<(), String> {
        self.blanks();
        match self.rest() {
            "" => Ok(()),
            _ => self.wrong("expected nothing more"),
        }
    }

    fn value(&mut self) -> Result<Document, String> {
        self.blanks();
        match self.rest().chars().next() {
            Some('"') => self.string().map(Document::Text),
            Some('[') => self.nested(Self::list),
            Some('{') => self.nested(Self::map),
            _ => self
                .word()
                .or_else(|| self.number())
                .map_or_else(|| self.wrong("expected a value"), Ok),
        }
    }

    fn nested(
        &mut self,
        read: fn(&mut Self) -> Result<Document, String>,
    ) -> Result<Document, String> {
        if self.depth == MAX_DEPTH {
            return self.wrong(&format!("values are nested deeper than {MAX_DEPTH}"));
        }
        self.depth += 1;
        let value = read(self)?;
        self.depth -= 1;
        Ok(value)
    }

    fn list(&mut self) -> Result<Document, String> {
        self.expect('[')?;
        let mut items = Vec::new();
        if self.found(']') {
            return Ok(Document::List(items));
        }
        loop {
            items.push(self.value()?);
            if self.found(']') {
                return Ok(Document::List(items));
            }
            self.expect(',')?;
        }
    }

    fn map(&mut self) -> Result<Document, String> {
        let mut members: Vec<(String, Document)> = Vec::new();
        let mut places: HashMap<String, usize> = HashMap::new();
        self.object(&mut |name, value, _| {
            let known = places.get(&name).and_then(|place| members.get_mut(*place));
            match known {
                Some(member) => member.1 = value,
                None => {
                    places.insert(name.clone(), members.len());
                    members.push((name, value));
                }
            }
        })?;
        Ok(Document::Map(members))
    }

    fn string(&mut self) -> Result<String, String> {
        let Some(inner) = self.rest().strip_prefix('"') else {
            return self.wrong("expected a text in quotation marks");
        };
        let mut escaped = false;
        let end = inner.find(|c| {
            let ends = c == '"' && !escaped;
            escaped = c == '\\' && !escaped;
            ends
        });
        let Some(end) = end else {
            return self.wrong("this text does not end");
        };
        let quoted = self.rest().get(..end + 2).unwrap_or_default();
        match serde_json::from_str(quoted) {
            Ok(text) => {
                self.at += quoted.len();
                Ok(text)
            }
            Err(_) => self.wrong(
                "this text cannot be read: it holds a control character, a wrong escape, or half of a \
                 surrogate pair",
            ),
        }
    }

    fn word(&mut self) -> Option<Document> {
        const WORDS: [(&str, Document); 6] = [
            ("-Infinity", Document::Float(f64::NEG_INFINITY)),
            ("Infinity", Document::Float(f64::INFINITY)),
            ("NaN", Document::Float(f64::NAN)),
            ("false", Document::Bool(false)),
            ("null", Document::Null),
            ("true", Document::Bool(true)),
        ];
        let rest = self.rest();
        let (word, value) = WORDS.into_iter().find(|(word, _)| rest.starts_with(word))?;
        self.at += word.len();
        Some(value)
    }

    fn number(&mut self) -> Option<Document> {
        let rest = self.rest();
        let digits = |from: usize| {
            let text = rest.get(from..).unwrap_or_default();
            let end = text.find(|c: char| !c.is_ascii_digit());
            from + end.unwrap_or(text.len())
        };
        let begin = usize::from(rest.starts_with('-'));
        let whole = match rest.get(begin..)? {
            zero if zero.starts_with('0') => begin + 1,
            _ => digits(begin),
        };
        if whole == begin {
            return None;
        }
        let fraction = match rest.get(whole..)?.starts_with('.') {
            true => Some(digits(whole + 1)).filter(|end| *end > whole + 1),
            false => None,
        };
        let mantissa = fraction.unwrap_or(whole);
        let exponent = rest
            .get(mantissa..)?
            .strip_prefix(['e', 'E'])
            .and_then(|rest| {
                let from = mantissa + 1 + usize::from(rest.starts_with(['+', '-']));
                Some(digits(from)).filter(|end| *end > from)
            });
        let text = rest.get(..exponent.unwrap_or(mantissa))?;
        self.at += text.len();
        Some(match (fraction, exponent) {
            (None, None) => match text.parse() {
                Ok(number) => Document::Int(number),
                Err(_) => Document::Huge(text.to_owned()),
            },
            _ => Document::Float(text.parse().unwrap_or(f64::NAN)),
        })
    }

    fn found(&mut self, c: char) -> bool {
        self.blanks();
        let found = self.rest().starts_with(c);
        self.at += usize::from(found);
        found
    }

    fn expect(&mut self, c: char) -> Result<(), String> {
        match self.found(c) {
            true => Ok(()),
            false => self.wrong(&format!("expected `{c}`")),
        }
    }

    fn blanks(&mut self) {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start_matches([' ', '\t', '\n', '\r']).len();
    }

    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn wrong<T>(&self, problem: &str) -> Result<T, String> {
        Err(format!("{problem} at byte {}", self.at + 1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::AttrValue;

    fn read(json: &str) -> Result<Document, String> {
        let mut reader = Reader::new(json);
        let value = reader.value()?;
        reader.end().map(|()| value)
    }

    fn text(json: &str) -> String {
        read(json).unwrap().attr_value().text().into_owned()
    }

    #[test]
    fn documents_have_the_texts_that_python_gives_them() {
        assert_eq!(
            text(r#" {"b": 1, "a": [1.0, null, true, "x"], "b" : 2} "#),
            "{'b': 2, 'a': [1.0, None, True, 'x']}"
        );
        for (json, expected) in [
            (
                "100000000000000000000000000000000000000000",
                "100000000000000000000000000000000000000000",
            ),
            ("0.1", "0.1"),
            ("1e22", "1e+22"),
            ("1E5", "100000.0"),
            ("-0", "0"),
            ("-0.0", "-0.0"),
            ("1e400", "inf"),
            ("[NaN, Infinity, -Infinity]", "[nan, inf, -inf]"),
            (r#""\ud83d\ude00\u00e9\n""#, "😀é\n"),
            ("[ ]", "[]"),
            ("{ }", "{}"),
        ] {
            assert_eq!(text(json), expected, "{json}");
        }
    }

    #[test]
    fn what_python_does_not_read_is_refused_with_its_place() {
        for (json, problem) in [
            ("", "expected a value at byte 1"),
            ("nul", "expected a value at byte 1"),
            ("[1,]", "expected a value at byte 4"),
            ("[1 2]", "expected `,` at byte 4"),
            ("{\"a\" 1}", "expected `:` at byte 6"),
            ("{a: 1}", "expected a text in quotation marks at byte 2"),
            (
                "{\"a\": 1,}",
                "expected a text in quotation marks at byte 9",
            ),
            ("01", "expected nothing more at byte 2"),
            ("1.", "expected nothing more at byte 2"),
            ("1e", "expected nothing more at byte 2"),
            ("-", "expected a value at byte 1"),
            (".5", "expected a value at byte 1"),
            ("+1", "expected a value at byte 1"),
            ("'a'", "expected a value at byte 1"),
            ("\"a", "this text does not end at byte 1"),
        ] {
            assert_eq!(read(json).err().as_deref(), Some(problem), "{json}");
        }
        for json in [r#""\ud800""#, r#""\x""#, "\"\t\"", r#""\ud800\ud800""#] {
            let problem = read(json).err().unwrap();
            assert!(problem.starts_with("this text cannot be read"), "{json}");
        }
    }

    #[test]
    fn deep_nesting_is_read_to_a_bound_without_a_crash() {
        let deep = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        assert_eq!(text(&deep(500)), deep(500));
        assert!(read(&deep(501)).is_err());
        assert!(read(&"[".repeat(1_000_000)).is_err());
        assert!(read(&"{\"a\":".repeat(1_000_000)).is_err());
    }
}
