//! The program as scripts see it: exit codes, stdout, stderr, against an embedded Keystone.

#![expect(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use keystone_testing::Keystone;
use serde_json::Value;

mod federated;
mod hostile;
mod kept;
mod kerberos;
mod request;
mod sources;

const PASSWORD: &str = "canary-password";

struct Ran {
    code: i32,
    stdout: String,
    stderr: String,
}

impl Ran {
    fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| {
            panic!("{error} in {}{}", self.stdout, self.stderr);
        })
    }
}

/// Runs the program with nothing in its environment but `variables`.
fn keystone(arguments: &[&str], variables: &[(String, String)], stdin: &str) -> Ran {
    let mut child = Command::new(env!("CARGO_BIN_EXE_keystone"))
        .args(arguments)
        .env_clear()
        .envs(variables.iter().cloned())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A program that needs no token may be gone before it is written.
    let _ = child.stdin.take().unwrap().write_all(stdin.as_bytes());
    let output = child.wait_with_output().unwrap();
    let ran = Ran {
        code: output.status.code().unwrap(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    };
    assert!(!ran.stdout.contains(PASSWORD), "{}", ran.stdout);
    assert!(!ran.stderr.contains(PASSWORD), "{}", ran.stderr);
    ran
}

async fn start() -> Keystone {
    let builder = Keystone::builder().admin_password(PASSWORD);
    builder.start().await.unwrap()
}

fn variables(server: &Keystone, password: &str) -> Vec<(String, String)> {
    let admin = server.admin();
    let pairs = [
        ("OS_AUTH_URL", server.v3_url()),
        ("OS_USERNAME", admin.username().to_owned()),
        ("OS_PASSWORD", password.to_owned()),
        ("OS_USER_DOMAIN_ID", admin.domain_id().to_owned()),
        ("OS_PROJECT_NAME", admin.project_name().to_owned()),
        ("OS_PROJECT_DOMAIN_ID", admin.domain_id().to_owned()),
    ];
    pairs.map(|(name, value)| (name.to_owned(), value)).to_vec()
}

/// A file of this test's own, in the directory that Cargo keeps for it.
fn file(name: &str, text: &str) -> PathBuf {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::write(&path, text).unwrap();
    path
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_is_issued_shown_and_revoked() {
    let server = start().await;
    let variables = variables(&server, PASSWORD);
    let issued = keystone(&["token", "issue", "--format", "json"], &variables, "").json();
    assert_eq!(issued["user_id"], server.admin().user_id());
    assert_eq!(issued["project_id"], server.admin().project_id());
    let token = issued["id"].as_str().unwrap();

    let shown = keystone(&["token", "show", "-f", "json"], &variables, token);
    assert_eq!(shown.json()["expires"], issued["expires"]);
    assert!(!shown.stdout.contains(token), "{}", shown.stdout);

    let revoked = keystone(&["token", "revoke"], &variables, token);
    assert_eq!(
        (revoked.code, revoked.stdout.as_str()),
        (0, ""),
        "{}",
        revoked.stderr
    );
    let gone = keystone(&["token", "show"], &variables, token);
    assert_eq!(gone.code, 4, "{}", gone.stderr);
    assert!(!gone.stderr.contains(token), "{}", gone.stderr);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_script_gets_the_bare_token_and_a_person_a_table() {
    let server = start().await;
    let variables = variables(&server, PASSWORD);
    let arguments = ["token", "issue", "-f", "value", "-c", "id"];
    let token = keystone(&arguments, &variables, "").stdout;
    assert_eq!(token.lines().count(), 1, "{token}");
    assert_eq!(keystone(&["token", "show"], &variables, &token).code, 0);

    let table = keystone(&["token", "issue"], &variables, "").stdout;
    assert!(table.contains("| user_name"), "{table}");
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_secret_is_told_by_verbose() {
    let server = start().await;
    let variables = variables(&server, PASSWORD);
    let ran = keystone(&["token", "issue", "-v", "-f", "json"], &variables, "");
    assert!(ran.stderr.contains("/v3/auth/tokens"), "{}", ran.stderr);
    let issued = ran.json();
    assert!(
        !ran.stderr.contains(issued["id"].as_str().unwrap()),
        "{}",
        ran.stderr
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_catalog_lists_endpoints() {
    let server = start().await;
    let ran = keystone(
        &["catalog", "list", "-f", "json"],
        &variables(&server, PASSWORD),
        "",
    );
    let listed = ran.json();
    let identity = listed
        .as_array()
        .unwrap()
        .iter()
        .find(|row| row["type"] == "identity");
    assert!(
        identity.unwrap()["url"]
            .as_str()
            .unwrap()
            .starts_with(&server.url())
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_without_scope_has_no_catalog_and_a_remedy_is_told() {
    let server = start().await;
    let mut variables = variables(&server, PASSWORD);
    variables.retain(|(name, _)| !name.starts_with("OS_PROJECT"));
    let ran = keystone(&["catalog", "list"], &variables, "");
    assert_eq!(ran.code, 2, "{}", ran.stdout);
    assert!(ran.stderr.contains("OS_PROJECT_NAME"), "{}", ran.stderr);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_configuration_file_takes_the_place_of_variables() {
    let server = start().await;
    let admin = server.admin();
    let path = file(
        "service.conf",
        &format!(
            "[proxy]\nauth_type = password\nauth_url = {}\nusername = {}\npassword = {PASSWORD}\n\
             user_domain_id = default\nproject_name = {}\nproject_domain_id = default\n",
            server.url(),
            admin.username(),
            admin.project_name(),
        ),
    );
    let path = path.to_str().unwrap();
    let ran = keystone(
        &["token", "issue", "--config", path, "--section", "proxy"],
        &[],
        "",
    );
    assert_eq!(ran.code, 0, "{}", ran.stderr);

    let ran = keystone(&["token", "issue", "--config", path], &[], "");
    assert_eq!(ran.code, 2, "{}", ran.stderr);
    assert!(
        ran.stderr.contains("[keystone_authtoken]"),
        "{}",
        ran.stderr
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn each_kind_of_failure_has_its_exit_code() {
    let server = start().await;
    let mut missing = variables(&server, PASSWORD);
    missing.retain(|(name, _)| name != "OS_AUTH_URL");
    let ran = keystone(&["token", "issue"], &missing, "");
    assert_eq!(ran.code, 2, "{}", ran.stderr);
    assert!(
        ran.stderr.contains("set the variable `OS_AUTH_URL`"),
        "{}",
        ran.stderr
    );

    let ran = keystone(&["token", "issue"], &variables(&server, "wrong-canary"), "");
    assert_eq!(ran.code, 3, "{}", ran.stderr);
    assert!(!ran.stderr.contains("wrong-canary"), "{}", ran.stderr);

    let ran = keystone(&["token", "show"], &variables(&server, PASSWORD), " \n");
    assert_eq!(ran.code, 2, "{}", ran.stderr);
    assert!(ran.stderr.contains("no token on stdin"), "{}", ran.stderr);

    // Taken, so that nobody else can listen there.
    let nobody = tokio::net::TcpSocket::new_v4().unwrap();
    nobody.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let url = format!("http://{}/v3", nobody.local_addr().unwrap());
    let mut unreachable = variables(&server, PASSWORD);
    unreachable.retain(|(name, _)| name != "OS_AUTH_URL");
    unreachable.push(("OS_AUTH_URL".into(), url));
    let ran = keystone(&["token", "issue"], &unreachable, "");
    assert_eq!(ran.code, 4, "{}", ran.stderr);
}

#[test]
fn plugins_are_listed_with_their_options() {
    let listed = keystone(&["plugins", "list", "-f", "json"], &[], "").json();
    let options = listed["v3totp"]["options"].as_array().unwrap();
    let passcode = options.iter().find(|one| one["name"] == "passcode");
    assert_eq!(passcode.unwrap()["secret"], true);
    let domain = options.iter().find(|one| one["name"] == "user-domain-id");
    let domain = domain.unwrap();
    assert_eq!(domain["dest"], "user_domain_id");
    assert_eq!(domain["env"], "OS_USER_DOMAIN_ID");
    assert_eq!(domain["default"], serde_json::Value::Null);

    let names = keystone(&["plugins", "list", "-f", "json", "-c", "name"], &[], "").json();
    let names = names.as_array().unwrap();
    assert!(names.iter().any(|row| row["name"] == "none"), "{names:?}");

    let shown = keystone(&["plugins", "show", "v3totp", "-f", "json"], &[], "").json();
    let passcode = shown
        .as_array()
        .unwrap()
        .iter()
        .find(|row| row["option"] == "passcode");
    assert_eq!(passcode.unwrap()["secret"], true);

    let ran = keystone(&["plugins", "show", "v3topt"], &[], "");
    assert_eq!(ran.code, 2);
    assert!(
        ran.stderr.contains("did you mean `v3totp`?"),
        "{}",
        ran.stderr
    );
}

#[test]
fn help_documents_the_exit_codes() {
    let ran = keystone(&["--help"], &[], "");
    assert!(
        ran.stdout.contains("3  the identity was refused"),
        "{}",
        ran.stdout
    );
    assert_eq!(keystone(&["token", "isue"], &[], "").code, 2);
    let ran = keystone(&["plugins", "list", "--section", "proxy"], &[], "");
    assert_eq!(ran.code, 2, "a section of no file: {}", ran.stdout);
}

#[test]
fn policy_cases_are_answered_line_by_line_and_a_bad_one_is_told_at_the_end() {
    let good = concat!(
        r#"{"id": 1, "rules": {"a": "role:x"}, "rule": "a", "target": {}, "creds": {"roles": ["X"]}}"#,
        "\n",
        r#"{"id": 2, "rules": {"a": "!"}, "rule": "a", "target": {}, "creds": {}, "do_raise": true}"#,
        "\n",
    );
    let ran = keystone(&["policy", "eval"], &[], good);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
    assert_eq!(
        ran.stdout,
        concat!(
            r#"{"id": 1, "result": true}"#,
            "\n",
            r#"{"id": 2, "error": {"class":"PolicyNotAuthorized","message":"a is disallowed by policy"}}"#,
            "\n",
        )
    );
    let ran = keystone(&["policy", "eval"], &[], &format!("nonsense\n{good}"));
    assert_eq!((ran.code, ran.stdout.lines().count()), (2, 3));
    assert!(
        ran.stdout
            .starts_with(r#"{"id": null, "error": {"class":"BadLine""#)
    );
}
