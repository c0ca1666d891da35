//! Identity headers: those that clients must not send, and those that valid tokens set.

use http::{HeaderMap, HeaderName, HeaderValue};

use crate::context::Identity;

pub(crate) const AUTH_TOKEN: HeaderName = HeaderName::from_static("x-auth-token");
pub(crate) const STORAGE_TOKEN: HeaderName = HeaderName::from_static("x-storage-token");
pub(crate) const SERVICE_TOKEN: HeaderName = HeaderName::from_static("x-service-token");
const IDENTITY_STATUS: HeaderName = HeaderName::from_static("x-identity-status");
const SERVICE_IDENTITY_STATUS: HeaderName = HeaderName::from_static("x-service-identity-status");
const REQUEST_ID: HeaderName = HeaderName::from_static("x-openstack-request-id");

/// The headers that carry an identity. They are removed from client requests.
///
/// Source: keystonemiddleware's documentation, "Headers", and `OpenStack-System-Scope`.
pub const IDENTITY_HEADERS: [&str; 32] = [
    "openstack-system-scope",
    "x-domain-id",
    "x-domain-name",
    "x-identity-status",
    "x-is-admin-project",
    "x-project-domain-id",
    "x-project-domain-name",
    "x-project-id",
    "x-project-name",
    "x-role",
    "x-roles",
    "x-service-catalog",
    "x-service-domain-id",
    "x-service-domain-name",
    "x-service-identity-status",
    "x-service-project-domain-id",
    "x-service-project-domain-name",
    "x-service-project-id",
    "x-service-project-name",
    "x-service-roles",
    "x-service-user-domain-id",
    "x-service-user-domain-name",
    "x-service-user-id",
    "x-service-user-name",
    "x-tenant",
    "x-tenant-id",
    "x-tenant-name",
    "x-user",
    "x-user-domain-id",
    "x-user-domain-name",
    "x-user-id",
    "x-user-name",
];

/// Removes every identity header, also those with `_` instead of `-`, which a CGI or WSGI
/// application behind this service could not distinguish.
pub(crate) fn remove_identity(headers: &mut HeaderMap) {
    let sent: Vec<HeaderName> = headers
        .keys()
        .filter(|name| is_identity_header(name.as_str()))
        .cloned()
        .collect();
    for name in sent {
        headers.remove(&name);
    }
}

/// Sets whether the token of the user was valid.
pub(crate) fn set_status(headers: &mut HeaderMap, confirmed: bool) {
    headers.insert(IDENTITY_STATUS, status(confirmed));
}

/// Sets whether the token of the calling service was valid.
pub(crate) fn set_service_status(headers: &mut HeaderMap, confirmed: bool) {
    headers.insert(SERVICE_IDENTITY_STATUS, status(confirmed));
}

/// The headers of a validated user token. Missing values are omitted.
pub(crate) fn user_headers(identity: &Identity, catalog: bool) -> Vec<(HeaderName, HeaderValue)> {
    let roles = Some(joined(identity.roles()));
    let admin = if identity.is_admin_project {
        "True"
    } else {
        "False"
    };
    header_lines(&[
        ("x-roles", &roles),
        ("x-role", &roles),
        ("openstack-system-scope", &identity.system_scope),
        ("x-user-id", &identity.user_id),
        ("x-user-name", &identity.user_name),
        ("x-user", &identity.user_name),
        ("x-user-domain-id", &identity.user_domain_id),
        ("x-user-domain-name", &identity.user_domain_name),
        ("x-project-id", &identity.project_id),
        ("x-tenant-id", &identity.project_id),
        ("x-project-name", &identity.project_name),
        ("x-tenant-name", &identity.project_name),
        ("x-tenant", &identity.project_name),
        ("x-project-domain-id", &identity.project_domain_id),
        ("x-project-domain-name", &identity.project_domain_name),
        ("x-domain-id", &identity.domain_id),
        ("x-domain-name", &identity.domain_name),
        ("x-is-admin-project", &Some(admin.to_owned())),
        (
            "x-service-catalog",
            &catalog.then(|| identity.catalog_v2()).flatten(),
        ),
    ])
}

