//! A new service is built, checked and tested as its users do, with the crates of this checkout.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::{CHECKOUT, directory, made};

/// The target directory of the tests, in which most of what a service depends on is built already.
fn target() -> PathBuf {
    let tmp = Path::new(env!("CARGO_TARGET_TMPDIR"));
    tmp.parent().unwrap().to_owned()
}

/// Runs cargo in a service, with nothing but what is on this machine.
fn cargo(service: &Path, arguments: &[&str]) {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or("cargo".into()));
    let output = cargo
        .args(arguments)
        .current_dir(service)
        .env("CARGO_TARGET_DIR", target())
        .env("CARGO_NET_OFFLINE", "true")
        .env("CARGO_INCREMENTAL", "0")
        .env("CARGO_PROFILE_DEV_DEBUG", "0")
        .output()
        .unwrap();
    let (out, errors) = (output.stdout, output.stderr);
    assert!(
        output.status.success(),
        "cargo {arguments:?}:\n{}\n{}",
        String::from_utf8_lossy(&out),
        String::from_utf8_lossy(&errors)
    );
}

#[test]
fn a_service_builds_passes_its_tests_and_has_no_warning_at_once() {
    let directory = directory("built");
    made(&directory, &["image-registry", "--workspace", CHECKOUT]);
    let service = directory.join("image-registry");
    cargo(&service, &["fmt", "--check"]);
    let clippy = ["clippy", "--all-targets", "--", "-D", "warnings"];
    cargo(&service, &clippy);
    let deployed = ["clippy", "--no-default-features", "--", "-D", "warnings"];
    cargo(&service, &deployed);
    cargo(&service, &["test", "--locked"]);
    #[cfg(unix)]
    it_serves_until_it_is_told_to_end(&target().join("debug/image-registry"));

    // Names that the code of a service has for other things.
    made(
        &directory,
        &["client", "--resource", "store", "--workspace", CHECKOUT],
    );
    cargo(&directory.join("client"), &["fmt", "--check"]);
    cargo(&directory.join("client"), &clippy);
}

/// The program serves on its own Keystone, responds to `--ping`, and ends well on SIGTERM.
#[cfg(unix)]
fn it_serves_until_it_is_told_to_end(program: &Path) {
    let mut running = Command::new(program)
        .args(["--listen", "127.0.0.1:0"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = Vec::new();
    for line in BufReader::new(running.stdout.take().unwrap()).lines() {
        lines.push(line.unwrap());
        if lines
            .last()
            .is_some_and(|line| line.starts_with("Serving on "))
        {
            break;
        }
    }
    let ping = |address: &str| {
        let mut ping = Command::new(program);
        let output = ping.args(["--ping", address]).output().unwrap();
        (
            output.status.success(),
            String::from_utf8(output.stderr).unwrap(),
        )
    };
    let address = lines
        .last()
        .and_then(|line| line.strip_prefix("Serving on http://"));
    let pinged = address.map(|address| ping(address.trim_end_matches('.')));
    let killed = Command::new("kill").arg(running.id().to_string()).status();
    let ended = running.wait().unwrap();
    assert!(
        killed.unwrap().success() && ended.success(),
        "{ended}: {lines:?}"
    );
    assert_eq!(pinged, Some((true, String::new())), "{lines:?}");
    assert!(
        lines.iter().any(|line| line.starts_with("ALICE=")),
        "{lines:?}"
    );
    let (is_there, error) = ping("127.0.0.1:1");
    assert!(!is_there && error.contains("127.0.0.1:1"), "{error}");
}
