//! Follows the text along the events: finds comments and the ends of scalars, which the parser does
//! not report, and refuses text that is in no event, or that YAML 1.1 would tokenize differently.

use std::sync::Arc;

use crate::document::Comment;
use crate::fault::Fault;
use crate::node::Style;
use crate::position::Position;

pub(super) struct Walk<'a> {
    file: &'a Arc<str>,
    text: &'a str,
    /// The next byte, and the index of its character.
    at: usize,
    index: usize,
    position: Position,
    /// Whether a `#` would begin a comment here.
    parted: bool,
    /// The end of the last token.
    end: usize,
    comments: Vec<Comment>,
}

/// A scalar in the text.
pub(super) struct Token {
    pub(super) start: usize,
    pub(super) end: usize,
    /// Where it begins, unless it is empty or a block.
    pub(super) position: Option<Position>,
    /// Whether its text is verbatim in the document.
    pub(super) verbatim: bool,
}

impl<'a> Walk<'a> {
    pub(super) fn new(file: &'a Arc<str>, text: &'a str, start: usize) -> Self {
        Self {
            file,
            text,
            at: start,
            index: 0,
            position: Position { line: 1, column: 1 },
            parted: true,
            end: start,
            comments: Vec::new(),
        }
    }

    pub(super) fn at(&self) -> usize {
        self.at
    }

    pub(super) fn end(&self) -> usize {
        self.end
    }

    pub(super) fn token_ends(&mut self) {
        self.end = self.at;
    }

    pub(super) fn comments(self) -> Vec<Comment> {
        self.comments
    }

    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn step(&mut self) -> Option<char> {
        let one = self.peek()?;
        self.at += one.len_utf8();
        self.index += 1;
        if one == '\n' {
            self.position.line += 1;
            self.position.column = 1;
        } else {
            self.position.column += 1;
        }
        self.parted = is_blank(one);
        Some(one)
    }

    fn fault(&self, problem: &str) -> Fault {
        Fault::new(self.file, self.position, problem)
    }

    /// Advances to a character between tokens, over indicators and comments.
    pub(super) fn to(&mut self, index: usize) -> Result<(), Fault> {
        while self.index < index {
            let Some(one) = self.peek() else { break };
            match one {
                '#' if self.parted => self.comment(),
                '%' if self.position.column == 1 => self.directive()?,
                '&' | '*' => self.name()?,
                '!' => self.tag(),
                _ if is_blank(one) || one.is_ascii_digit() || "-?:,[]{}|>+.".contains(one) => {
                    self.step();
                }
                _ => return Err(self.lost()),
            }
        }
        Ok(())
    }

    fn lost(&self) -> Fault {
        self.fault("this is not YAML: unexpected text, put it in quotes")
    }

    fn comment(&mut self) {
        let (offset, position) = (self.at, self.position);
        let line = self.rest().split('\n').next().unwrap_or_default();
        let before = self.text.get(..offset).unwrap_or_default();
        let own = before.rsplit('\n').next().unwrap_or_default();
        self.comments.push(Comment {
            text: line.trim_end().to_owned(),
            position,
            offset,
            alone: own.trim_start_matches('\u{feff}').trim().is_empty(),
        });
        for _ in line.chars() {
            self.step();
        }
        self.parted = true;
    }

    /// `%YAML` has no effect here; `%TAG` would have.
    fn directive(&mut self) -> Result<(), Fault> {
        let line = self.rest().split('\n').next().unwrap_or_default();
        let mut words = line.split_whitespace();
        if words.next() != Some("%YAML") || !matches!(words.next(), Some("1.1" | "1.2")) {
            return Err(self.fault("the only supported directives are `%YAML 1.1` and `%YAML 1.2`"));
        }
        let directive = line.find(" #").unwrap_or(line.len());
        for _ in line.get(..directive).unwrap_or_default().chars() {
            self.step();
        }
        Ok(())
    }

    /// An anchor or alias.
    fn name(&mut self) -> Result<(), Fault> {
        self.step();
        while self
            .peek()
            .is_some_and(|one| one.is_ascii_alphanumeric() || one == '-' || one == '_')
        {
            self.step();
        }
        match self.peek() {
            Some(one) if !is_blank(one) && !",]}".contains(one) => Err(self.fault(
                "the name of an anchor or alias has letters of ASCII, digits, `-` and `_` only",
            )),
            _ => Ok(()),
        }
    }

