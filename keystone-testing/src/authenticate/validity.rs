//! Whether a token is still valid.

use std::time::Duration;

use jiff::Timestamp;

use super::access_rules;
use crate::api_error::ApiError;
use crate::call::Call;
use crate::store::{Record, Scope, Store, Token};

/// How long an expired token can still be validated with `allow_expired`: `[token] allow_expired_window`.
const EXPIRED_WINDOW: Duration = Duration::from_hours(48);

/// Why a token is not valid.
#[derive(Debug)]
pub(crate) enum Invalid {
    /// It is expired, its user is disabled, or its roles are gone.
    Expired,
    /// Something that it refers to is gone or disabled. The real service shows this 404 even to
    /// a caller who meant to do something else with the token.
    Lost(ApiError),
}

impl Invalid {
    /// The error for a token that is to be validated.
    pub(crate) fn for_subject(self) -> ApiError {
        match self {
            Self::Expired => failed(),
            Self::Lost(error) => error,
        }
    }
}

impl From<ApiError> for Invalid {
    fn from(error: ApiError) -> Self {
        Self::Lost(error)
    }
}

/// Whether the token is valid now: not expired, its user and scope enabled, and its roles still
/// there.
pub(crate) fn check(
    store: &Store,
    token: &Token,
    now: Timestamp,
    allow_expired: bool,
) -> Result<(), Invalid> {
    let grace = if allow_expired {
        EXPIRED_WINDOW
    } else {
        Duration::ZERO
    };
    let end = token
        .expires_at
        .saturating_add(grace)
        .unwrap_or(Timestamp::MAX);
    if end <= now {
        return Err(Invalid::Expired);
    }
    let user = store.users.get(&token.user_id)?;
    check_domain(store, user.domain())?;
    if !user.flag("enabled") {
        return Err(Invalid::Expired);
    }
    if let Some(id) = &token.application_credential {
        store.application_credentials.get(id)?;
    }
    if let Some(id) = &token.access_token {
        store.access_tokens.get(id)?;
    }
    check_scope(store, token)?;
    if token.scope != Scope::Unscoped && store.token_roles(token).is_empty() {
        return Err(Invalid::Expired);
    }
    Ok(())
}

/// 401 when the caller's application credential has access rules, and none allows this call.
pub(crate) fn check_access_rules(
    store: &Store,
    token: &Token,
    call: &Call,
) -> Result<(), ApiError> {
    let rules = token
        .application_credential
        .as_ref()
        .and_then(|id| access_rules_of(store, id));
    match rules {
        Some(rules) if !access_rules::allow(&rules, call) => Err(ApiError::outside_access_rules()),
        _ => Ok(()),
    }
}

/// 404 for a token with access rules when the service that validates it does not declare that it enforces them.
pub(crate) fn check_access_rules_are_understood(
    store: &Store,
    token: &Token,
    call: &Call,
) -> Result<(), ApiError> {
    let has_rules = token
        .application_credential
        .as_ref()
        .and_then(|id| access_rules_of(store, id))
        .is_some();
    let version = call
        .header("openstack-identity-access-rules")
        .and_then(|text| text.parse::<f64>().ok());
    if has_rules && !version.is_some_and(|version| version >= 1.0) {
        Err(failed())
    } else {
        Ok(())
    }
}

fn access_rules_of(store: &Store, id: &str) -> Option<Vec<Record>> {
    let credential = store.application_credentials.lookup(id)?;
    credential.get("access_rules")?;
    let ids = credential.ids("access_rules").into_iter();
    Some(
        ids.filter_map(|id| store.access_rules.lookup(id))
            .cloned()
            .collect(),
    )
}

/// Disabling a domain does not invalidate tokens for it, as in the real service.
fn check_scope(store: &Store, token: &Token) -> Result<(), Invalid> {
    if let Scope::Trust(id) = &token.scope {
        let trust = store.trusts.get(id)?;
        let trustor = store
            .users
            .get(trust.text("trustor_user_id").unwrap_or_default())?;
        if !store.is_active_user(trustor) {
            return Err(Invalid::Expired);
        }
    }
    if let Scope::Domain(id) = &token.scope {
        store.domains.get(id)?;
    }
    let Some(id) = store.project_of(&token.scope) else {
        return Ok(());
    };
    let project = store
        .project_or_domain(id)
        .ok_or_else(|| ApiError::missing("project", id))?;
    if !project.flag("enabled") {
        return Err(disabled("project", id));
    }
    project
        .text("domain_id")
        .map_or(Ok(()), |domain| check_domain(store, domain))
}

fn check_domain(store: &Store, id: &str) -> Result<(), Invalid> {
    if store.domains.get(id)?.flag("enabled") {
        Ok(())
    } else {
        Err(disabled("domain", id))
    }
}

fn disabled(kind: &str, id: &str) -> Invalid {
    let message = format!("Unable to validate token because {kind} {id} is disabled");
    Invalid::Lost(ApiError::not_found(message))
}

fn failed() -> ApiError {
    ApiError::not_found("Failed to validate token")
}
