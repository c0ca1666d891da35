//! Which request brings the token.

use std::sync::{Mutex, MutexGuard, PoisonError};

use http::header::{CONTENT_LENGTH, CONTENT_TYPE, HOST, ORIGIN, REFERER, TRANSFER_ENCODING};
use http::{HeaderMap, HeaderName, Method, Request, StatusCode};
use http_body_util::{BodyExt as _, Limited};
use hyper::body::Incoming;
use url::{Url, form_urlencoded};

use super::page::{self, Page};
use crate::auth::Token;
use crate::printable;

/// The path of the form's target, as dashboards have it.
pub(super) const PATH: &str = "/auth/websso/";
/// The largest form, in bytes: it holds one token.
const LARGEST: usize = 64 << 10;

const FORM: &str = "application/x-www-form-urlencoded";
const MODE: HeaderName = HeaderName::from_static("sec-fetch-mode");
const DEST: HeaderName = HeaderName::from_static("sec-fetch-dest");
const SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Reads requests until one brings the token.
///
/// The checks turn away scripts (`fetch` sends no navigation), frames, pages of other origins that
/// the browser names, and names of other hosts that lead here. They prove no sender: a page without
/// a referrer sends the same form as a Keystone with HTTPS does.
#[derive(Debug)]
pub(super) struct Callback {
    /// The host and port by which a browser asks for the listener.
    host: String,
    /// The origin of Keystone.
    keystone: String,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    token: Option<Token>,
    refused: usize,
    last: Option<String>,
}

/// Why a request does not bring the token. The request is not repeated, for it may hold one.
struct Refusal {
    status: StatusCode,
    reason: String,
}

impl Refusal {
    fn new(status: StatusCode, reason: impl Into<String>) -> Self {
        let reason = reason.into();
        Self { status, reason }
    }
}

impl Callback {
    pub(super) fn new(host: &str, keystone: &Url) -> Self {
        Self {
            host: host.to_owned(),
            keystone: keystone.origin().ascii_serialization(),
            state: Mutex::default(),
        }
    }

    /// The token, once there is one.
    pub(super) fn token(&self) -> Option<Token> {
        self.state().token.clone()
    }

    /// What came instead of a token, in words.
    pub(super) fn refusals(&self) -> Option<String> {
        let state = self.state();
        let (refused, last) = (state.refused, state.last.as_deref()?);
        Some(format!(
            "refused requests: {refused}, the last because {last}"
        ))
    }

    /// The response to a request, and whether it brought the token.
    pub(super) async fn respond(&self, request: Request<Incoming>) -> (Page, bool) {
        let read = self.read(request).await.and_then(|token| self.take(token));
        match read {
            Ok(()) => (page::received(), true),
            Err(Refusal { status, reason }) => {
                tracing::debug!("refused a request to the login's listener ({status}): {reason}");
                let mut state = self.state();
                state.refused += 1;
                state.last = Some(reason);
                (page::refused(status), false)
            }
        }
    }

    async fn read(&self, request: Request<Incoming>) -> Result<Token, Refusal> {
        self.check_target(&request)?;
        let headers = request.headers();
        check_form(headers)?;
        check_navigation(headers)?;
        self.check_sender(headers)?;
        let body = Limited::new(request.into_body(), LARGEST).collect().await;
        let body = body.map_err(|_| bad("its form is cut off"))?.to_bytes();
        token(&body)
    }

    #[cfg(test)]
    pub(super) fn put(&self, token: Token) {
        self.state().token = Some(token);
    }

    fn take(&self, token: Token) -> Result<(), Refusal> {
        let mut state = self.state();
        if state.token.is_some() {
            let reason = "a token has come before";
            return Err(Refusal::new(StatusCode::CONFLICT, reason));
        }
        state.token = Some(token);
        Ok(())
    }

