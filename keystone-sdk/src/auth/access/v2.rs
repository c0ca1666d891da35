//! Converts the token body of the v2.0 API into that of v3.
//!
//! Source: Identity API v2.0, "Authenticate for admin API" (`POST /v2.0/tokens`).

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde::Deserialize;
use serde::de::{Deserializer, Error as _};

use super::{TokenBody, TokenProject, TokenRole, TokenTrust, TokenTrustUser, TokenUser};
use crate::SecretString;
use crate::catalog::{CatalogEndpoint, CatalogService, Interface};

/// `{"access": {..}}`.
#[derive(Deserialize)]
pub(in crate::auth) struct V2Body {
    access: Access,
}

#[derive(Deserialize)]
struct Access {
    token: Token,
    user: User,
    #[serde(default)]
    metadata: Metadata,
    #[serde(rename = "serviceCatalog")]
    catalog: Option<Vec<Service>>,
    trust: Option<Trust>,
}

#[derive(Deserialize)]
struct Token {
    id: SecretString,
    #[serde(deserialize_with = "time")]
    expires: Timestamp,
    #[serde(default, deserialize_with = "optional_time")]
    issued_at: Option<Timestamp>,
    tenant: Option<Tenant>,
    /// The tenant as the oldest servers write it.
    #[serde(rename = "tenantId")]
    tenant_id: Option<String>,
    #[serde(rename = "tenantName")]
    tenant_name: Option<String>,
    #[serde(default)]
    audit_ids: Vec<String>,
}

#[derive(Deserialize)]
struct Tenant {
    id: String,
    #[serde(default)]
    name: String,
}

#[derive(Deserialize)]
struct User {
    id: String,
    name: Option<String>,
    username: Option<String>,
    #[serde(default)]
    roles: Vec<Role>,
    #[serde(rename = "tenantId")]
    tenant_id: Option<String>,
    #[serde(rename = "tenantName")]
    tenant_name: Option<String>,
}

#[derive(Deserialize)]
struct Role {
    id: Option<String>,
    name: String,
}

/// The ids of the roles, if the roles only have names.
#[derive(Default, Deserialize)]
struct Metadata {
    #[serde(default)]
    roles: Vec<String>,
}

#[derive(Deserialize)]
struct Trust {
    id: String,
    #[serde(default)]
    impersonation: bool,
    trustor_user_id: Option<String>,
    trustee_user_id: Option<String>,
}

#[derive(Deserialize)]
struct Service {
    r#type: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    endpoints: Vec<Endpoint>,
}

#[derive(Deserialize)]
struct Endpoint {
    id: Option<String>,
    region: Option<String>,
    #[serde(rename = "publicURL")]
    public: Option<String>,
    #[serde(rename = "internalURL")]
    internal: Option<String>,
    #[serde(rename = "adminURL")]
    admin: Option<String>,
}

impl V2Body {
    /// The token and its body.
    pub(in crate::auth) fn into_parts(self) -> (SecretString, TokenBody) {
        let Access {
            token,
            user,
            metadata,
            catalog,
            trust,
        } = self.access;
        let name = user.username.or(user.name).unwrap_or_default();
        let mut body = TokenBody::new(TokenUser::new(user.id, name), token.expires);
        body.issued_at = token.issued_at;
        body.audit_ids = token.audit_ids;
        body.roles = roles(user.roles, metadata.roles);
        let (id, named) = match token.tenant {
            Some(tenant) => (Some(tenant.id), Some(tenant.name)),
            None => (
                token.tenant_id.or(user.tenant_id),
                token.tenant_name.or(user.tenant_name),
            ),
        };
        body.project = id.map(|id| TokenProject::new(id, named.unwrap_or_default()));
        body.catalog = catalog.map(|all| all.into_iter().map(Service::into_v3).collect());
        body.trust = trust.map(Trust::into_v3);
        (token.id, body)
    }
}

/// The id of a role is its own, or the one at the same index of `ids`.
fn roles(roles: Vec<Role>, ids: Vec<String>) -> Vec<TokenRole> {
    let ids = ids.into_iter().map(Some).chain(std::iter::repeat(None));
    let pairs = roles.into_iter().zip(ids);
    pairs
        .map(|(role, id)| TokenRole::new(role.id.or(id).unwrap_or_default(), role.name))
        .collect()
}

impl Trust {
    fn into_v3(self) -> TokenTrust {
        let user = |id: Option<String>| id.map(|id| TokenTrustUser { id });
        TokenTrust {
            id: self.id,
            impersonation: self.impersonation,
            trustor_user: user(self.trustor_user_id),
            trustee_user: user(self.trustee_user_id),
        }
    }
}

