//! `v3adfspassword`.

use std::sync::Arc;

use url::form_urlencoded;

use super::super::xml::Document;
use super::servers::{Seen, Stub, response, token};
use crate::Error;
use crate::auth::AuthPlugin as _;
use crate::auth::federation::AdfsPassword;
use crate::clock::{ManualClock, SharedClock};
use crate::error::FederationStep;
use crate::transport::Transport;

const PATH: &str = "/v3/OS-FEDERATION/identity_providers/adfs/protocols/saml2/auth";
const USERNAME_MIXED: &str = "/adfs/services/trust/13/usernamemixed";

/// As ADFS writes it; the token is signed, so none of its bytes may change.
pub(super) const TOKEN: &str = r#"<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:a="http://www.w3.org/2005/08/addressing"><s:Header/><s:Body><trust:RequestSecurityTokenResponseCollection xmlns:trust="http://docs.oasis-open.org/ws-sx/ws-trust/200512"><trust:RequestSecurityTokenResponse Context="c"><trust:RequestedSecurityToken><saml:Assertion  xmlns:saml="urn:oasis:names:tc:SAML:1.0:assertion" AssertionID="_canary-assertion-01"><!-- http://docs.oasis-open.org/ws-sx/ws-trust/200512 --><saml:A>&#97;</saml:A ></saml:Assertion></trust:RequestedSecurityToken><trust:TokenType>urn:oasis:names:tc:SAML:1.0:assertion</trust:TokenType><trust:RequestType>http://docs.oasis-open.org/ws-sx/ws-trust/200512/Issue</trust:RequestType><x:E xmlns:x="urn:x"><a:Address/></x:E></trust:RequestSecurityTokenResponse></trust:RequestSecurityTokenResponseCollection></s:Body></s:Envelope>"#;
const ASSERTION: &str = r#"<saml:Assertion  xmlns:saml="urn:oasis:names:tc:SAML:1.0:assertion" AssertionID="_canary-assertion-01"><!-- http://docs.oasis-open.org/ws-sx/ws-trust/200512 --><saml:A>&#97;</saml:A ></saml:Assertion>"#;
const FAULT: &str = r#"<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Body><s:Fault><s:Code><s:Value>s:Sender</s:Value><s:Subcode><s:Value xmlns:o="urn:o">o:FailedAuthentication</s:Value></s:Subcode></s:Code><s:Reason><s:Text xml:lang="en-US">ID3242: canary-&lt;password could not be authenticated.</s:Text></s:Reason></s:Fault></s:Body></s:Envelope>"#;

struct Servers {
    keystone: Stub,
    adfs: Stub,
}

async fn servers(
    status: u16,
    body: String,
    accepted: (u16, Vec<(&'static str, &'static str)>),
) -> Servers {
    let adfs = Stub::start(move |_| {
        move |_: &Seen| response(status, &[("content-type", "application/soap+xml")], &body)
    })
    .await;
    let keystone = Stub::start(move |_| {
        move |seen: &Seen| match seen.path.as_str() {
            PATH if seen.header("cookie") == "session=canary-session" => token("canary-token"),
            "/Shibboleth.sso/ADFS" => response(accepted.0, &accepted.1, ""),
            _ => response(401, &[], ""),
        }
    })
    .await;
    Servers { keystone, adfs }
}

fn accepting() -> (u16, Vec<(&'static str, &'static str)>) {
    let cookie = ("set-cookie", "session=canary-session; Path=/");
    (302, vec![("location", "/"), cookie])
}

impl Servers {
    async fn log_in(&self) -> Result<String, Error> {
        let plugin = AdfsPassword::builder(&self.keystone.url)
            .identity_provider("adfs")
            .protocol("saml2")
            .identity_provider_url(format!("{}{USERNAME_MIXED}", self.adfs.url))
            .service_provider_endpoint(format!("{}/Shibboleth.sso/ADFS", self.keystone.url))
            .service_provider_entity_id("urn:sp?a&b")
            .username("al<ice>")
            .password("canary-<password")
            .build()
            .unwrap();
        let clock = ManualClock::new("2030-01-02T03:04:05.678Z".parse().unwrap());
        let clock: SharedClock = Arc::clone(&clock) as _;
        let transport = Transport::builder().clock(clock).build().unwrap();
        let token = plugin.token(&transport).await;
        let shown = format!("{plugin:?} {token:?}");
        assert!(!shown.contains("canary"), "{shown}");
        Ok(token?.expose().to_owned())
    }
}

#[tokio::test]
async fn a_security_token_becomes_a_token() {
    let servers = servers(200, TOKEN.to_owned(), accepting()).await;
    assert_eq!(servers.log_in().await.unwrap(), "canary-token");
    assert_eq!(
        servers.keystone.paths(),
        [
            "POST /Shibboleth.sso/ADFS".to_owned(),
            format!("GET {PATH}")
        ]
    );
}

