//! A real Keystone that lives as long as this process wants it to.

use std::io::{BufRead, BufReader};
use std::process::{Child, ChildStdin, Command, ExitCode, Stdio};

use serde_json::Value;

use crate::failure::{self, Failure};
use crate::lab::{Lab, SCRIPT};

/// A running server on a fresh, bootstrapped database.
pub(crate) struct Keystone {
    facts: Value,
    script: Child,
    /// The script stops the server when this end of the pipe is closed, which
    /// the operating system does should this process be killed.
    lifeline: Option<ChildStdin>,
}

impl Keystone {
    /// Returns when the server responds.
    pub(crate) fn start(lab: &Lab) -> Result<Self, Failure> {
        let mut script = Command::new(lab.python())
            .arg(keystone_lab::folder().join(SCRIPT))
            .arg("serve")
            .arg(lab.keystone())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(Failure::at("cannot start Keystone"))?;
        let lifeline = script.stdin.take();
        let output = script.stdout.take();
        let mut keystone = Self {
            facts: Value::Null,
            script,
            lifeline,
        };
        let mut line = String::new();
        if let Some(output) = output {
            BufReader::new(output)
                .read_line(&mut line)
                .map_err(Failure::at("cannot read Keystone's address"))?;
        }
        keystone.facts = serde_json::from_str(&line)
            .map_err(|_| Failure::new("Keystone did not start; what it said stands above"))?;
        Ok(keystone)
    }

    /// What `keystone_lab::RealKeystone::from_env` reads.
    pub(crate) fn test_variables(&self) -> [(&'static str, &str); 9] {
        [
            (keystone_lab::URL, self.fact("url")),
            (keystone_lab::USERNAME, self.fact("username")),
            (keystone_lab::PASSWORD, self.fact("password")),
            (keystone_lab::PROJECT, self.fact("project")),
            (keystone_lab::REGION, self.fact("region")),
            (keystone_lab::TLS_URL, self.fact("tls_url")),
            (keystone_lab::CERTIFICATES, self.fact("certificates")),
            (keystone_lab::ISSUER, self.fact("issuer")),
            (keystone_lab::DATABASE, self.fact("database")),
        ]
    }

    /// What OpenStack clients read.
    fn client_variables(&self) -> [(&'static str, &str); 9] {
        [
            ("OS_AUTH_TYPE", "password"),
            ("OS_IDENTITY_API_VERSION", "3"),
            ("OS_AUTH_URL", self.fact("url")),
            ("OS_USERNAME", self.fact("username")),
            ("OS_PASSWORD", self.fact("password")),
            ("OS_USER_DOMAIN_ID", "default"),
            ("OS_PROJECT_NAME", self.fact("project")),
            ("OS_PROJECT_DOMAIN_ID", "default"),
            ("OS_REGION_NAME", self.fact("region")),
        ]
    }

    /// What OpenStack clients read, with the address of Apache.
    pub(crate) fn tls_variables(&self) -> impl Iterator<Item = (&'static str, String)> {
        let authority = format!("{}/tokenless-authority.pem", self.fact("certificates"));
        let others = self.client_variables().into_iter();
        let others = others.filter(|(name, _)| *name != "OS_AUTH_URL");
        others.map(|(name, value)| (name, value.to_owned())).chain([
            ("OS_AUTH_URL", self.fact("tls_url").to_owned()),
            ("OS_CACERT", authority),
        ])
    }

    fn fact(&self, name: &str) -> &str {
        self.facts
            .get(name)
            .and_then(Value::as_str)
            .unwrap_or_default()
    }
}

impl Drop for Keystone {
    fn drop(&mut self) {
        drop(self.lifeline.take());
        // The script gives its server a bounded time; nothing is left to do when waiting fails.
        let _ = self.script.wait();
    }
}

/// Runs a command beside the server, or waits until the server ends (by Ctrl-C).
pub(crate) fn run(mut keystone: Keystone, command: &[String]) -> Result<ExitCode, Failure> {
    if let [program, arguments @ ..] = command {
        let mut command = Command::new(program);
        command.args(arguments).envs(keystone.client_variables());
        return failure::status(&mut command).map(failure::exit_code);
    }
    for (name, value) in keystone.client_variables() {
        println!("export {name}={value}");
    }
    eprintln!(
        "a real Keystone is running; paste the lines above into another shell, end it with Ctrl-C"
    );
    let status = keystone.script.wait();
    status
        .map(failure::exit_code)
        .map_err(Failure::at("cannot wait for Keystone"))
}
