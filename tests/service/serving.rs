//! What a service does beyond its operations: microversions, pages, version documents, OPTIONS,
//! policies of attributes, hidden objects, actions and tasks.

use serde_json::{Value, json};
use tower_http::cors::{AllowHeaders, AllowMethods, CorsLayer};

use crate::notes;
use crate::requests::{declared, request};

async fn note(app: &axum::Router, by: &str, body: Value) -> Value {
    let sent = request("POST /v1/notes")
        .by(by)
        .version("latest")
        .json(json!({"note": body}));
    sent.to(app).await.expect(201)["note"].clone()
}

#[tokio::test]
async fn attributes_appear_and_go_with_their_microversions() {
    let app = declared(notes::routes());
    note(&app, "alice", json!({"text": "one", "due": null})).await;
    for (version, due, old, seal) in [
        ("1.0", false, true, false),
        ("1.1", true, true, false),
        ("1.3", true, true, true),
        ("1.4", true, false, true),
        ("latest", true, false, true),
    ] {
        let seen = request("GET /v1/notes/n0")
            .by("alice")
            .version(version)
            .to(&app)
            .await;
        let version = if version == "latest" { "1.4" } else { version };
        assert_eq!(
            seen.header("openstack-api-version"),
            format!("notes {version}")
        );
        assert!(seen.header("vary").contains("OpenStack-API-Version"));
        let body = seen.expect(200);
        let has = |name: &str| body["note"].get(name).is_some();
        assert_eq!(
            (has("due"), has("old"), has("seal")),
            (due, old, seal),
            "{version}: {body}"
        );
    }
    let seen = request("GET /v1/notes/n0").by("alice").to(&app).await;
    assert_eq!(seen.header("openstack-api-version"), "notes 1.0");
    for (version, body, place) in [
        (
            "1.0",
            json!({"text": "a", "due": null}),
            "/note/due: it came with microversion 1.1",
        ),
        (
            "1.4",
            json!({"text": "a", "old": true}),
            "/note/old: it went after microversion 1.3",
        ),
    ] {
        let sent = request("POST /v1/notes")
            .by("alice")
            .version(version)
            .json(json!({"note": body}));
        let message = sent.to(&app).await.refused(400);
        assert!(message.starts_with(place), "{message}");
    }
    for (version, query, name) in [
        ("1.0", "tags=a", "tags"),
        ("1.4", "before=2026-01-01T00:00:00Z", "before"),
    ] {
        let sent = request(&format!("GET /v1/notes?{query}"))
            .by("alice")
            .version(version);
        let message = sent.to(&app).await.refused(400);
        assert!(
            message.starts_with(&format!("the query parameter `{name}`")),
            "{message}"
        );
    }
}

#[tokio::test]
async fn operations_appear_and_go_with_their_microversions() {
    let app = declared(notes::routes());
    note(&app, "alice", json!({"text": "one"})).await;
    request("POST /v1/notes/n0/export")
        .by("alice")
        .version("1.1")
        .to(&app)
        .await
        .refused(404);
    request("POST /v1/notes/n0/export")
        .by("alice")
        .version("1.2")
        .to(&app)
        .await
        .expect(202);
    request("DELETE /v1/notes")
        .by("root")
        .version("1.3")
        .to(&app)
        .await
        .refused(404);
    request("DELETE /v1/notes")
        .by("root")
        .version("1.2")
        .to(&app)
        .await
        .expect(204);
}

#[tokio::test]
async fn pages_have_a_maximum_and_link_to_the_next() {
    let app = declared(notes::routes());
    for number in 0..5 {
        note(&app, "alice", json!({"text": number.to_string()})).await;
    }
    let mut path = "/v1/notes?limit=2&colour=red".to_owned();
    let mut texts = Vec::new();
    loop {
        let body = request(&format!("GET {path}"))
            .by("alice")
            .to(&app)
            .await
            .expect(200);
        let notes = body["notes"].as_array().unwrap();
        assert!(notes.len() <= 2);
        texts.extend(
            notes
                .iter()
                .map(|note| note["text"].as_str().unwrap().to_owned()),
        );
        let links = &body["links"];
        assert_eq!(links["self"], format!("http://notes.example{path}"));
        let Some(next) = links["next"].as_str() else {
            break;
        };
        assert_eq!(body["notes_links"], json!([{"rel": "next", "href": next}]));
        assert!(
            next.contains("colour=red") && next.contains("limit=2"),
            "{next}"
        );
        path = next
            .strip_prefix("http://notes.example")
            .unwrap()
            .to_owned();
    }
    assert_eq!(texts, ["0", "1", "2", "3", "4"]);
}