#[tokio::test]
async fn the_request_holds_user_password_and_two_minutes() {
    let servers = servers(200, TOKEN.to_owned(), accepting()).await;
    servers.log_in().await.unwrap();
    let seen = servers.adfs.seen().remove(0);
    assert_eq!(seen.path, USERNAME_MIXED);
    assert_eq!(
        seen.header("content-type"),
        "application/soap+xml; charset=utf-8"
    );
    assert!(
        Document::read(seen.body.as_bytes()).is_ok(),
        "{}",
        seen.body
    );
    for piece in [
        "<o:Username>al&lt;ice&gt;</o:Username>",
        "#PasswordText\">canary-&lt;password</o:Password>",
        "<u:Created>2030-01-02T03:04:05.678Z</u:Created><u:Expires>2030-01-02T03:06:05.678Z</u:Expires>",
        "<a:EndpointReference><a:Address>urn:sp?a&amp;b</a:Address></a:EndpointReference>",
        "<t:KeyType>http://docs.oasis-open.org/ws-sx/ws-trust/200512/Bearer</t:KeyType>",
    ] {
        assert!(seen.body.contains(piece), "{piece}: {}", seen.body);
    }
    for seen in servers.keystone.seen() {
        assert!(!seen.body.contains("password"), "{}", seen.body);
    }
}

#[tokio::test]
async fn the_security_token_is_passed_on_byte_by_byte_with_the_older_name_of_the_protocol() {
    let servers = servers(200, TOKEN.to_owned(), accepting()).await;
    servers.log_in().await.unwrap();
    let sent = servers.keystone.seen().remove(0);
    let form: Vec<_> = form_urlencoded::parse(sent.body.as_bytes()).collect();
    assert_eq!(form[0], ("wa".into(), "wsignin1.0".into()));
    let result = &form[1].1;
    let document = Document::read(result.as_bytes()).unwrap();
    let older = "http://schemas.xmlsoap.org/ws/2005/02/trust";
    assert!(document.root().is(older, "RequestSecurityTokenResponse"));
    let requested = document
        .root()
        .child(older, "RequestedSecurityToken")
        .unwrap();
    assert_eq!(document.slice(requested.content_range()), ASSERTION);
    let request_type = document.root().child(older, "RequestType").unwrap();
    assert_eq!(request_type.text(), format!("{older}/Issue"));
}

#[tokio::test]
async fn a_fault_is_told_with_its_code_and_reason() {
    let servers = servers(500, FAULT.to_owned(), accepting()).await;
    let error = servers.log_in().await.unwrap_err();
    let failure = error.federation().unwrap();
    assert_eq!(failure.step(), FederationStep::IdentityProvider);
    assert_eq!(
        failure.reason(),
        Some("FailedAuthentication: ID3242: *** could not be authenticated.")
    );
    assert!(servers.keystone.seen().is_empty());
}

#[tokio::test]
async fn a_response_that_is_none_is_refused() {
    let twice = TOKEN.replace(
        "<trust:TokenType>",
        "<trust:RequestedSecurityToken/><trust:TokenType>",
    );
    for (status, body, says) in [
        (
            200,
            "<a/>".to_owned(),
            "it is not in one envelope of SOAP 1.2",
        ),
        (200, twice, "it holds not one security token"),
        (
            200,
            TOKEN.replace("200512\"", "199912\""),
            "it holds not one `RequestSecurityTokenResponse`",
        ),
        (
            200,
            format!("<!DOCTYPE s:Envelope>{TOKEN}"),
            "it declares a document type",
        ),
        (
            503,
            "busy".to_owned(),
            "the identity provider did not accept the login",
        ),
        (
            500,
            "<a/>".to_owned(),
            "the identity provider did not accept the login",
        ),
    ] {
        let servers = servers(status, body, accepting()).await;
        let error = servers.log_in().await.unwrap_err().to_string();
        assert!(error.contains(says), "{error}");
        assert!(servers.keystone.seen().is_empty());
    }
}

#[tokio::test]
async fn a_service_provider_that_does_not_take_the_token_is_told() {
    for accepted in [(403, vec![]), (302, vec![("location", "/")]), (200, vec![])] {
        let servers = servers(200, TOKEN.to_owned(), accepted).await;
        let error = servers.log_in().await.unwrap_err();
        assert_eq!(
            error.federation().unwrap().step(),
            FederationStep::ServiceProvider
        );
        assert_eq!(servers.keystone.paths(), ["POST /Shibboleth.sso/ADFS"]);
    }
}
