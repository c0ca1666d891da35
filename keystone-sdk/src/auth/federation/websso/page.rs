//! What the person sees at the end. The pages hold nothing of the request.

use bytes::Bytes;
use http::header::{
    ALLOW, CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderValue, REFERRER_POLICY,
    X_CONTENT_TYPE_OPTIONS,
};
use http::{Response, StatusCode};
use http_body_util::Full;

pub(super) type Page = Response<Full<Bytes>>;

const RECEIVED: &str = "<!doctype html>
<html lang=\"en\">
<meta charset=\"utf-8\">
<title>Login received</title>
<p>The program has received your login. You can close this page.</p>
</html>
";

const REFUSED: &str = "<!doctype html>
<html lang=\"en\">
<meta charset=\"utf-8\">
<title>Request refused</title>
<p>This is no login, and the request was refused. The program still waits for one.</p>
</html>
";

/// The page of a request that brought the token.
pub(super) fn received() -> Page {
    page(StatusCode::OK, RECEIVED)
}

/// The page of any other request.
pub(super) fn refused(status: StatusCode) -> Page {
    let mut page = page(status, REFUSED);
    if status == StatusCode::METHOD_NOT_ALLOWED {
        let post = HeaderValue::from_static("POST");
        page.headers_mut().insert(ALLOW, post);
    }
    page
}

fn page(status: StatusCode, text: &'static str) -> Page {
    let mut page = Response::new(Full::new(Bytes::from_static(text.as_bytes())));
    *page.status_mut() = status;
    for (name, value) in [
        (CACHE_CONTROL, "no-store"),
        (
            CONTENT_SECURITY_POLICY,
            "default-src 'none'; frame-ancestors 'none'",
        ),
        (CONTENT_TYPE, "text/html; charset=utf-8"),
        (REFERRER_POLICY, "no-referrer"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ] {
        let value = HeaderValue::from_static(value);
        page.headers_mut().insert(name, value);
    }
    page
}
