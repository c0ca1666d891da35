//! Where our calls differ from those of python-keystoneclient on purpose.

/// Calls that send something else, with the reason.
pub(super) const DIFFERENCES: &[(&str, &str)] = &[
    (
        "application_credentials.create",
        "it always sends `unrestricted`; ours sends what was set",
    ),
    (
        "credentials.update",
        "Keystone takes a new `blob` only, and ignores the user",
    ),
    ("domains.list 2", BOOLEANS),
    ("domains.update 1", NULL),
    ("federation.identity_providers.list 1", BOOLEANS),
    ("federation.service_providers.list 1", BOOLEANS),
    ("projects.get 1", FLAGS),
    ("projects.get 2", FLAGS),
    ("projects.get 3", FLAGS),
    ("projects.get 4", FLAGS),
    (
        "projects.list 4",
        "Keystone reads a list with commas; of its repeated parameters only the first counts",
    ),
    ("projects.list 5", BOOLEANS),
    (
        "regions.create",
        "regions have no `enabled`: Keystone would keep it as an extra attribute",
    ),
    ("role_assignments.list 1", BOOLEANS),
    ("role_assignments.list 4", BOOLEANS),
    ("roles.list 6", TAIL),
    ("roles.list 11", TAIL),
    ("roles.update 1", NULL),
    ("tokens.get_token_data 1", FLAGS),
    ("users.list 3", BOOLEANS),
    ("users.update 1", NULL),
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
