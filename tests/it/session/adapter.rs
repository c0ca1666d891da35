//! Adapters: whose settings win, and what goes along with a call.

use axum::http::StatusCode;
use http::{HeaderName, HeaderValue};
use keystone_sdk::auth::fixed::AdminToken;
use keystone_sdk::auth::{AccessInfo, AccessInfoPlugin, Token};
use keystone_sdk::catalog::{EndpointFilter, Interface};
use keystone_sdk::session::{Call, RequestId, SessionBuilder};
use keystone_sdk::{Error, Session, identity};
use serde_json::json;

use crate::auth::stub::{Seen, Stub, status};

const ID: &str = "req-8d5f37a9-4c85-4b02-9d10-d1f1c6e9d3b5";
const OTHER_ID: &str = "req-00000000-4c85-4b02-9d10-d1f1c6e9d3b5";
const PLAIN: HeaderName = HeaderName::from_static("x-plain");
const OWN: &str = concat!("keystone-sdk/", env!("CARGO_PKG_VERSION"));

/// A session whose catalog has each service in two regions and with two interfaces at the stub.
fn builder(stub: &Stub) -> SessionBuilder {
    let endpoint = |path: &str, interface: &str, region: &str| {
        let url = format!("{}/{path}/{interface}/{region}", stub.url);
        json!({"id": "e", "interface": interface, "region_id": region, "url": url})
    };
    let service = |service_type: &str, name: &str| {
        let endpoints: Vec<_> = ["one", "two"]
            .iter()
            .flat_map(|region| ["public", "internal"].map(|it| endpoint(name, it, region)))
            .collect();
        json!({"id": name, "type": service_type, "name": name, "endpoints": endpoints})
    };
    let body = json!({"token": {
        "expires_at": "2999-01-01T00:00:00Z",
        "user": {"id": "u1", "name": "u", "domain": {"id": "default"}},
        "project": {"id": "p1", "name": "p", "domain": {"id": "default"}},
        "catalog": [service("compute", "nova"), service("block-storage", "cinder")],
    }});
    let access = AccessInfo::from_json(body.to_string().as_bytes()).unwrap();
    let token = Token::new("t1".into(), None).unwrap();
    let auth_url = format!("{}/v3", stub.url).parse().unwrap();
    Session::builder(AccessInfoPlugin::new(auth_url, token, access))
}

async fn scene() -> (Stub, Session) {
    let stub = Stub::content().await;
    let session = builder(&stub).build().unwrap();
    (stub, session)
}

#[tokio::test]
async fn the_call_wins_over_the_inner_adapter_and_that_over_the_outer_one() {
    let stub = Stub::content().await;
    let session = builder(&stub).region_name("two").build().unwrap();
    let outer = session.adapter().service_type("compute");
    let outer = outer.interface(Interface::Internal).build().unwrap();
    let inner = outer.adapter().region_name("one").build().unwrap();
    outer.send(Call::get("x")).await.unwrap();
    inner.send(Call::get("x")).await.unwrap();
    let own = EndpointFilter::default().interface(Interface::Public);
    inner.send(Call::get("x").endpoint(own)).await.unwrap();
    assert_eq!(
        stub.lines(),
        [
            "GET /nova/internal/two/x",
            "GET /nova/internal/one/x",
            "GET /nova/public/one/x"
        ]
    );
}

#[tokio::test]
async fn what_belongs_to_one_service_is_not_used_for_another() {
    let (stub, session) = scene().await;
    let adapter = session
        .adapter()
        .service_type("compute")
        .service_name("nova")
        .region_name("two")
        .microversion("2.79")
        .endpoint_override(format!("{}/elsewhere", stub.url))
        .build()
        .unwrap();
    adapter.send(Call::get("x")).await.unwrap();
    assert_eq!(stub.last().line, "GET /elsewhere/x");
    assert_eq!(
        stub.last().header("x-openstack-nova-api-version"),
        Some("2.79")
    );
    let volumes = EndpointFilter::service_type("volumev3");
    adapter
        .send(Call::get("x").endpoint(volumes))
        .await
        .unwrap();
    assert_eq!(stub.last().line, "GET /cinder/public/two/x");
    assert_eq!(stub.last().header("openstack-api-version"), None);
}

