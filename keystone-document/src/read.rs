//! Reading documents.

use std::sync::Arc;

use crate::document::Document;
use crate::fault::Fault;
use crate::json;
use crate::node::Node;
use crate::position::{Position, position_of};
use crate::yaml;

/// Reads a document. `file` is its name in errors.
///
/// A document is parsed as JSON if its name ends in `.json` or it begins with a brace or bracket.
/// If it is not valid JSON (comments, trailing commas), it is parsed as YAML.
///
/// # Errors
/// [`Fault`] when the text is neither, is empty, has more than one document, a duplicate name, a
/// name that is not a scalar, or an unknown tag, is nested deeper than 64, repeats too much by
/// aliases, or has characters on which the versions of YAML disagree: line breaks other than those
/// of Unix and Windows, and unprintable characters.
///
/// ```
/// let root = keystone_document::read("proxies.yaml", "rules:\n  admin: 'role:admin'\n")?;
/// let rules = root.get("rules").and_then(|node| node.mapping()).unwrap();
/// assert_eq!(rules[0].value.text(), Some("role:admin"));
/// assert_eq!(rules[0].value.position.to_string(), "2:10");
/// # Ok::<(), keystone_document::Fault>(())
/// ```
pub fn read(file: &str, text: &str) -> Result<Node, Fault> {
    read_optional(file, text)?.ok_or_else(|| {
        let start = Position { line: 1, column: 1 };
        Fault::new(&file.into(), start, "the document is empty")
    })
}

/// As [`read`], for a document that may be empty or have comments only, which yields `None`.
///
/// # Errors
/// As [`read`].
pub fn read_optional(file: &str, text: &str) -> Result<Option<Node>, Fault> {
    Ok(Document::read(file, text)?.root)
}

impl Document {
    /// As [`read_optional`], with the comments.
    ///
    /// # Errors
    /// As [`read`].
    pub fn read(file: &str, text: &str) -> Result<Self, Fault> {
        let file: Arc<str> = file.into();
        let named = file
            .get(file.len().saturating_sub(5)..)
            .is_some_and(|end| end.eq_ignore_ascii_case(".json"));
        let opens = text
            .trim_start_matches('\u{feff}')
            .trim_start_matches([' ', '\t', '\r', '\n'])
            .starts_with(['{', '[']);
        if !opens {
            return match yaml::read(&file, text) {
                Err(_) if named && !text.trim().is_empty() => Err(json::read(&file, text)
                    .err()
                    .unwrap_or_else(|| Fault::new(&file, Position::default(), "no object"))),
                read => read,
            };
        }
        let wrong = match json::read(&file, text) {
            Ok(root) => {
                return Ok(Self {
                    root: Some(root),
                    comments: Vec::new(),
                });
            }
            Err(wrong) => wrong,
        };
        yaml::read(&file, text).map_err(|other| if named { wrong } else { other })
    }
}

/// Decodes the content of a file.
///
/// # Errors
/// [`Fault`] with the position when the bytes are not UTF-8.
pub fn decode(file: &str, bytes: Vec<u8>) -> Result<String, Fault> {
    let error = match String::from_utf8(bytes) {
        Ok(text) => return Ok(text),
        Err(error) => error,
    };
    let offset = error.utf8_error().valid_up_to();
    let bytes = error.as_bytes();
    let before = bytes.get(..offset).unwrap_or_default();
    let before = std::str::from_utf8(before).unwrap_or_default();
    let position = position_of(before, before.len());
    let byte = bytes.get(offset).copied().unwrap_or_default();
    let problem = match bytes {
        [0xfe, 0xff, ..] | [0xff, 0xfe, ..] => {
            "this is not UTF-8 but looks like UTF-16, save it as UTF-8".to_owned()
        }
        _ => format!("this is not UTF-8: byte {offset} is 0x{byte:02x}, save it as UTF-8"),
    };
    Err(Fault::new(&file.into(), position, problem))
}
