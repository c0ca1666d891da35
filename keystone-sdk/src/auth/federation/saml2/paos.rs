//! The messages of the Enhanced Client or Proxy profile: what the service provider asks, and what
//! the identity provider says.
//!
//! Source: SAML V2.0 Enhanced Client or Proxy Profile Version 2.0, section 2.3; Profiles for the
//! OASIS SAML V2.0, section 4.2.

use super::soap::{Envelope, SOAP_11, Sender};
use super::xml::{Document, Node, escaped};
use crate::Error;
use crate::transport::Response;

const PAOS: &str = "urn:liberty:paos:2003-08";
const ECP: &str = "urn:oasis:names:tc:SAML:2.0:profiles:SSO:ecp";
const PROTOCOL: &str = "urn:oasis:names:tc:SAML:2.0:protocol";
const SUCCESS: &str = "urn:oasis:names:tc:SAML:2.0:status:Success";
const NEXT_ACTOR: &str = "http://schemas.xmlsoap.org/soap/actor/next";

/// The header by which a client says that it can do this.
pub(super) const VERSION: &str =
    r#"ver="urn:liberty:paos:2003-08";"urn:oasis:names:tc:SAML:2.0:profiles:SSO:ecp""#;

/// Who protects Keystone.
pub(super) const SERVICE_PROVIDER: Sender = Sender("the service provider in front of Keystone");
/// Who knows the user.
pub(super) const IDENTITY_PROVIDER: Sender = Sender("the identity provider");

/// What the service provider wants to know.
pub(super) struct AuthnRequest {
    /// Where the assertion is to go.
    pub(super) consumer: String,
    /// Goes back to the service provider as it came.
    relay_state: Option<String>,
    /// Goes back to the service provider.
    message_id: Option<String>,
    /// The envelope for the identity provider: what it is told is not for anybody else.
    pub(super) envelope: String,
}

impl AuthnRequest {
    /// Reads the response of the service provider.
    pub(super) fn read(response: &Response) -> Result<Self, Error> {
        let document = SERVICE_PROVIDER.read(response)?;
        let unexpected = |why| SERVICE_PROVIDER.unexpected(response, why);
        let envelope = Envelope::read(&document, SOAP_11)
            .ok_or_else(|| unexpected("it is not in one envelope of SOAP 1.1"))?;
        let requests = envelope.blocks(PAOS, "Request");
        let [request] = requests.as_slice() else {
            return Err(unexpected("it has not one `paos:Request` in its header"));
        };
        let consumer = request.attribute("responseConsumerURL").unwrap_or_default();
        if consumer.trim().is_empty() {
            return Err(unexpected("it names no `responseConsumerURL`"));
        }
        if envelope.body.child(PROTOCOL, "AuthnRequest").is_none() {
            return Err(unexpected("it holds no `samlp:AuthnRequest`"));
        }
        let relay_states = envelope.blocks(ECP, "RelayState");
        let header = envelope.header.map(Node::range).unwrap_or_default();
        Ok(Self {
            consumer: consumer.to_owned(),
            relay_state: relay_states.first().copied().map(Node::text),
            message_id: request.attribute("messageID").map(str::to_owned),
            envelope: document.with(&header, ""),
        })
    }

