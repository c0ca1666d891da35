//! The body of a token.

use std::ops::Deref;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use url::Url;

use crate::Error;
use crate::discovery::Known;
use crate::error::DecodeError;

mod body;
mod v2;

pub use body::{
    TokenApplicationCredential, TokenBody, TokenDomain, TokenProject, TokenRole, TokenSystem,
    TokenTrust, TokenTrustUser, TokenUser,
};
pub(super) use v2::V2Body;

/// The body of a token: user, scope, roles, expiry and catalog.
///
/// Its fields are those of [`TokenBody`]. It does not contain the token itself. Cheap to clone.
///
/// Source: Identity API v3, "Token" (`POST /v3/auth/tokens`, `GET /v3/auth/tokens`).
///
/// ```
/// use keystone_sdk::auth::AccessInfo;
///
/// let access = AccessInfo::from_json(br#"{"token": {
///     "expires_at": "2030-01-01T00:00:00.000000Z",
///     "user": {"id": "u1", "name": "demo", "domain": {"id": "default", "name": "Default"}},
///     "project": {"id": "p1", "name": "demo", "domain": {"id": "default", "name": "Default"}},
///     "roles": [{"id": "r1", "name": "member"}]
/// }}"#)?;
/// assert!(access.is_project_scoped());
/// assert_eq!(access.role_names().collect::<Vec<_>>(), ["member"]);
/// assert_eq!(access.user_domain_id(), Some("default"));
/// # Ok::<_, keystone_sdk::Error>(())
/// ```
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(transparent)]
pub struct AccessInfo(Arc<TokenBody>);

impl AccessInfo {
    /// Wraps a token's body.
    pub fn new(body: TokenBody) -> Self {
        Self(Arc::new(body))
    }

    /// Reads the body of the response to a token request: `{"token": {..}}`, or `{"access": {..}}`
    /// of the v2.0 API, which is converted.
    ///
    /// # Errors
    ///
    /// [`Error::Decode`] when it has another format. The message does not repeat it.
    pub fn from_json(json: &[u8]) -> Result<Self, Error> {
        #[derive(Deserialize)]
        struct V3Body {
            token: AccessInfo,
        }
        match serde_json::from_slice::<V3Body>(json) {
            Ok(body) => Ok(body.token),
            Err(error) => match serde_json::from_slice::<V2Body>(json) {
                Ok(body) => Ok(Self::new(body.into_parts().1)),
                Err(_) => {
                    let place = format!("line {}, column {}", error.line(), error.column());
                    let error = DecodeError::new("the JSON is not a token body");
                    Err(error.at(place).into())
                }
            },
        }
    }

    /// The user's id.
    pub fn user_id(&self) -> &str {
        &self.user.id
    }

    /// The user's name.
    pub fn username(&self) -> &str {
        &self.user.name
    }

    /// The id of the user's domain; a federated user may have none.
    pub fn user_domain_id(&self) -> Option<&str> {
        self.user.domain.as_ref()?.id.as_deref()
    }

    /// The name of the user's domain.
    pub fn user_domain_name(&self) -> Option<&str> {
        self.user.domain.as_ref()?.name.as_deref()
    }

    /// The project's id, in project scope.
    pub fn project_id(&self) -> Option<&str> {
        Some(&self.project.as_ref()?.id)
    }

    /// The start of a search for endpoints, with Keystone at `auth_url`.
    pub fn known<'a>(&'a self, auth_url: &'a Url) -> Known<'a> {
        let catalog = self.catalog.as_deref().unwrap_or_default();
        Known::new(auth_url, catalog).project_id(self.project_id())
    }

    /// The project's name, in project scope.
    pub fn project_name(&self) -> Option<&str> {
        Some(&self.project.as_ref()?.name)
    }

    /// The id of the project's domain.
    pub fn project_domain_id(&self) -> Option<&str> {
        self.project.as_ref()?.domain.as_ref()?.id.as_deref()
    }

    /// The name of the project's domain.
    pub fn project_domain_name(&self) -> Option<&str> {
        self.project.as_ref()?.domain.as_ref()?.name.as_deref()
    }

    /// The domain's id, in domain scope.
    pub fn domain_id(&self) -> Option<&str> {
        self.domain.as_ref()?.id.as_deref()
    }

    /// The domain's name, in domain scope.
    pub fn domain_name(&self) -> Option<&str> {
        self.domain.as_ref()?.name.as_deref()
    }

    /// The names of the roles.
    pub fn role_names(&self) -> impl Iterator<Item = &str> {
        self.roles.iter().map(|role| role.name.as_str())
    }

    /// The ids of the roles.
    pub fn role_ids(&self) -> impl Iterator<Item = &str> {
        self.roles.iter().map(|role| role.id.as_str())
    }

    /// Whether the token has a role with this name, ignoring case, as in policies.
    pub fn has_role(&self, name: &str) -> bool {
        self.role_names()
            .any(|role| role.eq_ignore_ascii_case(name))
    }

    /// The service providers that the user can log in at from here, as Keystone describes them
    /// (`service_providers`). What is no description is left out.
    pub fn service_providers(&self) -> impl Iterator<Item = ServiceProvider> {
        let list = self
            .extra
            .get("service_providers")
            .and_then(Value::as_array);
        let list = list.map(Vec::as_slice).unwrap_or_default();
        list.iter()
            .filter_map(|one| ServiceProvider::deserialize(one).ok())
    }

    /// Whether there is any scope.
    pub fn is_scoped(&self) -> bool {
        self.is_project_scoped() || self.is_domain_scoped() || self.is_system_scoped()
    }

