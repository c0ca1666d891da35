//! The envelopes around messages.

use super::xml::{Document, Node, XmlError};
use crate::Error;
use crate::auth::attempt::place;
use crate::error::DecodeError;
use crate::transport::Response;

pub(super) const SOAP_11: &str = "http://schemas.xmlsoap.org/soap/envelope/";
pub(super) const SOAP_12: &str = "http://www.w3.org/2003/05/soap-envelope";

/// The one who sent a message, in words.
#[derive(Clone, Copy)]
pub(super) struct Sender(pub(super) &'static str);

impl Sender {
    /// The error for a response that is not the message that was expected.
    pub(super) fn unexpected(self, response: &Response, why: &str) -> Error {
        let message = format!("the response of {} is no message of SAML: {why}", self.0);
        let error = DecodeError::new(message).at(place(response));
        error
            .remedy("check the address, and that this kind of login is enabled there")
            .into()
    }

    /// Reads the body of a response.
    pub(super) fn read(self, response: &Response) -> Result<Document<'_>, Error> {
        let document = Document::read(&response.body);
        document.map_err(|error: XmlError| self.unexpected(response, &error.to_string()))
    }
}

/// The parts of an envelope.
#[derive(Clone, Copy)]
pub(super) struct Envelope<'a> {
    pub(super) header: Option<Node<'a>>,
    pub(super) body: Node<'a>,
}

impl<'a> Envelope<'a> {
    /// Reads an envelope of the version of SOAP that `namespace` is.
    pub(super) fn read(document: &'a Document<'a>, namespace: &str) -> Option<Self> {
        let root = document.root();
        let mut headers = root.all(namespace, "Header");
        let mut bodies = root.all(namespace, "Body");
        let (header, body) = (headers.next(), bodies.next()?);
        let is_one = headers.next().is_none() && bodies.next().is_none();
        (is_one && root.is(namespace, "Envelope")).then_some(Self { header, body })
    }

    /// The blocks of this name in the header.
    pub(super) fn blocks(self, namespace: &str, name: &str) -> Vec<Node<'a>> {
        let header = self.header.into_iter();
        header
            .flat_map(|header| header.all(namespace, name))
            .collect()
    }
}

/// What a fault says: its most precise code, and the reason in words.
pub(super) fn fault(document: &Document<'_>) -> Option<String> {
    let (code, reason) = of_soap_11(document).or_else(|| of_soap_12(document))?;
    // Codes have prefixes, which say nothing without their declarations.
    let code = code
        .trim()
        .rsplit(':')
        .next()
        .unwrap_or_default()
        .to_owned();
    Some(match reason.trim() {
        "" => code,
        reason => format!("{code}: {reason}"),
    })
}

fn of_soap_11(document: &Document<'_>) -> Option<(String, String)> {
    let body = Envelope::read(document, SOAP_11)?.body;
    let fault = body.child(SOAP_11, "Fault")?;
    let text = |name| fault.child("", name).map(Node::text).unwrap_or_default();
    Some((text("faultcode"), text("faultstring")))
}

fn of_soap_12(document: &Document<'_>) -> Option<(String, String)> {
    let body = Envelope::read(document, SOAP_12)?.body;
    let fault = body.child(SOAP_12, "Fault")?;
    let mut code = fault.child(SOAP_12, "Code");
    while let Some(inner) = code.and_then(|code| code.child(SOAP_12, "Subcode")) {
        code = Some(inner);
    }
    let code = code.and_then(|code| code.child(SOAP_12, "Value"));
    let reason = fault.child(SOAP_12, "Reason");
    let reason = reason.and_then(|reason| reason.child(SOAP_12, "Text"));
    let text = |node: Option<Node<'_>>| node.map(Node::text).unwrap_or_default();
    Some((text(code), text(reason)))
}