/// The headers of a validated service token, with names of their own, so that neither identity can
/// overwrite the other.
pub(crate) fn service_headers(identity: &Identity) -> Vec<(HeaderName, HeaderValue)> {
    header_lines(&[
        ("x-service-roles", &Some(joined(identity.roles()))),
        ("x-service-user-id", &identity.user_id),
        ("x-service-user-name", &identity.user_name),
        ("x-service-user-domain-id", &identity.user_domain_id),
        ("x-service-user-domain-name", &identity.user_domain_name),
        ("x-service-project-id", &identity.project_id),
        ("x-service-project-name", &identity.project_name),
        ("x-service-project-domain-id", &identity.project_domain_id),
        (
            "x-service-project-domain-name",
            &identity.project_domain_name,
        ),
        ("x-service-domain-id", &identity.domain_id),
        ("x-service-domain-name", &identity.domain_name),
    ])
}

/// The global request id that the caller sent: `req-` and a UUID. Anything else is ignored, since
/// it is logged and sent to other services.
pub(crate) fn global_request_id(headers: &HeaderMap) -> Option<String> {
    let text = headers.get(REQUEST_ID)?.to_str().ok()?;
    let well_formed = text
        .strip_prefix("req-")
        .is_some_and(|id| id.len() == 36 && uuid::Uuid::try_parse(id).is_ok());
    well_formed.then(|| text.to_owned())
}

