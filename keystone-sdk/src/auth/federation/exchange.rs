//! The requests of one login that visits several servers.

use bytes::Bytes;
use http::header::{ACCEPT, CONTENT_TYPE, COOKIE, HeaderValue};
use http::{Method, StatusCode};
use url::Url;

use super::cookies::Cookies;
use super::endpoint::FEDERATION_ENDPOINT;
use super::reason::Sent;
use crate::Error;
use crate::auth::attempt::place;
use crate::error::{AuthenticationError, FederationFailure, FederationStep};
use crate::transport::{Request, Response, Transport};

/// The longest message that is read, in bytes.
pub(super) const LONGEST: usize = 1 << 20;

/// The media type of SAML messages on the way from and to a service provider.
pub(super) const PAOS: HeaderValue = HeaderValue::from_static("application/vnd.paos+xml");

/// What requests are for.
#[cfg(feature = "saml2")]
pub(super) const IDENTITY_PROVIDER: &str = "the login at the identity provider";
pub(super) const SERVICE_PROVIDER: &str = "the assertion consumer of the service provider";

/// The requests of one login: no redirect is followed, and cookies go back to where they are from.
pub(super) struct Exchange<'a> {
    transport: &'a Transport,
    cookies: Cookies,
}

/// What goes to a service provider.
pub(super) struct Handover<'a> {
    /// Its assertion consumer.
    pub(super) to: &'a Url,
    pub(super) content_type: HeaderValue,
    pub(super) body: Bytes,
    /// The assertion in clear, which the service provider may repeat in an error.
    pub(super) message: &'a str,
    /// The address that gives a token to whom the service provider knows.
    pub(super) for_token: &'a Url,
    /// Whether the redirect has to lead to the server of that address.
    pub(super) leads_back: bool,
}

impl<'a> Exchange<'a> {
    pub(super) fn new(transport: &'a Transport) -> Self {
        let cookies = Cookies::default();
        Self { transport, cookies }
    }

    /// Sends a request with the cookies of its origin. `step` says what it is for, where there is no
    /// response.
    pub(super) async fn send(
        &mut self,
        step: &'static str,
        request: Request,
    ) -> Result<Response, Error> {
        let mut request = request.redirects(0);
        if let Some(cookies) = self.cookies.header(&request.url) {
            request.headers.insert(COOKIE, cookies);
        }
        let response = self.transport.send(request).await;
        let response = response.map_err(|error| error.during(step))?;
        self.cookies.keep(&response);
        Ok(response)
    }

    /// Hands an assertion over to a service provider, and asks for the token then.
    pub(super) async fn hand_over(&mut self, handover: Handover<'_>) -> Result<Response, Error> {
        let Handover { to, for_token, .. } = handover;
        let mut request = Request::new(Method::POST, to.clone())
            .header(CONTENT_TYPE, handover.content_type)
            // An assertion is good for one time.
            .replayable(false);
        request.body = Some(handover.body.clone());
        request.secrets = vec![handover.message.into()];
        let response = self.send(SERVICE_PROVIDER, request).await?;
        let is_accepted = matches!(response.status, StatusCode::FOUND | StatusCode::SEE_OTHER);
        if !is_accepted {
            let sent = Sent {
                message: handover.message,
                ..Sent::default()
            };
            let reason = sent.reason_of(&response);
            let message = "the service provider did not accept the assertion";
            return Err(failed(
                FederationStep::ServiceProvider,
                message,
                reason,
                &response,
            ));
        }
        let target = response.redirect_target().map(|url| url.origin());
        if handover.leads_back && target != Some(for_token.origin()) {
            let message = "the service provider redirects to another server than Keystone's";
            let to = target.map(|origin| origin.ascii_serialization());
            return Err(failed(
                FederationStep::ServiceProvider,
                message,
                to,
                &response,
            ));
        }
        if !self.cookies.has_of(for_token) {
            let message = format!(
                "the service provider set no cookie for Keystone at `{}`",
                for_token.origin().ascii_serialization()
            );
            return Err(failed(
                FederationStep::ServiceProvider,
                &message,
                None,
                &response,
            ));
        }
        let accept = HeaderValue::from_static("application/json");
        let request = Request::new(Method::GET, for_token.clone()).header(ACCEPT, accept);
        let response = self.send(FEDERATION_ENDPOINT, request.clone()).await?;
        // As `again_after_a_conflict`, with the cookies.
        if response.status == StatusCode::CONFLICT {
            return self.send(FEDERATION_ENDPOINT, request).await;
        }
        Ok(response)
    }
}

/// A login that failed at `step`, as `response` says.
pub(super) fn failed(
    step: FederationStep,
    message: &str,
    reason: Option<String>,
    response: &Response,
) -> Error {
    let (place, status) = (place(response), response.status);
    let mut text = format!("{message} ({place}, status {})", status.as_u16());
    if let Some(reason) = &reason {
        text = format!("{text}: {reason}");
    }
    let error = AuthenticationError::new(text).failed_at(FederationFailure::new(step, reason));
    if status.is_success() {
        return error.into();
    }
    error.refused_by(response.to_error()).into()
}
