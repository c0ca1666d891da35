//! Servers that do not keep to the API: every fault is a typed error that says where it is, repeats
//! nothing of the answer, and comes after a bounded amount of it.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use keystone_sdk::auth::fixed::AdminToken;
use keystone_sdk::client::{Method, Url};
use keystone_sdk::error::{PagingErrorKind, TransportErrorKind};
use keystone_sdk::identity::v3::Client;
use keystone_sdk::transport::Transport;
use keystone_sdk::{Error, Session};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::typed_client_requests::{client_at, serve};

/// A client of a server that answers everything so.
async fn answered(
    answer: impl Fn(&Uri) -> Response + Clone + Send + Sync + 'static,
) -> (Client, Arc<AtomicUsize>) {
    let asked = Arc::new(AtomicUsize::new(0));
    let count = asked.clone();
    let handler = move |uri: Uri| {
        count.fetch_add(1, Ordering::Relaxed);
        let answer = answer(&uri);
        async move { answer }
    };
    let address = serve(Router::new().fallback(handler)).await;
    (client_at(address.join("v3").unwrap()), asked)
}

fn json_answer(body: impl Into<Body>) -> Response {
    ([("content-type", "application/json")], body.into()).into_response()
}

async fn of(body: impl Into<Bytes>) -> Client {
    let body = body.into();
    answered(move |_| json_answer(body.clone())).await.0
}

fn user(id: usize) -> Value {
    json!({
        "id": id.to_string(), "name": "n", "domain_id": "d", "enabled": true,
        "password_expires_at": null,
    })
}

/// The text of an error of decoding, which must be short and hold nothing that the server made up.
fn undecodable<T: std::fmt::Debug>(result: Result<T, Error>) -> String {
    let error = result.unwrap_err();
    assert!(matches!(error, Error::Decode(_)), "{error:?}");
    let text = error.to_string();
    assert!(text.len() < 500, "{text}");
    assert!(!format!("{error:?} {text}").contains("canary"), "{text}");
    text
}

#[tokio::test]
async fn a_wrong_type_is_told_with_the_path_of_its_field() {
    let list = |field: &str, value: Value| {
        let mut users: Vec<Value> = (0..5).map(user).collect();
        users[3][field] = value;
        json!({"users": users, "links": {"next": null}}).to_string()
    };
    for (field, value, says) in [
        (
            "enabled",
            json!("canary"),
            "`users[3].enabled`: expected a boolean",
        ),
        (
            "name",
            json!(["canary"]),
            "`users[3].name`: expected a string",
        ),
        (
            "id",
            json!({"canary": 1}),
            "`users[3].id`: expected a string",
        ),
        ("name", Value::Null, "`users[3].name`: expected a string"),
        (
            "options",
            json!("canary"),
            "`users[3].options`: expected a map",
        ),
        (
            "password_expires_at",
            json!("canary"),
            "`users[3].password_expires_at`: a value of another type than described",
        ),
    ] {
        let client = of(list(field, value)).await;
        let text = undecodable(client.users().list().all().await);
        assert!(text.contains(says), "{text}");
        assert!(text.contains("GET http://127.0.0.1"), "{text}");
    }
}

#[tokio::test]
async fn a_path_leads_as_deep_as_the_types_do() {
    let body = json!({"catalog": [
        {"id": "1", "type": "identity", "name": "k", "endpoints": []},
        {"id": "2", "type": "compute", "name": "n", "endpoints": [
            {"id": "3", "interface": "public", "url": 7, "region": "r", "region_id": "r"},
        ]},
    ]});
    let client = of(body.to_string()).await;
    let text = undecodable(client.own_scopes().catalog().await);
    let says = "`catalog[1].endpoints[0].url`: expected a string";
    assert!(text.contains(says), "{text}");

    let body = json!({"trust": {
        "id": "t", "trustor_user_id": "a", "trustee_user_id": "b", "impersonation": false,
        "project_id": null, "expires_at": null, "remaining_uses": null, "deleted_at": null,
        "redelegated_trust_id": null, "redelegation_count": 0, "roles": [{"id": 1}],
    }});
    let client = of(body.to_string()).await;
    let text = undecodable(client.trusts().get("t").await);
    assert!(
        text.contains("`trust.roles[0].id`: expected a string"),
        "{text}"
    );
}

