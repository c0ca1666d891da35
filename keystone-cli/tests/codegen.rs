//! `keystone codegen` as its users call it.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn keystone(arguments: &[&str], out: &Path) -> Output {
    Command::new(env!("CARGO_BIN_EXE_keystone"))
        .args(["codegen", "client"])
        .args(arguments)
        .arg("--out")
        .arg(out)
        .output()
        .unwrap()
}

fn directory(name: &str) -> PathBuf {
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&directory);
    fs::create_dir_all(&directory).unwrap();
    directory
}

const PROXIES: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../specs/services/proxies.yaml"
);

#[test]
fn a_client_is_written_and_then_found_up_to_date() {
    let out = directory("codegen").join("proxy");
    assert!(!keystone(&["--check", PROXIES], &out).status.success());
    assert!(keystone(&[PROXIES], &out).status.success());
    let text = fs::read_to_string(out.with_extension("rs")).unwrap();
    assert!(text.contains("pub fn proxies(&self) -> Proxies"));
    assert!(keystone(&["--check", PROXIES], &out).status.success());

    fs::write(out.join("proxies.rs"), "// by hand\n").unwrap();
    let output = keystone(&["--check", PROXIES], &out);
    let message = String::from_utf8(output.stderr).unwrap();
    assert!(message.contains("proxies.rs"), "{message}");
    assert!(!output.status.success());
}

#[test]
fn a_mistake_is_shown_with_its_place() {
    let directory = directory("codegen-mistake");
    let spec = directory.join("notes.yaml");
    fs::write(&spec, "service: {type: notes}\nresorces: {}\n").unwrap();
    let output = keystone(&[spec.to_str().unwrap()], &directory.join("notes"));
    let message = String::from_utf8(output.stderr).unwrap();
    assert!(message.contains("notes.yaml:2:1"), "{message}");
    assert!(message.contains("did you mean `resources`?"), "{message}");
    assert_eq!(output.status.code(), Some(1));
}

fn codegen(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_keystone"))
        .arg("codegen")
        .args(arguments)
        .output()
        .unwrap()
}

#[test]
fn a_document_goes_to_the_standard_output_or_to_a_file() {
    let directory = directory("codegen-openapi");
    let out = directory.to_str().unwrap();
    let printed = codegen(&["openapi", PROXIES]);
    assert!(printed.status.success());
    let checked_in = concat!(env!("CARGO_MANIFEST_DIR"), "/../specs/openapi/proxies.yaml");
    assert_eq!(printed.stdout, fs::read(checked_in).unwrap());
    assert!(
        codegen(&["openapi", PROXIES, "--out", out])
            .status
            .success()
    );
    let file = directory.join("proxies.yaml");
    assert_eq!(printed.stdout, fs::read(&file).unwrap());
    assert!(
        codegen(&["openapi", PROXIES, "--out", out, "--check"])
            .status
            .success()
    );
    let named = directory.join("other.yaml");
    let named = named.to_str().unwrap();
    assert!(
        codegen(&["openapi", PROXIES, "--closed", "--out", named])
            .status
            .success()
    );
    let closed = fs::read_to_string(named).unwrap();
    assert!(closed.contains("additionalProperties: false"), "{closed}");
    let served = codegen(&["openapi", PROXIES, "--served"]);
    let served = String::from_utf8(served.stdout).unwrap();
    assert!(served.contains("X-Openstack-Request-Id"), "{served}");
    assert_eq!(fs::read_dir(&directory).unwrap().count(), 2);
}

#[test]
fn a_check_names_what_is_stale_and_changes_nothing() {
    let directory = directory("codegen-check");
    let out = directory.to_str().unwrap();
    for (kind, name) in [("openapi", "proxies.yaml"), ("operations", "proxies.tsv")] {
        let checked = codegen(&[kind, PROXIES, "--out", out, "--check"]);
        assert_eq!(checked.status.code(), Some(1));
        let message = String::from_utf8(checked.stderr).unwrap();
        assert!(
            message.contains(name) && message.contains("generate again"),
            "{message}"
        );
    }
    assert_eq!(fs::read_dir(&directory).unwrap().count(), 0);
    // Without a place there is nothing to compare with.
    assert_eq!(
        codegen(&["openapi", PROXIES, "--check"]).status.code(),
        Some(2)
    );
}

