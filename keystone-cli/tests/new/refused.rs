//! What `keystone new` refuses; then nothing is written.

use std::fs;
use std::path::Path;

use crate::{directory, files, keystone_new};

/// Refuses, says so, and leaves the directory as it is.
fn refused(directory: &Path, arguments: &[&str], parts: &[&str]) {
    let before = files(directory);
    let output = keystone_new(directory, arguments);
    let message = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{arguments:?}: {message}");
    for part in parts {
        assert!(message.contains(part), "{arguments:?}: {message}");
    }
    assert_eq!(files(directory), before, "{arguments:?}");
    let left = fs::read_dir(directory).unwrap();
    let left = left.filter(|entry| {
        let name = entry.as_ref().unwrap().file_name();
        name.to_string_lossy().ends_with(".new")
    });
    assert_eq!(left.count(), 0, "{arguments:?}");
}

#[test]
fn a_name_that_cannot_be_one_is_refused_with_one_that_can() {
    let directory = directory("names");
    let long = "a".repeat(41);
    for name in [
        "",
        "Widgets",
        "2fast",
        "-x",
        "wid gets",
        "wid--gets",
        "widgets-",
        "über",
        "a/b",
        "../x",
        ".",
        "@{name}",
        "a\nb",
        &long,
    ] {
        let parts = [
            &format!("`{name}` cannot be the name of a service")[..],
            "`image-registry`",
        ];
        refused(
            &directory,
            &["--", name],
            if name.contains('\n') {
                &parts[1..]
            } else {
                &parts
            },
        );
    }
    for name in [
        "match",
        "async",
        "gen",
        "test",
        "core",
        "tokio",
        "keystone-sdk",
        "nul",
    ] {
        refused(
            &directory,
            &[name],
            &[&format!("`{name}` is taken"), &format!("`{name}-service`")],
        );
    }
}

#[test]
fn a_resource_that_cannot_be_one_is_refused_with_the_option_to_give() {
    let directory = directory("resources");
    for (resource, part) in [
        ("Widget", "`Widget` cannot be the name of a resource"),
        ("wid-get", "`access_rule`"),
        ("widgets", "--resource widget`"),
        ("type", "--resource NAME"),
        ("policy", "--resource NAME"),
        ("error", "`error` cannot be the resource of a service"),
        ("page", "a type `Page` would clash"),
        ("string", "--resource NAME"),
    ] {
        refused(&directory, &["x-service", "--resource", resource], &[part]);
    }
    refused(
        &directory,
        &["policies"],
        &["`policy` cannot be the resource", "--resource NAME"],
    );
    for (service_type, part) in [
        ("Proxy", "`Proxy` cannot be the type of a service"),
        ("identity", "--type TYPE"),
        ("a_b", "with hyphens between them"),
    ] {
        refused(&directory, &["x-service", "--type", service_type], &[part]);
    }
}

#[test]
fn what_is_there_already_stays() {
    let directory = directory("there");
    fs::create_dir(directory.join("widgets")).unwrap();
    fs::write(directory.join("widgets/mine"), "mine").unwrap();
    fs::write(directory.join("gadgets"), "mine").unwrap();
    for name in ["widgets", "gadgets"] {
        refused(
            &directory,
            &[name],
            &[&format!("`{name}` exists already"), "another name"],
        );
    }
}

#[test]
fn a_path_that_is_no_checkout_of_ours_is_refused() {
    let directory = directory("no-checkout");
    fs::create_dir(directory.join("other")).unwrap();
    fs::write(
        directory.join("other/Cargo.toml"),
        "[workspace.package]\nversion = \"0.1.0\"\n",
    )
    .unwrap();
    for path in ["other", "nowhere"] {
        let part = format!("`{path}` is no checkout of Keystone for Rust");
        refused(
            &directory,
            &["widgets", "--workspace", path],
            &[&part, "keystone-middleware"],
        );
    }
}

#[test]
fn a_checkout_of_another_version_is_refused_with_the_program_to_use() {
    let directory = directory("other-version");
    let other = directory.join("other");
    for name in [
        "keystone-middleware",
        "keystone-provision",
        "keystone-sdk",
        "keystone-testing",
    ] {
        fs::create_dir_all(other.join(name)).unwrap();
        let manifest = format!("[package]\nname = \"{name}\"\n");
        fs::write(other.join(name).join("Cargo.toml"), manifest).unwrap();
    }
    fs::write(
        other.join("Cargo.toml"),
        "[workspace.package]\nversion = \"99.0.0\"\n",
    )
    .unwrap();
    let parts = [
        "is a checkout of version 99.0.0",
        "cargo run --manifest-path other/Cargo.toml",
    ];
    refused(&directory, &["widgets", "--workspace", "other"], &parts);
}

#[test]
#[cfg(unix)]
fn a_link_in_its_place_stays() {
    // Even one to an empty directory.
    let directory = directory("link");
    fs::create_dir(directory.join("elsewhere")).unwrap();
    std::os::unix::fs::symlink("elsewhere", directory.join("widgets")).unwrap();
    refused(&directory, &["widgets"], &["`widgets` exists already"]);
}
