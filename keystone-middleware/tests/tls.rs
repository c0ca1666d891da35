//! A program that was built without TLS says so when it starts, not at each request.
//!
//! Run with and without the feature `tls`.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::path::PathBuf;

use keystone_middleware::policy::Defaults;
use keystone_middleware::policy::decide::PolicyDefault;
use keystone_middleware::{Config, PolicyConfig};

static DEFAULTS: Defaults = Defaults {
    rules: &[],
    policies: &[PolicyDefault::new("proxy:index", "@")],
};

fn conf(name: &str, text: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::create_dir_all(&folder).unwrap();
    let path = folder.join("proxies.conf");
    fs::write(&path, text).unwrap();
    path
}

/// What is said of the error and its causes.
fn told(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(Some(error), |error| error.source());
    causes
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join(": ")
}

fn with_tls() -> bool {
    cfg!(feature = "tls")
}

/// With TLS it is fine; without, the value, its place and the feature are named.
fn hold<T, E: std::error::Error>(result: Result<T, E>, parts: &[&str]) {
    let error = match result {
        Ok(_) => return assert!(with_tls(), "{parts:?}: it starts"),
        Err(error) => told(&error),
    };
    assert!(!with_tls(), "{error}");
    for part in parts.iter().chain(&["needs TLS", "the feature `tls`"]) {
        assert!(error.contains(part), "{part}: {error}");
    }
}

#[test]
fn the_address_of_keystone_is_refused_at_start() {
    let path = conf(
        "keystone",
        "[keystone_authtoken]\nauth_type = password\nauth_url = https://keystone.example:5000/v3\n\
         username = proxy\npassword = canary\nuser_domain_id = default\n\
         project_name = service\nproject_domain_id = default\n\
         www_authenticate_uri = https://keystone.example:5000\n",
    );
    hold(
        Config::from_conf(path).map(drop),
        &[
            "`auth_url`",
            "`https://keystone.example:5000/v3`",
            "proxies.conf",
        ],
    );
}

/// Nobody calls it, so clients may be sent there by whoever has no TLS.
#[test]
fn where_clients_are_sent_may_be_reached_over_tls() {
    let path = conf(
        "clients",
        "[keystone_authtoken]\nauth_type = password\nauth_url = http://keystone.example:5000/v3\n\
         username = proxy\npassword = canary\nuser_domain_id = default\n\
         project_name = service\nproject_domain_id = default\n\
         www_authenticate_uri = https://keystone.example:5000\n",
    );
    Config::from_conf(path).unwrap();
}

#[test]
fn rules_that_ask_over_tls_are_refused_at_start() {
    let path = conf("policies", "[oslo_policy]\npolicy_file = rules.yaml\n");
    let rules = "proxy:index: 'rule:other'\nother: 'role:a or not https://decider.example/x'\n";
    fs::write(path.with_file_name("rules.yaml"), rules).unwrap();
    let config = PolicyConfig::from_conf(&path).unwrap();
    hold(config.enforcer(&DEFAULTS).map(drop), &["the rule `other`"]);
    let rules = "proxy:index: 'http://decider.example/x'\n";
    fs::write(path.with_file_name("rules.yaml"), rules).unwrap();
    config.enforcer(&DEFAULTS).unwrap();
}
