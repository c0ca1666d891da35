//! The page that keeps the table of logins.

use keystone_sdk::config::Registry;

const PAGE: &str = include_str!("../../docs/federation.md");

/// Plugins that log in nowhere, or at an API that no Keystone has any more, and those that choose
/// among the others.
const ELSEWHERE: &[&str] = &[
    "admin_token",
    "http_basic",
    "none",
    "password",
    "token",
    "v2password",
    "v2token",
];

#[test]
fn every_plugin_has_brought_a_token() {
    let registry = Registry::builtin();
    let names = registry.loaders().iter().map(|loader| loader.name());
    let missing: Vec<_> = names
        .filter(|name| !ELSEWHERE.contains(name))
        .filter(|name| {
            let row = format!("| `{name}` |");
            let mut rows = PAGE.lines().filter(|line| line.starts_with(&row));
            !rows.any(|line| line.contains("| ours | token |"))
        })
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
}
