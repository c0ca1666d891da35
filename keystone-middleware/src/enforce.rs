//! Decisions about policies: proofs that one was made, and refusals.

use std::fmt;
use std::marker::PhantomData;

use bytes::Bytes;
use http::{Response, StatusCode};
use keystone_policy::analysis::Condition;
use keystone_policy::{
    CredentialName, Credentials, Decision, DecisionError, Enforcer, PlainPolicy, Policy,
    PolicyTarget, Reason, RoleSet, Rules, TargetOf, Value,
};
use tracing::{Level, debug, enabled, error, info};

use crate::context::RequestContext;
use crate::identity::Identity;
use crate::respond;

/// Where refusals are explained in the log.
const EXPLAIN: &str = "keystone_middleware::explain";

/// Proof that the policy `P` allowed something. Only enforcement makes one, so a function that
/// takes one cannot be called without a decision.
///
/// As an argument of an axum handler it makes the decision, without a target, before the body is
/// read; that is what `#[policy("..")]` writes. In a test it comes from
/// [`RequestContext::authorize`], or from here:
///
/// ```
/// use keystone_middleware::policy::{Defaults, Enforcer, Policy, PolicyDefault};
/// use keystone_middleware::{Authorized, RequestContext};
///
/// struct Create;                                        // `policies!` makes such types
/// impl Policy for Create {
///     const NAME: &'static str = "proxy:create";
/// }
///
/// # fn main() -> Result<(), keystone_middleware::policy::Error> {
/// static DEFAULTS: Defaults = Defaults {
///     rules: &[],
///     policies: &[PolicyDefault::new("proxy:create", "role:admin")],
/// };
/// let enforcer = Enforcer::builder(&DEFAULTS).build()?;
/// let member = RequestContext::builder().user_id("u1").roles(["member"]).build();
/// let denied = Authorized::<Create>::check(&enforcer, &member, &()).unwrap_err();
/// assert_eq!(denied.status(), 403);
/// # Ok(())
/// # }
/// ```
pub struct Authorized<P>(PhantomData<fn() -> P>);

/// A caller about whom the policy `P` is still to be decided, because the decision needs a target.
///
/// As an argument of an axum handler it demands an identity, and refuses at once a caller whom no
/// target could help; that is what `#[policy("..", target = ..)]` writes.
pub struct Authorizing<P> {
    pub(crate) context: RequestContext,
    policy: PhantomData<fn() -> P>,
}

/// A decision about the policy `P` that may have to ask another server first, see
/// [`RemoteChecks`](crate::RemoteChecks). It holds neither the target nor a reference to it.
#[must_use = "nothing is decided until it is settled"]
pub struct Deciding<P> {
    context: RequestContext,
    decision: Result<Decision, DecisionError>,
    policy: PhantomData<fn() -> P>,
}

/// A refusal. As an answer it tells the caller no more than Keystone would; [`reason`] is for the
/// operator, and was logged when the decision was made.
///
/// [`reason`]: Denied::reason
#[derive(Clone, Debug)]
pub struct Denied(Box<Kind>);

#[derive(Clone, Debug)]
pub(crate) enum Kind {
    /// A policy said no.
    Forbidden {
        policy: &'static str,
        reason: Reason,
        hidden: bool,
    },
    /// The service is not set up to decide anything; the log says why.
    Misconfigured,
    /// There is no confirmed identity.
    Unauthenticated,
    /// Nobody could say who the caller is.
    Unavailable,
    /// A server on whose answer the policy depends gave none that can be trusted.
    Undecided,
}

impl<P: Policy> Authorized<P> {
    /// Decides by the rules that are now in force.
    ///
    /// # Errors
    ///
    /// [`Denied`] when the policy does not allow it, or cannot be decided.
    pub fn check<T: PolicyTarget>(
        enforcer: &Enforcer,
        context: &RequestContext,
        target: &T,
    ) -> Result<Self, Denied> {
        conclude(context, decide::<P>(&enforcer.snapshot(), context, target))
    }
}

impl<P: Policy> Authorizing<P> {
    /// Begins to decide about a caller.
    ///
    /// # Errors
    ///
    /// [`Denied`] when no target whatever could make the policy allow it.
    pub fn new(context: RequestContext) -> Result<Self, Denied> {
        let rules = context.rules()?;
        if rules.possible_policy::<P>(&context) {
            return Ok(Self {
                context,
                policy: PhantomData,
            });
        }
        // Whatever the target, it is refused. Deciding it without one tells the reason.
        context.decide::<P>(&())?;
        Ok(Self {
            context,
            policy: PhantomData,
        })
    }

    /// Decides about `target`. A policy whose decision needs another server is refused: see
    /// [`begin`](Self::begin).
    ///
    /// # Errors
    ///
    /// [`Denied`] when the policy does not allow it, or cannot be decided.
    pub fn check<T: PolicyTarget>(&self, target: &T) -> Result<Authorized<P>, Denied> {
        self.context.decide(target)
    }

