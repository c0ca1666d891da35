//! Follows redirects, with the part of a request that may go to their target.

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

    /// Whether a redirect led to another origin.
    pub(super) fn left_origin(&self) -> bool {
        self.left_origin
    }

    /// The URLs that redirected so far.
    pub(super) fn history(self) -> Vec<Url> {
        self.been.into_iter().map(|(_, url)| url).collect()
    }

    /// Turns `request` into the one that the redirect asks for.
    ///
    /// 303 changes the method to `GET`; all others keep it (RFC 9110, section 15.4, leaves that open
    /// for 301 and 302; the APIs of OpenStack expect it).
    pub(super) fn follow(
        &mut self,
        request: &mut Request,
        response: &Response,
    ) -> Result<(), RedirectRefusal> {
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
        let method = match response.status {
            StatusCode::SEE_OTHER if request.method != Method::HEAD => Method::GET,
            _ => request.method.clone(),
        };
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
        Ok(())
    }
}

/// Whether a status is a redirect. 305 is not followed: it would make any host a proxy.
pub(super) fn is_redirect(status: StatusCode) -> bool {
    matches!(status.as_u16(), 301..=303 | 307 | 308)
}

/// Removes credentials: headers that are known to be secret or marked sensitive.
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
