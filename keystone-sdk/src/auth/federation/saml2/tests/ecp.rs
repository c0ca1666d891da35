//! `v3samlpassword` at stubs that do one thing wrong.

use std::sync::atomic::Ordering;

use http::StatusCode;

use super::parties::{Behaviour, CONSUMER, PATH, PROOF, REQUEST, Servers};
use super::servers::{Seen, Stub, response, token};
use crate::Error;
use crate::auth::AuthPlugin as _;
use crate::auth::federation::Saml2Password;
use crate::clock::ManualClock;
use crate::error::FederationStep;
use crate::transport::{Retries, Transport};

#[tokio::test]
async fn an_assertion_becomes_a_token() {
    let servers = Behaviour::default().start().await;
    assert_eq!(servers.log_in().await.unwrap(), "canary-token");
    assert_eq!(
        servers.keystone.paths(),
        [
            format!("GET {PATH}"),
            format!("POST {CONSUMER}"),
            format!("GET {PATH}")
        ]
    );
    let seen = servers.keystone.seen();
    let [first, second, third] = seen.as_slice() else {
        panic!("three requests")
    };
    assert!(first.header("accept").contains("application/vnd.paos+xml"));
    assert_eq!(
        first.header("paos"),
        "ver=\"urn:liberty:paos:2003-08\";\"urn:oasis:names:tc:SAML:2.0:profiles:SSO:ecp\""
    );
    assert_eq!(second.header("content-type"), "application/vnd.paos+xml");
    assert_eq!(second.header("cookie"), "_shibstate=canary-of-sp");
    assert_eq!(
        third.header("cookie"),
        "_shibstate=canary-of-sp; _shibsession_1=canary-session"
    );
}

#[tokio::test]
async fn the_identity_provider_alone_gets_the_password_and_no_header_of_the_service_provider() {
    let servers = Behaviour::default().start().await;
    servers.log_in().await.unwrap();
    let at_idp = servers.idp.seen();
    let [to_idp] = at_idp.as_slice() else {
        panic!("one request")
    };
    assert_eq!(
        to_idp.header("authorization"),
        "Basic YWxpY2U6Y2FuYXJ5LXBhc3N3b3Jk"
    );
    assert_eq!(to_idp.header("content-type"), "text/xml");
    assert_eq!(to_idp.header("cookie"), "", "those of another server");
    let url = &servers.keystone.url;
    let request = REQUEST.replace("{}", url);
    let header = request.find("<S:Header>").unwrap()..request.find("<S:Body>").unwrap();
    assert_eq!(
        to_idp.body,
        [&request[..header.start], &request[header.end..]].concat()
    );
    for seen in servers.keystone.seen() {
        assert_eq!(seen.header("authorization"), "");
        assert!(!seen.body.contains("canary-password"));
    }
}