#[test]
fn the_server_side_is_written_as_a_module() {
    let directory = directory("codegen-server");
    let out = directory.join("served");
    let arguments = [
        "server",
        PROXIES,
        "--root",
        "crate",
        "--out",
        out.to_str().unwrap(),
    ];
    assert!(codegen(&arguments).status.success());
    let text = fs::read_to_string(out.join("proxies.rs")).unwrap();
    assert!(text.contains("pub struct ProxyCreate"), "{text}");
    let operations = fs::read_to_string(out.join("operations.rs")).unwrap();
    assert!(operations.contains("pub enum UpdateProxy"), "{operations}");
    let root = fs::read_to_string(directory.join("served.rs")).unwrap();
    assert!(
        root.contains("$crate::__private::service_contract!"),
        "{root}"
    );
    assert!(text.contains("use crate::sdk::client::"), "{text}");
    let arguments = [
        "server",
        PROXIES,
        "--root",
        "a b",
        "--out",
        out.to_str().unwrap(),
    ];
    let refused = codegen(&arguments);
    assert_eq!(refused.status.code(), Some(1));
    let message = String::from_utf8(refused.stderr).unwrap();
    assert!(
        message.contains("`a b` cannot be the name of a module or a crate"),
        "{message}"
    );
}

#[test]
fn a_directory_stands_for_its_files() {
    let identity = concat!(env!("CARGO_MANIFEST_DIR"), "/../specs/identity");
    let output = codegen(&["operations", identity]);
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(
        text.contains("POST\t/v3/roles\tidentity:create_role,identity:create_domain_role\n"),
        "{text}"
    );
    assert!(text.contains("GET\t/v3\t-\n"), "{text}");
}

#[test]
fn operations_are_told_with_their_policies() {
    let output = Command::new(env!("CARGO_BIN_EXE_keystone"))
        .args(["codegen", "operations", PROXIES])
        .output()
        .unwrap();
    assert!(output.status.success());
    assert_eq!(
        String::from_utf8(output.stdout).unwrap(),
        "DELETE\t/v1/proxies\tproxy:purge\n\
         GET\t/v1/proxies\tproxy:index\n\
         POST\t/v1/proxies\tproxy:create\n\
         DELETE\t/v1/proxies/{proxy_id}\tproxy:delete\n\
         GET\t/v1/proxies/{proxy_id}\tproxy:view\n\
         PATCH\t/v1/proxies/{proxy_id}\tproxy:update\n"
    );
}

/// Neither the table nor an error has a line, a cell or a control of the document's choosing.
#[test]
fn a_document_does_not_choose_lines_or_folders() {
    let directory = directory("codegen-hostile");
    let out = directory.join("out");
    let document = directory.join("api.json");
    let write = |path: &str, service: &str| {
        let text = format!(
            r#"{{"openapi": "3.1.0", "info": {{"title": "t", "version": "1", "x-openstack-service":
            {{"type": "{service}", "version": "v1"}}}}, "paths": {{"{path}": {{"get": {{"x-openstack-policies":
            ["a:b"], "responses": {{"204": {{"description": "x"}}}}}}}}}}}}"#
        );
        fs::write(&document, text).unwrap();
    };
    let path = document.to_str().unwrap();
    for (hostile, service) in [
        (r"/v1/b\nGET\t/v1/c\t-", "things"),
        (r"/v1/\u001b[2J\u202e", "things"),
        (r"/v1/\u2028", "things"),
        ("/v1/b", "../../elsewhere"),
        ("/v1/b", r"a\nb"),
    ] {
        write(hostile, service);
        for command in ["operations", "openapi", "client", "server"] {
            let ran = codegen(&[command, path, "--out", out.to_str().unwrap()]);
            let told = String::from_utf8(ran.stderr).unwrap();
            assert_eq!(ran.status.code(), Some(1), "{command}: {told}");
            assert!(ran.stdout.is_empty() && !out.exists());
            assert!(
                told.lines()
                    .all(|line| line.starts_with("error: ") && line.contains("api.json:")),
                "{told}"
            );
            assert!(!told.contains(['\u{1b}', '\u{202e}', '\u{2028}']), "{told}");
        }
    }
    write("/v1/b", "things");
    let ran = codegen(&["operations", path]);
    assert_eq!(String::from_utf8(ran.stdout).unwrap(), "GET\t/v1/b\ta:b\n");
}