    /// Begins to decide about `target`; [`Deciding::settle`] then asks other servers if need be.
    ///
    /// # Errors
    ///
    /// [`Denied`] when the context knows no rules.
    pub fn begin<T: PolicyTarget>(&self, target: &T) -> Result<Deciding<P>, Denied> {
        self.context.begin(target)
    }
}

impl<P: Policy> Deciding<P> {
    /// Asks the servers that the decision needs, if any.
    ///
    /// # Errors
    ///
    /// [`Denied`] when the policy does not allow it, or cannot be decided.
    pub async fn settle(self) -> Result<Authorized<P>, Denied> {
        let decision = match (self.decision, &self.context.snapshot()?.remote) {
            (Ok(Decision::Needs(call)), Some(remote)) => remote.settle(call).await,
            (decision, _) => decision,
        };
        conclude(&self.context, decision)
    }
}

impl RequestContext {
    /// Decides a policy that needs no target, by the rules of this request.
    ///
    /// # Errors
    ///
    /// [`Denied`] when the policy does not allow it, or the context knows no rules.
    pub fn authorize<P: PlainPolicy>(&self) -> Result<Authorized<P>, Denied> {
        self.decide(&())
    }

    /// Decides a policy about a target, by the rules of this request.
    ///
    /// # Errors
    ///
    /// [`Denied`] when the policy does not allow it, or the context knows no rules.
    pub fn authorize_for<P: Policy>(
        &self,
        target: &impl PolicyTarget,
    ) -> Result<Authorized<P>, Denied> {
        self.decide(target)
    }

    /// Begins to decide a policy about a target; [`Deciding::settle`] then asks other servers if
    /// need be. `()` is the target of a policy that needs none.
    ///
    /// # Errors
    ///
    /// [`Denied`] when the context knows no rules.
    pub fn begin<P: Policy>(&self, target: &dyn TargetOf<P>) -> Result<Deciding<P>, Denied> {
        Ok(Deciding {
            decision: decide::<P>(self.rules()?, self, target),
            context: self.clone(),
            policy: PhantomData,
        })
    }

    fn decide<P: Policy>(&self, target: &dyn TargetOf<P>) -> Result<Authorized<P>, Denied> {
        conclude(self, decide::<P>(self.rules()?, self, target))
    }
}

impl RequestContext {
    /// What targets must be like for the policy to allow this caller, by the rules of this request:
    /// a list keeps those that match, or puts the condition into its query.
    ///
    /// # Errors
    ///
    /// [`Denied`] when the rules alone cannot tell, because they ask another server or a check of
    /// the service's own, or when the context knows no rules.
    pub fn filter<P: Policy>(&self) -> Result<Condition, Denied> {
        self.rules()?.condition(P::NAME, self).map_err(|obstacle| {
            error!(request_id = self.request_id(), "{obstacle}");
            Denied::new(Kind::Misconfigured)
        })
    }
}

impl Denied {
    pub(crate) fn new(kind: Kind) -> Self {
        Self(Box::new(kind))
    }

    /// 403 as a rule; 401 without an identity, 404 when hidden, 503 while Keystone cannot be
    /// asked, 500 when the service is not set up to decide.
    pub fn status(&self) -> StatusCode {
        match *self.0 {
            Kind::Forbidden { hidden: false, .. } => StatusCode::FORBIDDEN,
            Kind::Forbidden { hidden: true, .. } => StatusCode::NOT_FOUND,
            Kind::Misconfigured => StatusCode::INTERNAL_SERVER_ERROR,
            Kind::Unauthenticated => StatusCode::UNAUTHORIZED,
            Kind::Unavailable | Kind::Undecided => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    /// The policy that said no.
    pub fn policy(&self) -> Option<&'static str> {
        match &*self.0 {
            Kind::Forbidden { policy, .. } => Some(policy),
            Kind::Misconfigured | Kind::Unauthenticated | Kind::Unavailable | Kind::Undecided => {
                None
            }
        }
    }

    /// Why the policy said no, with the text of its rule. Not for the caller.
    pub fn reason(&self) -> Option<&Reason> {
        match &*self.0 {
            Kind::Forbidden { reason, .. } => Some(reason),
            Kind::Misconfigured | Kind::Unauthenticated | Kind::Unavailable | Kind::Undecided => {
                None
            }
        }
    }

    /// Answers 404 instead of 403, so that the caller does not learn that the object exists.
    #[must_use]
    pub fn hide(mut self) -> Self {
        if let Kind::Forbidden { hidden, .. } = &mut *self.0 {
            *hidden = true;
        }
        self
    }

    /// The refusal as an answer, in the form in which Keystone writes errors. With axum, `Denied`
    /// is an answer by itself.
    pub fn to_response<R: From<Bytes>>(&self) -> Response<R> {
        respond::error(self.status(), &self.message())
    }

    /// What the caller is told.
    fn message(&self) -> String {
        match &*self.0 {
            Kind::Forbidden {
                policy,
                hidden: false,
                ..
            } => format!("You are not authorized to perform the requested action: {policy}."),
            Kind::Forbidden { hidden: true, .. } => "The resource could not be found.".to_owned(),
            Kind::Misconfigured => "The service is not set up to decide this.".to_owned(),
            Kind::Unauthenticated => respond::UNAUTHENTICATED.to_owned(),
            Kind::Unavailable => respond::UNAVAILABLE.to_owned(),
            Kind::Undecided => "The service cannot decide this for the time being.".to_owned(),
        }
    }
}

impl fmt::Display for Denied {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &*self.0 {
            Kind::Forbidden { policy, .. } => write!(f, "policy `{policy}` does not allow this"),
            Kind::Misconfigured => f.write_str("the service is not set up to decide this"),
            Kind::Unauthenticated => f.write_str("no valid token was given"),
            Kind::Unavailable => f.write_str("the token could not be validated"),
            Kind::Undecided => f.write_str("a server that decides this gave no answer"),
        }
    }
}