#[tokio::test]
async fn version_documents_are_open_to_all() {
    let app = declared(notes::routes());
    let all = request("GET /").to(&app).await.expect(300);
    let one = request("GET /v1").to(&app).await.expect(200);
    assert_eq!(one, request("GET /v1/").to(&app).await.expect(200));
    assert_eq!(all["versions"][0], one["version"]);
    let version = &one["version"];
    assert_eq!(
        (&version["id"], &version["status"]),
        (&json!("v1.0"), &json!("CURRENT"))
    );
    assert_eq!(
        (&version["min_version"], &version["version"]),
        (&json!("1.0"), &json!("1.4"))
    );
    assert_eq!(
        version["links"][0],
        json!({"rel": "self", "href": "http://notes.example/v1/"})
    );
    request("HEAD /v1").to(&app).await.expect(200);
}

#[tokio::test]
async fn options_asks_for_no_more_than_the_least_demanding_operation() {
    let app = declared(notes::routes());
    let seen = request("OPTIONS /v1/notes").by("reader").to(&app).await;
    assert_eq!(
        (seen.status.as_u16(), seen.header("allow")),
        (204, "DELETE,GET,HEAD,OPTIONS,POST")
    );
    request("OPTIONS /v1/notes").to(&app).await.refused(401);
    // The path has a public operation.
    assert_eq!(
        request("OPTIONS /v1/notes/count").to(&app).await.status,
        204
    );
    // Nothing there is for readers.
    assert_eq!(
        request("OPTIONS /v1/notes/n0/comments")
            .by("alice")
            .to(&app)
            .await
            .status,
        204
    );
}

#[tokio::test]
async fn an_attribute_with_a_policy_is_neither_shown_to_others_nor_set_by_them() {
    let app = declared(notes::routes());
    note(&app, "alice", json!({"text": "one"})).await;
    let show = |who| request("GET /v1/notes/n0").by(who).to(&app);
    assert!(
        show("alice").await.expect(200)["note"]
            .get("rank")
            .is_none()
    );
    assert_eq!(show("admin").await.expect(200)["note"]["rank"], 0);
    let list = request("GET /v1/notes")
        .by("admin")
        .to(&app)
        .await
        .expect(200);
    assert_eq!(list["notes"][0]["rank"], 0);
    let list = request("GET /v1/notes")
        .by("bob")
        .to(&app)
        .await
        .expect(200);
    assert!(list["notes"][0].get("rank").is_none());

    let ranked = json!({"note": {"text": "two", "rank": 7}});
    let refused = request("POST /v1/notes")
        .by("alice")
        .json(&ranked)
        .to(&app)
        .await;
    let message = refused.refused(403);
    assert!(
        message.starts_with("/note/rank: ") && message.contains("note:rank"),
        "{message}"
    );
    let made = request("POST /v1/notes")
        .by("admin")
        .json(&ranked)
        .to(&app)
        .await
        .expect(201);
    assert_eq!(made["note"]["rank"], 7);
}

#[tokio::test]
async fn a_hidden_object_looks_missing_to_whom_the_policy_refuses() {
    let app = declared(notes::routes());
    note(&app, "alice", json!({"text": "one"})).await;
    let missing = request("GET /v1/notes/none")
        .by("bob")
        .to(&app)
        .await
        .expect(404);
    assert_eq!(
        request("GET /v1/notes/n0")
            .by("bob")
            .to(&app)
            .await
            .expect(404),
        missing
    );
    let change = |who| {
        request("PATCH /v1/notes/n0")
            .by(who)
            .json(json!({"note": {"text": "two"}}))
    };
    assert_eq!(change("bob").to(&app).await.expect(404), missing);
    change("alice").to(&app).await.expect(200);
    // This one does not hide.
    request("DELETE /v1/notes/n0")
        .by("bob")
        .to(&app)
        .await
        .refused(403);
}

#[tokio::test]
async fn every_policy_of_an_operation_has_to_allow_it() {
    let app = declared(notes::routes());
    // `reader` owns the note, and has no role that `note:seal` takes.
    let sent = request("PATCH /v1/notes/n0")
        .by("reader")
        .json(json!({"note": {"text": "two"}}));
    sent.to(&app).await.refused(403);
}

