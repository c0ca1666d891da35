//! Every kind of step from one address to another.

use std::time::Duration;

use bytes::Bytes;
use http::header::LOCATION;
use http::{HeaderName, HeaderValue};

use super::*;

fn request(url: &str) -> Request {
    let mut secret = HeaderValue::from_static("canary");
    secret.set_sensitive(true);
    Request::new(Method::GET, url.parse().unwrap())
        .header(
            HeaderName::from_static("x-auth-token"),
            HeaderValue::from_static("canary"),
        )
        .header(HeaderName::from_static("x-badge"), secret)
        .header(
            HeaderName::from_static("x-plain"),
            HeaderValue::from_static("kept"),
        )
}

fn response(url: &Url, status: u16, location: &str) -> Response {
    Response {
        method: Method::GET,
        url: url.clone(),
        status: StatusCode::from_u16(status).unwrap(),
        headers: HeaderMap::from_iter([(LOCATION, location.parse().unwrap())]),
        body: Bytes::new(),
        elapsed: Duration::ZERO,
        redirected_by: Vec::new(),
        retry_after: None,
        refusal: None,
        without_credentials: false,
        secrets: Vec::new(),
    }
}

/// Follows one redirect; the request as it then is.
fn step(mut request: Request, location: &str) -> Result<(Request, bool), RedirectRefusal> {
    let mut redirects = Redirects::new(30);
    let response = response(&request.url, 307, location);
    redirects.follow(&mut request, &response)?;
    Ok((request, redirects.left_origin()))
}

#[test]
fn from_tls_to_plain_nothing_is_followed() {
    for (from, to) in [
        ("https://a.example/x", "http://a.example/x"),
        ("https://a.example/x", "http://a.example/y"),
        ("https://a.example/x", "http://b.example/x"),
        ("https://a.example/x", "http://a.example:443/x"),
        ("https://a.example:5000/x", "http://a.example:5000/x"),
        ("https://127.0.0.1/x", "http://127.0.0.1/x"),
        ("https://a.example/x", "HTTP://a.example/x"),
    ] {
        assert_eq!(
            step(request(from), to).unwrap_err(),
            RedirectRefusal::Downgrade,
            "{to}"
        );
        // Neither what carries a body nor what proves nothing makes a difference.
        let mut with_body = request(from);
        with_body.body = Some(Bytes::from_static(b"x"));
        assert_eq!(
            step(with_body, to).unwrap_err(),
            RedirectRefusal::Downgrade,
            "{to}"
        );
        let bare = Request::new(Method::GET, from.parse().unwrap());
        assert_eq!(
            step(bare, to).unwrap_err(),
            RedirectRefusal::Downgrade,
            "{to}"
        );
    }
}

#[test]
fn from_tls_to_plain_is_found_at_every_step_of_a_way() {
    let mut redirects = Redirects::new(30);
    let mut request = request("http://a.example/");
    for to in ["https://a.example/", "https://b.example/"] {
        let response = response(&request.url, 302, to);
        assert_eq!(redirects.follow(&mut request, &response), Ok(()), "{to}");
    }
    let down = response(&request.url, 302, "http://b.example/");
    assert_eq!(
        redirects.follow(&mut request, &down),
        Err(RedirectRefusal::Downgrade)
    );
    assert_eq!(request.url.as_str(), "https://b.example/");
    let been: Vec<String> = redirects.history().iter().map(Url::to_string).collect();
    assert_eq!(been, ["http://a.example/", "https://a.example/"]);
}