    fn tag(&mut self) {
        while self
            .peek()
            .is_some_and(|one| !is_blank(one) && !",[]{}".contains(one))
        {
            self.step();
        }
    }

    /// Skips the anchor and tag of a scalar, up to the scalar if it is not empty.
    pub(super) fn over_properties(&mut self, is_empty: bool) -> Result<(), Fault> {
        loop {
            let before = (self.at, self.index, self.position, self.parted);
            let comments = self.comments.len();
            while let Some(one) = self.peek() {
                match one {
                    '#' if self.parted => self.comment(),
                    _ if is_blank(one) => {
                        self.step();
                    }
                    _ => break,
                }
            }
            match self.peek() {
                Some('&') => self.name()?,
                Some('!') => self.tag(),
                _ => {
                    if is_empty {
                        (self.at, self.index, self.position, self.parted) = before;
                        self.comments.truncate(comments);
                    }
                    return Ok(());
                }
            }
        }
    }

    /// Skips a scalar that begins here. `column` is the indentation of a block.
    pub(super) fn over_scalar(
        &mut self,
        style: Style,
        text: &str,
        column: usize,
    ) -> Result<Token, Fault> {
        let (start, position) = (self.at, self.position);
        match style {
            Style::Plain if text.is_empty() => {
                self.token_ends();
                return Ok(Token {
                    start,
                    end: start,
                    position: None,
                    verbatim: false,
                });
            }
            Style::Plain => self.over_plain(text)?,
            Style::SingleQuoted | Style::DoubleQuoted => self.over_quoted(style)?,
            Style::Collection | Style::Folded | Style::Literal => {
                self.over_block(text, column);
                return Ok(Token {
                    start,
                    end: self.end,
                    position: None,
                    verbatim: false,
                });
            }
        }
        self.token_ends();
        self.parted = false;
        let quotes = usize::from(style != Style::Plain);
        let inner = self.text.get(start + quotes..self.end - quotes);
        Ok(Token {
            start,
            end: self.end,
            position: Some(position),
            verbatim: inner == Some(text),
        })
    }

    fn over_plain(&mut self, text: &str) -> Result<(), Fault> {
        // In braces, YAML 1.1 would read these as indicators.
        let rest = self.rest();
        if rest.starts_with(['?', ':']) {
            return Err(self.fault("a string that begins with `?` or `:` needs quotes"));
        }
        for wanted in text.chars().filter(|one| !is_blank(*one)) {
            while self.peek().is_some_and(is_blank) {
                self.step();
            }
            if self.peek() != Some(wanted) {
                return Err(self.lost());
            }
            self.step();
        }
        Ok(())
    }

    fn over_quoted(&mut self, style: Style) -> Result<(), Fault> {
        let quote = if style == Style::SingleQuoted {
            '\''
        } else {
            '"'
        };
        if self.peek() != Some(quote) {
            return Err(self.lost());
        }
        self.step();
        loop {
            match self.step() {
                Some('\\') if quote == '"' => {
                    self.step();
                }
                Some(one) if one == quote => {
                    if quote == '"' || self.peek() != Some(quote) {
                        return Ok(());
                    }
                    self.step();
                }
                Some(_) => {}
                None => return Err(self.lost()),
            }
        }
    }

    /// A block continues as long as lines are empty or indented like the first.
    fn over_block(&mut self, text: &str, column: usize) {
        if text.trim_matches('\n').is_empty() {
            self.token_ends();
            return;
        }
        // The first line starts after its indentation.
        let mut indent = 0;
        loop {
            let line = self.rest().split('\n').next().unwrap_or_default();
            let line = line.trim_end_matches('\r');
            let blanks = line.len() - line.trim_start_matches(' ').len();
            if !line.trim_matches(' ').is_empty() && blanks < indent {
                return;
            }
            indent = column;
            for _ in line.chars() {
                self.step();
            }
            if !line.trim().is_empty() {
                self.token_ends();
            }
            if self.peek() == Some('\r') {
                self.step();
            }
            if self.step().is_none() {
                return;
            }
        }
    }
}

fn is_blank(one: char) -> bool {
    matches!(one, ' ' | '\t' | '\n' | '\r')
}