#[tokio::test]
async fn what_is_missing_is_named_with_where_it_should_be() {
    let mut nameless = user(1);
    nameless.as_object_mut().unwrap().remove("name");
    for (body, says) in [
        (
            json!({"users": [user(0), nameless]}),
            "`users[1]`: missing field `name`",
        ),
        (json!({"people": [user(0)]}), "missing field `users`"),
        (
            json!([user(0)]),
            "expected an object with a list under `users`",
        ),
        (json!({"users": user(0)}), "`users`: expected a sequence"),
        (json!({"users": null}), "`users`: expected a sequence"),
        (
            json!({"users": [], "links": {"next": 1}}),
            "`links.next`: expected a string",
        ),
    ] {
        let client = of(body.to_string()).await;
        let text = undecodable(client.users().list().all().await);
        assert!(text.contains(says), "{text}");
    }
}

#[tokio::test]
async fn what_is_no_json_is_told_from_what_is_cut_off() {
    let whole = json!({"users": [user(0), user(1)]}).to_string();
    for (body, says) in [
        (String::new(), "empty"),
        ("<html>canary</html>".to_owned(), "an HTML page"),
        (whole[..whole.len() / 2].to_owned(), "it ends too early"),
        ("canary".to_owned(), "invalid JSON at line 1 column 1"),
        (format!("{whole} canary"), "invalid JSON at line 1"),
        ("\u{feff}{}".to_owned(), "invalid JSON at line 1 column 1"),
        // Deeper than any honest answer, and than a stack.
        (
            "[".repeat(200_000),
            "expected an object with a list under `users`",
        ),
        (
            format!("{{\"users\": [{{\"id\": {}", "[".repeat(200_000)),
            "`users[0].id`: expected a string",
        ),
    ] {
        let client = of(body).await;
        let text = undecodable(client.users().list().all().await);
        let expected = format!("the response is not what the API describes: {says}");
        assert!(text.contains(&expected), "{text}");
    }
}

#[tokio::test]
async fn a_key_of_any_length_makes_no_error_of_any_length() {
    let key = "canary".repeat(100_000);
    let body = json!({"config": {}, &*key: 1}).to_string();
    let client = of(body).await;
    assert!(client.domain_configs("d").get().await.unwrap().is_empty());
    let body = json!({"quotas": {&*key: "many"}}).to_string();
    let client = of(body).await;
    let quotas = client.service().request(Method::GET, &["quotas"]);
    undecodable(quotas.keyed::<BTreeMap<String, u32>>("quotas").await);
}

#[tokio::test]
async fn ten_megabytes_are_refused_in_a_line() {
    let page = format!("<html>{}", "canary".repeat((10 << 20) / 6));
    let client = of(page).await;
    undecodable(client.users().list().all().await);
    let numbers = format!("{{\"users\": [{}0]}}", "0,".repeat(5 << 20));
    let client = of(numbers).await;
    let text = undecodable(client.users().list().all().await);
    assert!(text.contains("`users[0]`: expected struct User"), "{text}");
    let (client, _) = answered(|_| {
        let page = format!("<html>{}", "canary".repeat(1 << 20));
        (StatusCode::BAD_GATEWAY, page).into_response()
    })
    .await;
    let error = client.users().get("u").await.unwrap_err();
    assert_eq!(error.status(), Some(StatusCode::BAD_GATEWAY));
    assert!(error.to_string().len() < 500, "{error}");
}