#[test]
fn only_the_same_origin_gets_what_proves_the_identity() {
    for (from, to, url, stays) in [
        ("https://a.example/x", "/y", "https://a.example/y", true),
        (
            "https://a.example/x",
            "//a.example/y",
            "https://a.example/y",
            true,
        ),
        (
            "https://a.example/x",
            "https://a.example:443/y",
            "https://a.example/y",
            true,
        ),
        (
            "http://a.example/x",
            "http://A.example:80/y",
            "http://a.example/y",
            true,
        ),
        (
            "http://a.example/x",
            "https://a.example/x",
            "https://a.example/x",
            false,
        ),
        (
            "https://a.example/x",
            "https://a.example:444/y",
            "https://a.example:444/y",
            false,
        ),
        (
            "https://a.example/x",
            "//b.example/y",
            "https://b.example/y",
            false,
        ),
        (
            "https://a.example/x",
            "https://u:p@b.example/y",
            "https://b.example/y",
            false,
        ),
        (
            "http://a.example/x",
            "http://b.example/x",
            "http://b.example/x",
            false,
        ),
    ] {
        let (request, left) = step(request(from), to).unwrap();
        assert_eq!(request.url.as_str(), url, "{to}");
        assert_eq!(left, !stays, "{to}");
        let has = |name: &str| request.headers.contains_key(name);
        assert_eq!(
            (has("x-auth-token"), has("x-badge")),
            (stays, stays),
            "{to}"
        );
        assert!(has("x-plain"), "{to}");
    }
}

#[test]
fn what_was_left_stays_left() {
    let mut redirects = Redirects::new(30);
    let mut request = request("http://a.example/");
    for to in [
        "http://b.example/",
        "http://b.example/y",
        "http://a.example/z",
    ] {
        let response = response(&request.url, 302, to);
        assert_eq!(redirects.follow(&mut request, &response), Ok(()));
        assert!(redirects.left_origin(), "{to}");
        assert!(!request.headers.contains_key("x-auth-token"), "{to}");
    }
}

#[test]
fn a_body_stays_within_its_origin() {
    let with_body = |url: &str| {
        let mut request = request(url).header(CONTENT_TYPE, HeaderValue::from_static("text/plain"));
        request.method = Method::POST;
        request.body = Some(Bytes::from_static(b"canary"));
        request
    };
    let (within, _) = step(with_body("http://a.example/"), "/y").unwrap();
    assert_eq!((within.method, within.body.is_some()), (Method::POST, true));
    let refusal = step(with_body("http://a.example/"), "http://b.example/").unwrap_err();
    assert_eq!(refusal, RedirectRefusal::OtherOrigin);

    // 303 drops it, and then it may go on.
    let mut request = with_body("http://a.example/");
    let see_other = response(&request.url, 303, "http://b.example/");
    let mut redirects = Redirects::new(1);
    assert_eq!(redirects.follow(&mut request, &see_other), Ok(()));
    assert_eq!((request.method, request.body), (Method::GET, None));
    assert!(!request.headers.contains_key(CONTENT_TYPE));
}

#[test]
fn what_redirects_and_what_does_not() {
    for status in 200..=599 {
        let redirects = is_redirect(StatusCode::from_u16(status).unwrap());
        let wanted = [301, 302, 303, 307, 308].contains(&status);
        assert_eq!(redirects, wanted, "{status}");
    }
}

#[test]
fn the_same_address_is_no_circle_when_the_method_is_another() {
    let mut request = request("http://a.example/");
    request.method = Method::POST;
    let see_other = response(&request.url, 303, "/");
    let mut redirects = Redirects::new(9);
    assert_eq!(redirects.follow(&mut request, &see_other), Ok(()));
    let again = response(&request.url, 302, "/");
    assert_eq!(
        redirects.follow(&mut request, &again),
        Err(RedirectRefusal::Circle)
    );
}

#[test]
fn a_way_has_as_many_steps_as_it_may() {
    for (most, refusal) in [
        (0, RedirectRefusal::TurnedOff),
        (2, RedirectRefusal::TooMany),
    ] {
        let mut redirects = Redirects::new(most);
        let mut request = request("http://a.example/");
        for step in 0..=most {
            let response = response(&request.url, 302, &format!("/{step}"));
            let wanted = if step < most { Ok(()) } else { Err(refusal) };
            assert_eq!(
                redirects.follow(&mut request, &response),
                wanted,
                "{most} {step}"
            );
        }
    }
}