#[tokio::test]
async fn actions_share_a_path_and_are_chosen_by_the_body() {
    let app = declared(notes::routes());
    note(&app, "alice", json!({"text": "one"})).await;
    let act = |who, body| {
        request("POST /v1/notes/n0/action")
            .by(who)
            .version("latest")
            .json(body)
    };
    act("reader", json!({"seal": {"reason": "r"}}))
        .to(&app)
        .await
        .refused(403);
    let sealed = act("alice", json!({"seal": {"reason": "r", "levels": [1]}}))
        .to(&app)
        .await
        .expect(200);
    assert_eq!(
        sealed["note"]["seal"],
        json!({"reason": "r", "levels": [1]})
    );
    act("bob", json!({"burn": null}))
        .to(&app)
        .await
        .refused(403);
    act("alice", json!({"burn": null}))
        .to(&app)
        .await
        .expect(204);
    request("GET /v1/notes/n0")
        .by("alice")
        .to(&app)
        .await
        .refused(404);
    request("POST /v1/notes/n0/action")
        .json(json!({"burn": null}))
        .to(&app)
        .await
        .refused(401);
}

#[tokio::test]
async fn a_task_is_accepted_and_found_where_the_response_says() {
    let app = declared(notes::routes());
    note(&app, "alice", json!({"text": "one"})).await;
    let seen = request("POST /v1/notes/n0/export")
        .by("alice")
        .version("latest")
        .to(&app)
        .await;
    let location = seen.header("location").to_owned();
    let task = seen.expect(202);
    assert_eq!(task["export"]["status"], "PENDING");
    let path = location.strip_prefix("http://notes.example").unwrap();
    let done = request(&format!("GET {path}"))
        .by("alice")
        .to(&app)
        .await
        .expect(200);
    assert_eq!(done["export"]["status"], "DONE");
}

#[tokio::test]
async fn every_response_of_an_operation_has_a_request_id() {
    let app = declared(notes::routes());
    for line in ["GET /v1/notes", "GET /v1/notes/none", "GET /v1/notes/count"] {
        let seen = request(line).by("alice").to(&app).await;
        assert!(
            seen.header("x-openstack-request-id").starts_with("req-"),
            "{line}"
        );
    }
}

#[tokio::test]
async fn a_loader_that_fails_tells_its_caller_nothing() {
    let app = declared(notes::routes());
    for (id, status) in [("broken", 500), ("gone", 503)] {
        for line in [
            format!("GET /v1/notes/{id}"),
            format!("DELETE /v1/notes/{id}"),
            format!("POST /v1/notes/{id}/export"),
            format!("GET /v1/notes/{id}/comments"),
        ] {
            let sent = request(&line).by("alice").version("latest");
            let message = sent.to(&app).await.refused(status);
            assert!(!message.contains("canary"), "{line}: {message}");
        }
    }
}

/// As the documentation has it: the layer is around the router, and asks for no token.
#[tokio::test]
async fn the_layer_around_the_router_responds_to_preflights_and_to_nothing_else() {
    let cors = CorsLayer::new()
        .allow_origin(["https://dashboard.example".parse().unwrap()])
        .allow_methods(AllowMethods::mirror_request())
        .allow_headers(AllowHeaders::mirror_request());
    let app = declared(notes::routes()).layer(cors);
    let from = |line, origin| request(line).header("origin", origin);
    let preflight = from("OPTIONS /v1/notes", "https://dashboard.example")
        .header("access-control-request-method", "POST")
        .header("access-control-request-headers", "x-auth-token");
    let seen = preflight.to(&app).await;
    assert_eq!(seen.status, 200);
    assert_eq!(
        seen.header("access-control-allow-origin"),
        "https://dashboard.example"
    );
    assert_eq!(seen.header("access-control-allow-methods"), "POST");
    let elsewhere = from("OPTIONS /v1/notes", "https://evil.example")
        .header("access-control-request-method", "POST");
    assert_eq!(
        elsewhere
            .to(&app)
            .await
            .header("access-control-allow-origin"),
        ""
    );
    // What is no preflight is asked for a token.
    let plain = from("GET /v1/notes", "https://dashboard.example");
    assert_eq!(plain.to(&app).await.status, 401);
}
