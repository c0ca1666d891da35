//! XML as SAML and WS-Trust need it: who declares a document type is refused, nothing is expanded,
//! and everything is bounded. Elements know their bytes, so that what was signed can be passed on
//! as it came.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

use quick_xml::XmlVersion;
use quick_xml::escape;
use quick_xml::events::{BytesDecl, BytesRef, BytesStart, Event};
use quick_xml::name::{PrefixDeclaration, ResolveResult};
use quick_xml::reader::{NsReader, Reader};

use crate::auth::federation::exchange::LONGEST;

const DEEPEST: usize = 64;
const MOST_ELEMENTS: usize = 10_000;
/// Of one element, with its namespaces.
const MOST_ATTRIBUTES: usize = 64;
/// Of one attribute, in bytes.
const LONGEST_VALUE: usize = 16 << 10;

/// What is wrong with a document. It repeats nothing of it: documents hold assertions.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum XmlError {
    DocumentType,
    Encoding,
    Entity,
    Malformed,
    TooBig(&'static str),
}

impl fmt::Display for XmlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::DocumentType => f.write_str("it declares a document type, which is not allowed"),
            Self::Encoding => f.write_str("it is not encoded in UTF-8"),
            Self::Entity => f.write_str("it uses an entity that XML does not define"),
            Self::Malformed => f.write_str("it is not well-formed XML"),
            Self::TooBig(what) => write!(f, "it has {what}"),
        }
    }
}

/// A document, read whole.
pub(super) struct Document<'a> {
    text: &'a str,
    /// In the order of the document; the first is the root.
    elements: Vec<Element>,
}

struct Element {
    parent: Option<usize>,
    namespace: String,
    name: String,
    attributes: Vec<Attribute>,
    /// Prefixes (an empty one for the default) and their namespaces, where they are declared here.
    declarations: Vec<(String, String)>,
    range: Range<usize>,
    content: Range<usize>,
}

struct Attribute {
    namespace: Option<String>,
    name: String,
    value: String,
}

impl<'a> Document<'a> {
    /// Reads a document.
    pub(super) fn read(bytes: &'a [u8]) -> Result<Self, XmlError> {
        if bytes.len() > LONGEST {
            return Err(XmlError::TooBig("more than a mebibyte"));
        }
        let text = std::str::from_utf8(bytes).map_err(|_| XmlError::Encoding)?;
        // A mark at the beginning is no part of the document, and would shift all places.
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        Builder::new(text).build()
    }

    /// The outermost element.
    pub(super) fn root(&self) -> Node<'_> {
        // There is one: a document without is refused.
        Node {
            document: self,
            index: 0,
        }
    }

    fn element(&self, index: usize) -> Option<&Element> {
        self.elements.get(index)
    }

    /// A piece of the document.
    pub(super) fn slice(&self, range: Range<usize>) -> &'a str {
        self.text.get(range).unwrap_or_default()
    }

    /// The document without the bytes of `gap`, and with `insert` in their place.
    pub(super) fn with(&self, gap: &Range<usize>, insert: &str) -> String {
        let (before, after) = (0..gap.start, gap.end..self.text.len());
        [self.slice(before), insert, self.slice(after)].concat()
    }
}

/// An element of a document.
#[derive(Clone, Copy)]
pub(super) struct Node<'a> {
    document: &'a Document<'a>,
    index: usize,
}

