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

    fs::write(out.join("proxies.rs"), "").unwrap();
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
