//! Requests that do not fit: each is refused with what is wrong and where, and none with 500.

use serde_json::json;

use crate::notes;
use crate::requests::{declared, request};

/// A note of alice's, on an app of its own.
async fn app() -> axum::Router {
    let app = declared(notes::routes());
    let new = request("POST /v1/notes")
        .by("alice")
        .json(json!({"note": {"text": "one"}}));
    new.to(&app).await.expect(201);
    app
}

#[tokio::test]
async fn bodies_that_do_not_fit_are_told_by_a_pointer_and_what_was_expected() {
    let app = app().await;
    let create = [
        ("", "the body", "expected a JSON object"),
        ("{", "the body", "not JSON"),
        ("nonsense", "the body", "not JSON"),
        (r#"{"note": {"text": "a"}} {}"#, "the body", "not JSON"),
        ("\u{feff}{}", "the body", "not JSON"),
        ("null", "the body", "an object with the key `note`"),
        ("[]", "the body", "an object with the key `note`"),
        ("1", "the body", "an object with the key `note`"),
        ("{}", "the body", "missing field `note`"),
        (r#"{"text": "a"}"#, "/text", "expected `note`"),
        (
            r#"{"note": {"text": "a"}, "more": 1}"#,
            "/more",
            "expected `note`",
        ),
        (
            r#"{"note": {"text": "a"}, "note": {"text": "b"}}"#,
            "the body",
            "duplicate field `note`",
        ),
        (r#"{"note": null}"#, "/note", "NoteCreate"),
        (r#"{"note": []}"#, "/note", "sequence"),
        (r#"{"note": {}}"#, "/note", "missing field `text`"),
        (
            r#"{"note": {"text": null}}"#,
            "/note/text",
            "expected a string",
        ),
        (
            r#"{"note": {"text": 3}}"#,
            "/note/text",
            "expected a string",
        ),
        (
            r#"{"note": {"text": "a", "text": "b"}}"#,
            "/note",
            "duplicate field `text`",
        ),
        (
            r#"{"note": {"text": "a", "color": "red"}}"#,
            "/note/color",
            "unknown field",
        ),
        (
            r#"{"note": {"text": "a", "id": "n9"}}"#,
            "/note/id",
            "unknown field",
        ),
        (
            r#"{"note": {"text": "a", "colour": "pink"}}"#,
            "/note/colour",
            "expected one of `red`, `green`, `blue`",
        ),
        (
            r#"{"note": {"text": "a", "colour": null}}"#,
            "/note/colour",
            "expected a string",
        ),
        (
            r#"{"note": {"text": "a", "due": "tomorrow"}}"#,
            "/note/due",
            "",
        ),
        (
            r#"{"note": {"text": "a", "tags": "x"}}"#,
            "/note/tags",
            "expected a sequence",
        ),
        (
            r#"{"note": {"text": "a", "tags": ["x", 1]}}"#,
            "/note/tags/1",
            "expected a string",
        ),
        (
            r#"{"note": {"text": "a", "old": "yes"}}"#,
            "/note/old",
            "expected a boolean",
        ),
        (r#"{"note": {"text": "a", "pin": 1234}}"#, "/note/pin", ""),
        (
            r#"{"note": {"text": "a", "a/b~c": 1}}"#,
            "/note/a~1b~0c",
            "unknown field",
        ),
    ];
    for (body, place, expected) in create {
        // A version that has all attributes, so that only what is tried is wrong.
        let sent = request("POST /v1/notes")
            .by("alice")
            .version("1.1")
            .json(body);
        let message = sent.to(&app).await.refused(400);
        assert!(
            message.starts_with(&format!("{place}: ")),
            "{body}: {message}"
        );
        assert!(message.contains(expected), "{body}: {message}");
        assert!(!message.contains("1234"), "{message}");
    }
    let update = [
        (r#"{"note": {"text": null}}"#, "/note/text"),
        (r#"{"note": {"colour": 1}}"#, "/note/colour"),
        (r#"{"note": {"pin": "a"}}"#, "/note/pin"),
    ];
    for (body, place) in update {
        let sent = request("PATCH /v1/notes/n0").by("alice").json(body);
        let message = sent.to(&app).await.refused(400);
        assert!(
            message.starts_with(&format!("{place}: ")),
            "{body}: {message}"
        );
    }
    let actions = [
        ("{}", "the body"),
        ("[]", "the body"),
        (r#"{"seal": {"reason": "r"}, "burn": null}"#, "the body"),
        (r#"{"freeze": null}"#, "/freeze"),
        (r#"{"seal": {}}"#, "/seal"),
        (r#"{"seal": {"reason": 1}}"#, "/seal/reason"),
        (
            r#"{"seal": {"reason": "r", "levels": [1, "x"]}}"#,
            "/seal/levels/1",
        ),
        (r#"{"seal": {"reason": "r", "more": 1}}"#, "/seal/more"),
    ];
    for (body, place) in actions {
        let sent = request("POST /v1/notes/n0/action").by("alice").json(body);
        let message = sent.to(&app).await.refused(400);
        assert!(
            message.starts_with(&format!("{place}: ")),
            "{body}: {message}"
        );
    }
}

#[tokio::test]
async fn queries_that_do_not_fit_are_told_by_their_parameter() {
    let app = app().await;
    for (query, place, expected) in [
        (
            "limit=0",
            "the query parameter `limit`",
            "a whole number from 1",
        ),
        (
            "limit=-1",
            "the query parameter `limit`",
            "a whole number from 1",
        ),
        (
            "limit=",
            "the query parameter `limit`",
            "a whole number from 1",
        ),
        (
            "limit=ten",
            "the query parameter `limit`",
            "a whole number from 1",
        ),
        (
            "limit=1.5",
            "the query parameter `limit`",
            "a whole number from 1",
        ),
        (
            "limit=99999999999999999999",
            "the query parameter `limit`",
            "a whole number from 1",
        ),
        ("limit=1&limit=2", "the query", "duplicate field `limit`"),
        (
            "colour=pink",
            "the query parameter `colour`",
            "expected one of `red`",
        ),
        ("color=red", "the query", "unknown field `color`"),
        (
            "done=maybe",
            "the query parameter `done`",
            "`true` or `false`",
        ),
        (
            "mine=null",
            "the query parameter `mine`",
            "`true` or `false`",
        ),
        ("text__like=a", "the query", "unknown field `text__like`"),
        ("marker=nobody", "marker", "no such note"),
    ] {
        let sent = request(&format!("GET /v1/notes?{query}"))
            .by("alice")
            .version("1.1");
        let message = sent.to(&app).await.refused(400);
        assert!(
            message.starts_with(place) && message.contains(expected),
            "{query}: {message}"
        );
    }
    for query in [
        "limit=1",
        "limit=4000000000",
        "colour=red&done=true",
        "done=No",
        "text__contains=o",
        "tags=a,b",
        "mine",
        "mine=",
    ] {
        let sent = request(&format!("GET /v1/notes?{query}"))
            .by("alice")
            .version("1.1");
        sent.to(&app).await.expect(200);
    }
}

#[tokio::test]
async fn versions_media_types_sizes_methods_and_paths_have_their_own_statuses() {
    let app = app().await;
    for (version, status) in [
        ("1.5", 406),
        ("0.9", 406),
        ("2.0", 406),
        ("1", 400),
        ("newest", 400),
        ("1.0, notes 1.1", 400),
    ] {
        let sent = request("GET /v1/notes").by("alice").version(version);
        sent.to(&app).await.refused(status);
    }
    let note = r#"{"note": {"text": "a"}}"#;
    for media in [
        "text/plain",
        "application/xml",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "json",
        "application/jsonx",
    ] {
        let sent = request("POST /v1/notes")
            .by("alice")
            .header("content-type", media)
            .text(note);
        let message = sent.to(&app).await.refused(415);
        assert!(message.contains("application/json"), "{message}");
    }
    let sent = request("POST /v1/notes").by("alice").text(note);
    sent.to(&app).await.refused(415);
    for media in [
        "application/json",
        "application/json; charset=utf-8",
        "Application/JSON",
        "application/merge-patch+json",
    ] {
        let sent = request("POST /v1/notes")
            .by("alice")
            .header("content-type", media)
            .text(note);
        sent.to(&app).await.expect(201);
    }
    let long = format!(r#"{{"note": {{"text": "{}"}}}}"#, "a".repeat(120_000));
    let message = request("POST /v1/notes")
        .by("alice")
        .json(long)
        .to(&app)
        .await
        .refused(413);
    assert!(message.contains("114688 bytes"), "{message}");

    for (line, allow) in [
        ("PUT /v1/notes", "DELETE,GET,HEAD,OPTIONS,POST"),
        ("POST /v1/notes/n0", "DELETE,GET,HEAD,OPTIONS,PATCH"),
        ("GET /v1/notes/n0/action", "OPTIONS,POST"),
        ("POST /v1", "GET,HEAD"),
    ] {
        let seen = request(line).by("alice").to(&app).await;
        assert_eq!(seen.header("allow"), allow, "{line}");
        seen.refused(405);
    }
    for line in [
        "GET /v1/nots",
        "GET /v2/notes",
        "GET /v1/notes/",
        "GET /v1/notes/n0/more",
        "GET /v1/notes/none",
        "GET /v1/notes/%ff",
        "GET /v1/notes/n0/comments/none",
        "GET /v1/exports/none",
        "POST /v1/notes/n0/export",
    ] {
        let seen = request(line).by("alice").to(&app).await;
        assert_eq!(seen.status, 404, "{line}: {}", seen.body);
    }
}
