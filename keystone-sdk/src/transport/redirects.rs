//! Where a redirect leads, and what of the request goes there.

use http::header::{CONTENT_LENGTH, CONTENT_TYPE, TRANSFER_ENCODING};
use http::{HeaderMap, Method, StatusCode};
use url::Url;

use super::response::same_origin;
use super::{Request, Response, redact};
use crate::error::RedirectRefusal;

/// The redirects of one call.
pub(super) struct Redirects {
    most: u32,
    been: Vec<(Method, Url)>,
    left_origin: bool,
}

impl Redirects {
    pub(super) fn new(most: u32) -> Self {
        Self {
            most,
            been: Vec::new(),
            left_origin: false,
        }
    }

    /// Whether the request lost its credentials on the way.
    pub(super) fn left_origin(&self) -> bool {
        self.left_origin
    }

    /// The addresses that redirected so far.
    pub(super) fn history(self) -> Vec<Url> {
        self.been.into_iter().map(|(_, url)| url).collect()
    }

    /// Turns `request` into the one that the redirect asks for. `Ok(false)` when the response is no
    /// redirect.
    ///
    /// 303 asks for the response by `GET`; all others leave the method as it is (RFC 9110, section
    /// 15.4, leaves that open for 301 and 302; the APIs of OpenStack mean it so).
    pub(super) fn follow(
        &mut self,
        request: &mut Request,
        response: &Response,
    ) -> Result<bool, RedirectRefusal> {
        if !is_redirect(response.status) {
            return Ok(false);
        }
        if self.been.len() >= usize::try_from(self.most).unwrap_or(usize::MAX) {
            return Err(if self.most == 0 {
                RedirectRefusal::TurnedOff
            } else {
                RedirectRefusal::TooMany
            });
        }
        let target = response
            .redirect_target()
            .ok_or(RedirectRefusal::NoLocation)?;
        let method = method_after(response.status, &request.method);
        let drops_body = method != request.method;
        let leaves = !same_origin(&request.url, &target);
        if leaves && request.url.scheme() == "https" && target.scheme() != "https" {
            return Err(RedirectRefusal::Downgrade);
        }
        if leaves && request.body.is_some() && !drops_body {
            return Err(RedirectRefusal::OtherOrigin);
        }
        let here = (request.method.clone(), request.url.clone());
        let next = (method, target);
        if next == here || self.been.contains(&next) {
            return Err(RedirectRefusal::Circle);
        }
        self.been.push(here);
        if drops_body {
            request.body = None;
            for name in [CONTENT_TYPE, CONTENT_LENGTH, TRANSFER_ENCODING] {
                request.headers.remove(name);
            }
        }
        if leaves {
            strip(&mut request.headers);
            self.left_origin = true;
        }
        (request.method, request.url) = next;
        Ok(true)
    }
}

/// Whether a status asks for another address. 305 does not: it would make anybody a proxy.
pub(super) fn is_redirect(status: StatusCode) -> bool {
    matches!(status.as_u16(), 301..=303 | 307 | 308)
}

fn method_after(status: StatusCode, method: &Method) -> Method {
    if status == StatusCode::SEE_OTHER && *method != Method::HEAD {
        Method::GET
    } else {
        method.clone()
    }
}

/// Takes away all that proves an identity: what is known to, and what was marked as secret.
fn strip(headers: &mut HeaderMap) {
    let secret: Vec<_> = headers
        .iter()
        .filter(|(name, value)| value.is_sensitive() || redact::is_secret_header(name))
        .map(|(name, _)| name.clone())
        .collect();
    for name in secret {
        headers.remove(name);
    }
}

#[cfg(test)]
mod tests;
