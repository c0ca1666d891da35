//! Callers as credentials for rules.

use keystone_policy::{CredentialName, Credentials, RoleSet, Value};

use super::identity::Identity;
use super::request_context::RequestContext;

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
