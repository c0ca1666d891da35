//! Where redirects are followed, with what, and where not.

use axum::http::header::LOCATION;
use axum::response::{IntoResponse, Response};
use http::{HeaderName, HeaderValue, Method};
use keystone_sdk::auth::fixed::AdminToken;
use keystone_sdk::error::{RedirectRefusal, ResponseKind};
use keystone_sdk::session::Call;
use keystone_sdk::{SecretString, Session};
use keystone_testing::Keystone;

use crate::auth::stub::{Seen, Stub, status, with_header};

const BADGE: HeaderName = HeaderName::from_static("x-badge");

fn session() -> Session {
    let auth = AdminToken::new("http://127.0.0.1:1", "canary").unwrap();
    Session::new(auth).unwrap()
}

/// `/from` redirects with `code` to `to`; every other path is there.
async fn server(code: u16, to: impl Into<String>) -> Stub {
    let to = to.into();
    Stub::in_turn(move |asked: &Seen, _| -> Response {
        if asked.target().starts_with("/from") {
            with_header(code, LOCATION, &to)
        } else {
            asked.method().to_owned().into_response()
        }
    })
    .await
}

async fn refusal(server: &Stub, call: Call) -> (RedirectRefusal, String) {
    let error = session().send(call).await.unwrap_err();
    assert_eq!(error.kind(), Some(ResponseKind::Redirect), "{error:?}");
    let answer = error.response().unwrap();
    assert!(answer.url().starts_with(&server.url), "{error}");
    (answer.redirect_refusal().unwrap(), error.to_string())
}

#[tokio::test]
async fn a_relative_location_is_followed_with_the_token() {
    for to in ["/to?page=2", "to?page=2"] {
        let server = server(302, to).await;
        let answer = session()
            .send(Call::get(format!("{}/from", server.url)))
            .await
            .unwrap();
        assert_eq!(server.lines(), ["GET /from", "GET /to?page=2"]);
        assert_eq!(server.seen()[1].header("x-auth-token"), Some("canary"));
        assert_eq!(answer.url.path(), "/to");
        assert_eq!(answer.redirected_by[0].path(), "/from");
    }
}

#[tokio::test]
async fn method_and_body_stay_but_for_see_other() {
    for (code, becomes, body) in [
        (301, "POST", "b"),
        (302, "POST", "b"),
        (303, "GET", ""),
        (307, "POST", "b"),
        (308, "POST", "b"),
    ] {
        let server = server(code, "/to").await;
        let call = Call::post(format!("{}/from", server.url));
        let text = HeaderValue::from_static("text/plain");
        session().send(call.body(text, "b")).await.unwrap();
        let last = &server.seen()[1];
        assert_eq!((last.method(), &*last.body), (becomes, body), "{code}");
        assert_eq!(last.header("content-type").is_none(), body.is_empty());
    }
    let server = server(303, "/to").await;
    let head = Call::new(Method::HEAD, format!("{}/from", server.url));
    session().send(head).await.unwrap();
    assert_eq!(server.lines(), ["HEAD /from", "HEAD /to"]);
}

#[tokio::test]
async fn another_origin_gets_nothing_that_proves_the_identity() {
    let other = Stub::in_turn(|_, _| status(401)).await;
    let server = server(302, format!("{}/to", other.url)).await;
    let call = Call::get(format!("{}/from", server.url))
        .secret_header(BADGE, &SecretString::from("canary"))
        .unwrap()
        .header(
            HeaderName::from_static("cookie"),
            HeaderValue::from_static("canary"),
        )
        .header(
            HeaderName::from_static("x-plain"),
            HeaderValue::from_static("kept"),
        );
    let error = session().send(call).await.unwrap_err();
    assert_eq!(error.kind(), Some(ResponseKind::Unauthorized));
    let asked = other.seen();
    assert_eq!(asked.len(), 1, "a 401 from there does not refuse the token");
    assert!(!format!("{:?}", asked[0].headers).contains("canary"));
    assert_eq!(asked[0].header("x-plain"), Some("kept"));
    assert_eq!(server.seen().len(), 1);
}

