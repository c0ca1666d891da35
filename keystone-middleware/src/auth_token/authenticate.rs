//! Who may pass: from the headers of a request to an identity, or to a refusal.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use futures_util::future::{BoxFuture, FutureExt};
use http::header::Entry;
use http::{HeaderMap, HeaderName, HeaderValue, Request};
use tracing::{debug, info};

use crate::Error;
use super::cache::{Flight, Lookup, TokenCache};
use crate::context::{Caller, RequestContext};
use super::headers::{self, AUTH_TOKEN, SERVICE_TOKEN, STORAGE_TOKEN};
use super::validated_token::{Call, Validated};

/// What all copies of the layer and its services share.
pub(crate) struct Gate {
    pub(crate) cache: Arc<TokenCache>,
    pub(crate) challenge: HeaderValue,
    pub(crate) delay_auth_decision: bool,
    pub(crate) service_type: Option<String>,
    pub(crate) service_token_roles: Vec<String>,
    pub(crate) service_token_roles_required: bool,
}

/// Why a token is of no use.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Refusal {
    /// There is none at all.
    Absent,
    /// It is not valid.
    Unauthenticated,
    /// Nobody can say whether it is valid.
    Unavailable,
}

type Finding = Result<Arc<Validated>, Refusal>;

/// In the extensions of a request without a token that may reach public handlers only: whether it
/// has reached one.
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

/// What became of the tokens of a request.
pub(crate) struct Findings {
    user: Finding,
    /// None when the request names no calling service.
    service: Option<Finding>,
}

/// The tokens of a request while they are found out.
pub(crate) enum Inquiry {
    Done(Findings),
    Waiting(BoxFuture<'static, Findings>),
}

enum Started {
    Done(Finding),
    Waiting(Flight),
}

impl Gate {
    /// Removes what the client pretends to be, and starts finding out who it is.
    pub(crate) fn inquire(&self, headers: &mut HeaderMap) -> Inquiry {
        headers::strip(headers);
        for name in [AUTH_TOKEN, STORAGE_TOKEN, SERVICE_TOKEN] {
            conceal(headers, name);
        }
        let user = self.start(headers, user_header(headers));
        let service = headers
            .contains_key(SERVICE_TOKEN)
            .then(|| self.start(headers, SERVICE_TOKEN));
        match (user, service) {
            (Started::Done(user), None) => Inquiry::Done(Findings {
                user,
                service: None,
            }),
            (user, service) => Inquiry::Waiting(gather(user, service).boxed()),
        }
    }

    /// Writes into the request what was found, or refuses it. Where `public` handlers say so
    /// themselves, a request without a token is let through to them, and only to them.
    pub(crate) fn admit<B>(
        &self,
        findings: Findings,
        public: bool,
        request: &mut Request<B>,
    ) -> Result<Option<PublicOnly>, Refusal> {
        let chained =
            matches!(&findings.service, Some(Ok(service)) if self.has_service_role(service));
        let service = findings
            .service
            .map(|found| found.and_then(|service| self.accept_service(service, chained)));
        let user = findings
            .user
            .and_then(|user| self.accept_user(user, request, chained));
        let mut public_only = None;
        if !self.delay_auth_decision {
            match &user {
                Err(Refusal::Absent) if public => public_only = Some(PublicOnly::default()),
                Err(refusal) => return Err(*refusal),
                Ok(_) => {}
            }
            if let Some(Err(refusal)) = &service {
                return Err(*refusal);
            }
        }
        write_headers(request.headers_mut(), &user, service.as_ref());
        let caller = match user {
            Ok(user) => Caller::Confirmed(RequestContext::from_request(
                Arc::clone(user.identity()),
                service
                    .and_then(Result::ok)
                    .map(|service| Arc::clone(service.identity())),
                request.headers(),
            )),
            Err(Refusal::Absent | Refusal::Unauthenticated) => Caller::Anonymous,
            Err(Refusal::Unavailable) => Caller::Unknown,
        };
        let extensions = request.extensions_mut();
        extensions.insert(caller);
        if let Some(only) = &public_only {
            extensions.insert(only.clone());
        }
        Ok(public_only)
    }

