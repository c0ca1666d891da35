//! Extractors for axum: who calls, and proofs that a policy allowed it.

use axum::extract::{FromRequestParts, OptionalFromRequestParts};
use axum::response::{IntoResponse, Response};
use http::request::Parts;
use keystone_policy::{DecisionError, PlainPolicy, Policy, Rules};

use crate::auth_token::authenticate::PublicOnly;
use crate::context::{Caller, RequestContext};
use crate::denied::Denied;
use crate::enforce::{Authorized, Authorizing};

pub(crate) use sealed::Sealed;

/// Marks a handler that decides nothing: everybody may call it, with or without a token, as far as
/// the [`AuthToken`](crate::AuthToken) layer lets them. `#[policy(public)]` writes it.
///
/// Without a token it is reached behind [`Routes::into_router_with`](crate::Routes::into_router_with).
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Public;

/// Evidence that a handler decides about its caller: a proof that a decision was made, or
/// [`Public`]. It is the first argument of every handler on [`Routes`](crate::Routes). Only this crate
/// implements it.
pub trait Witness: Sealed {
    /// The name of the policy; none for a handler that is open to all.
    const POLICY: Option<&'static str>;
}

mod sealed {
    use super::{DecisionError, Rules};

    #[expect(
        unnameable_types,
        reason = "only this crate says what protects a handler"
    )]
    pub trait Sealed {
        /// Whether these rules can decide the policy of the witness.
        fn declared(rules: &Rules) -> Result<(), DecisionError>;
    }
}

impl<P: Policy> Sealed for Authorized<P> {
    fn declared(rules: &Rules) -> Result<(), DecisionError> {
        rules.declares::<P>()
    }
}

// `#[policy(.., target = ..)]` adds this argument together with the decision in the body. Nobody else
// can name the type, except through `__private`: an argument of it without the decision would protect
// nothing.
impl<P: Policy> Sealed for Authorizing<P> {
    fn declared(rules: &Rules) -> Result<(), DecisionError> {
        rules.declares::<P>()
    }
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

/// None for an anonymous caller. A caller whose token could not be checked is not anonymous: that
/// is refused with 503.
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
        RequestContext::from_extensions(&parts.extensions)?.authorizing()
    }
}

impl IntoResponse for Denied {
    fn into_response(self) -> Response {
        self.to_response()
    }
}
