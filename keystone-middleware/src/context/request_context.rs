//! The context of a request: the caller and the rules.

use std::fmt;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::ops::Deref;
use std::sync::{Arc, OnceLock};

use http::{Extensions, HeaderValue};
use keystone_policy::{Enforcer, RoleSet, Rules};
use keystone_sdk::SecretString;
use tracing::error;
use uuid::Builder;

use super::identity::Identity;
use super::remote_checks::RemoteChecks;
use super::snapshot::Snapshot;
use crate::denied::{Denied, DeniedKind};

/// The context of a request: the confirmed [`Identity`] of the caller, the request id, and the
/// rules. Cheap to clone.
///
/// As an argument of an axum handler it requires an identity (401 otherwise);
/// `Option<RequestContext>` also accepts anonymous callers. The fields are those of [`Identity`]:
///
/// ```
/// use keystone_middleware::RequestContext;
///
/// let ctx = RequestContext::builder().user_id("u1").project_id("p1").roles(["member"]).build();
/// assert_eq!(ctx.project_id.as_deref(), Some("p1"));
/// assert_eq!(ctx.system_scope, None);
/// ```
#[derive(Clone)]
pub struct RequestContext {
    parts: Arc<Parts>,
    /// The rules of all decisions of this request.
    rules: Option<Snapshot>,
}

struct Parts {
    user: Arc<Identity>,
    service: Option<Arc<Identity>>,
    /// The caller's token, marked as sensitive.
    token: Option<HeaderValue>,
    request_id: OnceLock<String>,
    global_request_id: Option<String>,
}

/// The extension that the layer adds to a request.
#[derive(Clone, Debug)]
pub(crate) enum Caller {
    /// The token was valid.
    Confirmed(RequestContext),
    /// There was no valid token, and the layer delays the decision.
    Anonymous,
    /// The token could not be validated.
    Unknown,
}

impl RequestContext {
    /// Builds a context, for tests.
    pub fn builder() -> RequestContextBuilder {
        RequestContextBuilder {
            user: Identity {
                is_admin_project: true,
                ..Identity::default()
            },
            service: None,
            token: None,
            global_request_id: None,
            rules: None,
        }
    }

    /// The context from the extensions of a request, where the [`AuthToken`](crate::AuthToken)
    /// layer has put it. For services without axum; axum handlers take the context as an argument.
    ///
    /// # Errors
    ///
    /// [`Denied`] with 401 for an anonymous caller, 503 if the token could not be validated, and
    /// 500 if there is no such layer.
    pub fn from_extensions(extensions: &Extensions) -> Result<Self, Denied> {
        match extensions.get::<Caller>() {
            Some(Caller::Confirmed(context)) => Ok(Self {
                parts: Arc::clone(&context.parts),
                rules: extensions.get::<Snapshot>().cloned(),
            }),
            Some(Caller::Anonymous) => Err(Denied::new(DeniedKind::Unauthenticated)),
            Some(Caller::Unknown) => Err(Denied::new(DeniedKind::Unavailable)),
            None => {
                error!("a handler needs its caller, but there is no `AuthToken` layer around it");
                Err(Denied::new(DeniedKind::Misconfigured))
            }
        }
    }

    /// The caller, with the rules of the request; nothing is logged where there is none.
    #[cfg(feature = "service")]
    pub(crate) fn known(extensions: &Extensions) -> Option<Self> {
        match extensions.get::<Caller>()? {
            Caller::Confirmed(_) => Self::from_extensions(extensions).ok(),
            Caller::Anonymous | Caller::Unknown => None,
        }
    }

    pub(crate) fn new(
        user: Arc<Identity>,
        service: Option<Arc<Identity>>,
        token: Option<HeaderValue>,
        global_request_id: Option<String>,
    ) -> Self {
        Self {
            parts: Arc::new(Parts {
                user,
                service,
                token,
                request_id: OnceLock::new(),
                global_request_id,
            }),
            rules: None,
        }
    }

    /// The service that makes this request on behalf of the user, if it authenticated with
    /// `X-Service-Token`.
    pub fn service(&self) -> Option<&Identity> {
        self.parts.service.as_deref()
    }

    /// The caller's token, for calls to other services on behalf of the caller.
    pub fn auth_token(&self) -> Option<SecretString> {
        let text = self.parts.token.as_ref()?.to_str().ok()?;
        Some(SecretString::from(text.trim()))
    }

    /// The id of this request: `req-` and a UUID, generated on first use.
    pub fn request_id(&self) -> &str {
        self.parts.request_id.get_or_init(new_request_id)
    }

    /// The global request id that the caller sent (`X-Openstack-Request-Id`), if it is well formed.
    pub fn global_request_id(&self) -> Option<&str> {
        self.parts.global_request_id.as_deref()
    }

    /// The id to send to other services: the global request id, or else the id of this request.
    pub fn global_id(&self) -> &str {
        self.global_request_id()
            .unwrap_or_else(|| self.request_id())
    }

    /// The rules of this request; refuses if there are none.
    pub(crate) fn rules(&self) -> Result<&Rules, Denied> {
        self.snapshot().map(|snapshot| &snapshot.rules)
    }