#[tokio::test]
async fn ids_of_the_token_are_put_into_an_endpoint_override() {
    let (stub, session) = scene().await;
    for (template, line) in [
        ("/v3/%(project_id)s", "GET /v3/p1/x"),
        ("/$(user_id)s/$(tenant_id)s/", "GET /u1/p1/x"),
    ] {
        let address = format!("{}{template}", stub.url);
        let call = Call::get("x").endpoint_override(&address);
        session.send(call).await.unwrap();
        assert_eq!(stub.last().line, line);
        let adapter = session
            .adapter()
            .endpoint_override(&address)
            .build()
            .unwrap();
        adapter.send(Call::get("x")).await.unwrap();
        assert_eq!(stub.last().line, line);
        let found = adapter.endpoint(&EndpointFilter::default()).await.unwrap();
        assert!(line.starts_with(&format!("GET {}", found.url.path())));
    }
}

#[tokio::test]
async fn what_could_never_be_sent_is_told_when_the_adapter_is_made() {
    let (_, session) = scene().await;
    for (builder, says) in [
        (
            session.adapter().endpoint_override("http://h/%(projekt)s"),
            "has an unknown placeholder `projekt`",
        ),
        (
            session.adapter().service_type("compute").microversion("2"),
            "`2` is not a microversion of `compute`",
        ),
        (
            session.adapter().user_agent("a\nb"),
            "the `User-Agent` contains",
        ),
    ] {
        let error = builder.build().unwrap_err();
        assert!(matches!(error, Error::Configuration(_)), "{error:?}");
        assert!(error.to_string().contains(says), "{error}");
    }
}

#[tokio::test]
async fn headers_of_the_call_win_over_those_of_adapter_and_session() {
    let stub = Stub::content().await;
    let value = HeaderValue::from_static;
    let session = builder(&stub)
        .header(PLAIN, value("session"))
        .build()
        .unwrap();
    let adapter = session.adapter().header(PLAIN, value("adapter"));
    let adapter = adapter.build().unwrap();
    let call = Call::get(&stub.url);
    session.send(call.clone()).await.unwrap();
    adapter.send(call.clone()).await.unwrap();
    let own = call.header(PLAIN, value("call"));
    adapter.send(own).await.unwrap();
    let seen = stub.seen();
    let seen: Vec<_> = seen.iter().map(|seen| seen.header("x-plain")).collect();
    assert_eq!(seen, [Some("session"), Some("adapter"), Some("call")]);
}

#[tokio::test]
async fn the_user_agent_names_program_client_and_additions() {
    let stub = Stub::content().await;
    let builder = builder(&stub).app("inventory", "2.0");
    let builder = builder.wire(|wire| wire.additional_user_agent("glue", "1"));
    let session = builder.build().unwrap();
    let client = session
        .adapter()
        .client("novaclient", "17")
        .build()
        .unwrap();
    let whole = client.adapter().user_agent("mine/1").build().unwrap();
    for (session, agent) in [
        (&session, format!("inventory/2.0 glue/1 {OWN}")),
        (&client, format!("inventory/2.0 novaclient/17 glue/1 {OWN}")),
        (&whole, "mine/1".to_owned()),
    ] {
        session.send(Call::get(&stub.url)).await.unwrap();
        assert_eq!(stub.last().header("user-agent"), Some(agent.as_str()));
    }
}

#[tokio::test]
async fn request_ids_go_out_and_come_back() {
    let id = "x-openstack-request-id";
    let stub = Stub::start(move |_| (StatusCode::CONFLICT, [(id, "req-of-the-service")])).await;
    let session = builder(&stub).build().unwrap();
    let adapter = session.adapter().global_request_id(ID.parse().unwrap());
    let adapter = adapter.build().unwrap();
    let error = adapter.send(Call::get(&stub.url)).await.unwrap_err();
    assert_eq!(stub.last().header(id), Some(ID));
    assert_eq!(
        error.response().unwrap().request_id(),
        Some("req-of-the-service")
    );
    let own: RequestId = OTHER_ID.parse().unwrap();
    let call = Call::get(&stub.url).global_request_id(own);
    adapter.send(call).await.unwrap_err();
    assert_eq!(stub.last().header(id), Some(OTHER_ID));
}

#[tokio::test]
async fn on_whose_behalf_a_call_is_made_stands_in_forwarded() {
    let stub = Stub::content().await;
    let original = "192.0.2.60".parse().unwrap();
    let session = builder(&stub).original_ip(original).build().unwrap();
    session.send(Call::get(&stub.url)).await.unwrap();
    let expected = format!("for=192.0.2.60;by=\"{OWN}\"");
    assert_eq!(stub.last().header("forwarded"), Some(expected.as_str()));
    let call = Call::get(&stub.url).original_ip("2001:db8::1".parse().unwrap());
    session.send(call.user_agent("mine")).await.unwrap();
    let expected = "for=\"[2001:db8::1]\";by=\"mine\"";
    assert_eq!(stub.last().header("forwarded"), Some(expected));
}

