//! Tokens that are kept from run to run.

use std::fs;
use std::path::{Path, PathBuf};

use keystone_testing::{Fault, Keystone};
use serde_json::json;

use super::{PASSWORD, keystone, start, variables};

const ISSUE: [&str; 6] = ["token", "issue", "-f", "value", "-c", "id"];

fn home(name: &str) -> PathBuf {
    let home = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&home);
    fs::create_dir_all(&home).unwrap();
    home
}

fn with_home(server: &Keystone, home: &Path) -> Vec<(String, String)> {
    let mut variables = variables(server, PASSWORD);
    variables.push(("HOME".to_owned(), home.to_str().unwrap().to_owned()));
    variables
}

fn logins(server: &Keystone) -> usize {
    server.requests().count("POST", "/v3/auth/tokens")
}

/// All files below a directory.
fn files(directory: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(directory)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    entries
        .flat_map(|path| {
            if path.is_dir() {
                files(&path)
            } else {
                vec![path]
            }
        })
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_next_run_goes_on_with_the_token_unless_told_otherwise() {
    let server = start().await;
    let home = home("kept");
    let variables = with_home(&server, &home);
    let first = keystone(&ISSUE, &variables, "").stdout;
    assert_eq!(keystone(&ISSUE, &variables, "").stdout, first);
    assert_eq!(logins(&server), 1);
    let fresh = [&ISSUE[..], &["--no-cache"]].concat();
    assert_ne!(keystone(&fresh, &variables, "").stdout, first);
    assert_eq!(keystone(&ISSUE, &variables, "").stdout, first);

    let paths = files(&home);
    assert_eq!(paths.len(), 2, "a token and a key: {paths:?}");
    for path in paths {
        use std::os::unix::fs::PermissionsExt;

        let content = fs::read(&path).unwrap();
        let content = String::from_utf8_lossy(&content);
        assert!(
            !content.contains(first.trim()) && !content.contains(PASSWORD),
            "{path:?}"
        );
        assert_eq!(
            fs::metadata(&path).unwrap().permissions().mode() & 0o777,
            0o600
        );
    }
    // Another scope is another login.
    let scope = [&ISSUE[..], &["--os-project-name=", "--os-system-scope=all"]].concat();
    assert_ne!(keystone(&scope, &variables, "").stdout, first);

    let shown = keystone(&["token", "cache", "show", "-f", "json"], &variables, "").json();
    assert_eq!(shown["tokens"], json!(2));
    assert_eq!(
        keystone(&["token", "cache", "clear"], &variables, "").code,
        0
    );
    assert!(files(&home).is_empty());
    assert_ne!(keystone(&ISSUE, &variables, "").stdout, first);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_was_revoked_is_replaced_and_the_new_one_kept() {
    let server = start().await;
    let home = home("revoked");
    let with_home = with_home(&server, &home);
    let first = keystone(&ISSUE, &with_home, "").stdout;
    // By somebody who knows nothing of the files.
    let ran = keystone(&["token", "revoke"], &variables(&server, PASSWORD), &first);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let ran = keystone(&["request", "GET", "projects"], &with_home, "");
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let second = keystone(&ISSUE, &with_home, "").stdout;
    assert_ne!(second, first);

    // One's own is forgotten at once.
    assert_eq!(keystone(&["token", "revoke"], &with_home, &second).code, 0);
    let shown = keystone(&["token", "cache", "show", "-f", "json"], &with_home, "").json();
    assert_eq!(shown["tokens"], json!(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_file_is_told_and_replaced() {
    let server = start().await;
    let home = home("broken-token");
    let variables = with_home(&server, &home);
    keystone(&ISSUE, &variables, "");
    let token = files(&home)
        .into_iter()
        .find(|path| path.extension().is_some())
        .unwrap();
    fs::write(&token, "nonsense").unwrap();
    let ran = keystone(&ISSUE, &variables, "");
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(ran.stderr.contains("warning: the file"), "{}", ran.stderr);
    assert!(keystone(&ISSUE, &variables, "").stderr.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn where_nothing_can_be_kept_the_command_is_done_all_the_same() {
    let server = start().await;
    let home = home("blocked-tokens");
    fs::write(home.join(".cache"), "a file").unwrap();
    let ran = keystone(&ISSUE, &with_home(&server, &home), "");
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(
        ran.stderr.contains("warning: tokens cannot be stored"),
        "{}",
        ran.stderr
    );
    let ran = keystone(
        &["token", "cache", "show"],
        &variables(&server, PASSWORD),
        "",
    );
    assert_eq!(ran.code, 2);
    assert!(
        ran.stderr.contains("set the variable `HOME`"),
        "{}",
        ran.stderr
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_is_handed_out_is_good() {
    let server = start().await;
    let variables = with_home(&server, &home("handed-out"));
    let mut known = keystone(&ISSUE, &variables, "").stdout;
    server.requests().clear();
    assert_eq!(keystone(&ISSUE, &variables, "").stdout, known);
    assert_eq!(server.requests().count("GET", "/v3/auth/tokens"), 1);
    assert_eq!(logins(&server), 0, "one that is good is not replaced");

    // Revoked by somebody else, alone or with all others.
    let revoke = || {
        let ran = keystone(
            &["token", "revoke"],
            &super::variables(&server, PASSWORD),
            &known,
        );
        assert_eq!(ran.code, 0, "{}", ran.stderr);
    };
    revoke();
    let second = keystone(&ISSUE, &variables, "");
    assert_eq!(second.code, 0, "{}", second.stderr);
    assert_ne!(second.stdout, known);
    known = second.stdout;
    server.revoke_all_tokens();
    let third = keystone(&ISSUE, &variables, "").stdout;
    assert_ne!(third, known);
    assert_eq!(keystone(&["token", "show"], &variables, &third).code, 0);
    assert_eq!(
        keystone(&ISSUE, &variables, "").stdout,
        third,
        "and is kept"
    );

    // Where it cannot be asked about, there is a new one.
    for status in [401, 403, 404] {
        let before = keystone(&ISSUE, &variables, "").stdout;
        server.fail_next_at("GET", "/v3/auth/tokens", 1, Fault::status(status));
        let ran = keystone(&ISSUE, &variables, "");
        assert_eq!(ran.code, 0, "{status}: {}", ran.stderr);
        assert_eq!(
            keystone(&["token", "show"], &variables, &ran.stdout).code,
            0
        );
        assert!(status == 401 || ran.stdout != before, "{status}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_token_is_handed_out_that_outlived_its_login() {
    let server = start().await;
    let path = format!("users/{}", server.admin().user_id());
    let home = home("outlived");
    let variables = with_home(&server, &home);
    assert_eq!(keystone(&ISSUE, &variables, "").code, 0);

    // Keystone is not well: nobody knows.
    // A connection that ends is tried once more.
    for (times, fault) in [
        (1, Fault::status(500)),
        (1, Fault::status(503)),
        (2, Fault::close()),
    ] {
        server.fail_next_at("GET", "/v3/auth/tokens", times, fault);
        let ran = keystone(&ISSUE, &variables, "");
        assert_eq!((ran.code, ran.stdout.as_str()), (4, ""), "{}", ran.stderr);
    }

    // The password is another by now, and the tokens of the old one went with it.
    let body = r#"{"user": {"password": "another"}}"#;
    let change = ["request", "PATCH", &path, "--json", body, "--no-cache"];
    let ran = keystone(&change, &variables, "");
    assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
    for _ in 0..2 {
        let ran = keystone(&ISSUE, &variables, "");
        assert_eq!((ran.code, ran.stdout.as_str()), (3, ""), "{}", ran.stderr);
    }
    let shown = keystone(&["token", "cache", "show", "-f", "json"], &variables, "").json();
    assert_eq!(shown["tokens"], json!(0));
}
