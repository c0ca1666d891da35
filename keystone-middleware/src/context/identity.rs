//! The identity behind a validated token.

use std::fmt;

use jiff::Timestamp;
use keystone_policy::RoleSet;
use keystone_sdk::auth::AccessInfo;
use keystone_sdk::auth::access::TokenDomain;
use keystone_sdk::catalog::CatalogEndpoint;
use serde_json::{Map, Value};

/// The identity behind a validated token: user, scope and roles.
///
/// Exactly one of `project_id`, `domain_id` and `system_scope` is set for a scoped token, none for
/// an unscoped one. The names are those of oslo.context.
#[derive(Clone, Default)]
#[non_exhaustive]
pub struct Identity {
    /// The user's id.
    pub user_id: Option<String>,
    /// The user's name.
    pub user_name: Option<String>,
    /// The id of the user's domain; a federated user may have none.
    pub user_domain_id: Option<String>,
    /// The name of the user's domain.
    pub user_domain_name: Option<String>,
    /// The project's id, in project scope.
    pub project_id: Option<String>,
    /// The project's name, in project scope.
    pub project_name: Option<String>,
    /// The id of the project's domain.
    pub project_domain_id: Option<String>,
    /// The name of the project's domain.
    pub project_domain_name: Option<String>,
    /// The domain's id, in domain scope.
    pub domain_id: Option<String>,
    /// The domain's name, in domain scope.
    pub domain_name: Option<String>,
    /// `all` in system scope.
    pub system_scope: Option<String>,
    /// False if Keystone reports that the project is not the cloud's admin project; otherwise true.
    pub is_admin_project: bool,
    pub(crate) roles: RoleSet,
    pub(crate) access: Option<AccessInfo>,
}

impl Identity {
    pub(crate) fn from_access(access: AccessInfo) -> Self {
        let user = &access.user;
        let (user_domain_id, user_domain_name) = domain(user.domain.as_ref());
        let project = access.project.as_ref();
        let (project_domain_id, project_domain_name) =
            domain(project.and_then(|project| project.domain.as_ref()));
        let (domain_id, domain_name) = domain(access.domain.as_ref());
        Self {
            user_id: present(&user.id),
            user_name: present(&user.name),
            user_domain_id,
            user_domain_name,
            project_id: project.and_then(|project| present(&project.id)),
            project_name: project.and_then(|project| present(&project.name)),
            project_domain_id,
            project_domain_name,
            domain_id,
            domain_name,
            system_scope: access
                .system
                .as_ref()
                .filter(|system| system.all)
                .map(|_| "all".to_owned()),
            roles: RoleSet::new(access.roles.iter().map(|role| role.name.clone())),
            is_admin_project: access.is_admin_project.unwrap_or(true),
            access: Some(access),
        }
    }

    /// The body of the token with catalog, audit ids, trust and application credential; `None` in a
    /// context built by a test.
    pub fn access(&self) -> Option<&AccessInfo> {
        self.access.as_ref()
    }

    /// When the token expires; `None` in a context built by a test.
    pub fn expires_at(&self) -> Option<Timestamp> {
        self.access.as_ref().map(|access| access.expires_at)
    }

    /// The names of the roles, as returned by Keystone.
    pub fn roles(&self) -> &[String] {
        self.roles.names()
    }

    /// Whether the caller has a role with this name, without regard to case.
    pub fn has_role(&self, name: &str) -> bool {
        self.roles.contains(name)
    }

    /// Whether the catalog has a service of this type.
    pub(crate) fn catalog_has(&self, service_type: &str) -> bool {
        let catalog = self
            .access
            .as_ref()
            .and_then(|access| access.catalog.as_ref());
        let mut services = catalog.into_iter().flatten();
        services.any(|service| service.service_type == service_type)
    }

    /// The catalog in the format of Identity API v2, for `X-Service-Catalog`.
    pub(crate) fn catalog_v2(&self) -> Option<String> {
        let catalog = self.access.as_ref()?.catalog.as_ref()?;
        let services: Vec<Value> = catalog
            .iter()
            .map(|service| {
                let mut entry = Map::new();
                entry.insert("type".to_owned(), service.service_type.clone().into());
                if !service.name.is_empty() {
                    entry.insert("name".to_owned(), service.name.clone().into());
                }
                entry.insert("endpoints".to_owned(), by_region(&service.endpoints));
                Value::Object(entry)
            })
            .collect();
        // ASCII only: other bytes in a header may be read as Latin-1.
        Some(ascii_json(&Value::Array(services)))
    }
}

/// Shows who it is, without the catalog.
impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Identity")
            .field("user_id", &self.user_id)
            .field("project_id", &self.project_id)
            .field("domain_id", &self.domain_id)
            .field("system_scope", &self.system_scope)
            .field("roles", &self.roles())
            .finish_non_exhaustive()
    }
}

fn present(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}

fn domain(domain: Option<&TokenDomain>) -> (Option<String>, Option<String>) {
    match domain {
        Some(domain) => (domain.id.clone(), domain.name.clone()),
        None => (None, None),
    }
}

