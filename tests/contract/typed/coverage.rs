//! Every operation is called at a real Keystone, or is known to be one that nobody can call there.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use keystone_sdk::client::Operation;
use keystone_sdk::identity::v3::OPERATIONS;

use crate::tape::{self, Exchange};

/// Operations that a default installation cannot serve, with the reason.
const NEVER_SUCCESSFUL: &[(&str, &str)] = &[
    ("protocol.authenticate", LOGIN),
    ("protocol.authenticate_by_post", LOGIN),
    ("protocol.web_login", LOGIN),
    ("protocol.web_login_by_post", LOGIN),
    ("saml_assertion.create", SAML),
    ("saml_assertion.create_for_ecp", SAML),
    ("saml_assertion.metadata", SAML),
    ("signing_certificate.all", GONE),
    ("signing_certificate.ca", GONE),
    ("token.revoked", GONE),
    ("web_login.start", LOGIN),
    ("web_login.start_by_post", LOGIN),
];

const GONE: &str = "Keystone keeps the route and says that it is gone";
const LOGIN: &str = "needs a web server in front that asks an identity provider who somebody is";
const SAML: &str = "needs the program xmlsec1, a signing key and another Keystone to trust it";

/// Every exchange that is checked in.
fn exchanges() -> Vec<Exchange> {
    let topics = fs::read_dir(tape::folder()).unwrap();
    let topics = topics.map(|topic| topic.unwrap().path());
    let topics = topics.filter(|topic| topic.is_dir());
    let cases = topics.flat_map(|topic| fs::read_dir(topic).unwrap());
    cases
        .flat_map(|case| tape::read(&case.unwrap().path()))
        .collect()
}

/// The operation that an exchange is of: that with the most literal path. `GET` explains a `HEAD`
/// that has found nothing.
fn operation(exchange: &Exchange) -> Option<&'static Operation> {
    let path = exchange.target.split('?').next().unwrap_or_default();
    let is_home = exchange.content_type.as_deref() == Some("application/json-home");
    let of = |method: &str| {
        let candidates = OPERATIONS
            .iter()
            .filter(|operation| operation.method == method)
            .filter(|operation| is_of(operation.path, path))
            .filter(|operation| (operation.name == "version.json_home") == is_home);
        candidates.min_by_key(|operation| operation.path.matches('{').count())
    };
    of(&exchange.method).or_else(|| of("HEAD").filter(|_| exchange.method == "GET"))
}

fn is_of(template: &str, path: &str) -> bool {
    let segments = |path: &str| path.split('/').map(str::to_owned).collect::<Vec<_>>();
    let (template, path) = (segments(template), segments(path));
    template.len() == path.len()
        && template
            .iter()
            .zip(&path)
            .all(|(template, segment)| template.starts_with('{') || template == segment)
}

#[test]
fn every_operation_succeeded_or_is_known_not_to() {
    let mut statuses: BTreeMap<&str, BTreeSet<u16>> = BTreeMap::new();
    for exchange in exchanges() {
        let operation = operation(&exchange);
        let operation = operation.unwrap_or_else(|| panic!("{exchange:?} is of no operation"));
        let seen = statuses.entry(operation.name).or_default();
        seen.insert(exchange.status);
    }
    let succeeded = |name: &str| {
        let seen = statuses.get(name);
        seen.is_some_and(|seen| seen.iter().any(|status| *status < 400))
    };
    let known: BTreeMap<_, _> = NEVER_SUCCESSFUL.iter().copied().collect();
    let all = OPERATIONS.iter().map(|operation| operation.name);
    let missing: Vec<&str> = all
        .clone()
        .filter(|name| !succeeded(name) && !known.contains_key(name))
        .collect();
    assert!(
        missing.is_empty(),
        "without success, and without a reason: {missing:?}"
    );
    let wrong: Vec<&&str> = known.keys().filter(|name| succeeded(name)).collect();
    assert!(wrong.is_empty(), "succeeded after all: {wrong:?}");
    let uncalled: Vec<&&str> = known
        .keys()
        .filter(|name| !statuses.contains_key(**name))
        .collect();
    assert!(uncalled.is_empty(), "not even tried: {uncalled:?}");
    let all: BTreeSet<&str> = all.collect();
    assert!(known.keys().all(|name| all.contains(name)));
}