/// The example's description, and one in which an attribute is gone.
fn two_versions(name: &str, line: &str, other: &str) -> (String, String) {
    let directory = directory(name);
    let text = fs::read_to_string(PROXIES).unwrap();
    assert!(text.contains(line), "{line}");
    let (old, new) = (directory.join("old.yaml"), directory.join("new.yaml"));
    fs::write(&old, &text).unwrap();
    fs::write(&new, text.replace(line, other)).unwrap();
    let path = |path: PathBuf| path.to_str().unwrap().to_owned();
    (path(old), path(new))
}

const NOTE: &str = "      note: string or null, response create update, since 1.1\n";

#[test]
fn a_change_that_breaks_clients_is_told_with_its_operations_and_reason() {
    let (old, new) = two_versions("codegen-diff", NOTE, "");
    let output = codegen(&["diff", &old, &new]);
    assert_eq!(output.status.code(), Some(1));
    let text = String::from_utf8(output.stdout).unwrap();
    let change = "  Proxy: `note` is gone from responses\n      clients that read it find nothing\n      \
                  GET /v1/proxies\n";
    assert!(text.starts_with("breaks clients (3)\n"), "{text}");
    assert!(text.contains(change), "{text}");

    let back = codegen(&["diff", &new, &old]);
    assert_eq!(back.status.code(), Some(0));
    let same = codegen(&["diff", &old, PROXIES]);
    assert_eq!(same.status.code(), Some(0));
    assert_eq!(
        (same.stdout.as_slice(), same.stderr.as_slice()),
        (&b""[..], &b"nothing changes\n"[..])
    );
}

#[test]
fn the_changes_are_json_for_programs() {
    let (old, new) = two_versions("codegen-diff-json", NOTE, "");
    for option in [&["--json"][..], &["-f", "json"]] {
        let output = codegen(&[&["diff", &old, &new], option].concat());
        assert_eq!(output.status.code(), Some(1));
        let found: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(found["breaking"], true);
        assert_eq!(found["summary"]["clients"], 3);
        let change = &found["changes"][0];
        assert_eq!(change["effect"], "clients");
        assert_eq!(change["kind"], "attribute-removed");
        assert_eq!(change["subject"], "Proxy");
        assert_eq!(change["operations"][0], "GET /v1/proxies");
    }
}

#[test]
fn the_effects_to_fail_on_are_chosen() {
    let (old, new) = two_versions(
        "codegen-diff-effects",
        "list: proxy:index",
        "list: proxy:view",
    );
    let code = |more: &[&str]| {
        codegen(&[&["diff", &old, &new], more].concat())
            .status
            .code()
    };
    assert_eq!(code(&[]), Some(0));
    assert_eq!(code(&["--fail-on", "clients,operators"]), Some(1));
    assert_eq!(code(&["--fail-on", "everybody"]), Some(2));
}

#[test]
fn descriptions_that_cannot_be_compared_end_with_2() {
    let (old, new) = two_versions("codegen-diff-wrong", "resources:", "resorces:");
    let output = codegen(&["diff", &old, &new]);
    assert_eq!(output.status.code(), Some(2));
    let message = String::from_utf8(output.stderr).unwrap();
    assert!(
        message.contains("new.yaml:7:1") && message.contains("`resources`"),
        "{message}"
    );
    let output = codegen(&["diff", &old, "gone.yaml"]);
    assert_eq!(output.status.code(), Some(2));
    let message = String::from_utf8(output.stderr).unwrap();
    assert!(message.contains("gone.yaml"), "{message}");
}
