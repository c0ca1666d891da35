//! Just enough of Python's expression syntax to tell a literal, another expression and an error apart.

use crate::language::left_operand::KEYWORDS;
use crate::value::is_printable;

mod literals;

/// An expression that Python can read.
#[derive(Debug)]
pub(super) enum Syntax {
    Literal(String),
    Expression,
}

/// How deep brackets may nest. No rule needs more than one.
const MAX_DEPTH: usize = 32;

const OPERATORS: [&str; 19] = [
    "**", "//", "<<", ">>", "==", "!=", "<=", ">=", "+", "-", "*", "/", "%", "@", "&", "|", "^",
    "<", ">",
];

/// Stands for the name `set`, which makes a literal of the call `set()`.
const EMPTY_SET: &str = "set";

type Read<T> = Result<T, &'static str>;

/// Reads a whole left operand.
pub(super) fn read(text: &str) -> Read<Syntax> {
    if text.contains('\0') {
        return Err("it holds a null character");
    }
    let text = text.trim_start_matches([' ', '\t']);
    // Python skips empty lines, but then minds how the next one is indented.
    let lines = text.trim_start_matches(['\n', '\r']);
    if lines.len() < text.len() && lines.starts_with([' ', '\t']) {
        return Err("it is indented");
    }
    let mut reader = Reader { rest: lines };
    let syntax = reader.expression(0)?;
    let rest = reader.rest.trim_start_matches([' ', '\t', '\n', '\r']);
    match rest.chars().next() {
        None | Some('#') => syntax.whole(),
        Some(_) => Err("it is not a literal nor a name"),
    }
}

/// What a part of an expression is.
enum Piece {
    Expression,
    /// A literal that is no number: the text that Python's `str` gives, and the one of its `repr`.
    Literal {
        text: String,
        repr: String,
    },
    Number(String),
    /// A literal, as far as Python is concerned, but of a kind that no rule should need.
    Odd(&'static str),
}

impl Piece {
    fn literal(text: &str) -> Self {
        Self::Literal {
            text: text.to_owned(),
            repr: text.to_owned(),
        }
    }

    fn whole(self) -> Read<Syntax> {
        match self {
            Self::Expression => Ok(Syntax::Expression),
            Self::Literal { text, .. } | Self::Number(text) => Ok(Syntax::Literal(text)),
            Self::Odd(problem) => Err(problem),
        }
    }
}

struct Reader<'a> {
    rest: &'a str,
}

