//! The discovery document of an OpenID Provider.
//!
//! Read here and not by the library, which refuses documents for what they lack of things that no
//! login needs, and takes no address but the one below the issuer.
//!
//! Source: OpenID Connect Discovery 1.0, sections 3 and 4.3; RFC 8414.

use std::sync::Arc;

use serde::Deserialize;
use url::Url;

use super::wire::Step;
use crate::Error;
use crate::auth::attempt::place;
use crate::error::DiscoveryError;
use crate::transport::{Response, Transport, refuse_without_tls};

const OPENID: &str = "/.well-known/openid-configuration";
const OAUTH: &str = "/.well-known/oauth-authorization-server";

/// What the document says, as far as logins need it.
#[derive(Debug, Deserialize)]
pub(super) struct Metadata {
    pub(super) issuer: String,
    token_endpoint: Option<String>,
    authorization_endpoint: Option<String>,
    device_authorization_endpoint: Option<String>,
    jwks_uri: Option<String>,
    #[serde(rename = "grant_types_supported")]
    grant_types: Option<Vec<String>>,
    #[serde(rename = "token_endpoint_auth_methods_supported")]
    pub(super) client_auth_methods: Option<Vec<String>>,
    /// Whether redirects name the issuer (RFC 9207).
    #[serde(default, rename = "authorization_response_iss_parameter_supported")]
    pub(super) names_issuer: bool,
}

/// An address that the document may hold.
#[derive(Clone, Copy, Debug)]
pub(super) enum Endpoint {
    Authorization,
    Device,
    Keys,
    Token,
}

impl Endpoint {
    pub(super) fn option(self) -> &'static str {
        match self {
            Self::Authorization => "authorization_endpoint",
            Self::Device => "device_authorization_endpoint",
            Self::Keys => "jwks_endpoint",
            Self::Token => "access_token_endpoint",
        }
    }
}

/// Gets the document, or takes it from the transport's memory, and holds its issuer against the
/// address, or against the issuer that was configured.
pub(super) async fn discover(
    transport: &Transport,
    url: &Url,
    issuer: Option<&str>,
) -> Result<Arc<Metadata>, Error> {
    let document = transport.document(url, None, read).await;
    let document: Arc<Metadata> = document.map_err(|error| error.during(Step::Discovery.name()))?;
    check_issuer(url, issuer, &document.issuer)?;
    Ok(document)
}

fn read(response: &Response) -> Result<Metadata, Error> {
    let status = response.status;
    if status.is_server_error() {
        let message = format!("{} was not given ({})", Step::Discovery, place(response));
        let error = response.to_error();
        return Err(super::refusal(message, super::reason(&error))
            .refused_by(error)
            .into());
    }
    let why = if status.is_success() {
        match response.json() {
            Ok(document) => return Ok(document),
            Err(error) => error.to_string(),
        }
    } else {
        format!("the response is {status}")
    };
    Err(
        DiscoveryError::new(format!("no {} here: {why}", Step::Discovery))
            .at(place(response))
            .remedy("check `discovery_endpoint`")
            .into(),
    )
}

/// The issuer tells which address its document has, so that no other can pass for it.
fn check_issuer(url: &Url, configured: Option<&str>, found: &str) -> Result<(), Error> {
    let fits = match configured {
        Some(issuer) => issuer == found,
        None => expected(url).is_some_and(|issuer| issuer == found.trim_end_matches('/')),
    };
    if fits {
        return Ok(());
    }
    let expected = configured.map(str::to_owned).or_else(|| expected(url));
    let message = match expected {
        Some(expected) => format!("it is that of the issuer `{found}`, not of `{expected}`"),
        None => format!("its address does not tell that its issuer is `{found}`"),
    };
    let message = format!("{} cannot be relied on: {message}", Step::Discovery);
    Err(DiscoveryError::new(message)
        .at(crate::transport::redact::address(url))
        .remedy("check `discovery_endpoint`, or set `issuer` to the issuer that you trust")
        .into())
}