impl std::error::Error for Denied {}

impl<P> fmt::Debug for Authorized<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Authorized")
    }
}

impl<P> fmt::Debug for Deciding<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Deciding")
            .field("decision", &self.decision)
            .finish_non_exhaustive()
    }
}

impl<P> fmt::Debug for Authorizing<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Authorizing")
            .field("context", &self.context)
            .finish_non_exhaustive()
    }
}

/// The names are those of oslo.context's policy values.
impl Credentials for RequestContext {
    fn attr(&self, name: &str) -> Option<Value<'_>> {
        self.standard(CredentialName::from_name(name)?)
    }

    fn standard(&self, name: CredentialName) -> Option<Value<'_>> {
        let service = || self.service();
        Some(match name {
            CredentialName::UserId => text(&self.user_id),
            CredentialName::UserDomainId => text(&self.user_domain_id),
            CredentialName::SystemScope => text(&self.system_scope),
            CredentialName::DomainId => text(&self.domain_id),
            CredentialName::ProjectId => text(&self.project_id),
            CredentialName::ProjectDomainId => text(&self.project_domain_id),
            CredentialName::Roles => Value::List(Credentials::roles(self)),
            CredentialName::IsAdminProject => Value::Bool(self.is_admin_project),
            CredentialName::ServiceUserId => of(service(), |service| &service.user_id),
            CredentialName::ServiceUserDomainId => of(service(), |service| &service.user_domain_id),
            CredentialName::ServiceProjectId => of(service(), |service| &service.project_id),
            CredentialName::ServiceProjectDomainId => {
                of(service(), |service| &service.project_domain_id)
            }
            CredentialName::ServiceRoles => match service() {
                Some(service) => Value::List(&service.roles),
                None => Value::List(&NO_ROLES),
            },
        })
    }

    fn standard_text(&self, name: CredentialName) -> Option<&str> {
        let text = match name {
            CredentialName::UserId => &self.user_id,
            CredentialName::UserDomainId => &self.user_domain_id,
            CredentialName::SystemScope => &self.system_scope,
            CredentialName::DomainId => &self.domain_id,
            CredentialName::ProjectId => &self.project_id,
            CredentialName::ProjectDomainId => &self.project_domain_id,
            _ => return None,
        };
        Some(text.as_deref().unwrap_or("None"))
    }

    fn roles(&self) -> &RoleSet {
        &self.roles
    }
}

static NO_ROLES: Vec<String> = Vec::new();

fn text(value: &Option<String>) -> Value<'_> {
    value.as_deref().map_or(Value::Null, Value::Str)
}

fn of<'a>(service: Option<&'a Identity>, read: fn(&Identity) -> &Option<String>) -> Value<'a> {
    service.map_or(Value::Null, |service| text(read(service)))
}

/// Decides. Where the operator listens to it at level DEBUG, a refusal is explained check by check,
/// with the values that were compared.
fn decide<P: Policy>(
    rules: &Rules,
    context: &RequestContext,
    target: &dyn TargetOf<P>,
) -> Result<Decision, DecisionError> {
    let decision = rules.decide_policy::<P>(context, target);
    if matches!(decision, Ok(Decision::Deny(_))) && enabled!(target: EXPLAIN, Level::DEBUG) {
        let why = rules.explain(P::NAME, context, target.any());
        debug!(target: EXPLAIN, request_id = context.request_id(), "{why}");
    }
    decision
}

/// The one place where a proof is made.
pub(crate) fn conclude<P: Policy>(
    context: &RequestContext,
    decision: Result<Decision, DecisionError>,
) -> Result<Authorized<P>, Denied> {
    let error = match decision {
        Ok(Decision::Allow) => return Ok(Authorized(PhantomData)),
        Ok(Decision::Deny(reason)) => {
            info!(
                request_id = context.request_id(),
                user_id = context.user_id,
                project_id = context.project_id,
                "{reason}"
            );
            return Err(Denied::new(Kind::Forbidden {
                policy: P::NAME,
                reason,
                hidden: false,
            }));
        }
        Ok(Decision::Needs(call)) => {
            call.refuse("nothing is set up here to ask it, see `RemoteChecks`")
        }
        Err(error) => error,
    };
    error!(request_id = context.request_id(), "{error}");
    Err(Denied::new(match error {
        DecisionError::Remote(_) => Kind::Undecided,
        _ => Kind::Misconfigured,
    }))
}