/// Values that are invalid in headers (a line break in a name) are omitted; the typed context still
/// has them.
fn header_lines(lines: &[(&'static str, &Option<String>)]) -> Vec<(HeaderName, HeaderValue)> {
    let header = |(name, value): &(&'static str, &Option<String>)| {
        let value = HeaderValue::from_bytes(value.as_ref()?.as_bytes()).ok()?;
        Some((HeaderName::from_static(name), value))
    };
    lines.iter().filter_map(header).collect()
}

/// Role names as one header value. Names with a comma are omitted, since they would read as two
/// roles.
fn joined(roles: &[String]) -> String {
    roles
        .iter()
        .map(String::as_str)
        .filter(|role| !role.contains(','))
        .collect::<Vec<_>>()
        .join(",")
}

fn status(confirmed: bool) -> HeaderValue {
    HeaderValue::from_static(if confirmed { "Confirmed" } else { "Invalid" })
}

fn is_identity_header(name: &str) -> bool {
    let dashed = |byte: u8| if byte == b'_' { b'-' } else { byte };
    IDENTITY_HEADERS
        .iter()
        .any(|known| known.len() == name.len() && known.bytes().eq(name.bytes().map(dashed)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As keystonemiddleware writes and documents them. Held apart from the product's own list, which
    /// could not show a name that is misspelt in it.
    const WRITTEN_BY_KEYSTONEMIDDLEWARE: [&str; 32] = [
        "OpenStack-System-Scope",
        "X-Domain-Id",
        "X-Domain-Name",
        "X-Identity-Status",
        "X-Is-Admin-Project",
        "X-Project-Domain-Id",
        "X-Project-Domain-Name",
        "X-Project-Id",
        "X-Project-Name",
        "X-Role",
        "X-Roles",
        "X-Service-Catalog",
        "X-Service-Domain-Id",
        "X-Service-Domain-Name",
        "X-Service-Identity-Status",
        "X-Service-Project-Domain-Id",
        "X-Service-Project-Domain-Name",
        "X-Service-Project-Id",
        "X-Service-Project-Name",
        "X-Service-Roles",
        "X-Service-User-Domain-Id",
        "X-Service-User-Domain-Name",
        "X-Service-User-Id",
        "X-Service-User-Name",
        "X-Tenant",
        "X-Tenant-Id",
        "X-Tenant-Name",
        "X-User",
        "X-User-Domain-Id",
        "X-User-Domain-Name",
        "X-User-Id",
        "X-User-Name",
    ];

    fn identity(body: serde_json::Value) -> Identity {
        Identity::from_access(serde_json::from_value(body).unwrap())
    }

    /// A token of every scope at once: no such token exists, but it fills in every header.
    fn everything() -> Identity {
        let domain = serde_json::json!({"id": "d", "name": "D"});
        identity(serde_json::json!({
            "expires_at": "2030-01-01T00:00:00.000000Z",
            "user": {"id": "u", "name": "U", "domain": domain},
            "project": {"id": "p", "name": "P", "domain": domain},
            "domain": domain,
            "system": {"all": true},
            "roles": [{"id": "1", "name": "reader"}, {"id": "2", "name": "member"}],
            "catalog": [],
        }))
    }

    fn lines(headers: &[(HeaderName, HeaderValue)]) -> Vec<String> {
        let lines = headers.iter();
        let lines = lines.map(|(name, value)| format!("{name}: {}", value.to_str().unwrap()));
        lines.collect()
    }

    #[test]
    fn the_list_names_the_headers_of_keystonemiddleware() {
        assert_eq!(
            IDENTITY_HEADERS.map(str::to_owned),
            WRITTEN_BY_KEYSTONEMIDDLEWARE.map(str::to_lowercase)
        );
    }

    #[test]
    fn a_user_token_writes_these_headers() {
        let user = everything();
        let mut expected = vec![
            "x-roles: reader,member",
            "x-role: reader,member",
            "openstack-system-scope: all",
            "x-user-id: u",
            "x-user-name: U",
            "x-user: U",
            "x-user-domain-id: d",
            "x-user-domain-name: D",
            "x-project-id: p",
            "x-tenant-id: p",
            "x-project-name: P",
            "x-tenant-name: P",
            "x-tenant: P",
            "x-project-domain-id: d",
            "x-project-domain-name: D",
            "x-domain-id: d",
            "x-domain-name: D",
            "x-is-admin-project: True",
        ];
        assert_eq!(lines(&user_headers(&user, false)), expected);
        expected.push("x-service-catalog: []");
        assert_eq!(lines(&user_headers(&user, true)), expected);
        let other = Identity {
            is_admin_project: false,
            ..Identity::default()
        };
        let expected = ["x-roles: ", "x-role: ", "x-is-admin-project: False"];
        assert_eq!(lines(&user_headers(&other, true)), expected);
    }

    #[test]
    fn only_a_token_of_the_whole_system_writes_the_system_scope() {
        for (system, wanted) in [
            (serde_json::json!({"all": true}), true),
            (serde_json::json!({"all": false}), false),
            (serde_json::json!(null), false),
        ] {
            let headers = user_headers(
                &identity(serde_json::json!({
                    "expires_at": "2030-01-01T00:00:00.000000Z",
                    "user": {"id": "u"},
                    "system": system,
                })),
                false,
            );
            let written = headers
                .iter()
                .any(|(name, _)| name == "openstack-system-scope");
            assert_eq!(written, wanted, "{system}");
        }
    }

    #[test]
    fn a_service_token_writes_these_headers() {
        let expected = [
            "x-service-roles: reader,member",
            "x-service-user-id: u",
            "x-service-user-name: U",
            "x-service-user-domain-id: d",
            "x-service-user-domain-name: D",
            "x-service-project-id: p",
            "x-service-project-name: P",
            "x-service-project-domain-id: d",
            "x-service-project-domain-name: D",
            "x-service-domain-id: d",
            "x-service-domain-name: D",
        ];
        assert_eq!(lines(&service_headers(&everything())), expected);
    }

    #[test]
    fn whatever_is_written_is_stripped_first() {
        let mut headers = HeaderMap::new();
        headers.extend(user_headers(&everything(), true));
        headers.extend(service_headers(&everything()));
        set_status(&mut headers, true);
        set_service_status(&mut headers, false);
        assert_eq!(headers.len(), IDENTITY_HEADERS.len());
        assert_eq!(headers["x-identity-status"], "Confirmed");
        assert_eq!(headers["x-service-identity-status"], "Invalid");
        remove_identity(&mut headers);
        assert!(headers.is_empty(), "{headers:?}");
    }

    #[test]
    fn every_identity_header_is_stripped_however_it_is_spelt() {
        for known in WRITTEN_BY_KEYSTONEMIDDLEWARE {
            let spellings = [
                known.to_owned(),
                known.to_uppercase(),
                known.replace('-', "_"),
                known.replacen('-', "_", 1),
            ];
            for name in spellings {
                let name = HeaderName::from_bytes(name.as_bytes()).unwrap();
                let mut headers = HeaderMap::new();
                headers.append(&name, HeaderValue::from_static("one"));
                headers.append(&name, HeaderValue::from_static("two"));
                remove_identity(&mut headers);
                assert!(headers.is_empty(), "{name} survived");
            }
        }
    }

    #[test]
    fn tokens_and_foreign_headers_stay() {
        let mut headers = HeaderMap::new();
        for name in [AUTH_TOKEN, STORAGE_TOKEN, SERVICE_TOKEN] {
            headers.insert(name, HeaderValue::from_static("t"));
        }
        // Longer, shorter and other than what is stripped.
        for name in ["x-user-agent", "x-user-i", "x_use", "xx-roles", "x-rolez"] {
            headers.insert(name, HeaderValue::from_static("curl"));
        }
        remove_identity(&mut headers);
        assert_eq!(headers.len(), 8);
    }

    #[test]
    fn only_a_well_formed_request_id_is_taken_over() {
        let id = "req-2f2f5a3e-5c8e-4f53-9f0f-0d5f7c1f5e11";
        for (text, wanted) in [
            (id, Some(id)),
            ("req-1", None),
            ("2f2f5a3e-5c8e-4f53-9f0f-0d5f7c1f5e11", None),
            ("req-{2f2f5a3e5c8e4f539f0f0d5f7c1f5e1}", None),
            ("req-2f2f5a3e5c8e4f539f0f0d5f7c1f5e11", None),
            ("req-2f2f5a3e-5c8e-4f53-9f0f-0d5f7c1f5e1x", None),
        ] {
            let headers = HeaderMap::from_iter([(REQUEST_ID, text.parse().unwrap())]);
            assert_eq!(global_request_id(&headers).as_deref(), wanted, "{text}");
        }
    }

    #[test]
    fn a_role_with_a_comma_does_not_become_two() {
        let roles = ["reader".to_owned(), "a,admin".to_owned()];
        assert_eq!(joined(&roles), "reader");
    }

    #[test]
    fn a_global_request_id_is_a_uuid_behind_req_and_else_ignored() {
        let read = |text: &str| {
            let value = HeaderValue::from_bytes(text.as_bytes()).unwrap();
            global_request_id(&HeaderMap::from_iter([(REQUEST_ID, value)]))
        };
        let good = "req-0b6ba9a1-6f3c-4b2e-9a53-3a3b7dcd0a2f";
        assert_eq!(read(good).as_deref(), Some(good));
        for bad in [
            "",
            "req-",
            "0b6ba9a1-6f3c-4b2e-9a53-3a3b7dcd0a2f",
            "REQ-0b6ba9a1-6f3c-4b2e-9a53-3a3b7dcd0a2f",
            "req-0b6ba9a16f3c4b2e9a533a3b7dcd0a2f",
            "req-0b6ba9a1-6f3c-4b2e-9a53-3a3b7dcd0a2f ",
            "req-zb6ba9a1-6f3c-4b2e-9a53-3a3b7dcd0a2f",
            "req-{0b6ba9a1-6f3c-4b2e-9a53-3a3b7dcd0a2f}",
            "req-0b6ba9a1-6f3c-4b2e-9a53-3a3b7dcd0a2f\u{e9}",
        ] {
            assert_eq!(read(bad), None, "{bad}");
        }
        assert_eq!(global_request_id(&HeaderMap::new()), None);
    }
}
