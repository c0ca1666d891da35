//! Clients generated from OpenAPI documents, called against a server that answers as they say.

#[allow(
    dead_code,
    unused_imports,
    reason = "a client has more than a test calls"
)]
mod discriminators;
#[allow(
    dead_code,
    unused_imports,
    reason = "a client has more than a test calls"
)]
mod parameters;
#[allow(
    dead_code,
    unused_imports,
    reason = "a client has more than a test calls"
)]
mod petstore;
#[allow(
    dead_code,
    unused_imports,
    reason = "a client has more than a test calls"
)]
mod shelf;

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::IntoResponse;
use keystone_sdk::Session;
use keystone_sdk::client::Url;
use serde_json::{Value, json};

use crate::typed_client_requests::{serve, session};

/// Requests as the server saw them: a line with method and address, headers, body.
type Seen = Arc<Mutex<Vec<(String, HeaderMap, Bytes)>>>;

/// A server that answers by method and path.
async fn answering(answers: Vec<(&'static str, u16, Value)>) -> (Session, Url, Seen) {
    let seen = Seen::default();
    let noted = seen.clone();
    let handler = move |method: Method, uri: Uri, headers: HeaderMap, body: Bytes| {
        let line = format!("{method} {uri}");
        let found = answers.iter().find(|(start, _, _)| line.starts_with(start));
        let (status, answer) = match found {
            Some((_, status, answer)) => (*status, answer.clone()),
            None => (
                404,
                json!({"error": {"code": 404, "title": "Not Found", "message": line}}),
            ),
        };
        noted.lock().unwrap().push((line, headers, body));
        async move {
            let body = match answer {
                Value::Null => String::new(),
                answer => answer.to_string(),
            };
            let kind = [("content-type", "application/json"), ("x-left", "7")];
            (StatusCode::from_u16(status).unwrap(), kind, body).into_response()
        }
    };
    let address = serve(Router::new().fallback(handler)).await;
    (session(), address, seen)
}

fn lines(seen: &Seen) -> Vec<String> {
    let seen = seen.lock().unwrap();
    seen.iter().map(|(line, _, _)| line.clone()).collect()
}

fn last_body(seen: &Seen) -> Value {
    let seen = seen.lock().unwrap();
    serde_json::from_slice(&seen.last().unwrap().2).unwrap()
}

#[tokio::test]
async fn a_pet_is_listed_created_and_deleted() {
    use petstore::{Client, NewPet};

    let pet = json!({"id": 7, "name": "Rex"});
    let (session, address, seen) = answering(vec![
        ("GET /api/pets?", 200, json!([pet])),
        ("GET /api/pets/7", 200, pet.clone()),
        ("POST /api/pets", 200, pet),
        ("DELETE /api/pets/7", 204, Value::Null),
    ])
    .await;
    let client = Client::at(&session, address.join("api").unwrap());
    let found = client
        .pets()
        .find()
        .tags(["a b", "c"])
        .limit(2)
        .await
        .unwrap();
    assert_eq!(found[0].name, "Rex");
    client
        .pets()
        .add(NewPet::new("Rex").tag("dog"))
        .await
        .unwrap();
    assert_eq!(last_body(&seen), json!({"name": "Rex", "tag": "dog"}));
    assert_eq!(client.pets().find_by_id(7).await.unwrap().id, 7);
    client.pets().delete(7).await.unwrap();
    assert_eq!(
        lines(&seen),
        [
            "GET /api/pets?tags=a+b&tags=c&limit=2",
            "POST /api/pets",
            "GET /api/pets/7",
            "DELETE /api/pets/7"
        ]
    );
}

fn thing(id: &str) -> Value {
    json!({"id": id, "created_at": "2030-01-01T00:00:00Z", "shape": {"kind": "circle", "radius": 2.0}})
}

#[tokio::test]
async fn lists_follow_the_links_of_other_services() {
    let next = |marker: &str| json!([{"rel": "next", "href": format!("http://elsewhere/v2/things?marker={marker}")}]);
    let (session, address, seen) = answering(vec![
        (
            "GET /v2/things?marker=b",
            200,
            json!({"things": [thing("c")]}),
        ),
        (
            "GET /v2/things?marker=a",
            200,
            json!({"things": [thing("b")], "next": "/v2/things?marker=b"}),
        ),
        (
            "GET /v2/things",
            200,
            json!({"things": [thing("a")], "things_links": next("a")}),
        ),
    ])
    .await;
    let client = shelf::Client::at(&session, address);
    let all = client.things().list().all().await.unwrap();
    let ids: Vec<&str> = all.iter().map(|thing| thing.id.as_str()).collect();
    assert_eq!(ids, ["a", "b", "c"]);
    assert_eq!(lines(&seen).len(), 3);
    assert!(matches!(all[0].shape, Some(shelf::Shape::Circle(ref circle)) if circle.radius == 2.0));
}

#[tokio::test]
async fn unions_enumerations_and_nulls_survive_the_way() {
    use shelf::{BoxModel, Shape, ThingCreate, ThingType};

    let mut made = thing("a");
    made["shape"] = json!({"kind": "sphere", "depth": 3});
    made["type"] = json!("hollow");
    made["parent"] = thing("b");
    let (session, address, seen) =
        answering(vec![("POST /v2/things", 201, json!({"thing": made}))]).await;
    let client = shelf::Client::at(&session, address);
    let new = ThingCreate::new("x", BoxModel::new("box").sides([1.0]))
        .secret("canary")
        .clear_note();
    assert!(!format!("{new:?}").contains("canary"));
    let made = client.things().create(new).await.unwrap();
    assert_eq!(
        last_body(&seen),
        json!({"thing": {"name": "x", "note": null, "secret": "canary", "shape": {"kind": "box", "sides": [1.0]}}})
    );
    // What a later version adds is kept.
    assert!(matches!(&made.shape, Some(Shape::Other(other)) if other["depth"] == 3));
    assert_eq!(made.r#type, Some(ThingType::Other("hollow".to_owned())));
    assert_eq!(made.parent.unwrap().id, "b");
}

#[tokio::test]
async fn parameters_go_where_the_document_says() {
    let (session, address, seen) = answering(vec![
        ("GET /v2/things/search/", 200, json!([thing("a")])),
        ("GET /v2/things/3/image", 200, json!("bytes")),
        ("GET /v2/things/3", 200, json!({"thing": thing("a")})),
        ("GET /v2/things/4", 204, Value::Null),
        ("PUT /v2/things/3/image", 204, Value::Null),
    ])
    .await;
    let client = shelf::Client::at(&session, address).things();
    let size = shelf::ThingListSearchSize::new().min(1).max(9);
    let found = client
        .list_search([1, 2], "sweet")
        .size(size)
        .x_colours(["red", "blue"]);
    assert_eq!(found.await.unwrap().len(), 1);
    let (line, headers, _) = seen.lock().unwrap().last().unwrap().clone();
    assert_eq!(
        line,
        "GET /v2/things/search/?ids=1%7C2&size%5Bmax%5D=9&size%5Bmin%5D=1"
    );
    assert_eq!(
        (&headers["cookie"], &headers["x-colours"]),
        (
            &"flavour=sweet".parse().unwrap(),
            &"red,blue".parse().unwrap()
        )
    );
    let answered = client.get(3).with_headers().await.unwrap();
    assert_eq!(
        (answered.header("x-left"), answered.is_some()),
        (Some("7"), true)
    );
    assert!(client.get(4).await.unwrap().is_none());
    client.put_image(3, "image/png", vec![1, 2]).await.unwrap();
    let (_, headers, body) = seen.lock().unwrap().last().unwrap().clone();
    assert_eq!(
        (headers["content-type"].to_str().unwrap(), &body[..]),
        ("image/png", &[1, 2][..])
    );
    assert_eq!(
        client.list_image(3).await.unwrap().text(),
        Some("\"bytes\"")
    );
}