#[tokio::test]
async fn an_answer_without_end_is_read_up_to_the_limit() {
    let sent = Arc::new(AtomicUsize::new(0));
    let count = sent.clone();
    let handler = move || {
        let count = count.clone();
        let chunks = stream::repeat_with(move || {
            count.fetch_add(1 << 16, Ordering::Relaxed);
            Ok::<_, std::io::Error>(Bytes::from(vec![b' '; 1 << 16]))
        });
        async move { json_answer(Body::from_stream(chunks)) }
    };
    let address = serve(Router::new().fallback(handler)).await;
    let transport = Transport::builder().max_body(1 << 20).build().unwrap();
    let token = AdminToken::new(address.as_str(), "token").unwrap();
    let session = Session::builder(token)
        .transport(transport)
        .build()
        .unwrap();
    let client = Client::at(&session, address.join("v3").unwrap());
    let text = undecodable(client.users().list().all().await);
    assert!(text.contains("larger than 1048576 bytes"), "{text}");
    // What the sockets hold comes on top.
    assert!(sent.load(Ordering::Relaxed) < 32 << 20);
}

/// A server that closes its connection before it has sent what it promised.
async fn cutting_off(promised: usize, body: &'static str) -> Url {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        loop {
            let (mut socket, _) = listener.accept().await.unwrap();
            let mut request = [0; 4096];
            let _ = socket.read(&mut request).await;
            let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json";
            let answer = format!("{head}\r\ncontent-length: {promised}\r\n\r\n{body}");
            let _ = socket.write_all(answer.as_bytes()).await;
        }
    });
    format!("http://{address}/v3").parse().unwrap()
}

#[tokio::test]
async fn a_page_that_is_cut_off_is_no_page() {
    // The part that came would make an answer of its own.
    let client = client_at(cutting_off(1000, r#"{"users": []}"#).await);
    let error = client.users().list().all().await.unwrap_err();
    let Error::Transport(error) = &error else {
        panic!("{error:?}")
    };
    assert_eq!(error.kind(), TransportErrorKind::Interrupted);
}

#[tokio::test]
async fn markers_that_go_round_end_the_walk() {
    let (client, asked) = answered(|uri| {
        let query = uri.query().unwrap_or_default();
        let next = match query {
            "" => "a",
            "marker=a" => "b",
            _ => "a",
        };
        let next = format!("?marker={next}");
        json_answer(json!({"users": [user(0)], "links": {"next": next}}).to_string())
    })
    .await;
    let error = client.users().list().all().await.unwrap_err();
    let Error::Paging(error) = &error else {
        panic!("{error:?}")
    };
    assert_eq!(error.kind(), PagingErrorKind::Loop);
    assert_eq!(asked.load(Ordering::Relaxed), 3);
}

#[tokio::test]
async fn a_link_to_another_origin_gets_neither_request_nor_token() {
    let strangers = Arc::new(AtomicUsize::new(0));
    let count = strangers.clone();
    let foreign = move || {
        count.fetch_add(1, Ordering::Relaxed);
        async { StatusCode::OK }
    };
    let foreign = serve(Router::new().fallback(foreign)).await;
    let (client, asked) = answered(move |uri| {
        let next = match uri.query() {
            None => json!(format!("{foreign}v3/users?marker=m")),
            Some(_) => Value::Null,
        };
        json_answer(json!({"users": [user(0)], "links": {"next": next}}).to_string())
    })
    .await;
    assert_eq!(client.users().list().all().await.unwrap().len(), 2);
    assert_eq!(asked.load(Ordering::Relaxed), 2);
    assert_eq!(strangers.load(Ordering::Relaxed), 0);
}

#[tokio::test]
async fn a_stream_hands_out_what_came_before_the_fault() {
    let (client, asked) = answered(|uri| match uri.query() {
        None => {
            let links = json!({"next": "?marker=0"});
            json_answer(json!({"users": [user(0)], "links": links}).to_string())
        }
        Some(_) => json_answer("<html>"),
    })
    .await;
    let mut users = client.users().list().stream();
    assert_eq!(users.next().await.unwrap().unwrap().id, "0");
    undecodable(users.next().await.unwrap());
    assert!(users.next().await.is_none());
    assert_eq!(asked.load(Ordering::Relaxed), 2);
}
