//! Issued tokens and receipts.

use jiff::Timestamp;

use super::{Record, Store, Target};
use crate::api_error::ApiError;

/// The scope of a token.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Scope {
    Domain(String),
    Project(String),
    System,
    /// A project, in the name of a trust's trustor or with the trustor's roles.
    Trust(String),
    Unscoped,
}

/// An issued token.
#[derive(Clone, Debug)]
pub(crate) struct Token {
    pub(crate) user_id: String,
    pub(crate) methods: Vec<String>,
    /// Its own audit id, then that of the first token of its chain.
    pub(crate) audit_ids: Vec<String>,
    pub(crate) issued_at: Timestamp,
    pub(crate) expires_at: Timestamp,
    pub(crate) scope: Scope,
    pub(crate) application_credential: Option<String>,
    /// The access token of OAuth 1.0a that it was made from.
    pub(crate) access_token: Option<String>,
}

/// An interrupted authentication with several methods.
#[derive(Clone, Debug)]
pub(crate) struct Receipt {
    pub(crate) user_id: String,
    pub(crate) methods: Vec<String>,
    pub(crate) issued_at: Timestamp,
    pub(crate) expires_at: Timestamp,
}

impl Token {
    pub(crate) fn audit_chain(&self) -> Option<&str> {
        self.audit_ids.last().map(String::as_str)
    }

    /// Whether it carries roles that somebody delegated: by a trust, an application credential or OAuth 1.0a.
    pub(crate) fn is_delegated(&self) -> bool {
        matches!(self.scope, Scope::Trust(_))
            || self.application_credential.is_some()
            || self.access_token.is_some()
    }
}

impl Store {
    /// The token of this id, or a 404.
    pub(crate) fn token(&self, id: &str) -> Result<&Token, ApiError> {
        let missing = || ApiError::not_found("Failed to validate token");
        self.tokens.get(id).ok_or_else(missing)
    }

    /// The project that a scope is about.
    pub(crate) fn project_of<'a>(&'a self, scope: &'a Scope) -> Option<&'a str> {
        match scope {
            Scope::Project(id) => Some(id),
            Scope::Trust(id) => self.trusts.lookup(id)?.text("project_id"),
            _ => None,
        }
    }

    /// The user in whose name a token acts: the trustor where a trust impersonates.
    pub(crate) fn acting_user(&self, token: &Token) -> String {
        let trust = match &token.scope {
            Scope::Trust(id) => self.trusts.lookup(id),
            _ => None,
        };
        let trustor = trust
            .filter(|trust| trust.flag("impersonation"))
            .and_then(|trust| trust.text("trustor_user_id"));
        trustor.unwrap_or(&token.user_id).to_owned()
    }

    /// The ids of the roles that a token carries now; empty for an unscoped one.
    pub(crate) fn token_roles(&self, token: &Token) -> Vec<String> {
        let held = match &token.scope {
            Scope::Unscoped => Vec::new(),
            Scope::Domain(id) => self.roles_of(&token.user_id, &Target::Domain(id.clone())),
            Scope::Project(id) => self.roles_of(&token.user_id, &Target::Project(id.clone())),
            Scope::System => self.roles_of(&token.user_id, &Target::System),
            Scope::Trust(id) => return self.trust_roles(id),
        };
        let delegation = match (&token.application_credential, &token.access_token) {
            (Some(id), _) => self.application_credentials.lookup(id),
            (None, Some(id)) => self.access_tokens.lookup(id),
            (None, None) => return held,
        };
        let Some(delegation) = delegation else {
            return Vec::new();
        };
        let allowed = delegation.ids("roles");
        held.into_iter()
            .filter(|role| allowed.contains(&role.as_str()))
            .collect()
    }

    /// A trust and those that it was redelegated from, the first one last.
    pub(crate) fn redelegation_chain<'a>(&'a self, trust: &'a Record) -> Vec<&'a Record> {
        let mut found = vec![trust];
        let mut next = trust.text("redelegated_trust_id");
        while let Some(source) = next.and_then(|id| self.trusts.lookup(id)) {
            found.push(source);
            next = source.text("redelegated_trust_id");
        }
        found
    }

    /// The delegated roles with what they imply, as far as the first trustor still has them all.
    /// Those of a domain count, but are not shown.
    fn trust_roles(&self, id: &str) -> Vec<String> {
        let Some(trust) = self.trusts.lookup(id) else {
            return Vec::new();
        };
        let project = Target::Project(trust.text("project_id").unwrap_or_default().to_owned());
        let first = self
            .redelegation_chain(trust)
            .last()
            .copied()
            .unwrap_or(trust);
        let trustor = first.text("trustor_user_id").unwrap_or_default();
        let held = self.all_roles_of(trustor, &project);
        let mut roles = Vec::new();
        for delegated in trust.ids("roles") {
            for (role, _) in self.implied_closure(delegated) {
                if !held.contains(&role) {
                    return Vec::new();
                }
                if self.is_global(&role) && !roles.contains(&role) {
                    roles.push(role);
                }
            }
        }
        roles
    }
}