    fn start(&self, headers: &HeaderMap, name: HeaderName) -> Started {
        if !headers.contains_key(&name) {
            debug!("no identity: no `{name}` header");
            return Started::Done(Err(Refusal::Absent));
        }
        match only_value(headers, &name) {
            Ok(token) => match self.cache.look_up(token) {
                Lookup::Known(known) => Started::Done(Ok(known)),
                Lookup::Asking(flight) => Started::Waiting(flight),
            },
            Err(why) => {
                debug!("no identity: {why}");
                Started::Done(Err(Refusal::Unauthenticated))
            }
        }
    }

    fn has_service_role(&self, service: &Validated) -> bool {
        self.service_token_roles
            .iter()
            .any(|role| service.identity().roles().contains(role))
    }

    fn accept_service(&self, service: Arc<Validated>, has_role: bool) -> Finding {
        if has_role || !self.service_token_roles_required {
            return Ok(service);
        }
        info!("a service token is not accepted: it holds no role that services hold");
        Err(Refusal::Unauthenticated)
    }

    /// Holds the user's token against the access rules of its application credential.
    fn accept_user<B>(&self, user: Arc<Validated>, request: &Request<B>, chained: bool) -> Finding {
        let call = Call {
            service_type: self.service_type.as_deref(),
            method: request.method(),
            path: sent_path(request),
            chained,
        };
        match user.allows(&call) {
            Ok(()) => Ok(user),
            Err(why) => {
                info!(
                    user_id = user.identity().user_id,
                    "no identity: the token may not be used here: {why}"
                );
                Err(Refusal::Unauthenticated)
            }
        }
    }
}

impl Started {
    async fn wait(self) -> Finding {
        match self {
            Self::Done(finding) => finding,
            Self::Waiting(flight) => flight.await.map_err(|error| match &*error {
                Error::InvalidToken(_) => Refusal::Unauthenticated,
                Error::Configuration(_) | Error::Unavailable(_) => Refusal::Unavailable,
            }),
        }
    }
}

impl fmt::Debug for Gate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Gate")
            .field("cache", &self.cache)
            .field("challenge", &self.challenge)
            .field("delay_auth_decision", &self.delay_auth_decision)
            .field("service_type", &self.service_type)
            .finish_non_exhaustive()
    }
}

/// The path as the client sent it. An axum router takes its prefix off before it calls what is
/// nested in it, and then says what the whole was.
fn sent_path<B>(request: &Request<B>) -> &str {
    #[cfg(feature = "axum")]
    if let Some(sent) = request.extensions().get::<axum::extract::OriginalUri>() {
        return sent.path();
    }
    request.uri().path()
}

async fn gather(user: Started, service: Option<Started>) -> Findings {
    let service = match service {
        Some(service) => Some(service.wait().await),
        None => None,
    };
    Findings {
        user: user.wait().await,
        service,
    }
}

fn write_headers(headers: &mut HeaderMap, user: &Finding, service: Option<&Finding>) {
    headers::set_status(headers, user.is_ok());
    if let Ok(user) = user {
        for (name, value) in user.user_headers() {
            headers.insert(name, value.clone());
        }
    }
    if let Some(service) = service {
        headers::set_service_status(headers, service.is_ok());
        if let Ok(service) = service {
            headers.extend(headers::of_service(service.identity()));
        }
    }
}

/// `X-Storage-Token` counts only where there is no `X-Auth-Token` at all, not even an empty one.
fn user_header(headers: &HeaderMap) -> HeaderName {
    if headers.contains_key(AUTH_TOKEN) || !headers.contains_key(STORAGE_TOKEN) {
        AUTH_TOKEN
    } else {
        STORAGE_TOKEN
    }
}

/// The one value of a token header. Which of two a proxy before us has checked, nobody knows.
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

/// Keeps a token out of the logs of whatever prints headers further in.
fn conceal(headers: &mut HeaderMap, name: HeaderName) {
    // Asked first, because an entry makes room for a value that will not come.
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