    fn check_target(&self, request: &Request<Incoming>) -> Result<(), Refusal> {
        let asked = request.uri().authority().map(http::uri::Authority::as_str);
        let header = only(request.headers(), &HOST)?;
        let hosts = [asked, header];
        let mut hosts = hosts.into_iter().flatten();
        // Another name of this machine may belong to whoever sent the browser here.
        if header.is_none() || !hosts.all(|host| host.eq_ignore_ascii_case(&self.host)) {
            let reason = format!("it is not for `{}`", self.host);
            return Err(Refusal::new(StatusCode::MISDIRECTED_REQUEST, reason));
        }
        if request.uri().path() != PATH || request.uri().query().is_some() {
            let reason = format!("it is not for `{PATH}`");
            return Err(Refusal::new(StatusCode::NOT_FOUND, reason));
        }
        if request.method() != Method::POST {
            let reason = "it is no POST";
            return Err(Refusal::new(StatusCode::METHOD_NOT_ALLOWED, reason));
        }
        Ok(())
    }

    fn check_sender(&self, headers: &HeaderMap) -> Result<(), Refusal> {
        // Browsers say `null`, and no referrer, from a Keystone with HTTPS.
        let origin = only(headers, &ORIGIN)?.filter(|origin| *origin != "null");
        let referrer = only(headers, &REFERER)?;
        for (name, value) in [("Origin", origin), ("Referer", referrer)] {
            let Some(value) = value else { continue };
            let its = Url::parse(value).map(|url| url.origin().ascii_serialization());
            if its.as_ref() != Ok(&self.keystone) {
                // Of a referrer, the origin alone: its path may hold anything.
                let its = its.unwrap_or_else(|_| "no address".to_owned());
                return Err(bad(format!(
                    "its `{name}` is `{}`, not that of Keystone, `{}`",
                    printable::line(&its),
                    self.keystone
                )));
            }
        }
        Ok(())
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn bad(reason: impl Into<String>) -> Refusal {
    Refusal::new(StatusCode::BAD_REQUEST, reason)
}

/// The value of a header that may stand once.
fn only<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Result<Option<&'a str>, Refusal> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (None, _) => Ok(None),
        (Some(value), None) => {
            let text = value.to_str();
            text.map(Some)
                .map_err(|_| bad(format!("its `{name}` is no plain text")))
        }
        (Some(_), Some(_)) => Err(bad(format!("its `{name}` stands twice"))),
    }
}

fn check_form(headers: &HeaderMap) -> Result<(), Refusal> {
    let kind = only(headers, &CONTENT_TYPE)?.unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    if !kind.eq_ignore_ascii_case(FORM) {
        let reason = "it brings no form";
        return Err(Refusal::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, reason));
    }
    let length = only(headers, &CONTENT_LENGTH)?.and_then(|length| length.parse::<u64>().ok());
    match length {
        Some(length) if length > LARGEST as u64 => {
            let reason = format!("its form is larger than {LARGEST} bytes");
            Err(Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, reason))
        }
        Some(_) if !headers.contains_key(TRANSFER_ENCODING) => Ok(()),
        _ => {
            let reason = "it does not say how long its form is";
            Err(Refusal::new(StatusCode::LENGTH_REQUIRED, reason))
        }
    }
}

/// The form is sent by a page that is shown, and the response is the next page.
fn check_navigation(headers: &HeaderMap) -> Result<(), Refusal> {
    for (name, expected) in [
        (MODE, &["navigate"][..]),
        (DEST, &["document"]),
        (SITE, &["cross-site", "same-site"]),
    ] {
        let value = only(headers, &name)?;
        if !value.is_some_and(|value| expected.contains(&value)) {
            let reason = format!("its `{name}` is not `{}`", expected.join("` or `"));
            return Err(bad(reason));
        }
    }
    Ok(())
}

fn token(form: &[u8]) -> Result<Token, Refusal> {
    let mut tokens = form_urlencoded::parse(form).filter(|(name, _)| name == "token");
    let (Some((_, token)), None) = (tokens.next(), tokens.next()) else {
        return Err(bad("its form has not one field `token`"));
    };
    Token::new(token.as_ref().into(), None)
        .map_err(|_| bad("the field `token` of its form is no token"))
}
