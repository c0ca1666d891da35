//! The program at a real Keystone, on a terminal, and beside keystoneauth1.

#![expect(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

use std::io::Write;
use std::process::{Command, Stdio};

use keystone_lab::RealKeystone;
use serde_json::Value;

const PROGRAM: &str = env!("CARGO_BIN_EXE_keystone");
/// The plugins that have to be there with all of their options.
const PLUGINS: [&str; 16] = [
    "admin_token",
    "http_basic",
    "none",
    "password",
    "token",
    "v2password",
    "v2token",
    "v3applicationcredential",
    "v3multifactor",
    "v3oauth1",
    "v3oauth2clientcredential",
    "v3oauth2mtlsclientcredential",
    "v3password",
    "v3token",
    "v3tokenlessauth",
    "v3totp",
];

fn variables(real: &RealKeystone) -> [(&'static str, String); 6] {
    [
        ("OS_AUTH_URL", real.url.clone()),
        ("OS_USERNAME", real.username.clone()),
        ("OS_PASSWORD", real.password.clone()),
        ("OS_USER_DOMAIN_ID", "default".to_owned()),
        ("OS_PROJECT_NAME", real.project.clone()),
        ("OS_PROJECT_DOMAIN_ID", "default".to_owned()),
    ]
}

/// Exit code and stdout.
fn keystone(real: &RealKeystone, arguments: &[&str], stdin: &str) -> (i32, String) {
    let mut child = Command::new(PROGRAM)
        .args(arguments)
        .env_clear()
        .envs(variables(real))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    // A program that reads nothing may be gone before it is written.
    let _ = child.stdin.take().unwrap().write_all(stdin.as_bytes());
    let output = child.wait_with_output().unwrap();
    let code = output.status.code().unwrap();
    (code, String::from_utf8(output.stdout).unwrap())
}

fn json(real: &RealKeystone, arguments: &[&str]) -> Value {
    let (code, stdout) = keystone(real, arguments, "");
    assert_eq!(code, 0, "{arguments:?}: {stdout}");
    serde_json::from_str(&stdout).unwrap_or_else(|error| panic!("{error} in {stdout}"))
}

#[test]
fn tokens_catalog_versions_and_calls_of_a_real_keystone() {
    let real = RealKeystone::from_env().unwrap();
    let issued = json(&real, &["token", "issue", "-f", "json"]);
    assert_eq!(issued["user_name"], real.username.as_str());
    let token = issued["id"].as_str().unwrap();
    let (code, shown) = keystone(&real, &["token", "show", "-f", "json"], token);
    assert_eq!(code, 0);
    assert!(shown.contains(issued["user_id"].as_str().unwrap()));
    assert_eq!(keystone(&real, &["token", "revoke"], token).0, 0);
    assert_eq!(keystone(&real, &["token", "show"], token).0, 4);

    let catalog = json(&real, &["catalog", "list", "-f", "json"]);
    let mut types = catalog.as_array().unwrap().iter();
    assert!(types.any(|row| row["type"] == "identity"));
    let versions = json(&real, &["discover", "-f", "json"]);
    assert!(versions[0]["version"].as_str().unwrap().starts_with("3."));

    let projects = json(&real, &["request", "GET", "projects", "--min-version", "3"]);
    assert!(
        projects["projects"]
            .as_array()
            .unwrap()
            .iter()
            .any(|one| one["name"] == real.project.as_str())
    );
    let (code, body) = keystone(&real, &["request", "GET", "projects/nowhere"], "");
    assert_eq!(code, 4);
    assert!(body.contains("\"code\":404"), "{body}");
    let wrong = ["token", "issue", "--os-password", "wrong"];
    assert_eq!(keystone(&real, &wrong, "").0, 3);
}

#[test]
fn a_password_that_is_missing_is_asked_for_and_not_shown() {
    let real = RealKeystone::from_env().unwrap();
    let others = variables(&real)
        .into_iter()
        .filter(|(name, _)| *name != "OS_PASSWORD");
    let output = keystone_lab::python("on_terminal.py")
        .unwrap()
        .args([PROGRAM, "token", "issue", "-f", "value", "-c", "user_name"])
        .envs(others)
        .env("ANSWER", &real.password)
        .output()
        .unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    let ran: Value = serde_json::from_slice(&output.stdout).unwrap();
    let shown = ran["shown"].as_str().unwrap();
    assert_eq!(ran["code"], 0, "{shown}");
    assert!(shown.contains("(password): "), "{shown}");
    assert!(shown.trim_end().ends_with(&real.username), "{shown}");
    assert!(!shown.contains(&real.password), "{shown}");
}

#[test]
fn no_option_is_missing_that_keystoneauth1_lists() {
    let real = RealKeystone::from_env().unwrap();
    let ours = json(&real, &["plugins", "--json"]);
    let listed = keystone_lab::python("list_plugins.py")
        .unwrap()
        .output()
        .unwrap();
    let theirs: Value = serde_json::from_slice(&listed.stdout).unwrap();
    for plugin in PLUGINS {
        let ours = ours[plugin]["options"].as_array();
        let ours = ours.unwrap_or_else(|| panic!("`{plugin}` is missing"));
        for their in theirs[plugin]["options"].as_array().unwrap() {
            let our = ours.iter().find(|our| our["name"] == their["name"]);
            let our = our.unwrap_or_else(|| panic!("{} of `{plugin}` is missing", their["name"]));
            assert_eq!(our["dest"], their["dest"], "{plugin}");
            assert_eq!(our["secret"], their["secret"], "{plugin}: {}", our["name"]);
            let name = their["dest"].as_str().unwrap().to_uppercase();
            assert_eq!(our["env"], format!("OS_{name}"), "{plugin}");
        }
    }
}