    /// Whether the scope is a project.
    pub fn is_project_scoped(&self) -> bool {
        self.project.is_some()
    }

    /// Whether the scope is a domain.
    pub fn is_domain_scoped(&self) -> bool {
        self.domain.is_some()
    }

    /// Whether the scope is the system.
    pub fn is_system_scoped(&self) -> bool {
        self.system.as_ref().is_some_and(|system| system.all)
    }

    /// Whether the token comes from a trust.
    pub fn is_trust_scoped(&self) -> bool {
        self.trust.is_some()
    }

    /// Whether the user comes from an identity provider.
    pub fn is_federated(&self) -> bool {
        self.user.federation.is_some()
    }

    /// The token's own audit id.
    pub fn audit_id(&self) -> Option<&str> {
        self.audit_ids.first().map(String::as_str)
    }

    /// The audit id of the first token in the chain, if this is not the first.
    pub fn audit_chain_id(&self) -> Option<&str> {
        self.audit_ids.get(1).map(String::as_str)
    }

    /// The audit id of the first token in the chain, which may be this one.
    pub fn initial_audit_id(&self) -> Option<&str> {
        self.audit_chain_id().or(self.audit_id())
    }

    /// When the user's password expires, if it does.
    pub fn password_expires_at(&self) -> Option<Timestamp> {
        let text = self.user.password_expires_at.as_deref()?;
        let moment: DateTime = text.trim_end_matches('Z').parse().ok()?;
        Some(TimeZone::UTC.to_zoned(moment).ok()?.timestamp())
    }

    /// Whether the token expires within `margin` from `now`, or has expired.
    pub fn will_expire_soon(&self, now: Timestamp, margin: Duration) -> bool {
        !now.checked_add(margin)
            .is_ok_and(|then| then < self.expires_at)
    }
}

/// A Keystone elsewhere that takes this one for an identity provider.
///
/// Source: Identity API v3, "Service providers".
#[derive(Clone, Debug, Deserialize)]
#[non_exhaustive]
pub struct ServiceProvider {
    /// Its id here.
    pub id: String,
    /// The address there that gives unscoped tokens.
    pub auth_url: String,
    /// The address there that takes assertions.
    pub sp_url: String,
}

impl Deref for AccessInfo {
    type Target = TokenBody;

    fn deref(&self) -> &TokenBody {
        &self.0
    }
}

impl From<TokenBody> for AccessInfo {
    fn from(body: TokenBody) -> Self {
        Self::new(body)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body() -> TokenBody {
        let end = Timestamp::from_second(1_000).unwrap();
        TokenBody::new(TokenUser::new("u1", "demo"), end)
    }

    #[test]
    fn a_body_without_a_scope_has_none() {
        let access = AccessInfo::new(body());
        assert!(!access.is_scoped());
        assert_eq!(access.project_id(), None);
        assert_eq!(access.user_domain_id(), None, "as of a federated user");
    }

    #[test]
    fn each_scope_is_told() {
        let domain = || TokenDomain::new("d1", "Default");
        let project = TokenProject::new("p1", "demo").in_domain(domain());
        let access = AccessInfo::new(body().in_project(project));
        assert!(access.is_project_scoped() && access.is_scoped());
        assert_eq!(access.project_domain_name(), Some("Default"));
        let access = AccessInfo::new(body().in_domain(domain()));
        assert!(access.is_domain_scoped() && access.is_scoped());
        assert_eq!(access.domain_id(), Some("d1"));
        assert!(AccessInfo::new(body().in_system()).is_system_scoped());
    }

    #[test]
    fn a_role_is_held_in_any_case_of_its_name() {
        let access = AccessInfo::new(body().role(TokenRole::new("r1", "Member")));
        assert!(access.has_role("member"));
        assert!(!access.has_role("reader"));
    }

    #[test]
    fn a_token_near_its_end_is_told() {
        let access = AccessInfo::new(body());
        let at = |second| Timestamp::from_second(second).unwrap();
        let margin = Duration::from_secs(30);
        assert!(!access.will_expire_soon(at(969), margin));
        assert!(access.will_expire_soon(at(970), margin));
        assert!(access.will_expire_soon(at(2_000), margin));
    }

    #[test]
    fn the_end_of_a_password_is_read_as_utc() {
        let mut body = body();
        body.user.password_expires_at = Some("2016-11-06T15:32:17.000000".to_owned());
        let end = AccessInfo::new(body).password_expires_at().unwrap();
        assert_eq!(end.to_string(), "2016-11-06T15:32:17Z");
    }

    #[test]
    fn the_chain_of_a_first_token_begins_with_itself() {
        let mut body = body();
        body.audit_ids = vec!["own".to_owned()];
        assert_eq!(AccessInfo::new(body).initial_audit_id(), Some("own"));
    }

    #[test]
    fn what_is_not_declared_is_kept() {
        let json = br#"{"token": {"expires_at": "2030-01-01T00:00:00Z", "user": {"id": "u"},
            "OS-OAUTH1": {"consumer_id": "c"}}}"#;
        let access = AccessInfo::from_json(json).unwrap();
        assert_eq!(access.extra["OS-OAUTH1"]["consumer_id"], "c");
    }

    #[test]
    fn json_of_another_form_is_refused_without_repeating_it() {
        let error = AccessInfo::from_json(br#"{"token": {"user": "canary"}}"#).unwrap_err();
        assert!(!format!("{error} {error:?}").contains("canary"), "{error}");
        assert!(AccessInfo::from_json(b"<html>").is_err());
    }
}