impl<'a> Node<'a> {
    fn element(self) -> Option<&'a Element> {
        self.document.element(self.index)
    }

    /// Whether it has this name.
    pub(super) fn is(self, namespace: &str, name: &str) -> bool {
        let element = self.element();
        element.is_some_and(|it| it.namespace == namespace && it.name == name)
    }

    /// The elements directly in it.
    pub(super) fn children(self) -> impl Iterator<Item = Self> {
        let elements = self.document.elements.iter().enumerate();
        let inside = elements.skip(self.index + 1);
        inside
            .filter(move |(_, element)| element.parent == Some(self.index))
            .map(move |(index, _)| Self { index, ..self })
    }

    /// The elements of this name directly in it.
    pub(super) fn all(self, namespace: &str, name: &str) -> impl Iterator<Item = Self> {
        self.children().filter(move |node| node.is(namespace, name))
    }

    /// The first element of this name directly in it.
    pub(super) fn child(self, namespace: &str, name: &str) -> Option<Self> {
        self.all(namespace, name).next()
    }

    /// The value of an attribute without a namespace.
    pub(super) fn attribute(self, name: &str) -> Option<&'a str> {
        let attributes = &self.element()?.attributes;
        let found = attributes
            .iter()
            .find(|one| one.namespace.is_none() && one.name == name)?;
        Some(&found.value)
    }

    /// The text directly in it.
    pub(super) fn text(self) -> String {
        let mut text = String::new();
        let mut reader = Reader::from_str(self.document.slice(self.content_range()));
        // It was read before: there are no errors any more.
        let mut depth = 0usize;
        while let Ok(event) = reader.read_event() {
            match event {
                Event::Start(_) => depth += 1,
                Event::End(_) => depth = depth.saturating_sub(1),
                Event::Eof => break,
                _ if depth > 0 => {}
                Event::Text(piece) => text.push_str(&piece.xml10_content()),
                Event::CData(piece) => text.push_str(&piece.xml10_content()),
                Event::GeneralRef(reference) => text.extend(referred(&reference)),
                _ => {}
            }
        }
        text
    }

    /// Where it stands in the document.
    pub(super) fn range(self) -> Range<usize> {
        let range = self.element().map(|element| element.range.clone());
        range.unwrap_or_default()
    }

    /// Where its content stands in the document.
    pub(super) fn content_range(self) -> Range<usize> {
        let range = self.element().map(|element| element.content.clone());
        range.unwrap_or_default()
    }

    /// The namespaces that are declared where it stands, by their prefixes.
    pub(super) fn namespaces(self) -> Vec<(&'a str, &'a str)> {
        let mut found: Vec<(&str, &str)> = Vec::new();
        let mut next = Some(self.index);
        while let Some(element) = next.and_then(|index| self.document.element(index)) {
            for (prefix, namespace) in &element.declarations {
                if !found.iter().any(|(known, _)| known == prefix) {
                    found.push((prefix, namespace));
                }
            }
            next = element.parent;
        }
        found
    }
}

/// A text as it stands in XML, as the content of an element or in the quotes of an attribute.
pub(super) fn escaped(text: &str) -> Cow<'_, str> {
    escape::escape(text)
}

struct Builder<'a> {
    document: Document<'a>,
    reader: NsReader<&'a [u8]>,
    /// The elements that are not closed yet.
    open: Vec<usize>,
}

impl<'a> Builder<'a> {
    fn new(text: &'a str) -> Self {
        Self {
            document: Document {
                text,
                elements: Vec::new(),
            },
            reader: NsReader::from_str(text),
            open: Vec::new(),
        }
    }

