//! A service provider and an identity provider as `v3samlpassword` meets them, and what each does
//! wrong.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::response::Response;

use super::servers::{Seen, Stub, response, token};
use crate::Error;
use crate::auth::AuthPlugin as _;
use crate::auth::federation::Saml2Password;
use crate::transport::Transport;

pub(super) const PATH: &str = "/v3/OS-FEDERATION/identity_providers/ssp/protocols/saml2/auth";
pub(super) const CONSUMER: &str = "/Shibboleth.sso/SAML2/ECP";
pub(super) const PAOS: (&str, &str) = ("content-type", "application/vnd.paos+xml; charset=utf-8");

/// What the stubs do; each test changes one thing. `{}` in a text is the address of Keystone.
#[derive(Clone)]
pub(super) struct Behaviour {
    /// The message of the service provider.
    pub(super) request: String,
    /// The response of the identity provider: status, media type, message.
    pub(super) proof: (u16, &'static str, String),
    /// The response of the assertion consumer: status and headers.
    pub(super) accepted: (u16, Vec<(&'static str, String)>, String),
    /// How often Keystone says that another login stores the user.
    pub(super) conflicts: Arc<AtomicUsize>,
}

/// As mod_shib writes it.
pub(super) const REQUEST: &str = r#"<S:Envelope xmlns:S="http://schemas.xmlsoap.org/soap/envelope/"><S:Header><paos:Request xmlns:paos="urn:liberty:paos:2003-08" S:actor="http://schemas.xmlsoap.org/soap/actor/next" S:mustUnderstand="1" messageID="m&amp;1" responseConsumerURL="{}/Shibboleth.sso/SAML2/ECP" service="urn:oasis:names:tc:SAML:2.0:profiles:SSO:ecp"/><ecp:Request xmlns:ecp="urn:oasis:names:tc:SAML:2.0:profiles:SSO:ecp" IsPassive="0" S:actor="http://schemas.xmlsoap.org/soap/actor/next" S:mustUnderstand="1"><saml:Issuer xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">sp</saml:Issuer></ecp:Request><ecp:RelayState xmlns:ecp="urn:oasis:names:tc:SAML:2.0:profiles:SSO:ecp" S:actor="http://schemas.xmlsoap.org/soap/actor/next" S:mustUnderstand="1">ss:mem:&lt;canary-state&gt;</ecp:RelayState></S:Header><S:Body><samlp:AuthnRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" ID="_1"/></S:Body></S:Envelope>"#;

/// As SimpleSAMLphp writes it.
pub(super) const PROOF: &str = r#"<?xml version="1.0" encoding="utf-8"?>
<SOAP-ENV:Envelope xmlns:SOAP-ENV="http://schemas.xmlsoap.org/soap/envelope/"><SOAP-ENV:Header><ecp:Response xmlns:ecp="urn:oasis:names:tc:SAML:2.0:profiles:SSO:ecp" SOAP-ENV:mustUnderstand="1" SOAP-ENV:actor="http://schemas.xmlsoap.org/soap/actor/next" AssertionConsumerServiceURL="{}/Shibboleth.sso/SAML2/ECP"/></SOAP-ENV:Header><SOAP-ENV:Body>
  <samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" ID='_2'><samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></samlp:Status><saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion"   ID = "_canary-assertion-0123" ><saml:NameID>&#97;lice</saml:NameID ></saml:Assertion></samlp:Response>
</SOAP-ENV:Body></SOAP-ENV:Envelope>
"#;

impl Default for Behaviour {
    fn default() -> Self {
        Self {
            request: REQUEST.to_owned(),
            proof: (200, "text/xml;charset=UTF-8", PROOF.to_owned()),
            accepted: (
                302,
                vec![
                    ("location", format!("{{}}{PATH}")),
                    (
                        "set-cookie",
                        "_shibsession_1=canary-session; path=/; HttpOnly".to_owned(),
                    ),
                ],
                String::new(),
            ),
            conflicts: Arc::default(),
        }
    }
}

/// Keystone behind a service provider, an identity provider, and a server of nobody.
pub(super) struct Servers {
    pub(super) keystone: Stub,
    pub(super) idp: Stub,
}

impl Behaviour {
    pub(super) async fn start(self) -> Servers {
        let (at_keystone, at_idp) = (self.clone(), self);
        let keystone = Stub::start(move |url| {
            let url = url.to_owned();
            move |seen: &Seen| at_keystone.keystone(&url, seen)
        })
        .await;
        let url = keystone.url.clone();
        let idp = Stub::start(move |_| {
            move |_: &Seen| {
                let (status, media_type, body) = &at_idp.proof;
                let headers = [
                    ("content-type", *media_type),
                    ("set-cookie", "SimpleSAML=canary-of-idp; path=/"),
                ];
                response(*status, &headers, &body.replace("{}", &url))
            }
        })
        .await;
        Servers { keystone, idp }
    }

    fn keystone(&self, url: &str, seen: &Seen) -> Response {
        let has_session = seen
            .header("cookie")
            .contains("_shibsession_1=canary-session");
        match (seen.path.as_str(), seen.method.as_str()) {
            (PATH, "GET") if has_session => {
                let left = |count: usize| count.checked_sub(1);
                let relaxed = Ordering::Relaxed;
                match self.conflicts.fetch_update(relaxed, relaxed, left) {
                    Ok(_) => response(409, &[], ""),
                    Err(_) => token("canary-token"),
                }
            }
            (PATH, "GET") if seen.header("paos").contains("urn:liberty:paos:2003-08") => {
                let state = ("set-cookie", "_shibstate=canary-of-sp; path=/; Secure");
                response(200, &[PAOS, state], &self.request.replace("{}", url))
            }
            (CONSUMER, "POST") => {
                let (status, headers, body) = &self.accepted;
                let headers: Vec<_> = headers
                    .iter()
                    .map(|(name, value)| (*name, value.replace("{}", url)))
                    .collect();
                let headers: Vec<_> = headers
                    .iter()
                    .map(|(name, value)| (*name, value.as_str()))
                    .collect();
                // What an SP repeats is in its page.
                let escaped = seen.body.replace('<', "&lt;").replace('>', "&gt;");
                let page = body.replace("{body}", &seen.body);
                response(*status, &headers, &page.replace("{escaped}", &escaped))
            }
            ("/v3/auth/tokens", "POST") => token("canary-scoped"),
            _ => response(404, &[], ""),
        }
    }
}

impl Servers {
    pub(super) fn plugin(&self) -> Saml2Password {
        Saml2Password::builder(format!("{}/v3", self.keystone.url))
            .identity_provider("ssp")
            .protocol("saml2")
            .identity_provider_url(format!("{}/saml2/idp/SSOService.php", self.idp.url))
            .username("alice")
            .password("canary-password")
            .build()
            .unwrap()
    }

    pub(super) async fn log_in(&self) -> Result<String, Error> {
        let transport = Transport::builder().build().unwrap();
        let plugin = self.plugin();
        let token = plugin.token(&transport).await;
        let shown = format!("{plugin:?} {token:?}");
        assert!(!shown.contains("canary"), "{shown}");
        Ok(token?.expose().to_owned())
    }

    /// The error, which shows no secret.
    pub(super) async fn refusal(&self) -> Error {
        let error = self.log_in().await.unwrap_err();
        let mut shown = format!("{error} {error:?}");
        let mut source = std::error::Error::source(&error);
        while let Some(error) = source {
            shown += &format!(" {error} {error:?}");
            source = error.source();
        }
        assert!(!shown.contains("canary"), "{shown}");
        error
    }

    /// What was handed over to the assertion consumer.
    pub(super) fn handed_over(&self) -> Vec<Seen> {
        let seen = self.keystone.seen().into_iter();
        seen.filter(|one| one.path == CONSUMER).collect()
    }
}
