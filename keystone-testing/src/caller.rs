//! Callers with a valid token, and the credentials that policies read.

use keystone_policy::{AttrValue, Credentials, RoleSet, Value as Attr};
use serde_json::{Value, json};

use crate::api_error::ApiError;
use crate::store::{Object, Scope, Store, Token};

/// Methods that prove delegated rights only. A token that is exchanged for another passes them on.
const DELEGATING: [&str; 3] = ["application_credential", "oauth1", "ec2credential"];

/// A caller with a valid token.
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    pub(crate) token: Token,
    pub(crate) user_id: String,
    scope: CallerScope,
    /// Made from an application credential that may not manage others.
    restricted: bool,
    roles: RoleSet,
    /// The credentials that policies read, beside the roles.
    claims: Object,
}

/// What a token is scoped to, with what policies read of it.
#[derive(Clone, Debug, Eq, PartialEq)]
enum CallerScope {
    Domain(String),
    Unscoped,
    Project {
        id: String,
        /// None for a project that is a domain.
        domain_id: Option<String>,
    },
    System,
}

impl Caller {
    pub(crate) fn of(token: &Token, store: &Store) -> Self {
        let roles = store.token_roles(token);
        let roles = roles
            .iter()
            .filter_map(|id| store.roles.lookup(id)?.text("name"));
        let credential = token
            .application_credential
            .as_ref()
            .and_then(|id| store.application_credentials.lookup(id));
        let user_id = store.acting_user(token);
        let scope = CallerScope::of(&token.scope, store);
        Self {
            claims: claims(&user_id, &scope, store),
            token: token.clone(),
            user_id,
            scope,
            restricted: credential.is_some_and(|credential| !credential.flag("unrestricted")),
            roles: RoleSet::new(roles),
        }
    }

    /// The domain that the token is for.
    pub(crate) fn domain(&self) -> Option<&str> {
        match &self.scope {
            CallerScope::Domain(id) => Some(id),
            _ => None,
        }
    }

    /// The project that the token is for.
    pub(crate) fn project(&self) -> Option<&str> {
        match &self.scope {
            CallerScope::Project { id, .. } => Some(id),
            _ => None,
        }
    }

    pub(crate) fn is_on_system(&self) -> bool {
        self.scope == CallerScope::System
    }

    /// The trust that the token is for.
    pub(crate) fn trust(&self) -> Option<&str> {
        match &self.token.scope {
            Scope::Trust(id) => Some(id),
            _ => None,
        }
    }

    /// Whether the token was issued for a delegation other than a trust.
    pub(crate) fn has_delegated_methods(&self) -> bool {
        let methods = &self.token.methods;
        methods.is_empty() || methods.iter().any(|name| DELEGATING.contains(&&**name))
    }

    /// 403 for a token of any delegation.
    pub(crate) fn refuse_delegated(&self, message: &str) -> Result<(), ApiError> {
        if self.trust().is_some() || self.has_delegated_methods() {
            return Err(ApiError::forbidden(message));
        }
        Ok(())
    }

    /// 403 for every delegated token but that of an application credential: it would create or read
    /// credentials that outlive the delegation.
    pub(crate) fn refuse_delegated_but_application_credentials(&self) -> Result<(), ApiError> {
        if self
            .token
            .methods
            .iter()
            .any(|name| name == "application_credential")
        {
            return Ok(());
        }
        self.refuse_delegated(
            "Cannot manage application credentials with a token issued via delegation.",
        )
    }

    /// Only unrestricted application credentials manage others.
    pub(crate) fn refuse_restricted(&self) -> Result<(), ApiError> {
        if self.restricted {
            return Err(ApiError::denied(
                "Using method 'application_credential' is not allowed for managing additional application credentials.",
            ));
        }
        Ok(())
    }
}

impl Credentials for Caller {
    fn attr(&self, name: &str) -> Option<Attr<'_>> {
        self.claims.get(name).map(AttrValue::attr_value)
    }

    fn roles(&self) -> &RoleSet {
        &self.roles
    }
}

impl CallerScope {
    fn of(scope: &Scope, store: &Store) -> Self {
        match scope {
            Scope::Unscoped => Self::Unscoped,
            Scope::System => Self::System,
            Scope::Domain(id) => Self::Domain(id.clone()),
            Scope::Project(id) => Self::project(id, store),
            Scope::Trust(id) => {
                let project = store
                    .trusts
                    .lookup(id)
                    .and_then(|trust| trust.text("project_id"));
                project.map_or(Self::Unscoped, |id| Self::project(id, store))
            }
        }
    }

    fn project(id: &str, store: &Store) -> Self {
        let project = store.project_or_domain(id);
        let domain_id = project
            .as_ref()
            .and_then(|project| project.text("domain_id"));
        Self::Project {
            id: id.to_owned(),
            domain_id: domain_id.map(ToOwned::to_owned),
        }
    }
}

/// The names are those of oslo.context, and `token`, which Keystone adds to them.
fn claims(user: &str, scope: &CallerScope, store: &Store) -> Object {
    let home = store
        .users
        .lookup(user)
        .and_then(|user| user.get("domain_id"));
    let mut claims = Object::new();
    let mut token = Object::from_iter([("user".to_owned(), json!({ "id": user }))]);
    let nulls = [
        "domain_id",
        "project_domain_id",
        "project_id",
        "system_scope",
    ];
    claims.extend(nulls.map(|name| (name.to_owned(), Value::Null)));
    claims.insert("user_id".into(), user.into());
    claims.insert("user_domain_id".into(), home.cloned().unwrap_or_default());
    match scope {
        CallerScope::Domain(id) => {
            claims.insert("domain_id".into(), id.as_str().into());
            token.insert("domain".into(), json!({ "id": id }));
        }
        CallerScope::Unscoped => {}
        CallerScope::Project { id, domain_id } => {
            claims.insert("project_id".into(), id.as_str().into());
            claims.insert("project_domain_id".into(), json!(domain_id));
            let domain = json!({ "id": domain_id });
            token.insert("project".into(), json!({ "id": id, "domain": domain }));
        }
        CallerScope::System => {
            claims.insert("system_scope".into(), "all".into());
        }
    }
    claims.insert("token".into(), token.into());
    claims
}
