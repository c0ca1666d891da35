//! Where our calls differ from those of python-keystoneclient on purpose.

/// Calls that send something else, what ours send (method, path and query, body), and the reason.
pub(super) const DIFFERENCES: &[(&str, &str, &str)] = &[
    (
        "application_credentials.create",
        r#"POST /v3/users/ARG-user/application_credentials {"application_credential": {"name": "ARG-name"}}"#,
        "it always sends `unrestricted`; ours sends what was set",
    ),
    (
        "credentials.update",
        r#"PATCH /v3/credentials/ARG-credential {"credential": {"blob": "b"}}"#,
        "Keystone takes a new `blob` only, and ignores the user",
    ),
    ("domains.list 2", "GET /v3/domains?enabled=true", BOOLEANS),
    (
        "domains.update 1",
        r#"PATCH /v3/domains/ARG-domain {"domain": {"description": null}}"#,
        NULL,
    ),
    (
        "federation.identity_providers.list 1",
        "GET /v3/OS-FEDERATION/identity_providers?enabled=true",
        BOOLEANS,
    ),
    (
        "federation.service_providers.list 1",
        "GET /v3/OS-FEDERATION/service_providers?enabled=true",
        BOOLEANS,
    ),
    (
        "projects.get 1",
        "GET /v3/projects/ARG-project?parents_as_list=true",
        FLAGS,
    ),
    (
        "projects.get 2",
        "GET /v3/projects/ARG-project?subtree_as_list=true",
        FLAGS,
    ),
    (
        "projects.get 3",
        "GET /v3/projects/ARG-project?parents_as_ids=true",
        FLAGS,
    ),
    (
        "projects.get 4",
        "GET /v3/projects/ARG-project?subtree_as_ids=true",
        FLAGS,
    ),
    (
        "projects.list 4",
        "GET /v3/projects?tags=a,b",
        "Keystone reads a list with commas; of its repeated parameters only the first counts",
    ),
    ("projects.list 5", "GET /v3/projects?enabled=true", BOOLEANS),
    (
        "regions.create",
        r#"POST /v3/regions {"region": {"description": "d", "id": "ARG-id", "parent_region_id": "ARG-parent"}}"#,
        "regions have no `enabled`: Keystone would keep it as an extra attribute",
    ),
    (
        "role_assignments.list 1",
        "GET /v3/role_assignments?effective=true&include_names=true&scope.project.id=ARG-project&user.id=ARG-user",
        BOOLEANS,
    ),
    (
        "role_assignments.list 4",
        "GET /v3/role_assignments?include_subtree=true&scope.project.id=ARG-project",
        BOOLEANS,
    ),
    (
        "roles.list 6",
        "GET /v3/OS-INHERIT/domains/ARG-domain/users/ARG-user/roles/inherited_to_projects",
        TAIL,
    ),
    (
        "roles.list 11",
        "GET /v3/OS-INHERIT/domains/ARG-domain/groups/ARG-group/roles/inherited_to_projects",
        TAIL,
    ),
    (
        "roles.update 1",
        r#"PATCH /v3/roles/ARG-role {"role": {"description": null}}"#,
        NULL,
    ),
    (
        "tokens.get_token_data 1",
        "GET /v3/auth/tokens?allow_expired=true&nocatalog=true",
        FLAGS,
    ),
    ("users.list 3", "GET /v3/users?enabled=true", BOOLEANS),
    (
        "users.update 1",
        r#"PATCH /v3/users/ARG-user {"user": {"email": null}}"#,
        NULL,
    ),
];

const BOOLEANS: &str =
    "it writes Python's `True`; ours the `true` of JSON, which Keystone takes for the same";
const FLAGS: &str = "it leaves out the value; ours sends `true`, which proxies do not drop";
const NULL: &str = "it drops what is None, so that nothing can be set to null";
const TAIL: &str = "it sends an argument of its own helper, `tail`, in the query";

/// Calls that our client has no like of, with the reason.
pub(super) const NOT_OFFERED: &[(&str, &str)] = &[
    (
        "endpoint_groups.check",
        "`get` tells the same, and says what is missing",
    ),
    (
        "endpoints.list 2",
        "Keystone has no such filter, and lists all endpoints",
    ),
    ("roles.list 5", NO_ROUTE),
    ("roles.list 10", NO_ROUTE),
];

const NO_ROUTE: &str = "Keystone has no such route: inherited roles are listed of domains only";
