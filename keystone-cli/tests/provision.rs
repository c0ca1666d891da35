//! `keystone provision` as scripts see it, against an embedded Keystone.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use keystone_testing::{Fault, Keystone};
use serde_json::Value;

const CANARY: &str = "canary-password";

const LAB: &str = "\
roles:
  reader: {state: existing}
domains:
  lab:
    projects: {web: {description: '${what}'}}
    users:
      alice: {password: {env: ALICE_PASSWORD}}
      bob: {password: {file: bob.password}}
      carol: {password: {generate: carol.password}}
    groups: {ops: {members: [alice, bob]}}
assignments:
  - {role: reader, group: lab/ops, project: lab/web}
";

/// A Keystone, and a folder with a file for it. The program is waited for, so that the Keystone
/// needs threads of its own.
struct Scene {
    keystone: Keystone,
    folder: PathBuf,
}

impl Scene {
    async fn new(name: &str) -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("provision-{name}"));
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("lab.yaml"), LAB).unwrap();
        fs::write(
            folder.join("bob.password"),
            format!("{CANARY}-bob\nnot this\n"),
        )
        .unwrap();
        let keystone = Keystone::builder().admin_password(CANARY);
        Self {
            keystone: keystone.start().await.unwrap(),
            folder,
        }
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let admin = self.keystone.admin();
        let mut command = Command::new(env!("CARGO_BIN_EXE_keystone"));
        command
            .arg("provision")
            .arg(self.folder.join("lab.yaml"))
            .args(["--set", "what=Shop"])
            .args(arguments)
            .env_clear()
            .env("OS_AUTH_URL", self.keystone.v3_url())
            .env("OS_USERNAME", admin.username())
            .env("OS_PASSWORD", CANARY)
            .env("OS_USER_DOMAIN_ID", admin.domain_id())
            .env("OS_PROJECT_NAME", admin.project_name())
            .env("OS_PROJECT_DOMAIN_ID", admin.domain_id())
            .env("ALICE_PASSWORD", format!("{CANARY}-alice"))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    fn run(&self, arguments: &[&str]) -> Ran {
        Ran::of(self.command(arguments).output().unwrap(), &self.folder)
    }

    fn state(&self) -> PathBuf {
        self.folder.join("lab.yaml.state")
    }
}

struct Ran {
    code: i32,
    stdout: String,
    stderr: String,
}

