//! A client with actions, tasks, and attributes and operations that end with a microversion.

#[allow(
    dead_code,
    unused_imports,
    reason = "a client has more than a test calls"
)]
mod dns;

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::IntoResponse;
use serde_json::{Value, json};

use crate::typed_client_requests::{serve, session};
use dns::{ZoneCreate, ZoneSigning, ZoneTransfer, ZoneUpdate};

/// A request as the service saw it: method and path, microversion, body.
type Seen = Arc<Mutex<Vec<(String, String, Value)>>>;

/// A service with one zone, all of whose work takes a while.
async fn scene() -> (dns::Client, Seen) {
    let seen = Seen::default();
    let noted = seen.clone();
    let handler = move |method: Method, uri: Uri, headers: HeaderMap, body: Bytes| {
        let version = headers.get("openstack-api-version");
        let version = version.map_or("", |version| version.to_str().unwrap());
        let body: Value = serde_json::from_slice(&body).unwrap_or_default();
        let line = format!("{method} {uri}");
        let response = response(&line, &body);
        noted.lock().unwrap().push((line, version.to_owned(), body));
        async move { response }
    };
    let address = serve(Router::new().fallback(handler)).await;
    (dns::Client::at(&session(), address), seen)
}

fn response(line: &str, body: &Value) -> axum::response::Response {
    let zone = json!({"zone": {"id": "z", "name": "example.org.", "ttl": null}});
    let task = json!({"task": {"id": "t", "status": "PENDING"}});
    match line {
        "POST /v2/zones/z/action" if body.get("verify").is_some() => {
            StatusCode::NO_CONTENT.into_response()
        }
        "POST /v2/zones/z/action" if body.get("os-transferZone").is_some() => {
            axum::Json(zone).into_response()
        }
        "POST /v2/zones/z/action" | "DELETE /v2/zones/z" => {
            let location = [("location", "/v2/zones/z/tasks/t")];
            (StatusCode::ACCEPTED, location, axum::Json(task)).into_response()
        }
        "GET /v2/zones/z/tasks/t" => axum::Json(task).into_response(),
        "POST /v2/zones" => (StatusCode::CREATED, axum::Json(zone)).into_response(),
        _ => axum::Json(zone).into_response(),
    }
}

fn last(seen: &Seen) -> (String, String, Value) {
    seen.lock().unwrap().last().unwrap().clone()
}

#[tokio::test]
async fn an_action_is_sent_under_its_name() {
    let (client, seen) = scene().await;
    client.zones().verify("z").await.unwrap();
    let (line, _, body) = last(&seen);
    assert_eq!(line, "POST /v2/zones/z/action");
    assert_eq!(body, json!({"verify": null}));
    let zone = client
        .zones()
        .transfer("z", ZoneTransfer::new("p2"))
        .await
        .unwrap();
    assert_eq!(zone.name, "example.org.");
    assert_eq!(last(&seen).2, json!({"os-transferZone": {"to": "p2"}}));
}

#[tokio::test]
async fn work_that_goes_on_is_a_task_to_poll() {
    let (client, seen) = scene().await;
    let signing = client
        .zones()
        .sign("z", ZoneSigning::new().algorithm("ed25519"));
    let accepted = signing.with_headers().await.unwrap();
    assert_eq!(accepted.headers()["location"], "/v2/zones/z/tasks/t");
    assert_eq!(last(&seen).2, json!({"sign": {"algorithm": "ed25519"}}));
    let task = client
        .zone_tasks("z")
        .get(accepted.into_body().id)
        .await
        .unwrap();
    assert_eq!(task.status.as_str(), "PENDING");
    assert_eq!(client.zones().delete("z").await.unwrap().id.as_str(), "t");
}

#[tokio::test]
async fn a_call_asks_for_a_version_that_has_all_that_it_uses() {
    let (client, seen) = scene().await;
    let zones = client.zones();
    let version = || last(&seen).1;
    zones.get("z").await.unwrap();
    assert_eq!(version(), "dns 1.0", "the lowest that has the resource");
    zones
        .create(ZoneCreate::new("example.org.").ttl(60))
        .await
        .unwrap();
    assert_eq!(version(), "dns 1.0");
    let pooled = ZoneCreate::new("example.org.").pool("p");
    zones.create(pooled).await.unwrap();
    assert_eq!(version(), "dns 1.1");
    zones.get("z").microversion("1.3").await.unwrap();
    assert_eq!(version(), "dns 1.3");
}

#[tokio::test]
async fn nothing_is_sent_that_a_later_version_no_longer_has() {
    let (client, seen) = scene().await;
    let zones = client.zones();
    for asked in ["1.3", "latest"] {
        let pooled = ZoneCreate::new("example.org.").pool("p");
        let error = zones.create(pooled).microversion(asked).await.unwrap_err();
        assert_eq!(
            error.to_string(),
            format!(
                "the attribute `pool` is gone after microversion 1.2, but {asked} is requested (POST zones); \
                 request 1.2 or an earlier one, or none"
            )
        );
        let error = zones
            .update("z", ZoneUpdate::new())
            .microversion(asked)
            .await;
        let error = error.unwrap_err().to_string();
        assert!(
            error.starts_with("the operation `zone.update` is gone after microversion 1.2"),
            "{error}"
        );
        let list = zones.list().legacy(true).microversion(asked).all().await;
        let error = list.unwrap_err().to_string();
        assert!(
            error.starts_with("the parameter `legacy` is gone after microversion 1.2"),
            "{error}"
        );
    }
    assert!(seen.lock().unwrap().is_empty());
}

#[test]
fn the_table_has_what_callers_without_methods_need() {
    let of = |name: &str| {
        let mut all = dns::OPERATIONS.iter();
        *all.find(|operation| operation.name == name).unwrap()
    };
    let transfer = of("zone.transfer");
    assert_eq!(transfer.action, Some("os-transferZone"));
    assert_eq!((transfer.since, transfer.until), (Some("1.1"), Some("1.2")));
    assert!(!transfer.hide && of("zone.get").hide);
    assert_eq!(of("zone.delete").task, Some("zone_task"));
    assert_eq!(of("zone.get").until, Some("1.3"), "of its resource");
}
