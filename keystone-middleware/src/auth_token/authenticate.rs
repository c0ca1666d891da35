//! Authenticates requests: from the headers to the identity of the caller or a refusal.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use futures_util::future::{BoxFuture, FutureExt};
use http::header::Entry;
use http::{HeaderMap, HeaderName, HeaderValue, Request};
use tracing::{debug, info};

use super::cache::{Lookup, TokenCache, Validation};
use super::headers::{self, AUTH_TOKEN, SERVICE_TOKEN, STORAGE_TOKEN};
use super::validated_token::{ApiRequest, ValidatedToken};
use crate::Error;
use crate::context::{Caller, RequestContext};

/// The state shared by all clones of a layer and its services.
pub(crate) struct Authenticator {
    pub(crate) cache: Arc<TokenCache>,
    pub(crate) challenge: HeaderValue,
    pub(crate) delay_auth_decision: bool,
    pub(crate) service_type: Option<String>,
    pub(crate) service_token_roles: Vec<String>,
    pub(crate) service_token_roles_required: bool,
}

/// Why a request has no confirmed identity.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Refusal {
    /// There is no token.
    NoToken,
    /// The token is invalid, or may not be used for this request.
    InvalidToken,
    /// The token could not be validated.
    Unavailable,
}

type TokenResult = Result<Arc<ValidatedToken>, Refusal>;

/// An extension of a request without a token, which may reach public handlers only: whether it has
/// reached one.
#[derive(Clone, Debug, Default)]
pub(crate) struct PublicOnly(Arc<AtomicBool>);