impl Ran {
    fn of(output: Output, folder: &Path) -> Self {
        let ran = Self {
            code: output.status.code().unwrap(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        };
        let made_up = fs::read_to_string(folder.join("carol.password")).unwrap_or_default();
        let notes = fs::read_to_string(folder.join("lab.yaml.state")).unwrap_or_default();
        for text in [&ran.stdout, &ran.stderr, &notes] {
            assert!(!text.contains(CANARY), "{text}");
            assert!(
                made_up.is_empty() || !text.contains(made_up.trim()),
                "{text}"
            );
        }
        ran
    }

    #[track_caller]
    fn expect(self, code: i32) -> Self {
        assert_eq!(self.code, code, "{}{}", self.stdout, self.stderr);
        self
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn exit_codes_tell_drift_and_a_second_run_changes_nothing() {
    let scene = Scene::new("drift").await;
    let dry = scene.run(&["--dry-run"]).expect(1);
    assert!(dry.stdout.contains("+ project lab/web\n"), "{}", dry.stdout);
    assert!(
        dry.stdout.contains("= 1 unchanged, 9 to create"),
        "{}",
        dry.stdout
    );
    assert_eq!(scene.keystone.requests().count("POST", "/v3/domains"), 0);
    assert!(!scene.folder.join("carol.password").exists());

    let applied = scene.run(&[]).expect(0);
    assert_eq!(applied.stdout, dry.stdout);
    assert_eq!(applied.stderr, "", "a bar is for terminals only");
    assert!(!scene.state().exists());
    let made_up = fs::read_to_string(scene.folder.join("carol.password")).unwrap();
    assert!(made_up.trim().len() > 30);

    let again = scene.run(&["--dry-run"]).expect(0);
    assert_eq!(
        again.stdout,
        "= 10 unchanged, 0 to create, 0 to update, 0 to delete\n"
    );
    scene.run(&[]).expect(0);
    let json = scene.run(&["--dry-run", "--set", "what=Blog", "-f", "json"]);
    let json: Value = serde_json::from_str(&json.expect(1).stdout).unwrap();
    let changed = json.as_array().unwrap().iter();
    let changed: Vec<&Value> = changed
        .filter(|thing| thing["action"] == "update")
        .collect();
    assert_eq!(changed.len(), 1, "{json:#}");
    assert_eq!(changed[0]["what"], "project lab/web");
    assert_eq!(changed[0]["changes"][0]["after"], "\"Blog\"");
}

#[tokio::test(flavor = "multi_thread")]
async fn mistakes_and_missing_passwords_change_nothing() {
    let scene = Scene::new("mistakes").await;
    for blank in ["\n", "  \n", "\t\r\nsecret\n", "\u{a0}"] {
        fs::write(scene.folder.join("bob.password"), blank).unwrap();
        let ran = scene.run(&[]).expect(2);
        assert!(
            ran.stderr.contains("no password for user lab/bob"),
            "{}",
            ran.stderr
        );
        assert!(ran.stderr.contains("is blank"), "{}", ran.stderr);
    }
    fs::write(
        scene.folder.join("lab.yaml"),
        "domains:\n  lab: {projcts: {}}\n",
    )
    .unwrap();
    let ran = scene.run(&[]).expect(2);
    assert!(
        ran.stderr
            .contains("lab.yaml:2:9: there is no key `projcts`"),
        "{}",
        ran.stderr
    );
    let latin1 = b"domains:\n  lab: {description: Gesch\xe4ft}\n";
    fs::write(scene.folder.join("lab.yaml"), latin1).unwrap();
    let ran = scene.run(&[]).expect(2);
    assert!(
        ran.stderr
            .contains("lab.yaml:2:27: this is not UTF-8: byte 35 is 0xe4"),
        "{}",
        ran.stderr
    );
    assert_eq!(scene.keystone.requests().count("POST", "/v3/domains"), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_is_told_with_its_place_and_the_same_command_goes_on() {
    let scene = Scene::new("refusal").await;
    scene
        .keystone
        .fail_next_at("POST", "/v3/users", 1, Fault::status(403));
    let ran = scene.run(&["--concurrency", "1"]).expect(3);
    assert!(
        ran.stderr.contains("error: user lab/alice ("),
        "{}",
        ran.stderr
    );
    assert!(
        ran.stderr
            .contains("lab.yaml:7:7) could not be created or updated"),
        "{}",
        ran.stderr
    );
    assert!(scene.state().exists());
    let asked = scene.keystone.requests().count("GET", "/v3/projects");
    let ran = scene.run(&[]).expect(0);
    assert!(ran.stderr.contains("resuming after"), "{}", ran.stderr);
    assert_eq!(
        scene.keystone.requests().count("GET", "/v3/projects"),
        asked
    );
    assert!(!scene.state().exists());
    scene.run(&["--dry-run"]).expect(0);
}

/// Ends the program when the test ends, however it ends.
struct Running(Option<Child>);

impl Drop for Running {
    fn drop(&mut self) {
        if let Some(child) = &mut self.0 {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn ctrl_c_ends_what_is_on_its_way_and_the_same_command_goes_on() {
    let scene = Scene::new("interrupt").await;
    let hold = scene.keystone.hold("POST", "/v3/users");
    let child = scene.command(&["--concurrency", "1"]).spawn().unwrap();
    let id = child.id().to_string();
    let mut running = Running(Some(child));
    scene
        .keystone
        .requests()
        .arrived("POST", "/v3/users", 1)
        .await;
    let sent = Command::new("kill").args(["-INT", &id]).status().unwrap();
    assert!(sent.success());
    let mut child = running.0.take().unwrap();
    let mut stderr = child.stderr.take().unwrap();
    let heard = tokio::task::spawn_blocking(move || {
        let mut text = String::new();
        let mut byte = [0];
        while !text.contains("Ctrl-C again") {
            assert_eq!(
                std::io::Read::read(&mut stderr, &mut byte).unwrap(),
                1,
                "{text}"
            );
            text.push(char::from(byte[0]));
        }
        (text, stderr)
    });
    let (_, mut rest) = heard.await.unwrap();
    drop(hold);
    let (code, said) = tokio::task::spawn_blocking(move || {
        let mut said = String::new();
        std::io::Read::read_to_string(&mut rest, &mut said).unwrap();
        (child.wait().unwrap().code(), said)
    })
    .await
    .unwrap();
    assert_eq!(code, Some(130), "{said}");
    assert!(said.contains("interrupted: "), "{said}");
    assert!(
        said.contains("of 9 changes are done and recorded in"),
        "{said}"
    );
    assert_eq!(scene.keystone.requests().count("POST", "/v3/users"), 1);

    scene.run(&[]).expect(0);
    assert_eq!(scene.keystone.requests().count("POST", "/v3/users"), 3);
    scene.run(&["--dry-run"]).expect(0);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_deleted_unless_it_is_asked_for() {
    let scene = Scene::new("prune").await;
    scene.run(&[]).expect(0);
    let text = LAB.replace(
        "groups: {ops: {members: [alice, bob]}}",
        "groups: {ops: {members: [alice]}}",
    );
    fs::write(scene.folder.join("lab.yaml"), text).unwrap();
    scene.run(&["--dry-run"]).expect(0);
    let ran = scene.run(&["--prune"]).expect(0);
    assert!(
        ran.stdout.contains("- member lab/bob of group lab/ops\n"),
        "{}",
        ran.stdout
    );
    scene.run(&["--dry-run", "--prune"]).expect(0);
}
