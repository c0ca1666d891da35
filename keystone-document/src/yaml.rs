//! The YAML reader: builds a tree from parser events, verified against the text.

use std::sync::Arc;

use saphyr_parser::{Event, Parser, ScalarStyle, ScanError};

use crate::document::Document;
use crate::fault::Fault;
use crate::node::{Content, Node, Style};
use crate::position::{Position, position_of};
use build::{Builder, CollectionKind, fit};
use walk::Walk;

mod build;
mod walk;

/// Reads a document.
pub(crate) fn read(file: &Arc<str>, text: &str) -> Result<Document, Fault> {
    refuse_characters(file, text)?;
    let body = text.trim_start_matches('\u{feff}');
    let mut walk = Walk::new(file, text, text.len() - body.len());
    let mut builder = Builder::new(file);
    for event in Parser::new_from_str(body) {
        let (event, span) = event.map_err(|error| malformed(file, &error))?;
        let at = Position {
            line: span.start.line(),
            column: span.start.col() + 1,
        };
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                walk.to(span.start.index())?;
                let style = style_of(style);
                if anchor > 0 || tag.is_some() {
                    walk.over_properties(text.is_empty() && style == Style::Plain)?;
                }
                let token = walk.over_scalar(style, &text, span.start.col())?;
                let mut node = Node {
                    position: token.position.filter(|_| !text.is_empty()).unwrap_or(at),
                    span: (token.start, token.end),
                    file: Arc::clone(file),
                    verbatim: token.verbatim,
                    ..Node::of(Content::Scalar(text.into_owned().into()), style)
                };
                node.tag = fit(&node, tag.as_deref())?;
                builder.add(node, anchor)?;
            }
            Event::SequenceStart(anchor, tag) => {
                walk.to(span.start.index())?;
                let kind = CollectionKind::Sequence(Vec::new());
                builder.open(at, walk.at(), anchor, tag.as_deref(), kind)?;
            }
            Event::MappingStart(anchor, tag) => {
                walk.to(span.start.index())?;
                builder.open(
                    at,
                    walk.at(),
                    anchor,
                    tag.as_deref(),
                    CollectionKind::mapping(),
                )?;
            }
            Event::SequenceEnd | Event::MappingEnd => {
                // A bracket, or nothing at the end of a block.
                if span.end.index() > span.start.index() {
                    walk.to(span.start.index() + 1)?;
                    walk.token_ends();
                }
                builder.close(walk.end())?;
            }
            Event::Alias(anchor) => {
                walk.to(span.start.index() + 1)?;
                walk.token_ends();
                builder.alias(anchor, at, walk.end())?;
            }
            Event::DocumentStart(_) => builder.begin(at)?,
            Event::DocumentEnd => builder.end(),
            Event::Nothing | Event::StreamStart | Event::StreamEnd => {}
        }
    }
    walk.to(usize::MAX)?;
    Ok(Document {
        root: builder.finish(),
        comments: walk.comments(),
    })
}

/// The messages of the parser contain no text of the document.
fn malformed(file: &Arc<str>, error: &ScanError) -> Fault {
    let marker = error.marker();
    let position = Position {
        line: marker.line(),
        column: marker.col() + 1,
    };
    Fault::new(
        file,
        position,
        format!("this is not YAML: {}", error.info()),
    )
}

fn style_of(style: ScalarStyle) -> Style {
    match style {
        ScalarStyle::Plain => Style::Plain,
        ScalarStyle::SingleQuoted => Style::SingleQuoted,
        ScalarStyle::DoubleQuoted => Style::DoubleQuoted,
        ScalarStyle::Literal => Style::Literal,
        ScalarStyle::Folded => Style::Folded,
    }
}

/// Refuses characters that end a line in YAML 1.1 but not in 1.2, or in some editors only, so that
/// comments end where everybody expects; and those that YAML does not allow.
fn refuse_characters(file: &Arc<str>, text: &str) -> Result<(), Fault> {
    let mut letters = text.char_indices().peekable();
    while let Some((offset, one)) = letters.next() {
        let problem = match one {
            '\t' | '\n' | ' '..='~' => continue,
            '\r' if letters.peek().is_some_and(|(_, next)| *next == '\n') => continue,
            '\u{feff}' if offset == 0 => continue,
            '\r' => "a carriage return without a line feed, save the file with Unix line endings"
                .to_owned(),
            '\u{85}' | '\u{2028}' | '\u{2029}' => format!(
                "the character U+{:04X} ends a line for some readers of YAML and not for others, \
                 write `\\u{0:04x}` in double quotes if it is meant",
                u32::from(one)
            ),
            '\0'..='\u{9f}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}' => format!(
                "the character U+{:04X} cannot stand in YAML, write `\\u{0:04x}` in double quotes if it is meant",
                u32::from(one)
            ),
            _ => continue,
        };
        let start = if text.starts_with('\u{feff}') { 3 } else { 0 };
        let body = text.get(start..).unwrap_or_default();
        let position = position_of(body, offset.saturating_sub(start));
        return Err(Fault::new(file, position, problem));
    }
    Ok(())
}

#[cfg(test)]
mod tests;
