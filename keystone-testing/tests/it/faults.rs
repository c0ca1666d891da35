//! Counting requests, and failing on demand.

use std::io::{self, Read, Write};
use std::net::TcpStream;

use keystone_testing::{Fault, Keystone};
use reqwest::Error;
use tokio::task::spawn_blocking;

use crate::client::{Caller, by_password, http};

async fn get(keystone: &Keystone) -> Result<u16, Error> {
    Ok(http()
        .get(keystone.v3_url())
        .send()
        .await?
        .status()
        .as_u16())
}

#[tokio::test]
async fn requests_are_counted_by_method_and_path() {
    let keystone = Keystone::start().await.unwrap();
    let admin = Caller::admin(&keystone).await;
    admin.get("users?name=x").await;
    let requests = keystone.requests();
    assert_eq!(requests.count("POST", "/v3/auth/tokens"), 1);
    assert_eq!(requests.count("GET", "/v3/users"), 1);
    assert_eq!(requests.all()[1].query.as_deref(), Some("name=x"));
    requests.clear();
    assert_eq!(requests.total(), 0);
}

#[tokio::test]
async fn a_status_is_returned_as_often_as_asked() {
    let keystone = Keystone::start().await.unwrap();
    keystone.fail_next(2, Fault::status(503));
    assert_eq!(get(&keystone).await.unwrap(), 503);
    assert_eq!(get(&keystone).await.unwrap(), 503);
    assert_eq!(get(&keystone).await.unwrap(), 200);
}

#[tokio::test]
async fn a_fault_for_one_path_leaves_the_others_alone() {
    let keystone = Keystone::start().await.unwrap();
    keystone.fail_next_at(
        "POST",
        "/v3/auth/tokens",
        1,
        Fault::body("text/html", "<html>"),
    );
    assert_eq!(get(&keystone).await.unwrap(), 200);
    let broken = Caller::anonymous(&keystone)
        .authenticate(by_password("u", "p"), None)
        .await;
    assert_eq!(
        (broken.status, broken.header("content-type")),
        (200, Some("text/html"))
    );
}

#[tokio::test]
async fn a_closed_connection_carries_no_response() {
    let keystone = Keystone::start().await.unwrap();
    keystone.fail_next(1, Fault::close());
    let error = get(&keystone).await.unwrap_err();
    assert!(error.is_request() && !error.is_connect());
    assert_eq!(get(&keystone).await.unwrap(), 200);
}

#[tokio::test]
async fn a_request_whose_response_is_lost_was_carried_out() {
    let keystone = Keystone::start().await.unwrap();
    let admin = Caller::admin(&keystone).await;
    keystone.fail_next_at("PUT", "/v3/regions/R2", 1, Fault::lose_response());
    let body = serde_json::json!({ "region": {} });
    let request = admin
        .request(reqwest::Method::PUT, "regions/R2")
        .json(&body);
    assert!(request.send().await.is_err());
    assert_eq!(admin.get("regions/R2").await.status, 200);
}

#[tokio::test]
async fn a_hanging_request_ends_with_the_server() {
    let keystone = Keystone::start().await.unwrap();
    keystone.fail_next(1, Fault::hang());
    let request = http().get(keystone.v3_url()).send();
    let waiting = tokio::spawn(request);
    keystone.requests().arrived("GET", "/v3", 1).await;
    assert!(!waiting.is_finished());
    keystone.stop().await;
    assert!(waiting.await.unwrap().is_err());
}

#[tokio::test]
async fn held_requests_go_on_when_the_hold_is_dropped() {
    let keystone = Keystone::start().await.unwrap();
    let hold = keystone.hold("GET", "/v3");
    let waiting = tokio::spawn(http().get(keystone.v3_url()).send());
    keystone.requests().arrived("GET", "/v3", 1).await;
    assert_eq!(
        http()
            .get(keystone.url() + "/v3/nothing")
            .send()
            .await
            .unwrap()
            .status(),
        404
    );
    assert!(!waiting.is_finished());
    drop(hold);
    assert_eq!(waiting.await.unwrap().unwrap().status(), 200);
}

#[tokio::test]
async fn a_stopped_server_frees_its_port() {
    // Somebody else may take one that was let go, but not each.
    let mut next = None;
    while next.is_none() {
        let keystone = Keystone::start().await.unwrap();
        let port = keystone.address().port();
        keystone.stop().await;
        next = Keystone::builder().port(port).start().await.ok();
    }
    let next = next.unwrap();
    let port = next.address().port();
    let taken = Keystone::builder().port(port).start().await.unwrap_err();
    assert!(taken.to_string().contains(&format!("127.0.0.1:{port}")));
}

#[tokio::test]
async fn connections_can_be_closed_without_notice() {
    let keystone = Keystone::builder()
        .unannounced_close(true)
        .start()
        .await
        .unwrap();
    let address = keystone.address();
    let ask = move || -> io::Result<String> {
        let mut stream = TcpStream::connect(address)?;
        stream.write_all(b"GET /v3 HTTP/1.1\r\nHost: localhost\r\n\r\n")?;
        let mut response = String::new();
        // Ends only when the server closes its side.
        stream.read_to_string(&mut response)?;
        Ok(response)
    };
    let response = spawn_blocking(ask).await.unwrap().unwrap();
    assert!(response.starts_with("HTTP/1.1 200"));
    assert!(!response.to_lowercase().contains("connection: close"));
}

#[tokio::test]
async fn all_tokens_can_be_forgotten_at_once() {
    let keystone = Keystone::start().await.unwrap();
    let admin = Caller::admin(&keystone).await;
    keystone.revoke_all_tokens();
    assert_eq!(admin.get("users").await.status, 401);
}
