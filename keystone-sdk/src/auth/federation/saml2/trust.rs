//! The messages of WS-Trust 1.3: the request for a security token, and the response.
//!
//! Source: WS-Trust 1.3, section 4; Web Services Security UsernameToken Profile 1.0; WS-Federation,
//! section 13.2, for what goes to the service provider.

use jiff::{SignedDuration, Timestamp};

use super::soap::{Envelope, SOAP_12, Sender};
use super::xml::{Document, Node, escaped};
use crate::transport::Response;
use crate::{Error, SecretString};

const ADDRESSING: &str = "http://www.w3.org/2005/08/addressing";
const SECURITY: &str =
    "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd";
const UTILITY: &str =
    "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd";
const PASSWORD_TEXT: &str = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-username-token-profile-1.0#PasswordText";
const POLICY: &str = "http://schemas.xmlsoap.org/ws/2004/09/policy";
const TRUST: &str = "http://docs.oasis-open.org/ws-sx/ws-trust/200512";
/// As WS-Federation says the same.
const OLDER_TRUST: &str = "http://schemas.xmlsoap.org/ws/2005/02/trust";
const SAML_1: &str = "urn:oasis:names:tc:SAML:1.0:assertion";

/// How long a request is good.
const LIFE: SignedDuration = SignedDuration::from_secs(120);

/// Who gives security tokens.
pub(super) const IDENTITY_PROVIDER: Sender = Sender("the identity provider");

/// What a request for a security token says.
pub(super) struct TokenRequest<'a> {
    pub(super) to: &'a str,
    pub(super) username: &'a str,
    pub(super) password: &'a SecretString,
    /// The service provider that the token is for.
    pub(super) applies_to: &'a str,
    pub(super) message_id: &'a str,
    pub(super) now: Timestamp,
}

impl TokenRequest<'_> {
    /// The envelope.
    pub(super) fn envelope(&self) -> SecretString {
        let created = moment(self.now);
        let expires = moment(self.now.checked_add(LIFE).unwrap_or(Timestamp::MAX));
        let (to, id) = (escaped(self.to), escaped(self.message_id));
        let (username, password) = (escaped(self.username), escaped(self.password.expose()));
        let applies_to = escaped(self.applies_to);
        SecretString::from(format!(
            r#"<s:Envelope xmlns:s="{SOAP_12}" xmlns:a="{ADDRESSING}" xmlns:u="{UTILITY}"><s:Header><a:Action s:mustUnderstand="1">{TRUST}/RST/Issue</a:Action><a:MessageID>urn:uuid:{id}</a:MessageID><a:ReplyTo><a:Address>{ADDRESSING}/anonymous</a:Address></a:ReplyTo><a:To s:mustUnderstand="1">{to}</a:To><o:Security xmlns:o="{SECURITY}" s:mustUnderstand="1"><u:Timestamp u:Id="_0"><u:Created>{created}</u:Created><u:Expires>{expires}</u:Expires></u:Timestamp><o:UsernameToken u:Id="_1"><o:Username>{username}</o:Username><o:Password Type="{PASSWORD_TEXT}">{password}</o:Password></o:UsernameToken></o:Security></s:Header><s:Body><t:RequestSecurityToken xmlns:t="{TRUST}"><p:AppliesTo xmlns:p="{POLICY}"><a:EndpointReference><a:Address>{applies_to}</a:Address></a:EndpointReference></p:AppliesTo><t:KeyType>{TRUST}/Bearer</t:KeyType><t:RequestType>{TRUST}/Issue</t:RequestType><t:TokenType>{SAML_1}</t:TokenType></t:RequestSecurityToken></s:Body></s:Envelope>"#
        ))
    }
}

fn moment(timestamp: Timestamp) -> String {
    timestamp.strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
}

/// The one `RequestSecurityTokenResponse` of a response, as WS-Federation wants it: with the older
/// name of WS-Trust, and the token in it byte by byte as it came.
pub(super) fn token_response(
    document: &Document<'_>,
    response: &Response,
) -> Result<String, Error> {
    let unexpected = |why| IDENTITY_PROVIDER.unexpected(response, why);
    let envelope = Envelope::read(document, SOAP_12)
        .ok_or_else(|| unexpected("it is not in one envelope of SOAP 1.2"))?;
    let in_collection = envelope
        .body
        .all(TRUST, "RequestSecurityTokenResponseCollection")
        .flat_map(|collection| collection.all(TRUST, "RequestSecurityTokenResponse"));
    let alone = envelope.body.all(TRUST, "RequestSecurityTokenResponse");
    let responses: Vec<_> = alone.chain(in_collection).collect();
    let [found] = responses.as_slice() else {
        return Err(unexpected(
            "it holds not one `RequestSecurityTokenResponse`",
        ));
    };
    let requested: Vec<_> = found.all(TRUST, "RequestedSecurityToken").collect();
    let tokens: Vec<_> = requested.iter().flat_map(|node| node.children()).collect();
    let ([_], [token]) = (requested.as_slice(), tokens.as_slice()) else {
        return Err(unexpected("it holds not one security token"));
    };
    Ok(by_older_name(document, *found, *token))
}

/// Writes the tags of `found` anew, for the namespaces that were declared around it.
fn by_older_name(document: &Document<'_>, found: Node<'_>, token: Node<'_>) -> String {
    let mut written = format!(r#"<wst:RequestSecurityTokenResponse xmlns:wst="{OLDER_TRUST}""#);
    for (prefix, namespace) in found.namespaces() {
        let namespace = if namespace == TRUST {
            OLDER_TRUST
        } else {
            namespace
        };
        let namespace = escaped(namespace);
        match prefix {
            // Bound above.
            "wst" => {}
            "" => written += &format!(r#" xmlns="{namespace}""#),
            prefix => written += &format!(r#" xmlns:{prefix}="{namespace}""#),
        }
    }
    let (content, token) = (found.content_range(), token.range());
    written.push('>');
    written += &document
        .slice(content.start..token.start)
        .replace(TRUST, OLDER_TRUST);
    written += document.slice(token.clone());
    written += &document
        .slice(token.end..content.end)
        .replace(TRUST, OLDER_TRUST);
    written + "</wst:RequestSecurityTokenResponse>"
}
