//! The YAML trees of `clouds.yaml`.
//!
//! A plain scalar is its text, whatever its type in YAML 1.1: a password of digits stays a string.
//! All values may be secret.

use keystone_document::{Content, Entry, Fault, Mapping, Node, decode, read_optional};

use crate::Error;
use crate::error::ConfigurationError;

/// Accessors of nodes.
pub(super) trait Value {
    /// The text of a scalar that is neither empty nor null.
    fn filled(&self) -> Option<&str>;

    /// Its place, for messages.
    fn place(&self) -> String;

    /// An error about the value, with its place.
    fn fault(&self, message: impl Into<String>) -> ConfigurationError;

    /// The mapping under `name`; null is an empty one.
    fn expect_mapping(&self, name: &str) -> Result<Mapping, Error>;
}

impl Value for Node {
    fn filled(&self) -> Option<&str> {
        self.text()
            .filter(|text| !self.is_null() && !text.is_empty())
    }

    fn place(&self) -> String {
        format!("{}:{}", self.file(), self.position)
    }

    fn fault(&self, message: impl Into<String>) -> ConfigurationError {
        ConfigurationError::new(message).at(self.place())
    }

    fn expect_mapping(&self, name: &str) -> Result<Mapping, Error> {
        match &self.value {
            Content::Mapping(mapping) => Ok(mapping.clone()),
            Content::Scalar(_) if self.is_null() => Ok(Mapping::new()),
            Content::Scalar(_) | Content::Sequence(_) => Err(self
                .fault(format!("`{name}` is not a mapping"))
                .remedy("write names with values below it, indented")
                .into()),
        }
    }
}

/// The mapping with `_` for `-` in all keys, also in nested mappings. Of two keys that become
/// equal, the later one counts.
pub(super) fn with_plain_names(mapping: Mapping) -> Mapping {
    let plain = |mut entry: Entry| {
        entry.key.value = Content::Scalar(entry.name().replace('-', "_").into());
        if let Content::Mapping(inner) = &mut entry.value.value {
            *inner = with_plain_names(std::mem::take(inner));
        }
        entry
    };
    mapping.into_iter().map(plain).collect()
}

/// The mapping in a file; that of an empty file is empty.
pub(super) fn read(file: &str, bytes: Vec<u8>) -> Result<Mapping, Error> {
    let text = decode(file, bytes).map_err(malformed)?;
    let Some(root) = read_optional(file, &text).map_err(malformed)? else {
        tracing::warn!("the file `{file}` is empty");
        return Ok(Mapping::new());
    };
    match root.value {
        Content::Mapping(mapping) => Ok(mapping),
        Content::Scalar(_) if root.is_null() => Ok(Mapping::new()),
        Content::Scalar(_) | Content::Sequence(_) => Err(root
            .fault("the file is not a mapping")
            .remedy("write `clouds:`, and below it the names of clouds")
            .into()),
    }
}

/// A fault does not contain values.
fn malformed(fault: Fault) -> Error {
    let place = format!("{}:{}", fault.file(), fault.position());
    ConfigurationError::new(fault.problem()).at(place).into()
}

#[cfg(test)]
mod tests;