impl PublicOnly {
    #[cfg(feature = "axum")]
    pub(crate) fn reached(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    pub(crate) fn is_reached(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// The results for both tokens of a request.
pub(crate) struct TokenResults {
    user: TokenResult,
    /// `None` if the request has no service token.
    service: Option<TokenResult>,
}

/// The validation of the tokens of a request.
pub(crate) enum TokenValidation {
    Done(TokenResults),
    Pending(BoxFuture<'static, TokenResults>),
}

enum OneValidation {
    Done(TokenResult),
    Pending(BoxFuture<'static, Validation>),
}

impl Authenticator {
    /// Removes the identity headers that the client sent, and begins to validate its tokens.
    ///
    /// The order matters. Identity headers are removed first, whatever the result: with
    /// `delay_auth_decision` a request is passed on without a valid token. Tokens are marked as
    /// sensitive before anything can fail, so that no inner layer logs one, not even an invalid
    /// one.
    pub(crate) fn validate_tokens(&self, headers: &mut HeaderMap) -> TokenValidation {
        headers::remove_identity(headers);
        for name in [AUTH_TOKEN, STORAGE_TOKEN, SERVICE_TOKEN] {
            mark_sensitive(headers, name);
        }
        let user = self.validate(headers, user_token_header(headers));
        let service = headers
            .contains_key(SERVICE_TOKEN)
            .then(|| self.validate(headers, SERVICE_TOKEN));
        match (user, service) {
            // The common case, a cached token, does not allocate.
            (OneValidation::Done(user), None) => TokenValidation::Done(TokenResults {
                user,
                service: None,
            }),
            (user, service) => TokenValidation::Pending(wait_for(user, service).boxed()),
        }
    }

    /// Adds the identity to the request, or refuses it. With `public_handlers` a request without a
    /// token is passed on, to public handlers only.
    pub(crate) fn authenticate<B>(
        &self,
        results: TokenResults,
        public_handlers: bool,
        request: &mut Request<B>,
    ) -> Result<Option<PublicOnly>, Refusal> {
        // The service role is checked before the access rules of the user, from which it exempts.
        let chained =
            matches!(&results.service, Some(Ok(service)) if self.has_service_role(service));
        let service = results
            .service
            .map(|result| result.and_then(|service| self.accept_service(service, chained)));
        let user = results
            .user
            .and_then(|user| self.accept_user(user, request, chained));
        let mut public_only = None;
        if !self.delay_auth_decision {
            match &user {
                Err(Refusal::NoToken) if public_handlers => {
                    public_only = Some(PublicOnly::default())
                }
                Err(refusal) => return Err(*refusal),
                Ok(_) => {}
            }
            if let Some(Err(refusal)) = &service {
                return Err(*refusal);
            }
        }
        write_headers(request.headers_mut(), &user, service.as_ref());
        let caller = match user {
            Ok(user) => Caller::Confirmed(RequestContext::new(
                Arc::clone(user.identity()),
                service
                    .and_then(Result::ok)
                    .map(|service| Arc::clone(service.identity())),
                user_token(request.headers()),
                headers::global_request_id(request.headers()),
            )),
            Err(Refusal::NoToken | Refusal::InvalidToken) => Caller::Anonymous,
            Err(Refusal::Unavailable) => Caller::Unknown,
        };
        let extensions = request.extensions_mut();
        extensions.insert(caller);
        if let Some(only) = &public_only {
            extensions.insert(only.clone());
        }
        Ok(public_only)
    }

    fn validate(&self, headers: &HeaderMap, name: HeaderName) -> OneValidation {
        if !headers.contains_key(&name) {
            debug!("no identity: there is no `{name}` header");
            return OneValidation::Done(Err(Refusal::NoToken));
        }
        match only_value(headers, &name) {
            Ok(token) => match self.cache.look_up(token) {
                Lookup::Known(known) => OneValidation::Done(Ok(known)),
                Lookup::Pending(pending) => OneValidation::Pending(pending),
            },
            Err(reason) => {
                debug!("no identity: {reason}");
                OneValidation::Done(Err(Refusal::InvalidToken))
            }
        }
    }

    fn has_service_role(&self, service: &ValidatedToken) -> bool {
        self.service_token_roles
            .iter()
            .any(|role| service.identity().roles().contains(role))
    }

    fn accept_service(&self, service: Arc<ValidatedToken>, has_role: bool) -> TokenResult {
        if has_role || !self.service_token_roles_required {
            return Ok(service);
        }
        info!("a service token is refused: it has none of the `service_token_roles`");
        Err(Refusal::InvalidToken)
    }

    /// Checks the access rules of the application credential with which the token was issued.
    fn accept_user<B>(
        &self,
        user: Arc<ValidatedToken>,
        request: &Request<B>,
        chained: bool,
    ) -> TokenResult {
        let api_request = ApiRequest {
            service_type: self.service_type.as_deref(),
            method: request.method(),
            path: original_path(request),
            chained,
        };
        match user.allows(&api_request) {
            Ok(()) => Ok(user),
            Err(reason) => {
                info!(
                    user_id = user.identity().user_id,
                    "no identity: the token may not be used for this request: {reason}"
                );
                Err(Refusal::InvalidToken)
            }
        }
    }
}

impl OneValidation {
    async fn wait(self) -> TokenResult {
        match self {
            Self::Done(result) => result,
            Self::Pending(pending) => pending.await.map_err(|error| match &*error {
                Error::InvalidToken(_) => Refusal::InvalidToken,
                Error::Configuration(_) | Error::Unavailable(_) => Refusal::Unavailable,
            }),
        }
    }
}

impl fmt::Debug for Authenticator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Authenticator")
            .field("cache", &self.cache)
            .field("challenge", &self.challenge)
            .field("delay_auth_decision", &self.delay_auth_decision)
            .field("service_type", &self.service_type)
            .finish_non_exhaustive()
    }
}

/// The path as the client sent it. Access rules match the whole path, but a nested axum router gets
/// it without the prefix; axum keeps the original in an extension.
fn original_path<B>(request: &Request<B>) -> &str {
    #[cfg(feature = "axum")]
    if let Some(original) = request.extensions().get::<axum::extract::OriginalUri>() {
        return original.path();
    }
    request.uri().path()
}

async fn wait_for(user: OneValidation, service: Option<OneValidation>) -> TokenResults {
    let service = match service {
        Some(service) => Some(service.wait().await),
        None => None,
    };
    TokenResults {
        user: user.wait().await,
        service,
    }
}

fn write_headers(headers: &mut HeaderMap, user: &TokenResult, service: Option<&TokenResult>) {
    headers::set_status(headers, user.is_ok());
    if let Ok(user) = user {
        for (name, value) in user.user_headers() {
            headers.insert(name, value.clone());
        }
    }
    if let Some(service) = service {
        headers::set_service_status(headers, service.is_ok());
        if let Ok(service) = service {
            headers.extend(headers::service_headers(service.identity()));
        }
    }
}

/// The header with the user's token. `X-Storage-Token` is used only if there is no `X-Auth-Token`,
/// not even an empty one.
fn user_token_header(headers: &HeaderMap) -> HeaderName {
    if headers.contains_key(AUTH_TOKEN) || !headers.contains_key(STORAGE_TOKEN) {
        AUTH_TOKEN
    } else {
        STORAGE_TOKEN
    }
}

/// The user's token, for calls on the user's behalf.
fn user_token(headers: &HeaderMap) -> Option<HeaderValue> {
    headers.get(user_token_header(headers)).cloned()
}

/// The only value of a token header. If there are two, a proxy in front of this service may have
/// checked the other one, so the request is refused.
fn only_value<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Result<&'a str, String> {
    let mut values = headers.get_all(name).iter();
    let (Some(value), None) = (values.next(), values.next()) else {
        return Err(format!("more than one `{name}` header"));
    };
    match value.to_str().map(str::trim) {
        Ok("") => Err(format!("an empty `{name}` header")),
        Ok(token) => Ok(token),
        Err(_) => Err(format!("a `{name}` header that is not printable ASCII")),
    }
}

/// Keeps a token out of the logs of inner layers.
fn mark_sensitive(headers: &mut HeaderMap, name: HeaderName) {
    // `entry` alone would allocate even if there is no value.
    if headers.contains_key(&name)
        && let Entry::Occupied(mut entry) = headers.entry(name)
    {
        for value in entry.iter_mut() {
            value.set_sensitive(true);
        }
    }
}

#[cfg(test)]
mod tests;