impl Service {
    fn into_v3(self) -> CatalogService {
        let service = CatalogService::new(self.r#type, self.name);
        let endpoints = self.endpoints.into_iter().flat_map(Endpoint::into_v3);
        endpoints.fold(service, CatalogService::endpoint)
    }
}

impl Endpoint {
    /// One endpoint for each interface with a URL.
    fn into_v3(self) -> impl Iterator<Item = CatalogEndpoint> {
        let Self {
            id,
            region,
            public,
            internal,
            admin,
        } = self;
        let all = [
            (Interface::Public, public),
            (Interface::Internal, internal),
            (Interface::Admin, admin),
        ];
        all.into_iter().filter_map(move |(interface, url)| {
            let mut endpoint = CatalogEndpoint::new(interface, url?);
            endpoint.id = id.clone().unwrap_or_default();
            Some(match &region {
                Some(region) => endpoint.in_region(region),
                None => endpoint,
            })
        })
    }
}

/// Times of this API may lack a zone, and are in UTC.
fn parse(text: &str) -> Option<Timestamp> {
    text.parse().ok().or_else(|| {
        let moment: DateTime = text.trim_end_matches('Z').parse().ok()?;
        Some(TimeZone::UTC.to_zoned(moment).ok()?.timestamp())
    })
}

fn time<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Timestamp, D::Error> {
    let text = String::deserialize(deserializer)?;
    parse(&text).ok_or_else(|| D::Error::custom("expected a time"))
}

fn optional_time<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Timestamp>, D::Error> {
    let text = Option::<String>::deserialize(deserializer)?;
    Ok(text.as_deref().and_then(parse))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::auth::AccessInfo;

    fn access(body: &serde_json::Value) -> AccessInfo {
        AccessInfo::from_json(body.to_string().as_bytes()).unwrap()
    }

    #[test]
    fn a_body_of_v2_reads_as_one_of_v3() {
        let found = access(&json!({"access": {
            "token": {"id": "T", "expires": "2030-01-01T00:00:00Z",
                "issued_at": "2029-12-31T23:00:00.123456", "audit_ids": ["a"],
                "tenant": {"id": "t1", "name": "demo", "enabled": true, "description": null}},
            "user": {"id": "u1", "name": "alice", "username": "alice",
                "roles": [{"name": "member"}, {"name": "reader", "id": "own"}]},
            "metadata": {"is_admin": 0, "roles": ["r1", "r2"]},
            "serviceCatalog": [{"type": "compute", "name": "nova", "endpoints_links": [],
                "endpoints": [{"region": "one", "id": "e", "publicURL": "http://p", "adminURL": "http://a"}]}],
            "trust": {"id": "tr", "trustor_user_id": "x", "trustee_user_id": "y", "impersonation": true},
        }}));
        assert_eq!((found.user_id(), found.username()), ("u1", "alice"));
        assert_eq!(
            (found.project_id(), found.project_name()),
            (Some("t1"), Some("demo"))
        );
        assert_eq!(found.role_ids().collect::<Vec<_>>(), ["r1", "own"]);
        assert_eq!(found.role_names().collect::<Vec<_>>(), ["member", "reader"]);
        assert_eq!(
            found.issued_at.unwrap().to_string(),
            "2029-12-31T23:00:00.123456Z"
        );
        assert_eq!(
            found
                .trust
                .as_ref()
                .unwrap()
                .trustor_user
                .as_ref()
                .unwrap()
                .id,
            "x"
        );
        let service = &found.catalog.as_ref().unwrap()[0];
        let shown: Vec<_> = service
            .endpoints
            .iter()
            .map(|one| (one.interface.as_str(), one.url.as_str(), one.region_name()))
            .collect();
        let region = Some("one");
        assert_eq!(
            shown,
            [
                ("public", "http://p", region),
                ("admin", "http://a", region)
            ]
        );
    }

    #[test]
    fn tenants_of_the_oldest_servers_are_read_and_a_missing_one_is_no_scope() {
        let body =
            |token: serde_json::Value| json!({"access": {"token": token, "user": {"id": "u"}}});
        let old = json!({"id": "T", "expires": "2030-01-01T00:00:00Z", "tenantId": "t", "tenantName": "n"});
        assert_eq!(access(&body(old)).project_name(), Some("n"));
        let none = access(&body(json!({"id": "T", "expires": "2030-01-01T00:00:00"})));
        assert!(!none.is_scoped() && none.catalog.is_none());
    }
}