    /// The header of the message to the service provider.
    fn header(&self) -> String {
        let to_next = format!(r#"S:actor="{NEXT_ACTOR}" S:mustUnderstand="1""#);
        let mut blocks = String::new();
        if let Some(id) = &self.message_id {
            let id = escaped(id);
            blocks +=
                &format!(r#"<paos:Response xmlns:paos="{PAOS}" {to_next} refToMessageID="{id}"/>"#);
        }
        if let Some(state) = &self.relay_state {
            let state = escaped(state);
            blocks +=
                &format!(r#"<ecp:RelayState xmlns:ecp="{ECP}" {to_next}>{state}</ecp:RelayState>"#);
        }
        format!(r#"<S:Header xmlns:S="{SOAP_11}">{blocks}</S:Header>"#)
    }
}

/// What the identity provider says of the user.
pub(super) struct AuthnResponse {
    /// Where the assertion may go.
    pub(super) consumer: String,
    /// The envelope for the service provider.
    pub(super) envelope: String,
}

/// Why there is no assertion.
pub(super) enum Unproved {
    /// The identity provider says so, for this reason.
    Refused(String),
    /// The response is not what it should be.
    Unexpected(Error),
}

impl AuthnResponse {
    /// Reads the response of the identity provider to `request`.
    pub(super) fn read(response: &Response, request: &AuthnRequest) -> Result<Self, Unproved> {
        let document = IDENTITY_PROVIDER
            .read(response)
            .map_err(Unproved::Unexpected)?;
        let unexpected = |why| Unproved::Unexpected(IDENTITY_PROVIDER.unexpected(response, why));
        if let Some(fault) = super::soap::fault(&document) {
            return Err(Unproved::Refused(fault));
        }
        let envelope = Envelope::read(&document, SOAP_11)
            .ok_or_else(|| unexpected("it is not in one envelope of SOAP 1.1"))?;
        let messages: Vec<_> = envelope.body.children().collect();
        let message = match messages.as_slice() {
            [message] if message.is(PROTOCOL, "Response") => *message,
            _ => return Err(unexpected("it holds not one `samlp:Response`")),
        };
        if let Some(refusal) = refusal(message) {
            return Err(Unproved::Refused(refusal));
        }
        let blocks = envelope.blocks(ECP, "Response");
        let [block] = blocks.as_slice() else {
            return Err(unexpected("it has not one `ecp:Response` in its header"));
        };
        let consumer = block.attribute("AssertionConsumerServiceURL");
        let consumer =
            consumer.ok_or_else(|| unexpected("it names no `AssertionConsumerServiceURL`"))?;
        Ok(Self {
            consumer: consumer.to_owned(),
            envelope: for_service_provider(&document, envelope, request),
        })
    }
}

/// The envelope with the header that the service provider wants; all else as it came.
fn for_service_provider(
    document: &Document<'_>,
    envelope: Envelope<'_>,
    request: &AuthnRequest,
) -> String {
    // There is a header: it held the address.
    let header = envelope.header.map(Node::range).unwrap_or_default();
    document.with(&header, &request.header())
}

/// What the status of a response says, unless it is a success.
///
/// Identity providers say so with HTTP status 200 too.
fn refusal(response: Node<'_>) -> Option<String> {
    let status = response.child(PROTOCOL, "Status");
    let mut code = status.and_then(|status| status.child(PROTOCOL, "StatusCode"));
    if code.and_then(|code| code.attribute("Value")) == Some(SUCCESS) {
        return None;
    }
    let mut codes = Vec::new();
    while let Some(one) = code {
        let value = one.attribute("Value").unwrap_or_default();
        codes.push(value.rsplit(':').next().unwrap_or_default());
        code = one.child(PROTOCOL, "StatusCode");
    }
    if codes.is_empty() {
        codes.push("no status");
    }
    let message = status.and_then(|status| status.child(PROTOCOL, "StatusMessage"));
    let message = message.map(Node::text).unwrap_or_default();
    Some(match message.trim() {
        "" => codes.join(", "),
        message => format!("{}: {message}", codes.join(", ")),
    })
}

/// What a service provider is told whose address is not the one that the identity provider knows.
pub(super) fn mismatch_fault() -> String {
    format!(
        "<S:Envelope xmlns:S=\"{SOAP_11}\"><S:Body><S:Fault><faultcode>S:Server</faultcode>\
         <faultstring>responseConsumerURL and AssertionConsumerServiceURL do not match</faultstring>\
         </S:Fault></S:Body></S:Envelope>"
    )
}
