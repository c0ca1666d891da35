//! Documents, and references to their nodes with the path from the root.

use keystone_document::{Content, Node};

/// A document that was given.
#[derive(Debug)]
pub(super) struct Document {
    /// Its path, as errors name it.
    pub(super) name: String,
    pub(super) root: Node,
}

/// A node with its file and its JSON pointer (RFC 6901).
#[derive(Clone, Debug)]
pub(super) struct NodeRef<'a> {
    /// The number of the file among those that were given.
    pub(super) file: usize,
    pub(super) pointer: String,
    pub(super) node: &'a Node,
}

/// What tells one place from all others.
pub(super) type Address = (usize, String);

impl<'a> NodeRef<'a> {
    pub(super) fn root(file: usize, document: &'a Document) -> Self {
        Self {
            file,
            pointer: String::new(),
            node: &document.root,
        }
    }

    pub(super) fn address(&self) -> Address {
        (self.file, self.pointer.clone())
    }

    /// The value under a key; what is null is absent.
    pub(super) fn get(&self, key: &str) -> Option<Self> {
        self.value(key).filter(|place| !place.node.is_null())
    }

    /// The value under a key, also null.
    pub(super) fn value(&self, key: &str) -> Option<Self> {
        self.node.get(key).map(|node| self.child(key, node))
    }

    /// Keys and values; none of what is no mapping.
    pub(super) fn entries(&self) -> impl Iterator<Item = (&'a Node, Self)> + use<'a> {
        let parent = self.clone();
        let entries = self.node.mapping().unwrap_or_default();
        entries
            .iter()
            .map(move |entry| (&entry.key, parent.child(entry.name(), &entry.value)))
    }

    /// The items; none of what is no list.
    pub(super) fn items(&self) -> impl Iterator<Item = Self> + use<'a> {
        let parent = self.clone();
        let items = self.node.sequence().unwrap_or_default();
        items
            .iter()
            .enumerate()
            .map(move |(index, node)| parent.child(&index.to_string(), node))
    }

    /// The text under a key.
    pub(super) fn text(&self, key: &str) -> Option<&'a str> {
        self.node.get(key)?.text()
    }

    /// Whether `true` stands under a key.
    pub(super) fn flag(&self, key: &str) -> bool {
        self.text(key) == Some("true")
    }

    /// The last part of the pointer, as it stands in the document.
    pub(super) fn name(&self) -> String {
        let last = self.pointer.rsplit('/').next().unwrap_or_default();
        last.replace("~1", "/").replace("~0", "~")
    }

    pub(super) fn is_mapping(&self) -> bool {
        matches!(self.node.value, Content::Mapping(_))
    }

    fn child(&self, key: &str, node: &'a Node) -> Self {
        let key = key.replace('~', "~0").replace('/', "~1");
        Self {
            file: self.file,
            pointer: format!("{}/{key}", self.pointer),
            node,
        }
    }
}

/// Follows a JSON pointer, percent-encoded as in an address.
pub(super) fn follow<'a>(root: NodeRef<'a>, pointer: &str) -> Option<NodeRef<'a>> {
    let mut place = root;
    for part in pointer.split('/').skip(1) {
        let key = decode(part).replace("~1", "/").replace("~0", "~");
        place = match &place.node.value {
            Content::Mapping(_) => place.value(&key)?,
            Content::Sequence(_) => place.items().nth(key.parse().ok()?)?,
            Content::Scalar(_) => return None,
        };
    }
    Some(place)
}

/// Decodes percent-encoding; malformed escapes stay as they are.
fn decode(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        let hex = tail.get(..2).and_then(|hex| std::str::from_utf8(hex).ok());
        let byte = hex.and_then(|hex| u8::from_str_radix(hex, 16).ok());
        match (*first, byte) {
            (b'%', Some(byte)) => {
                bytes.push(byte);
                rest = tail.get(2..).unwrap_or_default();
            }
            (byte, _) => {
                bytes.push(byte);
                rest = tail;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pointers_lead_to_what_they_name() {
        let root =
            keystone_document::read("a", "paths:\n  /a b/{c}: {get: [x, y]}\n  a~b: 1\n").unwrap();
        let document = Document {
            name: "a".to_owned(),
            root,
        };
        let at = |pointer: &str| {
            let place = follow(NodeRef::root(0, &document), pointer)?;
            assert_eq!(decode(&place.pointer), decode(pointer));
            Some(place.node.text()?.to_owned())
        };
        assert_eq!(at("/paths/~1a%20b~1{c}/get/1").as_deref(), Some("y"));
        assert_eq!(at("/paths/a~0b").as_deref(), Some("1"));
        assert_eq!(at("/paths/~1a%20b~1{c}/get/2"), None);
        assert_eq!(at("/paths/a~0b/x"), None);
    }
}