    /// As [`rules`](Self::rules), with the settings of remote checks.
    pub(crate) fn snapshot(&self) -> Result<&Snapshot, Denied> {
        self.rules.as_ref().ok_or_else(|| {
            error!(
                "a policy cannot be decided without rules; serve the handler through `Routes`, or \
                 put an `EnforcerLayer` around it"
            );
            Denied::new(DeniedKind::Misconfigured)
        })
    }
}

/// `req-` and a random UUID. It identifies and protects nothing, so it needs no call of the system
/// for each request: the standard library's hashers are seeded at random.
pub(crate) fn new_request_id() -> String {
    let random = || RandomState::new().build_hasher().finish().to_ne_bytes();
    let mut bytes = [0; 16];
    let halves = random().into_iter().chain(random());
    bytes
        .iter_mut()
        .zip(halves)
        .for_each(|(byte, random)| *byte = random);
    format!("req-{}", Builder::from_random_bytes(bytes).into_uuid())
}

/// The identity of the caller.
impl Deref for RequestContext {
    type Target = Identity;

    fn deref(&self) -> &Identity {
        &self.parts.user
    }
}

impl fmt::Debug for RequestContext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RequestContext")
            .field("user", &self.parts.user)
            .field("service", &self.parts.service)
            .field("request_id", &self.parts.request_id.get())
            .finish_non_exhaustive()
    }
}

/// Builds a [`RequestContext`] for tests.
#[derive(Clone, Debug)]
#[must_use]
pub struct RequestContextBuilder {
    user: Identity,
    service: Option<Identity>,
    token: Option<SecretString>,
    global_request_id: Option<String>,
    rules: Option<Snapshot>,
}

macro_rules! setters {
    ($($(#[$doc:meta])* $field:ident;)*) => {
        $(
            $(#[$doc])*
            pub fn $field(mut self, value: impl Into<String>) -> Self {
                self.user.$field = Some(value.into());
                self
            }
        )*
    };
}

impl RequestContextBuilder {
    setters! {
        /// Sets the user's id.
        user_id;
        /// Sets the user's name.
        user_name;
        /// Sets the id of the user's domain.
        user_domain_id;
        /// Sets the name of the user's domain.
        user_domain_name;
        /// Sets the project's id.
        project_id;
        /// Sets the project's name.
        project_name;
        /// Sets the id of the project's domain.
        project_domain_id;
        /// Sets the name of the project's domain.
        project_domain_name;
        /// Sets the id of the domain in scope.
        domain_id;
        /// Sets the name of the domain in scope.
        domain_name;
        /// Sets the system scope, which is `all`.
        system_scope;
    }

    /// Sets the names of the roles.
    pub fn roles<I: IntoIterator<Item: Into<String>>>(mut self, roles: I) -> Self {
        self.user.roles = RoleSet::new(roles);
        self
    }

    /// Sets whether the project is the cloud's admin project; true by default.
    pub fn is_admin_project(mut self, is: bool) -> Self {
        self.user.is_admin_project = is;
        self
    }

    /// Sets the service that calls on behalf of the user, from its context.
    pub fn service(mut self, service: &RequestContext) -> Self {
        self.service = Some(service.parts.user.as_ref().clone());
        self
    }

    /// Sets the caller's token.
    pub fn auth_token(mut self, token: impl Into<SecretString>) -> Self {
        self.token = Some(token.into());
        self
    }

    /// Sets the global request id.
    pub fn global_request_id(mut self, id: impl Into<String>) -> Self {
        self.global_request_id = Some(id.into());
        self
    }

    /// Sets the rules of the context: the current ones of `enforcer`.
    pub fn enforcer(mut self, enforcer: &Enforcer) -> Self {
        let remote = self.rules.take().and_then(|snapshot| snapshot.remote);
        self.rules = Some(Snapshot {
            rules: enforcer.snapshot(),
            remote,
        });
        self
    }

    /// Enables remote checks; call it after [`enforcer`](Self::enforcer).
    pub fn remote_checks(mut self, remote: RemoteChecks) -> Self {
        if let Some(snapshot) = &mut self.rules {
            snapshot.remote = Some(remote);
        }
        self
    }

    /// Builds the context.
    pub fn build(self) -> RequestContext {
        let token = self.token.and_then(|token| {
            let mut header = HeaderValue::from_str(token.expose()).ok()?;
            header.set_sensitive(true);
            Some(header)
        });
        let context = RequestContext::new(
            Arc::new(self.user),
            self.service.map(Arc::new),
            token,
            self.global_request_id,
        );
        RequestContext {
            rules: self.rules,
            ..context
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_context_shows_who_calls_but_not_the_token() {
        let ctx = RequestContext::builder()
            .user_id("u1")
            .auth_token("canary")
            .build();
        let shown = format!(
            "{ctx:?} {:?}",
            RequestContext::builder().auth_token("canary")
        );
        assert!(shown.contains("u1") && !shown.contains("canary"), "{shown}");
        assert_eq!(ctx.auth_token().unwrap().expose(), "canary");
    }

    #[test]
    fn the_request_id_is_made_once_and_gives_way_to_the_callers() {
        let ctx = RequestContext::builder().build();
        assert!(ctx.request_id().starts_with("req-"));
        assert_eq!(ctx.request_id(), ctx.clone().request_id());
        assert_eq!(ctx.global_id(), ctx.request_id());
        let ctx = RequestContext::builder().global_request_id("req-g").build();
        assert_eq!(ctx.global_id(), "req-g");
    }
}