#[tokio::test]
async fn another_plugin_can_prove_the_identity_of_an_adapter_or_a_call() {
    let (stub, session) = scene().await;
    let admin = |token: &str| AdminToken::new(&stub.url, token).unwrap();
    let adapter = session.adapter().auth(admin("t2")).build().unwrap();
    adapter.send(Call::get(&stub.url)).await.unwrap();
    assert_eq!(stub.last().header("x-auth-token"), Some("t2"));
    adapter
        .send(Call::get(&stub.url).auth(admin("t3")))
        .await
        .unwrap();
    assert_eq!(stub.last().header("x-auth-token"), Some("t3"));
    assert_eq!(adapter.token().await.unwrap().expose(), "t2");
}

#[tokio::test]
async fn an_error_status_is_an_answer_where_it_is_asked_for() {
    let stub = Stub::start(|_| status(404)).await;
    let session = builder(&stub).build().unwrap();
    let adapter = session.adapter().accept_any_status().build().unwrap();
    assert_eq!(
        adapter.send(Call::get(&stub.url)).await.unwrap().status,
        404
    );
}

#[tokio::test]
async fn a_microversion_is_checked_against_what_the_service_offers() {
    let stub = Stub::start(|_| {
        axum::Json(json!({"version": {
            "id": "v2.1", "status": "CURRENT", "min_version": "2.1", "version": "2.96",
            "links": [{"rel": "self", "href": "http://x/nova/public/one"}],
        }}))
    })
    .await;
    let session = builder(&stub).region_name("one").build().unwrap();
    let adapter = session
        .adapter()
        .service_type("compute")
        .check_microversion(true);
    let adapter = adapter.build().unwrap();
    for version in ["2.1", "2.96", "latest"] {
        adapter
            .send(Call::get("x").microversion(version))
            .await
            .unwrap();
    }
    let asked = stub.seen().len();
    for version in ["2.97", "1.0", "3.1"] {
        let call = Call::get("x").microversion(version);
        let error = adapter.send(call).await.unwrap_err();
        assert!(matches!(error, Error::Discovery(_)), "{error:?}");
        let text = error.to_string();
        assert!(
            text.contains(version) && text.contains("the service supports 2.1 to 2.96"),
            "{text}"
        );
    }
    let whole = Call::get(format!("{}/nova/public/one/x", stub.url));
    adapter.send(whole.microversion("2.97")).await.unwrap_err();
    assert_eq!(stub.seen().len(), asked, "what is offered is remembered");
}

#[tokio::test]
async fn a_microversion_of_nobody_knows_what_is_refused() {
    let (stub, session) = scene().await;
    let call = Call::get(&stub.url).microversion("2.1");
    let error = session.send(call).await.unwrap_err().to_string();
    assert!(
        error.starts_with("the service type for microversion `2.1` is unknown"),
        "{error}"
    );
    assert!(stub.seen().is_empty());
}

#[tokio::test]
async fn generated_clients_take_an_adapter_as_their_session() {
    let stub = Stub::start(|_: &Seen| axum::Json(json!({"regions": [], "links": {}}))).await;
    let session = builder(&stub).build().unwrap();
    let adapter = session
        .adapter()
        .endpoint_override(format!("{}/identity", stub.url))
        .global_request_id(ID.parse().unwrap())
        .build()
        .unwrap();
    let identity = identity::v3::Client::new(&adapter);
    identity.regions().list().all().await.unwrap();
    assert_eq!(stub.last().line, "GET /identity/v3/regions");
    assert_eq!(stub.last().header("x-openstack-request-id"), Some(ID));
}

#[tokio::test]
async fn a_prepared_request_carries_address_and_token() {
    let (stub, session) = scene().await;
    let adapter = session.adapter().service_type("compute").build().unwrap();
    let request = adapter.prepare(Call::get("servers")).await.unwrap();
    assert_eq!(
        request.url.as_str(),
        format!("{}/nova/public/one/servers", stub.url)
    );
    let client = session.transport().http_client(&request.url).unwrap();
    let sent = client.get(request.url).headers(request.headers).send();
    assert!(sent.await.unwrap().status().is_success());
    assert_eq!(stub.last().header("x-auth-token"), Some("t1"));
}
