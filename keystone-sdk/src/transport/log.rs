//! The log of the transport, without secrets. Each kind of event has its own target.

use std::time::Duration;

use super::{Request, Response, redact};
use crate::{Error, printable};

const REQUEST: &str = "keystone_sdk::transport::request";
const RESPONSE: &str = "keystone_sdk::transport::response";
const BODY: &str = "keystone_sdk::transport::body";
const RETRY: &str = "keystone_sdk::transport::retry";

pub(super) fn request(request: &Request) {
    tracing::debug!(
        target: REQUEST,
        method = %request.method,
        url = redact::address(&request.url),
        headers = ?redact::headers(&request.headers),
        service = request.log_name.as_deref(),
        "request"
    );
    if let Some(body) = &request.body {
        let body = redact::body_without(&request.headers, body, &request.secrets);
        tracing::trace!(target: BODY, body, "request body");
    }
}

pub(super) fn response(request: &Request, response: &Response) {
    if !tracing::enabled!(target: RESPONSE, tracing::Level::DEBUG) {
        return;
    }
    // A service may repeat secrets of the request.
    let secrets = request.secrets_sent();
    let scrub = |text: String| redact::scrub(text, &secrets);
    let id = response.request_id();
    tracing::debug!(
        target: RESPONSE,
        status = response.status.as_u16(),
        url = response.address(),
        headers = scrub(format!("{:?}", redact::headers(&response.headers))),
        request_id = id.map(|id| printable::owned(scrub(id.to_owned()))),
        elapsed = ?response.elapsed,
        "response"
    );
    if tracing::enabled!(target: BODY, tracing::Level::TRACE) {
        let body = redact::body_without(&response.headers, &response.body, &secrets);
        tracing::trace!(target: BODY, body, "response body");
    }
}

pub(super) fn retry(request: &Request, outcome: &Result<Response, Error>, pause: Duration) {
    let url = redact::address(&request.url);
    let method = &request.method;
    match outcome {
        Ok(response) => {
            let status = response.status.as_u16();
            tracing::warn!(target: RETRY, %method, url, status, ?pause, "retrying after a pause");
        }
        Err(error) => {
            tracing::warn!(target: RETRY, %method, url, %error, ?pause, "retrying after a pause");
        }
    }
}

pub(super) fn redirect(response: &Response, next: &Request) {
    tracing::debug!(
        target: RESPONSE,
        status = response.status.as_u16(),
        from = response.address(),
        to = redact::address(&next.url),
        method = %next.method,
        "following a redirect"
    );
}
