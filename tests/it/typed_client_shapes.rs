//! Answers as a real Keystone writes them: what they become, and that nothing of them is lost.

use keystone_sdk::client::{DateTime, Timestamp};
use keystone_sdk::identity::v3::{
    ApplicationCredential, Credential, Domain, Endpoint, EndpointCreate, EndpointInterface, Group,
    OPERATIONS, Project, ProjectId, Region, Role, RoleAssignment, Service, User, UserId,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

/// Reads an answer and writes it again. Times may lose a fraction of zeros; null and absence are
/// one where an answer can have either.
fn again<T: DeserializeOwned + Serialize>(body: Value) -> T {
    let value: T = serde_json::from_value(body.clone()).unwrap();
    let written = serde_json::to_value(&value).unwrap();
    assert_eq!(without_nulls(written), without_nulls(body));
    value
}

fn without_nulls(value: Value) -> Value {
    match value {
        Value::Object(map) => map
            .into_iter()
            .filter(|(_, value)| !value.is_null())
            .map(|(key, value)| (key, without_nulls(value)))
            .collect(),
        Value::Array(items) => items.into_iter().map(without_nulls).collect(),
        Value::String(text) => Value::String(text.replace(".000000", "")),
        other => other,
    }
}

#[test]
fn answers_keep_every_key() {
    let links = json!({"self": "http://k/v3/x/1"});
    again::<Service>(json!({
        "id": "1", "type": "compute", "name": "", "enabled": true, "links": links, "zone": {"a": 1},
    }));
    again::<Endpoint>(json!({
        "id": "1", "service_id": "2", "interface": "public", "url": "http://c/$(project_id)s",
        "region": null, "region_id": null, "enabled": true, "links": links,
    }));
    again::<Region>(json!({
        "id": "r", "description": "", "parent_region_id": null, "links": links,
    }));
    again::<Project>(json!({
        "id": "1", "name": "n", "domain_id": null, "parent_id": null, "description": null,
        "enabled": true, "is_domain": true, "tags": ["a"], "options": {}, "links": links,
        "my_extra": null, "extra": {"my_extra": null},
    }));
    again::<Domain>(json!({
        "id": "default", "name": "n", "description": "", "enabled": true, "tags": [],
        "options": {}, "links": links,
    }));
    again::<Group>(json!({
        "id": "1", "name": "n", "domain_id": "default", "description": "", "links": links,
        "membership_expires_at": null,
    }));
    again::<Role>(json!({
        "id": "1", "name": "n", "domain_id": null, "description": null, "options": {},
        "links": links,
    }));
}

#[test]
fn times_with_and_without_a_zone_are_read() {
    let user: User = again(json!({
        "id": "1", "name": "n", "domain_id": "d", "enabled": true, "options": {},
        "password_expires_at": "2030-01-02T03:04:05.000000", "links": {"self": "x"},
    }));
    let expected: DateTime = "2030-01-02T03:04:05".parse().unwrap();
    assert_eq!(user.password_expires_at, Some(expected));
    let credential: ApplicationCredential = again(json!({
        "id": "1", "name": "n", "project_id": "p", "description": null, "user_id": "u",
        "expires_at": "2030-01-02T03:04:05.000000", "unrestricted": null,
        "roles": [{"id": "r", "name": "member", "domain_id": null, "description": null}],
        "access_rules": [{"id": "a", "method": "GET", "path": "/v2/**", "service": "image"}],
        "links": {"self": "x"},
    }));
    assert_eq!(credential.expires_at, Some(expected));
    let issued: Timestamp = serde_json::from_value(json!("2030-01-02T03:04:05.000000Z")).unwrap();
    assert_eq!(issued.to_string(), "2030-01-02T03:04:05Z");
}

#[test]
fn an_assignment_names_who_what_and_where() {
    let assignment: RoleAssignment = again(json!({
        "role": {"id": "r", "name": "admin"},
        "user": {"id": "u", "name": "n", "domain": {"id": "default", "name": "Default"}},
        "scope": {"domain": {"id": "d"}, "OS-INHERIT:inherited_to": "projects"},
        "links": {"assignment": "x"},
    }));
    assert_eq!(assignment.role.id, "r");
    assert_eq!(assignment.scope.inherited_to.as_deref(), Some("projects"));
    assert!(assignment.group.is_none());
}

#[test]
fn secrets_in_answers_are_neither_printed_nor_written_again() {
    let credential: Credential = serde_json::from_value(json!({
        "id": "1", "type": "totp", "blob": "canary", "user_id": "u", "project_id": null,
        "pin": "canary",
    }))
    .unwrap();
    assert_eq!(credential.blob.expose(), "canary");
    assert!(!format!("{credential:?}").contains("canary"));
    assert!(
        serde_json::to_value(&credential)
            .unwrap()
            .get("blob")
            .is_none()
    );
}

#[test]
fn words_of_later_versions_survive() {
    let interface: EndpointInterface = serde_json::from_value(json!("sideways")).unwrap();
    assert_eq!(interface, EndpointInterface::Other("sideways".to_owned()));
    assert_eq!(serde_json::to_value(interface).unwrap(), json!("sideways"));
    assert_eq!(EndpointInterface::from("admin"), EndpointInterface::Admin);
}

/// Twins of what must not compile: see the failing cases of the UI tests.
#[test]
fn required_fields_ids_and_filters_compile_where_they_belong() {
    let new = EndpointCreate::new("service", EndpointInterface::Public, "http://s");
    assert_eq!(
        serde_json::to_value(&new).unwrap(),
        json!({"service_id": "service", "interface": "public", "url": "http://s"})
    );
    fn of_project(id: &ProjectId) -> &str {
        id.as_str()
    }
    let (project, user): (ProjectId, UserId) = ("p".into(), "u".into());
    assert_eq!(of_project(&project), "p");
    assert_eq!(user, "u");
}

#[test]
fn every_operation_has_a_policy_or_is_known_to_be_open() {
    let open: Vec<&str> = OPERATIONS
        .iter()
        .filter(|operation| operation.policies.is_empty())
        .map(|operation| operation.name)
        .collect();
    assert_eq!(
        open,
        [
            "signing_certificate.ca",
            "signing_certificate.all",
            "version.all",
            "version.current",
            "version.json_home",
            "web_login.start",
            "web_login.start_by_post",
            "saml_assertion.metadata",
            "saml_assertion.create",
            "saml_assertion.create_for_ecp",
            "protocol.authenticate",
            "protocol.authenticate_by_post",
            "protocol.web_login",
            "protocol.web_login_by_post",
            "request_token.create",
            "request_token.exchange",
            "oauth2_token.issue",
            "token.issue",
            "token.revoked",
            "user.change_password",
        ]
    );
    let grant = OPERATIONS
        .iter()
        .find(|operation| operation.name == "project_user_role.add")
        .unwrap();
    assert_eq!(grant.method, "PUT");
    assert_eq!(
        grant.path,
        "/v3/projects/{project_id}/users/{user_id}/roles/{role_id}"
    );
    assert_eq!(grant.policies, ["identity:create_grant"]);
}