#[tokio::test]
async fn the_assertion_is_passed_on_byte_by_byte_below_the_header_of_the_service_provider() {
    let servers = Behaviour::default().start().await;
    servers.log_in().await.unwrap();
    let proof = PROOF.replace("{}", &servers.keystone.url);
    let (before, rest) = proof.split_once("<SOAP-ENV:Header>").unwrap();
    let (_, after) = rest.split_once("</SOAP-ENV:Header>").unwrap();
    let sent = servers.handed_over().remove(0).body;
    let header = sent
        .strip_prefix(before)
        .unwrap()
        .strip_suffix(after)
        .unwrap();
    assert!(header.contains(r#"refToMessageID="m&amp;1""#), "{header}");
    assert!(
        header.contains(">ss:mem:&lt;canary-state&gt;</ecp:RelayState>"),
        "{header}"
    );
    assert!(!header.contains("AssertionConsumerServiceURL"), "{header}");
}

#[tokio::test]
async fn a_303_of_mellon_with_a_relative_address_leads_back_too() {
    let mut behaviour = Behaviour::default();
    behaviour.accepted.0 = 303;
    behaviour.accepted.1[0].1 = PATH.to_owned();
    assert_eq!(
        behaviour.start().await.log_in().await.unwrap(),
        "canary-token"
    );
}

#[tokio::test]
async fn a_first_login_that_meets_another_asks_for_its_token_once_more() {
    for (conflicts, good) in [(1, true), (2, false)] {
        let behaviour = Behaviour::default();
        behaviour.conflicts.store(conflicts, Ordering::Relaxed);
        let servers = behaviour.start().await;
        let outcome = servers.log_in().await;
        assert_eq!(outcome.is_ok(), good, "{outcome:?}");
        assert_eq!(servers.handed_over().len(), 1);
    }
}

#[tokio::test]
async fn the_scope_is_asked_for_with_the_unscoped_token() {
    let servers = Behaviour::default().start().await;
    let plugin = Saml2Password::builder(&servers.keystone.url)
        .identity_provider("ssp")
        .protocol("saml2")
        .identity_provider_url(&servers.idp.url)
        .username("alice")
        .password("canary-password")
        .project_id("p")
        .build()
        .unwrap();
    let transport = Transport::builder().build().unwrap();
    assert_eq!(
        plugin.token(&transport).await.unwrap().expose(),
        "canary-scoped"
    );
    let last = servers.keystone.seen().pop().unwrap();
    assert!(
        last.body.contains(r#""id":"canary-token""#),
        "{}",
        last.body
    );
}

#[tokio::test]
async fn a_token_without_any_question_is_taken() {
    let keystone = Stub::start(|_| |_: &Seen| token("canary-token")).await;
    let idp = Stub::start(|_| |_: &Seen| response(500, &[], "")).await;
    let servers = Servers { keystone, idp };
    assert_eq!(servers.log_in().await.unwrap(), "canary-token");
    assert!(servers.idp.seen().is_empty());
}

#[tokio::test]
async fn an_unprotected_or_redirecting_endpoint_is_told() {
    for (status, headers, says) in [
        (
            302,
            vec![("location", "http://idp.example/?SAMLRequest=canary")],
            "did not accept the login",
        ),
        (
            200,
            vec![("content-type", "text/html")],
            "returned a web page, not a token",
        ),
        (404, vec![], "no v3 API here"),
        (
            401,
            vec![],
            "Keystone refused the user of the identity provider `ssp`",
        ),
    ] {
        let headers: Vec<(&'static str, &'static str)> = headers;
        let keystone =
            Stub::start(|_| move |_: &Seen| response(status, &headers, "<p>canary</p>")).await;
        let idp = Stub::start(|_| |_: &Seen| response(500, &[], "")).await;
        let servers = Servers { keystone, idp };
        let error = servers.refusal().await.to_string();
        assert!(error.contains(says), "{error}");
        assert!(servers.idp.seen().is_empty(), "no password is sent");
    }
}

/// The error status with which SimpleSAMLphp says that the password is wrong, by HTTP status 200.
const WRONG_PASSWORD: &str = r#"<SOAP-ENV:Envelope xmlns:SOAP-ENV="http://schemas.xmlsoap.org/soap/envelope/"><SOAP-ENV:Body><samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol"><samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Responder"><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:AuthnFailed"/></samlp:StatusCode><samlp:StatusMessage>canary-password is
 wrong</samlp:StatusMessage></samlp:Status></samlp:Response></SOAP-ENV:Body></SOAP-ENV:Envelope>"#;

#[tokio::test]
async fn an_error_status_of_saml_is_read_and_goes_no_further() {
    let behaviour = Behaviour {
        proof: (200, "text/xml", WRONG_PASSWORD.to_owned()),
        ..Behaviour::default()
    };
    let servers = behaviour.start().await;
    let error = servers.refusal().await;
    let failure = error.federation().unwrap();
    assert_eq!(failure.step(), FederationStep::IdentityProvider);
    assert_eq!(
        failure.reason(),
        Some("Responder, AuthnFailed: *** is wrong")
    );
    assert!(
        error
            .to_string()
            .starts_with("the identity provider did not accept the login")
    );
    assert_eq!(servers.keystone.paths(), [format!("GET {PATH}")]);
}

#[tokio::test]
async fn a_refusal_by_http_is_told_with_the_reason_of_the_page() {
    let page = "<html><title>No</title><p>The password canary-password is not right";
    let behaviour = Behaviour {
        proof: (401, "text/html; charset=UTF-8", page.to_owned()),
        ..Behaviour::default()
    };
    let servers = behaviour.start().await;
    let error = servers.refusal().await;
    assert_eq!(error.status(), Some(StatusCode::UNAUTHORIZED));
    let reason = error.federation().unwrap().reason().unwrap();
    assert_eq!(reason, "No The password *** is not right");
    assert!(servers.handed_over().is_empty());
}

#[tokio::test]
async fn a_fault_of_the_identity_provider_is_told() {
    let fault = r#"<S:Envelope xmlns:S="http://schemas.xmlsoap.org/soap/envelope/"><S:Body><S:Fault><faultcode>S:Client</faultcode><faultstring>An error occurred processing the request.</faultstring></S:Fault></S:Body></S:Envelope>"#;
    let behaviour = Behaviour {
        proof: (500, "text/xml", fault.to_owned()),
        ..Behaviour::default()
    };
    let error = behaviour.start().await.refusal().await;
    let reason = error.federation().unwrap().reason();
    assert_eq!(
        reason,
        Some("Client: An error occurred processing the request.")
    );
}

#[tokio::test]
async fn an_assertion_for_another_consumer_goes_nowhere() {
    let elsewhere = Stub::start(|_| |_: &Seen| response(200, &[], "stolen")).await;
    let consumer = format!("{}/steal?canary=1", elsewhere.url);
    let mut behaviour = Behaviour::default();
    behaviour.proof.2 = PROOF.replace("{}/Shibboleth.sso/SAML2/ECP", &consumer);
    let servers = behaviour.start().await;
    let error = servers.refusal().await;
    assert_eq!(
        error.federation().unwrap().step(),
        FederationStep::ConsumerAddress
    );
    assert!(
        error.to_string().contains("it was not handed over"),
        "{error}"
    );
    assert!(elsewhere.seen().is_empty());
    let told = servers.handed_over();
    let [fault] = told.as_slice() else {
        panic!("one fault")
    };
    assert!(
        fault.body.contains("<S:Fault>") && !fault.body.contains("Assertion>"),
        "{}",
        fault.body
    );
}

#[tokio::test]
async fn a_service_provider_that_wants_the_assertion_elsewhere_is_refused_before_the_password_is_sent()
 {
    let elsewhere = Stub::start(|_| |_: &Seen| response(200, &[], "stolen")).await;
    for consumer in [
        elsewhere.url.as_str(),
        "/relative",
        "data:text/plain,x",
        "https://[",
    ] {
        let path = "{}/Shibboleth.sso/SAML2/ECP";
        let behaviour = Behaviour {
            request: REQUEST.replace(path, consumer),
            // Also when the identity provider knows no better.
            proof: (200, "text/xml", PROOF.replace(path, consumer)),
            ..Behaviour::default()
        };
        let servers = behaviour.start().await;
        let error = servers.refusal().await;
        assert_eq!(
            error.federation().unwrap().step(),
            FederationStep::ConsumerAddress
        );
        assert!(
            error.to_string().contains("is not on Keystone's server"),
            "{error}"
        );
        assert!(servers.idp.seen().is_empty() && servers.handed_over().is_empty());
    }
    assert!(elsewhere.seen().is_empty());
}

#[tokio::test]
async fn an_assertion_that_the_service_provider_does_not_accept_is_told_with_its_reason() {
    let mut behaviour = Behaviour::default();
    let page = "<title>opensaml::FatalProfileException</title><p>Message was signed, but signature \
                could not be verified.</p>";
    behaviour.accepted = (
        500,
        vec![("content-type", "text/html".to_owned())],
        page.to_owned(),
    );
    let servers = behaviour.start().await;
    let error = servers.refusal().await;
    let failure = error.federation().unwrap();
    assert_eq!(failure.step(), FederationStep::ServiceProvider);
    let reason = failure.reason().unwrap();
    assert!(
        reason.starts_with(
            "opensaml::FatalProfileException Message was signed, but signature could not be verified."
        ),
        "{reason}"
    );
    assert_eq!(
        servers.handed_over().len(),
        1,
        "an assertion is good for one time"
    );
}

#[tokio::test]
async fn an_assertion_is_sent_once_however_patient_the_transport_is() {
    let behaviour = Behaviour {
        accepted: (503, Vec::new(), String::new()),
        ..Behaviour::default()
    };
    let servers = behaviour.start().await;
    let retries = Retries::new().status(3).connect(3).any_method(true);
    let clock = ManualClock::new("2030-01-01T00:00:00Z".parse().unwrap());
    let transport = Transport::builder().retries(retries).clock(clock);
    let error = servers.plugin().token(&transport.build().unwrap()).await;
    assert_eq!(
        error.unwrap_err().status(),
        Some(StatusCode::SERVICE_UNAVAILABLE)
    );
    assert_eq!(servers.handed_over().len(), 1);
}

#[tokio::test]
async fn a_page_that_repeats_the_assertion_is_not_told() {
    for page in ["<p>Bad: {body}</p>", "<p>Bad: {escaped}</p>"] {
        let mut behaviour = Behaviour::default();
        let html = vec![("content-type", "text/html".to_owned())];
        behaviour.accepted = (400, html, page.to_owned());
        let error = behaviour.start().await.refusal().await;
        assert_eq!(error.federation().unwrap().reason(), None, "{error}");
    }
}

#[tokio::test]
async fn a_redirect_that_leads_to_another_server_is_not_followed() {
    let elsewhere = Stub::start(|_| |_: &Seen| token("stolen")).await;
    let mut behaviour = Behaviour::default();
    behaviour.accepted.1[0].1 = format!("{}{PATH}", elsewhere.url);
    let servers = behaviour.start().await;
    let error = servers.refusal().await;
    let failure = error.federation().unwrap();
    assert_eq!(failure.step(), FederationStep::ServiceProvider);
    assert_eq!(failure.reason(), Some(elsewhere.url.as_str()));
    assert!(elsewhere.seen().is_empty());
}

#[tokio::test]
async fn a_service_provider_that_begins_no_session_is_told() {
    let mut behaviour = Behaviour::default();
    behaviour.accepted.1.pop();
    let servers = behaviour.start().await;
    // It has set a cookie of its own before, so Keystone is asked, and asks for a login.
    let error = servers.refusal().await;
    assert!(error.to_string().contains("no v3 API here"), "{error}");
}

#[tokio::test]
async fn an_identity_provider_that_is_down_is_named() {
    let mut servers = Behaviour::default().start().await;
    servers.idp.url = "http://127.0.0.1:1".to_owned();
    let error = servers.refusal().await;
    assert!(matches!(error, Error::Transport(_)), "{error:?}");
    let step = "the login at the identity provider";
    assert!(error.to_string().contains(step), "{error}");
    assert!(
        error.to_string().contains("http://127.0.0.1:1/saml2/idp"),
        "{error}"
    );
    assert!(servers.handed_over().is_empty());
}

#[tokio::test]
async fn a_message_of_the_service_provider_that_is_none_is_refused() {
    let two = REQUEST.replace(
        "<ecp:Request ",
        r#"<paos:Request xmlns:paos="urn:liberty:paos:2003-08" responseConsumerURL="http://x"/><ecp:Request "#,
    );
    for (request, says) in [
        ("<a/>".to_owned(), "it is not in one envelope of SOAP 1.1"),
        (String::new(), "it is not well-formed XML"),
        (
            format!("<!DOCTYPE x>{REQUEST}"),
            "it declares a document type",
        ),
        (two, "it has not one `paos:Request`"),
        (
            REQUEST.replace("responseConsumerURL", "other"),
            "it names no `responseConsumerURL`",
        ),
        (
            REQUEST.replace("AuthnRequest", "LogoutRequest"),
            "it holds no `samlp:AuthnRequest`",
        ),
        (
            REQUEST.replace("paos:2003", "paos:1999"),
            "it has not one `paos:Request`",
        ),
    ] {
        let behaviour = Behaviour {
            request,
            ..Behaviour::default()
        };
        let servers = behaviour.start().await;
        let error = servers.refusal().await;
        assert!(matches!(error, Error::Decode(_)), "{error:?}");
        assert!(error.to_string().contains(says), "{error}");
        assert!(
            error
                .to_string()
                .contains("the service provider in front of Keystone")
        );
        assert!(servers.idp.seen().is_empty());
    }
}

#[tokio::test]
async fn a_message_of_the_identity_provider_that_is_none_is_refused() {
    let two = PROOF.replace(
        "<ecp:Response ",
        r#"<e:Response xmlns:e="urn:oasis:names:tc:SAML:2.0:profiles:SSO:ecp"/><ecp:Response "#,
    );
    let body =
        "<samlp:Response xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\"/></SOAP-ENV:Body>";
    for (proof, says) in [
        ("<html/>".to_owned(), "it is not in one envelope"),
        (
            format!(
                "<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]>{}",
                &PROOF[39..]
            ),
            "it declares a document type",
        ),
        (two, "it has not one `ecp:Response`"),
        (
            PROOF.replace("AssertionConsumerServiceURL", "other"),
            "it names no `AssertionConsumerServiceURL`",
        ),
        (
            PROOF.replace("</SOAP-ENV:Body>", body),
            "it holds not one `samlp:Response`",
        ),
        (
            PROOF.replace("samlp:Response", "samlp:LogoutResponse"),
            "it holds not one `samlp:Response`",
        ),
    ] {
        let behaviour = Behaviour {
            proof: (200, "text/xml", proof),
            ..Behaviour::default()
        };
        let servers = behaviour.start().await;
        let error = servers.refusal().await;
        assert!(error.to_string().contains(says), "{says}: {error}");
        assert!(
            error
                .to_string()
                .contains("the response of the identity provider"),
            "{error}"
        );
        assert!(servers.handed_over().is_empty());
    }
}

#[tokio::test]
async fn a_status_that_is_missing_is_no_success() {
    let behaviour = Behaviour {
        proof: (
            200,
            "text/xml",
            PROOF.replace("status:Success", "status:Successful"),
        ),
        ..Behaviour::default()
    };
    let error = behaviour.start().await.refusal().await;
    assert_eq!(error.federation().unwrap().reason(), Some("Successful"));
    let behaviour = Behaviour {
        proof: (
            200,
            "text/xml",
            PROOF.replace("samlp:Status>", "samlp:Other>"),
        ),
        ..Behaviour::default()
    };
    let error = behaviour.start().await.refusal().await;
    assert_eq!(error.federation().unwrap().reason(), Some("no status"));
}

#[tokio::test]
async fn a_name_with_a_colon_is_refused_before_the_password_is_sent() {
    let servers = Behaviour::default().start().await;
    let plugin = Saml2Password::builder(&servers.keystone.url)
        .identity_provider("ssp")
        .protocol("saml2")
        .identity_provider_url(&servers.idp.url)
        .username("al:ice")
        .password("canary-password")
        .build()
        .unwrap();
    let transport = Transport::builder().build().unwrap();
    let error = plugin.token(&transport).await.unwrap_err();
    assert!(matches!(error, Error::Configuration(_)), "{error:?}");
    assert!(servers.idp.seen().is_empty());
}