impl Reader<'_> {
    /// An expression; one with commas is a tuple.
    fn expression(&mut self, depth: usize) -> Read<Piece> {
        self.items(depth).map(Items::tuple)
    }

    /// Expressions with commas between them.
    fn items(&mut self, depth: usize) -> Read<Items> {
        let mut found = Items {
            pieces: vec![self.alternative(depth)?],
            comma: false,
        };
        while self.comma() {
            found.comma = true;
            if self.rest.is_empty() || self.rest.starts_with([')', ']', '}', '#']) {
                break;
            }
            found.pieces.push(self.alternative(depth)?);
        }
        Ok(found)
    }

    /// `A if B else C`, or just `A`.
    fn alternative(&mut self, depth: usize) -> Read<Piece> {
        let first = self.operation(depth)?;
        if !self.keyword("if") {
            return Ok(first);
        }
        self.operation(depth)?;
        if !self.keyword("else") {
            return Err("`if` stands without `else`");
        }
        if depth >= MAX_DEPTH {
            return Err("it is nested too deeply");
        }
        self.alternative(depth + 1)?;
        Ok(Piece::Expression)
    }

    fn operation(&mut self, depth: usize) -> Read<Piece> {
        let mut first = self.operand(depth)?;
        while self.operator() {
            let second = self.operand(depth)?;
            first = match (first, second) {
                (Piece::Number(_) | Piece::Odd(_), Piece::Odd(problem)) => Piece::Odd(problem),
                _ => Piece::Expression,
            };
        }
        Ok(first)
    }

    /// Reads an operator between two operands.
    fn operator(&mut self) -> bool {
        self.blanks();
        for operator in OPERATORS {
            if self.rest.starts_with(operator) {
                self.skip(operator.len());
                return true;
            }
        }
        let before = self.rest;
        if self.keyword("not") {
            if self.keyword("in") {
                return true;
            }
            // It then stands where nothing can follow.
            self.rest = before;
            return false;
        }
        if self.keyword("is") {
            self.keyword("not");
            return true;
        }
        ["and", "in", "or"].iter().any(|word| self.keyword(word))
    }

    /// Reads a word, if it comes next and ends there.
    fn keyword(&mut self, word: &str) -> bool {
        self.blanks();
        match self.rest.strip_prefix(word) {
            Some(after) if !after.starts_with(in_word) => {
                self.rest = after;
                true
            }
            _ => false,
        }
    }

    fn comma(&mut self) -> bool {
        self.blanks();
        let comma = self.rest.starts_with(',');
        if comma {
            self.skip(1);
            self.blanks();
        }
        comma
    }

    /// Signs, an atom, and what hangs on it: `.name`, `[..]`, `(..)`.
    fn operand(&mut self, depth: usize) -> Read<Piece> {
        let mut negated = false;
        while self.keyword("not") {
            negated = true;
        }
        self.blanks();
        let signs = self.rest.len() - self.rest.trim_start_matches(['-', '+', '~']).len();
        let (sign, rest) = self.rest.split_at(signs);
        self.rest = rest;
        self.blanks();
        let mut atom = self.atom(depth)?;
        loop {
            match self.rest.chars().next() {
                Some('.') => {
                    self.skip(1);
                    self.attribute_name()?;
                }
                Some('[') => {
                    self.brackets(']', depth)?.ok_or("its brackets are empty")?;
                }
                Some('(')
                    if self.rest.starts_with("()") && matches!(atom, Piece::Odd(EMPTY_SET)) =>
                {
                    self.skip(2);
                    atom = Piece::literal("set()");
                    continue;
                }
                Some('(') => {
                    self.brackets(')', depth)?;
                }
                _ => break,
            }
            atom = Piece::Expression;
        }
        Ok(match (sign, atom) {
            _ if negated => Piece::Expression,
            ("", Piece::Odd(EMPTY_SET)) => Piece::Expression,
            ("", atom) => atom,
            ("+" | "-", Piece::Odd(problem)) if problem != EMPTY_SET => Piece::Odd(problem),
            ("+", Piece::Number(text)) => Piece::Number(text),
            ("-", Piece::Number(text)) if text == "0" => Piece::Number(text),
            ("-", Piece::Number(text)) => Piece::Number(format!("-{text}")),
            _ => Piece::Expression,
        })
    }

    fn atom(&mut self, depth: usize) -> Read<Piece> {
        match self.rest.chars().next() {
            None => Err("it is empty where a literal or a name belongs"),
            Some('\'' | '"') => self.strings(),
            Some('(') => Ok(match self.brackets(')', depth)? {
                Some(items) => items.tuple(),
                None => Piece::literal("()"),
            }),
            Some('[') => Ok(match self.brackets(']', depth)? {
                Some(items) => items.list(),
                None => Piece::literal("[]"),
            }),
            Some('{') => Ok(match self.brackets('}', depth)? {
                // Of a larger one, Python does not say in which order it is written.
                Some(items) if items.pieces.len() == 1 => items.within("{", "}"),
                Some(_) => Piece::Odd("it is a set, which no credential is"),
                None => Piece::literal("{}"),
            }),
            Some('.') if self.rest.starts_with("...") => {
                self.skip(3);
                Ok(Piece::literal("Ellipsis"))
            }
            Some(c) if c.is_ascii_digit() || c == '.' => self.number(),
            Some(c) if c == '_' || c.is_alphabetic() => self.name_or_string(),
            Some(_) => Err("it is not a literal nor a name"),
        }
    }

    /// Reads brackets and what they hold; none when they hold nothing.
    fn brackets(&mut self, close: char, depth: usize) -> Read<Option<Items>> {
        if depth >= MAX_DEPTH {
            return Err("its brackets are nested too deeply");
        }
        self.skip(1);
        self.blanks();
        let inner = match self.rest.starts_with(close) {
            true => None,
            false => Some(self.items(depth + 1)?),
        };
        self.blanks();
        if !self.rest.starts_with(close) {
            return Err("a bracket is not closed");
        }
        self.skip(1);
        Ok(inner)
    }

    fn attribute_name(&mut self) -> Read<()> {
        let word = self.word();
        match word.as_str() {
            "" => Err("a name is missing beside a dot"),
            word if word.starts_with(|c: char| c.is_numeric() || is_mark(c)) => {
                Err("a name must not begin with a digit")
            }
            "True" | "False" | "None" => Err("it contains a reserved word of Python"),
            word if KEYWORDS.contains(&word) => Err("it contains a reserved word of Python"),
            _ => Ok(()),
        }
    }

    fn name_or_string(&mut self) -> Read<Piece> {
        let before = self.rest;
        let word = self.word();
        if self.rest.starts_with(['\'', '"']) {
            self.rest = before;
            return self.strings();
        }
        match word.as_str() {
            "True" | "False" | "None" => Ok(Piece::literal(&word)),
            "set" => Ok(Piece::Odd(EMPTY_SET)),
            word if KEYWORDS.contains(&word) => Err("it is a reserved word of Python"),
            _ => Ok(Piece::Expression),
        }
    }

    fn word(&mut self) -> String {
        self.take(in_word)
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

fn in_word(c: char) -> bool {
    c == '_' || c.is_alphabetic() || c.is_ascii_digit() || is_mark(c)
}

/// Whether this joins the character before it, as an accent does. It may stand within a name.
fn is_mark(c: char) -> bool {
    // Only such characters are shown by their number though they can be printed.
    !c.is_ascii() && is_printable(c) && c.escape_debug().nth(1).is_some()
}

/// Expressions with commas between them.
struct Items {
    pieces: Vec<Piece>,
    /// Whether there is a comma at all: without one it is no tuple.
    comma: bool,
}

impl Items {
    fn tuple(mut self) -> Piece {
        match (self.comma, self.pieces.len()) {
            (false, _) => self.pieces.pop().unwrap_or(Piece::Expression),
            (true, 1) => self.within("(", ",)"),
            (true, _) => self.within("(", ")"),
        }
    }

    fn list(self) -> Piece {
        self.within("[", "]")
    }

    /// A literal of literals.
    fn within(self, open: &str, close: &str) -> Piece {
        let mut texts = Vec::new();
        let mut odd = None;
        for piece in self.pieces {
            match piece {
                Piece::Expression => return Piece::Expression,
                Piece::Literal { repr, .. } => texts.push(repr),
                Piece::Number(text) => texts.push(text),
                Piece::Odd(problem) => odd = Some(problem),
            }
        }
        match odd {
            Some(problem) => Piece::Odd(problem),
            None => Piece::literal(&format!("{open}{}{close}", texts.join(", "))),
        }
    }
}