/// One object per region, with `publicURL`, `internalURL` and `adminURL`.
fn by_region(endpoints: &[CatalogEndpoint]) -> Value {
    let mut regions: Vec<(Option<&str>, Map<String, Value>)> = Vec::new();
    for endpoint in endpoints {
        let region = endpoint
            .region
            .as_deref()
            .or(endpoint.region_id.as_deref())
            .filter(|region| !region.is_empty());
        let key = format!("{}URL", endpoint.interface.to_lowercase());
        let url = Value::from(endpoint.url.clone());
        match regions.iter_mut().find(|(known, _)| *known == region) {
            Some((_, entry)) => {
                entry.insert(key, url);
            }
            None => {
                let mut entry = Map::new();
                if let Some(region) = region {
                    entry.insert("region".to_owned(), region.into());
                }
                entry.insert(key, url);
                regions.push((region, entry));
            }
        }
    }
    regions
        .into_iter()
        .map(|(_, entry)| Value::Object(entry))
        .collect()
}

fn ascii_json(value: &Value) -> String {
    let mut out = String::new();
    for character in value.to_string().chars() {
        if character.is_ascii() {
            out.push(character);
        } else {
            let mut units = [0; 2];
            for unit in character.encode_utf16(&mut units) {
                out.push_str(&format!("\\u{unit:04x}"));
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn identity(body: Value) -> Identity {
        Identity::from_access(serde_json::from_value(body).unwrap())
    }

    #[test]
    fn a_project_token_has_a_project_and_no_other_scope() {
        let identity = identity(json!({
            "expires_at": "2030-01-01T00:00:00.000000Z",
            "user": {"id": "u", "name": "demo", "domain": {"id": "default", "name": "Default"}},
            "project": {"id": "p", "name": "web", "domain": {"id": "d", "name": "D"}},
            "roles": [{"id": "1", "name": "Member"}],
        }));
        assert_eq!(identity.project_id.as_deref(), Some("p"));
        assert_eq!(identity.project_domain_name.as_deref(), Some("D"));
        assert_eq!(identity.user_domain_id.as_deref(), Some("default"));
        assert_eq!(identity.domain_id, None);
        assert_eq!(identity.system_scope, None);
        assert_eq!(identity.roles(), ["Member"]);
        assert!(identity.has_role("MEMBER"));
        assert!(identity.is_admin_project);
    }

    #[test]
    fn an_identity_keeps_the_body_that_it_comes_from() {
        let identity = identity(json!({
            "expires_at": "2030-01-01T00:00:00.000000Z",
            "user": {"id": "u"},
            "audit_ids": ["a1"],
        }));
        assert_eq!(identity.access().unwrap().user.id, "u");
        let end = identity.expires_at().unwrap();
        assert_eq!(end.to_string(), "2030-01-01T00:00:00Z");
        let made_by_hand = Identity::default();
        assert!(made_by_hand.access().is_none() && made_by_hand.expires_at().is_none());
    }

    #[test]
    fn a_role_is_held_by_its_name_and_no_other() {
        let identity = identity(json!({
            "expires_at": "2030-01-01T00:00:00.000000Z",
            "user": {"id": "u"},
            "roles": [{"id": "1", "name": "Member"}],
        }));
        assert!(identity.has_role("member") && identity.has_role("Member"));
        assert!(!identity.has_role("admin") && !identity.has_role("") && !identity.has_role("1"));
    }

    #[test]
    fn only_the_whole_system_is_system_scope() {
        for (system, wanted) in [
            (json!({"all": true}), Some("all")),
            (json!({"all": false}), None),
            (json!({}), None),
            (json!(null), None),
        ] {
            let identity = identity(json!({
                "expires_at": "2030-01-01T00:00:00.000000Z",
                "user": {"id": "u"},
                "system": system,
                "roles": [{"id": "1", "name": "admin"}],
            }));
            assert_eq!(identity.system_scope.as_deref(), wanted, "{system}");
        }
    }

    #[test]
    fn the_catalog_header_groups_endpoints_by_region() {
        let identity = identity(json!({
            "expires_at": "2030-01-01T00:00:00.000000Z",
            "user": {"id": "u"},
            "catalog": [{"type": "proxy", "name": "proxés", "endpoints": [
                {"interface": "public", "region": "one", "url": "http://p"},
                {"interface": "internal", "region": "one", "url": "http://i"},
                {"interface": "public", "url": "http://q"},
                {"interface": "admin", "region": "", "url": "http://r"},
                {"interface": "Admin", "region_id": "one", "url": "http://a"},
            ]}, {"type": "nameless", "endpoints": []}],
        }));
        assert_eq!(
            identity.catalog_v2().unwrap(),
            r#"[{"endpoints":[{"adminURL":"http://a","internalURL":"http://i","#.to_owned()
                + r#""publicURL":"http://p","region":"one"},"#
                + r#"{"adminURL":"http://r","publicURL":"http://q"}],"#
                + r#""name":"prox\u00e9s","type":"proxy"},{"endpoints":[],"type":"nameless"}]"#
        );
    }
}
