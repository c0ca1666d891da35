//! Version documents, unknown addresses and wrong methods.

use keystone_testing::Keystone;
use reqwest::Method;
use reqwest::redirect::Policy;
use serde_json::Value;

use crate::client::{Caller, builder, http};

#[tokio::test]
async fn the_root_offers_a_choice_of_versions() {
    let keystone = Keystone::start().await.unwrap();
    let client = builder().redirect(Policy::none()).build().unwrap();
    let response = client.get(keystone.url()).send().await.unwrap();
    assert_eq!(response.status(), 300);
    let location = format!("{}/", keystone.v3_url());
    assert_eq!(response.headers()["location"], location.as_str());
    let body: Value = response.json().await.unwrap();
    assert_eq!(body["versions"]["values"][0]["links"][0]["href"], location);
}

#[tokio::test]
async fn a_slash_at_the_end_changes_nothing() {
    let keystone = Keystone::start().await.unwrap();
    let fetch = async |url: String| http().get(url).send().await.unwrap().text().await.unwrap();
    let bare = fetch(keystone.v3_url()).await;
    assert!(bare.contains("v3.14"));
    assert_eq!(fetch(format!("{}/", keystone.v3_url())).await, bare);
}

#[tokio::test]
async fn links_follow_the_address_that_the_client_used() {
    let keystone = Keystone::start().await.unwrap();
    let request = http()
        .get(keystone.v3_url())
        .header("Host", "keystone.example:5000");
    let body: Value = request.send().await.unwrap().json().await.unwrap();
    assert_eq!(
        body["version"]["links"][0]["href"],
        "http://keystone.example:5000/v3/"
    );
}

#[tokio::test]
async fn an_unknown_address_is_an_html_404_and_a_wrong_method_a_json_405() {
    let keystone = Keystone::start().await.unwrap();
    let nobody = Caller::anonymous(&keystone);
    let unknown = nobody.get("nothing/here").await;
    assert_eq!(unknown.status, 404);
    assert_eq!(
        unknown.header("content-type"),
        Some("text/html; charset=utf-8")
    );
    let wrong = nobody.put("users").await;
    assert_eq!(wrong.status, 405);
    assert_eq!(
        wrong.body["message"],
        "The method is not allowed for the requested URL."
    );
    let allowed = wrong.header("allow").unwrap();
    assert!(allowed.contains("GET") && allowed.contains("POST"));
}

#[tokio::test]
async fn a_body_that_is_no_json_object_is_refused() {
    let keystone = Keystone::start().await.unwrap();
    let nobody = Caller::anonymous(&keystone);
    for (kind, body) in [
        ("application/json", "{"),
        ("application/json", "[1]"),
        ("text/plain", "{}"),
    ] {
        let request = nobody
            .request(Method::POST, "auth/tokens")
            .header("Content-Type", kind)
            .body(body);
        assert_eq!(nobody.send(request).await.status, 400, "{kind} {body}");
    }
}
