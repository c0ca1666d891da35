//! Extractors for axum: the caller, and proofs of authorization.

use axum::extract::{FromRequestParts, OptionalFromRequestParts};
use axum::response::{IntoResponse, Response};
use http::request::Parts;
#[cfg(feature = "openapi")]
use keystone_policy::ScopeType;
use keystone_policy::{DecisionError, PlainPolicy, Policy, Rules};

use crate::auth_token::authenticate::PublicOnly;
use crate::context::{Caller, RequestContext};
use crate::denied::Denied;
use crate::enforce::{Authorized, Authorizing, HideRefusals};

pub(crate) use sealed::Sealed;

/// The witness of a public handler: everybody may call it, with or without a token, as far as the
/// [`AuthToken`](crate::AuthToken) layer allows. Added by `#[policy(public)]`.
///
/// Requests without a token reach it with
/// [`Routes::into_router_with`](crate::Routes::into_router_with).
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Public;

/// The first argument of every handler on [`Routes`](crate::Routes): a proof that a decision was
/// made, or [`Public`]. Sealed.
pub trait Witness: Sealed {
    /// The name of the policy; `None` for a public handler.
    const POLICY: Option<&'static str>;
}

mod sealed {
    #[cfg(feature = "openapi")]
    use super::ScopeType;
    use super::{DecisionError, Rules};

    #[expect(
        unnameable_types,
        reason = "only this crate says what protects a handler"
    )]
    pub trait Sealed {
        /// Checks that these rules declare the policy of the witness.
        fn declared(rules: &Rules) -> Result<(), DecisionError>;

        /// The token scopes that the policy accepts; none for any.
        #[cfg(feature = "openapi")]
        fn scope_types() -> &'static [ScopeType] {
            &[]
        }
    }
}

impl<P: Policy> Sealed for Authorized<P> {
    fn declared(rules: &Rules) -> Result<(), DecisionError> {
        rules.declares::<P>()
    }

    #[cfg(feature = "openapi")]
    fn scope_types() -> &'static [ScopeType] {
        scope_types_of::<P>()
    }
}

// `#[policy(.., target = ..)]` adds this argument together with the decision in the body. The type
// must stay unnameable outside of `__private`: the argument without the decision would protect
// nothing.
impl<P: Policy> Sealed for Authorizing<P> {
    fn declared(rules: &Rules) -> Result<(), DecisionError> {
        rules.declares::<P>()
    }

    #[cfg(feature = "openapi")]
    fn scope_types() -> &'static [ScopeType] {
        scope_types_of::<P>()
    }
}

#[cfg(feature = "openapi")]
fn scope_types_of<P: Policy>() -> &'static [ScopeType] {
    let declared = P::DEFAULTS.policies.get(P::INDEX);
    declared.map_or(&[], |policy| policy.scope_types)
}

impl Sealed for Public {
    fn declared(_: &Rules) -> Result<(), DecisionError> {
        Ok(())
    }
}

impl<P: Policy> Witness for Authorized<P> {
    const POLICY: Option<&'static str> = Some(P::NAME);
}

impl<P: Policy> Witness for Authorizing<P> {
    const POLICY: Option<&'static str> = Some(P::NAME);
}

impl Witness for Public {
    const POLICY: Option<&'static str> = None;
}

impl<S: Sync> FromRequestParts<S> for Public {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        if let Some(only) = parts.extensions.get::<PublicOnly>() {
            only.reached();
        }
        Ok(Self)
    }
}

impl<S: Sync> FromRequestParts<S> for RequestContext {
    type Rejection = Denied;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Denied> {
        Self::from_extensions(&parts.extensions)
    }
}

/// `None` for an anonymous caller. A request whose token could not be validated is refused with
/// 503.
impl<S: Sync> OptionalFromRequestParts<S> for RequestContext {
    type Rejection = Denied;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Option<Self>, Denied> {
        match parts.extensions.get::<Caller>() {
            Some(Caller::Anonymous) => Ok(None),
            _ => Self::from_extensions(&parts.extensions).map(Some),
        }
    }
}

impl<P: PlainPolicy, S: Sync> FromRequestParts<S> for Authorized<P> {
    type Rejection = Denied;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Denied> {
        let context = RequestContext::from_extensions(&parts.extensions)?;
        context.authorized::<P>().await
    }
}

impl<P: Policy, S: Sync> FromRequestParts<S> for Authorizing<P> {
    type Rejection = Denied;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Denied> {
        let authorizing = RequestContext::from_extensions(&parts.extensions)?.authorizing()?;
        Ok(match parts.extensions.get::<HideRefusals>() {
            Some(HideRefusals) => authorizing.hiding(),
            None => authorizing,
        })
    }
}

impl IntoResponse for Denied {
    fn into_response(self) -> Response {
        self.to_response()
    }
}
