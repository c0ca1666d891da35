//! `keystone policy` as scripts and operators see it.

#![expect(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

mod decisions;
mod files;
mod mistakes;
mod service;

const SERVICE: &str = r#"
rules:
  admin: "role:admin"
  owner: "project_id:%(project_id)s"
policies:
  "proxy:index":
    check: ""
    description: List the proxies.
    operations: [{method: GET, path: /v1/proxies}]
  "proxy:create":
    check: "rule:admin or role:member and rule:owner"
    description: Create a proxy.
    scope_types: [project]
  "proxy:start":
    check: "rule:admin"
    deprecated: {name: "proxy:run", check: "@", reason: Split in two., since: "2.0"}
  "proxy:stop":
    check: [["rule:admin"], ["role:member", "rule:owner"]]
    deprecated: {name: "proxy:run", check: "@", reason: Split in two., since: "2.0"}
"#;

const OPERATOR: &str = r#"# Ours
"proxy:create": "rule:owner"   # relaxed

# Who runs
"proxy:run":  # for now
  # the night shift
  - ["role:runner"]

# The boss
"admin": "role:admin"
"#;

const TOKEN: &str = r#"{"token": {
    "user": {"id": "u-1", "domain": {"id": "default"}},
    "project": {"id": "p-1", "domain": {"id": "default"}},
    "roles": [{"id": "1", "name": "member"}]
}}"#;

/// A directory with the files of one test.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("policy-{name}"));
        std::fs::create_dir_all(&path).unwrap();
        let folder = Self(path);
        folder.write("service.yaml", SERVICE);
        folder.write("operator.yaml", OPERATOR);
        folder.write("token.json", TOKEN);
        folder
    }

    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.0.join(name), text).unwrap();
    }

    /// Runs `keystone policy` there: exit code, stdout, stderr.
    fn run(&self, line: &str) -> (i32, String, String) {
        let output = Command::new(env!("CARGO_BIN_EXE_keystone"))
            .current_dir(&self.0)
            .arg("policy")
            .args(line.split_whitespace())
            .env_clear()
            .output()
            .unwrap();
        (
            output.status.code().unwrap(),
            String::from_utf8(output.stdout).unwrap(),
            String::from_utf8(output.stderr).unwrap(),
        )
    }

    /// As [`Folder::run`], of a command that must end well: stdout.
    fn done(&self, line: &str) -> String {
        let (code, stdout, stderr) = self.run(line);
        assert_eq!(code, 0, "{line}: {stderr}{stdout}");
        stdout
    }

    fn json(&self, line: &str) -> Value {
        let (_, stdout, stderr) = self.run(&format!("{line} -f json"));
        serde_json::from_str(&stdout).unwrap_or_else(|error| panic!("{error}: {stderr}{stdout}"))
    }
}
