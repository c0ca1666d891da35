//! From the bytes of a file to a tree.

use std::sync::Arc;

use crate::document::Document;
use crate::fault::Fault;
use crate::json;
use crate::node::Node;
use crate::position::{Position, position_of};
use crate::yaml;

/// Reads a document. Errors call it `file`.
///
/// What is JSON is read as JSON: by the ending `.json` of its name, or since it begins with a brace or
/// bracket. If it is not quite JSON (comments, commas at the end), it is read as YAML.
///
/// # Errors
/// When the text is neither, is empty, holds more than one document, gives a name twice, nests deeper
/// than 64, has a name that is no scalar or a tag that is not known, repeats too much by aliases, or
/// where the versions of YAML disagree on what it says: other line breaks than those of Unix and
/// Windows, and characters that cannot be printed.
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

/// As [`read`], of a document that may be empty (or hold comments only), which gives `None`.
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

/// The text of a file.
///
/// # Errors
/// When the bytes are not UTF-8: which of them, and in which line.
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