/// A session that can log in anew, as one with a token alone cannot.
#[tokio::test]
async fn the_401_of_another_origin_costs_no_new_login() {
    let keystone = Keystone::start().await.unwrap();
    let session = super::session(&keystone);
    let token = session.token().await.unwrap();
    let logins = || keystone.requests().count("POST", super::TOKENS);
    let other = Stub::in_turn(|_, _| status(401)).await;
    for code in [301, 302, 303, 307, 308] {
        // Directly, and over a stop in between.
        let far = server(code, format!("{}/to", other.url)).await;
        let near = server(code, format!("{}/from", far.url)).await;
        for from in [&far, &near] {
            let before = other.seen().len();
            let call = Call::get(format!("{}/from", from.url));
            let error = session.send(call).await.unwrap_err();
            assert_eq!(error.kind(), Some(ResponseKind::Unauthorized), "{code}");
            assert_eq!(other.seen().len(), before + 1, "{code}: asked once");
            assert_eq!(logins(), 1, "{code}");
        }
    }
    assert_eq!(session.token().await.unwrap().expose(), token.expose());

    // Within its origin, a redirect takes the token along, and a 401 speaks of it.
    let refusing = Stub::in_turn(|asked: &Seen, _| match asked.target() {
        "/from" => with_header(302, LOCATION, "/to"),
        _ => status(401),
    })
    .await;
    let call = Call::get(format!("{}/from", refusing.url));
    session.send(call).await.unwrap_err();
    let path = ["GET /from", "GET /to"];
    assert_eq!(refusing.lines(), [path, path].concat());
    assert_eq!(logins(), 2);
}

#[tokio::test]
async fn a_body_goes_to_no_other_origin() {
    let other = Stub::in_turn(|_, _| status(200)).await;
    for code in [301, 302, 307, 308] {
        let server = server(code, format!("{}/to", other.url)).await;
        let call = Call::post(format!("{}/from", server.url));
        let call = call
            .json(&serde_json::json!({"password": "canary"}))
            .unwrap();
        let (why, text) = refusal(&server, call).await;
        assert_eq!(why, RedirectRefusal::OtherOrigin);
        assert!(
            text.contains(&other.url) && text.contains("not followed"),
            "{text}"
        );
    }
    assert!(other.seen().is_empty());
}

#[tokio::test]
async fn a_circle_ends_at_once() {
    let server = Stub::in_turn(|asked: &Seen, _| {
        let to = if asked.target() == "/a" { "/b" } else { "/a" };
        with_header(302, LOCATION, to)
    })
    .await;
    let (why, text) = refusal(&server, Call::get(format!("{}/a", server.url))).await;
    assert_eq!(why, RedirectRefusal::Circle);
    assert!(text.contains("in a circle"), "{text}");
    assert_eq!(server.lines(), ["GET /a", "GET /b"]);
}

#[tokio::test]
async fn a_way_without_end_ends_at_the_limit() {
    let server =
        Stub::in_turn(|_, number| with_header(302, LOCATION, &format!("/{}", number + 1))).await;
    let (why, _) = refusal(&server, Call::get(&server.url)).await;
    assert_eq!((why, server.seen().len()), (RedirectRefusal::TooMany, 31));
    let (why, _) = refusal(&server, Call::get(&server.url).redirects(0)).await;
    assert_eq!((why, server.seen().len()), (RedirectRefusal::TurnedOff, 32));
}

#[tokio::test]
async fn a_redirect_that_cannot_be_followed_says_why() {
    for (to, why) in [
        ("mailto:root@localhost", RedirectRefusal::NoLocation),
        ("http://[", RedirectRefusal::NoLocation),
    ] {
        let server = server(302, to).await;
        let call = Call::get(format!("{}/from", server.url));
        assert_eq!(refusal(&server, call).await.0, why);
    }
    let nowhere = Stub::in_turn(|_, _| status(302)).await;
    let (why, text) = refusal(&nowhere, Call::get(&nowhere.url)).await;
    assert_eq!(why, RedirectRefusal::NoLocation);
    assert!(text.ends_with("a redirect without a target"), "{text}");
}

#[tokio::test]
async fn no_proxy_is_taken_from_an_answer_and_choices_are_answers() {
    let server = server(305, "/to").await;
    let error = session()
        .send(Call::get(format!("{}/from", server.url)))
        .await
        .unwrap_err();
    assert_eq!(error.status().unwrap(), 305);
    let choices = Stub::in_turn(|_, _| with_header(300, LOCATION, "/to")).await;
    session().send(Call::get(&choices.url)).await.unwrap();
    assert_eq!(choices.seen().len(), 1);
}

#[tokio::test]
async fn the_request_id_of_a_redirect_is_kept() {
    let id = HeaderName::from_static("x-openstack-request-id");
    let server = Stub::in_turn(move |asked: &Seen, _| -> Response {
        match asked.target() {
            "/from" => ([(LOCATION, "/to"), (id.clone(), "req-1")], status(302)).into_response(),
            _ => status(404),
        }
    })
    .await;
    let error = session()
        .send(Call::get(format!("{}/from", server.url)))
        .await
        .unwrap_err();
    assert_eq!(error.response().unwrap().request_id(), Some("req-1"));
}
