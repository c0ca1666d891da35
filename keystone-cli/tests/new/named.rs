//! What a new service is made of, and what its parts are called.

use std::fs;

use crate::{CHECKOUT, directory, files, keystone_new, made};

const FILES: [&str; 19] = [
    ".dockerignore",
    ".github/workflows/ci.yml",
    ".gitignore",
    "Cargo.toml",
    "Dockerfile",
    "README.md",
    "deploy/image-registry.service",
    "etc/demo.yaml",
    "etc/image-registry.conf",
    "specs/policies.yaml",
    "specs/service.yaml",
    "src/api.rs",
    "src/demo.rs",
    "src/image_registries.rs",
    "src/lib.rs",
    "src/main.rs",
    "src/server.rs",
    "src/store.rs",
    "tests/service.rs",
];

#[test]
fn a_service_has_these_files_and_nothing_is_left_beside_it() {
    let directory = directory("files");
    let printed = made(&directory, &["image-registry"]);
    let files = files(&directory.join("image-registry"));
    let names: Vec<&str> = files.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, FILES);
    assert_eq!(fs::read_dir(&directory).unwrap().count(), 1);
    for name in FILES {
        assert!(
            printed.contains(&format!("  image-registry/{name}\n")),
            "{printed}"
        );
    }
    for step in ["cd image-registry", "cargo test", "cargo run"] {
        assert!(printed.contains(&format!("\n  {step}")), "{printed}");
    }
}

#[test]
fn no_file_has_a_placeholder_left() {
    let directory = directory("placeholders");
    made(&directory, &["widgets"]);
    for (name, text) in files(&directory.join("widgets")) {
        assert!(!name.contains("@{") && !text.contains("@{"), "{name}");
    }
}

#[test]
fn without_a_checkout_it_names_versions_and_says_that_they_must_be_published() {
    let directory = directory("published");
    let printed = made(&directory, &["widgets"]);
    assert!(
        printed.contains("they must be published before it builds"),
        "{printed}"
    );
    assert!(printed.contains("--workspace PATH"), "{printed}");
    let manifest = fs::read_to_string(directory.join("widgets/Cargo.toml")).unwrap();
    let version = env!("CARGO_PKG_VERSION");
    for name in ["keystone-middleware", "keystone-testing"] {
        let expected = format!("{name} = {{ version = \"{version}\"");
        assert!(manifest.contains(&expected), "{manifest}");
    }
    assert!(!manifest.contains("path"), "{manifest}");
}

#[test]
fn a_checkout_is_named_by_its_path_and_brings_its_versions_of_other_crates() {
    let directory = directory("checkout");
    // A checkout, as far as `keystone new` looks at it.
    for name in [
        "",
        "keystone-middleware",
        "keystone-provision",
        "keystone-sdk",
        "keystone-testing",
    ] {
        let copy = directory.join("our checkout").join(name);
        fs::create_dir_all(&copy).unwrap();
        fs::copy(
            format!("{CHECKOUT}/{name}/Cargo.toml"),
            copy.join("Cargo.toml"),
        )
        .unwrap();
    }
    fs::write(directory.join("our checkout/Cargo.lock"), "# versions\n").unwrap();
    let absolute = directory.join("our checkout");
    let absolute = absolute.to_str().unwrap();
    for (name, given, seen) in [
        ("beside", "./our checkout", "../our checkout"),
        ("elsewhere", absolute, absolute),
    ] {
        let printed = made(&directory, &[name, "--workspace", given]);
        assert!(printed.contains(seen), "{printed}");
        let read = |file| fs::read_to_string(directory.join(name).join(file)).unwrap();
        let expected = format!("keystone-testing = {{ path = \"{seen}/keystone-testing\"");
        assert!(
            read("Cargo.toml").contains(&expected),
            "{}",
            read("Cargo.toml")
        );
        assert_eq!(read("Cargo.lock"), "# versions\n");
        assert!(read("README.md").contains("come from a checkout"));
    }
}

/// The description is read by the program itself, which refuses names that are none.
#[test]
fn resource_and_type_are_derived_from_the_name_unless_they_are_given() {
    let directory = directory("derived");
    for (arguments, resource, path, service_type) in [
        (&["widgets"][..], "widget", "widgets", "widget"),
        (&["proxy-service"], "proxy", "proxies", "proxy"),
        (&["dns2"], "dns2", "dns2s", "dns2"),
        (&["a"], "a", "as", "a"),
        (&["key_boxes"], "key_box", "key_boxes", "key-box"),
        (&["dns", "--resource", "zone"], "zone", "zones", "zone"),
        (
            &["images", "--type", "image-registry"],
            "image",
            "images",
            "image-registry",
        ),
        (
            &["everything-that-anybody-ever-wanted-here"],
            "everything_that_anybody_ever_wanted_here",
            "everything_that_anybody_ever_wanted_heres",
            "everything-that-anybody-ever-wanted-here",
        ),
    ] {
        made(&directory, arguments);
        let read = |file| fs::read_to_string(directory.join(arguments[0]).join(file)).unwrap();
        let spec = read("specs/service.yaml");
        assert!(
            spec.contains(&format!("\n  type: {service_type}\n")),
            "{spec}"
        );
        assert!(spec.contains(&format!("\n  {resource}:\n")), "{spec}");
        assert!(spec.contains(&format!("\n    plural: {path}\n")), "{spec}");
        assert!(read("src/lib.rs").contains(&format!("\npub mod {path};\n")));
        assert!(read("specs/policies.yaml").contains(&format!("\"{resource}:create\":")));
    }
}

#[test]
fn an_empty_directory_is_no_obstacle() {
    let directory = directory("empty");
    fs::create_dir(directory.join("widgets")).unwrap();
    made(&directory, &["widgets"]);
    assert!(directory.join("widgets/Cargo.toml").exists());
    assert_eq!(
        keystone_new(&directory, &["widgets"]).status.code(),
        Some(2)
    );
}