    fn build(mut self) -> Result<Document<'a>, XmlError> {
        loop {
            let before = self.position();
            let event = self.reader.read_event().map_err(|_| XmlError::Malformed)?;
            let after = self.position();
            match event {
                Event::Start(start) => {
                    let index = self.add(&start, before..after)?;
                    self.open.push(index);
                }
                Event::Empty(start) => _ = self.add(&start, before..after)?,
                Event::End(_) => self.close(before..after)?,
                Event::DocType(_) => return Err(XmlError::DocumentType),
                Event::Decl(declaration) => refuse_encoding(&declaration)?,
                Event::GeneralRef(reference) => _ = referred(&reference)?,
                Event::Text(text) if self.open.is_empty() => {
                    if !text.trim_ascii().is_empty() {
                        return Err(XmlError::Malformed);
                    }
                }
                Event::CData(_) if self.open.is_empty() => return Err(XmlError::Malformed),
                Event::CData(_) | Event::Comment(_) | Event::PI(_) | Event::Text(_) => {}
                Event::Eof => break,
            }
        }
        if !self.open.is_empty() || self.document.elements.is_empty() {
            return Err(XmlError::Malformed);
        }
        Ok(self.document)
    }

    fn add(&mut self, start: &BytesStart<'_>, range: Range<usize>) -> Result<usize, XmlError> {
        if self.open.len() >= DEEPEST {
            return Err(XmlError::TooBig("elements too deep in one another"));
        }
        if self.document.elements.len() >= MOST_ELEMENTS {
            return Err(XmlError::TooBig("too many elements"));
        }
        // An element without parent after the first is a second root.
        if self.open.is_empty() && !self.document.elements.is_empty() {
            return Err(XmlError::Malformed);
        }
        let (namespace, name) = self.reader.resolver().resolve_element(start.name());
        let mut element = Element {
            parent: self.open.last().copied(),
            namespace: bound(namespace)?.unwrap_or_default(),
            name: name.into_inner().to_owned(),
            attributes: Vec::new(),
            declarations: Vec::new(),
            content: range.end..range.end,
            range,
        };
        self.read_attributes(start, &mut element)?;
        self.document.elements.push(element);
        Ok(self.document.elements.len() - 1)
    }

    fn read_attributes(
        &self,
        start: &BytesStart<'_>,
        element: &mut Element,
    ) -> Result<(), XmlError> {
        for (count, attribute) in start.attributes().enumerate() {
            if count >= MOST_ATTRIBUTES {
                return Err(XmlError::TooBig("an element with too many attributes"));
            }
            let attribute = attribute.map_err(|_| XmlError::Malformed)?;
            if attribute.value.len() > LONGEST_VALUE {
                return Err(XmlError::TooBig("an attribute that is too long"));
            }
            let value = attribute.normalized_value(XmlVersion::Implicit1_0);
            let value = value.map_err(|_| XmlError::Entity)?.into_owned();
            if let Some(prefix) = attribute.key.as_namespace_binding() {
                let prefix = match prefix {
                    PrefixDeclaration::Default => "",
                    PrefixDeclaration::Named(prefix) => prefix,
                };
                element.declarations.push((prefix.to_owned(), value));
                continue;
            }
            let (namespace, name) = self.reader.resolver().resolve_attribute(attribute.key);
            element.attributes.push(Attribute {
                namespace: bound(namespace)?,
                name: name.into_inner().to_owned(),
                value,
            });
        }
        Ok(())
    }

    /// Ends the innermost element, whose end tag stands at `tag`.
    fn close(&mut self, tag: Range<usize>) -> Result<(), XmlError> {
        let index = self.open.pop().ok_or(XmlError::Malformed)?;
        let elements = &mut self.document.elements;
        let element = elements.get_mut(index).ok_or(XmlError::Malformed)?;
        element.content.end = tag.start;
        element.range.end = tag.end;
        Ok(())
    }

    fn position(&self) -> usize {
        usize::try_from(self.reader.buffer_position()).unwrap_or(usize::MAX)
    }
}

fn bound(namespace: ResolveResult<'_>) -> Result<Option<String>, XmlError> {
    match namespace {
        ResolveResult::Bound(namespace) => Ok(Some(namespace.into_inner().to_owned())),
        ResolveResult::Unbound => Ok(None),
        ResolveResult::Unknown(_) => Err(XmlError::Malformed),
    }
}

/// The character that a reference stands for. Only the five entities of XML itself are known.
fn referred(reference: &BytesRef<'_>) -> Result<char, XmlError> {
    if let Some(character) = reference.resolve_char_ref().map_err(|_| XmlError::Entity)? {
        return Ok(character);
    }
    match &**reference {
        "amp" => Ok('&'),
        "apos" => Ok('\''),
        "gt" => Ok('>'),
        "lt" => Ok('<'),
        "quot" => Ok('"'),
        _ => Err(XmlError::Entity),
    }
}

fn refuse_encoding(declaration: &BytesDecl<'_>) -> Result<(), XmlError> {
    match declaration.encoding() {
        None => Ok(()),
        Some(Ok(name)) if name.eq_ignore_ascii_case("utf-8") => Ok(()),
        Some(Ok(name)) if name.eq_ignore_ascii_case("us-ascii") => Ok(()),
        Some(_) => Err(XmlError::Encoding),
    }
}

#[cfg(test)]
mod tests;
