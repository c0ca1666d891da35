//! What federated logins write to logs, by SAML, WS-Trust and from Keystone to Keystone: no password,
//! no assertion, no cookie and no token, at any level.

use axum::response::{IntoResponse as _, Response};
use http::HeaderMap;
use http::header::{CONTENT_TYPE, LOCATION, SET_COOKIE};
use keystone_sdk::auth::AuthPlugin;
use keystone_sdk::auth::federation::{AdfsPassword, Keystone2Keystone, Saml2Password};
use keystone_sdk::auth::v3;
use keystone_sdk::transport::Transport;
use serde_json::json;

use super::stub::{Seen, Stub};
use crate::log::Log;

const PATH: &str = "/v3/OS-FEDERATION/identity_providers/acme/protocols/saml2/auth";

/// As the service provider asks for a proof.
fn request(url: &str) -> String {
    format!(
        r#"<S:Envelope xmlns:S="http://schemas.xmlsoap.org/soap/envelope/"><S:Header><paos:Request xmlns:paos="urn:liberty:paos:2003-08" responseConsumerURL="{url}/consumer"/><ecp:RelayState xmlns:ecp="urn:oasis:names:tc:SAML:2.0:profiles:SSO:ecp">canary-state</ecp:RelayState></S:Header><S:Body><p:AuthnRequest xmlns:p="urn:oasis:names:tc:SAML:2.0:protocol" ID="canary-request"/></S:Body></S:Envelope>"#
    )
}

/// As the identity provider gives it.
fn proof(url: &str) -> String {
    format!(
        r#"<S:Envelope xmlns:S="http://schemas.xmlsoap.org/soap/envelope/"><S:Header><ecp:Response xmlns:ecp="urn:oasis:names:tc:SAML:2.0:profiles:SSO:ecp" AssertionConsumerServiceURL="{url}/consumer"/></S:Header><S:Body><p:Response xmlns:p="urn:oasis:names:tc:SAML:2.0:protocol"><p:Status><p:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></p:Status><a:Assertion xmlns:a="urn:oasis:names:tc:SAML:2.0:assertion">canary-assertion</a:Assertion></p:Response></S:Body></S:Envelope>"#
    )
}

const SECURITY_TOKEN: &str = r#"<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Body><t:RequestSecurityTokenResponse xmlns:t="http://docs.oasis-open.org/ws-sx/ws-trust/200512"><t:RequestedSecurityToken><a>canary-assertion</a></t:RequestedSecurityToken></t:RequestSecurityTokenResponse></s:Body></s:Envelope>"#;

fn with(status: u16, headers: &[(http::HeaderName, &str)], body: String) -> Response {
    let mut response = body.into_response();
    *response.status_mut() = status.try_into().unwrap();
    let mut map = HeaderMap::new();
    for (name, value) in headers {
        map.insert(name, value.parse().unwrap());
    }
    *response.headers_mut() = map;
    response
}

/// A Keystone with its service provider, and all that proves a user, in one. It finds its own address
/// in the request. With `refuses`, the assertion consumer repeats what it does not take.
fn respond(seen: &Seen, refuses: bool) -> Response {
    let url = format!("http://{}", seen.header("host").unwrap());
    let has_session = seen
        .header("cookie")
        .is_some_and(|it| it.contains("session=canary"));
    let token = |extra: serde_json::Value| {
        let mut body =
            json!({"token": {"expires_at": "2999-01-01T00:00:00Z", "user": {"id": "u"}}});
        body["token"]["service_providers"] = extra;
        let headers = [
            (CONTENT_TYPE, "application/json"),
            (
                http::HeaderName::from_static("x-subject-token"),
                "canary-token",
            ),
        ];
        with(201, &headers, body.to_string())
    };
    match seen.target() {
        PATH if has_session => token(json!([])),
        PATH => {
            let headers = [
                (CONTENT_TYPE, "application/vnd.paos+xml"),
                (SET_COOKIE, "state=canary-cookie; path=/"),
            ];
            with(200, &headers, request(&url))
        }
        "/consumer" if refuses => {
            let page = format!("<p>No: {}", seen.body);
            with(500, &[(CONTENT_TYPE, "text/html")], page)
        }
        "/consumer" => {
            let headers = [
                (LOCATION, PATH),
                (SET_COOKIE, "session=canary-cookie; path=/"),
            ];
            with(302, &headers, String::new())
        }
        "/saml" => with(200, &[(CONTENT_TYPE, "text/xml")], proof(&url)),
        "/trust" => with(
            200,
            &[(CONTENT_TYPE, "application/soap+xml")],
            SECURITY_TOKEN.to_owned(),
        ),
        "/v3/auth/tokens" => token(json!([{
            "id": "partner",
            "auth_url": format!("{url}{PATH}"),
            "sp_url": format!("{url}/consumer"),
        }])),
        _ => {
            let assertion = "<e>canary-assertion</e>".to_owned();
            with(200, &[(CONTENT_TYPE, "text/xml")], assertion)
        }
    }
}

fn plugins(url: &str) -> [Box<dyn AuthPlugin>; 3] {
    let saml = Saml2Password::builder(url)
        .identity_provider("acme")
        .protocol("saml2")
        .identity_provider_url(format!("{url}/saml"))
        .username("alice")
        .password("canary-password");
    let adfs = AdfsPassword::builder(url)
        .identity_provider("acme")
        .protocol("saml2")
        .identity_provider_url(format!("{url}/trust"))
        .service_provider_endpoint(format!("{url}/consumer"))
        .service_provider_entity_id("sp")
        .username("alice")
        .password("canary-password");
    let home = v3::Password::builder(url)
        .user_id("carol")
        .password("canary-password");
    let k2k = Keystone2Keystone::builder(home.build().unwrap(), "partner");
    [
        Box::new(saml.build().unwrap()),
        Box::new(adfs.build().unwrap()),
        Box::new(k2k.build().unwrap()),
    ]
}

#[tokio::test]
async fn no_secret_of_a_federated_login_is_logged_at_any_level() {
    for refuses in [false, true] {
        let stub = Stub::start(move |seen| respond(seen, refuses)).await;
        for plugin in plugins(&stub.url) {
            let log = Log::start();
            let transport = Transport::builder().build().unwrap();
            let outcome = plugin.token(&transport).await;
            assert_eq!(outcome.is_err(), refuses, "{outcome:?}");
            let text = format!("{} {outcome:?} {plugin:?}", log.text());
            assert!(text.contains("request body"), "{text}");
            assert!(text.contains("/consumer"), "{text}");
            for secret in ["canary", "Y2FuYXJ5", "Assertion>"] {
                let found = text.lines().find(|line| line.contains(secret));
                assert_eq!(found, None);
            }
        }
    }
}
