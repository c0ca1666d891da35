//! Image, unit and workflow of a new service, each held against the rules of its kind.

use std::fs;
use std::process::Command;

use keystone_document::Node;

use crate::{directory, made};

fn read(test: &str, file: &str) -> String {
    let directory = directory(test);
    made(&directory, &["widgets"]);
    fs::read_to_string(directory.join("widgets").join(file)).unwrap()
}

/// Instructions and what follows them, with continued lines joined and comments left out.
fn instructions(text: &str) -> Vec<(String, String)> {
    let joined = text.replace("\\\n", " ");
    let lines = joined.lines().map(str::trim);
    lines
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(|line| line.split_once(' ').unwrap())
        .map(|(name, rest)| (name.to_owned(), rest.trim().to_owned()))
        .collect()
}

#[test]
fn the_image_has_pinned_bases_no_root_and_a_health_check() {
    let instructions = instructions(&read("image", "Dockerfile"));
    let of = |name: &str| -> Vec<&str> {
        let found = instructions.iter().filter(|(found, _)| found == name);
        found.map(|(_, rest)| rest.as_str()).collect()
    };
    for (name, rest) in &instructions {
        let known = [
            "FROM",
            "WORKDIR",
            "COPY",
            "RUN",
            "USER",
            "EXPOSE",
            "HEALTHCHECK",
            "ENTRYPOINT",
            "CMD",
        ];
        assert!(known.contains(&name.as_str()), "{name} {rest}");
    }
    let bases = of("FROM");
    assert_eq!(bases.len(), 2, "a stage to build in, and one to run");
    for base in bases {
        let image = base.split(' ').next().unwrap();
        let (_, tag) = image.split_once(':').unwrap();
        assert!(tag.starts_with(|one: char| one.is_ascii_digit()), "{base}");
    }
    let [user] = of("USER")[..] else {
        panic!("one user")
    };
    assert!(
        user.split(':').all(|id| id.parse::<u32>().unwrap() > 0),
        "{user}"
    );
    assert!(of("WORKDIR").iter().all(|path| path.starts_with('/')));
    assert!(
        of("RUN")
            .iter()
            .all(|run| run.contains("--locked") && run.contains("--no-default-features"))
    );
    // Without a shell: signals reach the service.
    for name in ["ENTRYPOINT", "CMD"] {
        let [command] = of(name)[..] else {
            panic!("one {name}")
        };
        assert!(
            serde_json::from_str::<Vec<String>>(command).is_ok(),
            "{command}"
        );
    }
    let [check] = of("HEALTHCHECK")[..] else {
        panic!("one check")
    };
    let (_, command) = check.split_once("CMD ").unwrap();
    let command: Vec<String> = serde_json::from_str(command).unwrap();
    assert_eq!(command[..2], ["/usr/local/bin/widgets", "--ping"]);
    // Only what the build reads is sent to the builder; settings are not.
    let ignored = read("image", ".dockerignore");
    assert!(
        ignored.starts_with("*\n") && !ignored.contains(".conf"),
        "{ignored}"
    );
}

/// The settings of a section of a unit; an empty value resets a list.
fn settings<'a>(unit: &'a str, section: &str) -> Vec<(&'a str, &'a str)> {
    let mut lines = unit.lines();
    lines.find(|line| *line == format!("[{section}]")).unwrap();
    lines
        .take_while(|line| !line.starts_with('['))
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(|line| line.split_once('=').unwrap())
        .collect()
}

#[test]
fn the_unit_confines_the_service_and_keeps_its_password_from_others() {
    let unit = read("unit", "deploy/widgets.service");
    let service = settings(&unit, "Service");
    for setting in [
        ("DynamicUser", "true"),
        ("NoNewPrivileges", "true"),
        ("PrivateDevices", "true"),
        ("PrivateTmp", "true"),
        ("ProtectHome", "true"),
        ("ProtectSystem", "strict"),
        ("CapabilityBoundingSet", ""),
        ("LoadCredential", "widgets.conf:/etc/widgets/widgets.conf"),
    ] {
        assert!(service.contains(&setting), "{setting:?}");
    }
    assert_eq!(
        settings(&unit, "Install"),
        [("WantedBy", "multi-user.target")]
    );
    assert!(!settings(&unit, "Unit").is_empty());
}

#[test]
fn the_workflow_formats_checks_and_tests_with_the_locked_versions() {
    let text = read("workflow", ".github/workflows/ci.yml");
    let root = keystone_document::read("ci.yml", &text).unwrap();
    let steps = ["jobs", "test", "steps"]
        .iter()
        .fold(&root, |node, key| node.get(key).unwrap());
    let steps = steps.sequence().unwrap();
    let runs: Vec<&str> = steps
        .iter()
        .filter_map(|step| step.get("run").and_then(Node::text))
        .filter(|run| run.starts_with("cargo "))
        .collect();
    assert_eq!(
        runs,
        [
            "cargo fmt --check",
            "cargo clippy --locked --all-targets -- -D warnings",
            "cargo clippy --locked --no-default-features -- -D warnings",
            "cargo test --locked",
        ]
    );
    let allowed = root.get("permissions").unwrap();
    assert_eq!(allowed.get("contents").and_then(Node::text), Some("read"));
}

/// Where systemd is installed, it reads the unit itself.
#[cfg(target_os = "linux")]
#[test]
fn systemd_has_nothing_to_say_about_the_unit() {
    let unit = read("verified-unit", "deploy/widgets.service");
    // The program is not installed here.
    let unit = unit.replace("/usr/local/bin/widgets ", "/bin/true ");
    let file = directory("verified-unit-file").join("widgets.service");
    fs::write(&file, unit).unwrap();
    let Ok(verified) = Command::new("systemd-analyze")
        .arg("verify")
        .arg(&file)
        .output()
    else {
        return;
    };
    let message = String::from_utf8_lossy(&verified.stderr);
    assert!(verified.status.success() && message.is_empty(), "{message}");
}