/// The issuer whose document has this address, without a slash at its end.
fn expected(url: &Url) -> Option<String> {
    let origin = url.origin().ascii_serialization();
    let path = url.path();
    let path = match path.strip_suffix(OPENID) {
        Some(path) => path,
        None => path.strip_prefix(OAUTH)?,
    };
    Some(format!("{origin}{}", path.trim_end_matches('/')))
}

impl Metadata {
    /// An address of the document, which came from `from`.
    pub(super) fn endpoint(&self, endpoint: Endpoint, from: &Url) -> Result<Url, Error> {
        let (key, text) = match endpoint {
            Endpoint::Authorization => ("authorization_endpoint", &self.authorization_endpoint),
            Endpoint::Device => (
                "device_authorization_endpoint",
                &self.device_authorization_endpoint,
            ),
            Endpoint::Keys => ("jwks_uri", &self.jwks_uri),
            Endpoint::Token => ("token_endpoint", &self.token_endpoint),
        };
        let refused = |what: &str| {
            let message = format!("{} {what}", Step::Discovery);
            let error = DiscoveryError::new(message).at(crate::transport::redact::address(from));
            let remedy = format!(
                "set `{}`, or use another OpenID Provider",
                endpoint.option()
            );
            Error::from(error.remedy(remedy))
        };
        let Some(text) = text else {
            return Err(refused(&format!("has no `{key}`")));
        };
        let url = Url::parse(text).ok().filter(is_plain_http);
        let url =
            url.ok_or_else(|| refused(&format!("has a `{key}` that is no address of HTTP")))?;
        if from.scheme() == "https" && url.scheme() != "https" {
            // Secrets would leave TLS on the word of a document.
            return Err(refused(&format!("came by TLS, but its `{key}` is without")));
        }
        refuse_without_tls(&url, &format!("`{key}` of the discovery document"))?;
        Ok(url)
    }

    /// Refuses a grant that the document leaves out of its list.
    pub(super) fn check_grant(&self, grant: &str, from: &Url) -> Result<(), Error> {
        match &self.grant_types {
            Some(all) if !all.iter().any(|one| one == grant) => {
                let message = format!("the OpenID Provider does not offer the grant `{grant}`");
                let error = DiscoveryError::new(message);
                let remedy = "use another plugin, or have the grant turned on at the provider";
                Err(error
                    .at(crate::transport::redact::address(from))
                    .remedy(remedy)
                    .into())
            }
            _ => Ok(()),
        }
    }
}

fn is_plain_http(url: &Url) -> bool {
    let http = matches!(url.scheme(), "http" | "https") && url.has_host();
    http && url.username().is_empty() && url.password().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checked(url: &str, configured: Option<&str>, found: &str) -> Result<(), String> {
        let url = Url::parse(url).unwrap();
        check_issuer(&url, configured, found).map_err(|error| error.to_string())
    }

    #[test]
    fn the_issuer_fits_the_address_of_its_document() {
        for (url, issuer) in [
            ("https://op/.well-known/openid-configuration", "https://op"),
            ("https://op/.well-known/openid-configuration", "https://op/"),
            (
                "https://op:8443/realms/a/.well-known/openid-configuration",
                "https://op:8443/realms/a",
            ),
            (
                "https://op/.well-known/oauth-authorization-server/realms/a",
                "https://op/realms/a",
            ),
        ] {
            checked(url, None, issuer).unwrap();
        }
    }

    #[test]
    fn another_issuer_is_refused_unless_it_is_the_configured_one() {
        let url = "https://op/.well-known/openid-configuration";
        for issuer in [
            "https://other",
            "http://op",
            "https://op/realms/a",
            "https://op.evil",
            "",
        ] {
            let error = checked(url, None, issuer).unwrap_err();
            assert!(error.contains("not of `https://op`"), "{error}");
            assert!(error.contains("set `issuer`"), "{error}");
            checked(url, Some(issuer), issuer).unwrap();
        }
        let error = checked(url, Some("https://op/"), "https://op").unwrap_err();
        assert!(error.contains("not of `https://op/`"), "{error}");
        let error = checked("https://op/discovery", None, "https://op").unwrap_err();
        assert!(error.contains("its address does not tell"), "{error}");
    }
}
