//! The Kerberos realm and its web server, as `kerberos_lab.py` tells of them.

use std::collections::BTreeMap;
use std::env::current_exe;
use std::error::Error;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde::Deserialize;

use crate::{NotSet, folder, variable};

/// The variable with the path of the file of facts.
pub const KERBEROS: &str = "KEYSTONE_TEST_KERBEROS";
/// The variable that tells a test that it runs in a process of its own.
const CHILD: &str = "KEYSTONE_TEST_KERBEROS_CHILD";

/// A realm, a Keystone behind an Apache that asks for its tickets, and who has tickets.
#[derive(Clone, Deserialize)]
#[non_exhaustive]
pub struct Kerberos {
    /// The Identity v3 URL at which nobody asks for a ticket.
    pub url: String,
    /// The administrator's name, in the domain `default`.
    pub username: String,
    /// The administrator's password.
    pub password: String,
    /// The name of the administrator's project, in the domain `default`.
    pub admin_project: String,
    /// Apache by HTTP, without a path; see [`Kerberos::at`].
    pub http: String,
    /// Apache by HTTPS, without a path.
    pub https: String,
    /// The private authority that signed Apache's certificate.
    pub authority: PathBuf,
    /// The configuration of Kerberos.
    pub krb5_config: PathBuf,
    /// Ticket caches by what is in them: tickets of `alice`, whom Keystone knows, of `fedalice`, whom a
    /// mapping knows, of `stranger`, whom nobody knows, and of `foreigner`, who is of another realm; one
    /// that has `expired`, and `none`.
    pub caches: BTreeMap<String, String>,
    /// The realm of Apache's service.
    pub realm: String,
    /// A realm that the other one does not trust.
    pub foreign_realm: String,
    /// A project of the domain `default` on which `alice` and `fedalice` have the role `member`.
    pub project: String,
    /// The id of the identity provider in Keystone.
    pub identity_provider: String,
    /// The id of its protocol.
    pub protocol: String,
    /// A Python that has what keystoneauth1 needs of Kerberos, and where keystoneauth1 is.
    python: (PathBuf, PathBuf),
}

impl Kerberos {
    /// The servers that `cargo xtask test` or `cargo xtask lab up` started.
    ///
    /// # Errors
    /// When the variable is not set, or its file is not what it should be.
    pub fn from_env() -> Result<Self, KerberosError> {
        let path = variable(KERBEROS)?;
        let wrong = |error: &dyn fmt::Display| {
            KerberosError(format!(
                "`{path}`, of the variable `{KERBEROS}`: {error}; run `cargo xtask lab up` again"
            ))
        };
        let text = fs::read_to_string(Path::new(&path)).map_err(|error| wrong(&error))?;
        serde_json::from_str(&text).map_err(|error| wrong(&error))
    }

    /// Keystone by HTTP at one of Apache's paths: `krb` asks for a ticket where tokens are issued, `fed`
    /// at the federation endpoint; `stale` refuses every ticket, `unproven` does not prove itself,
    /// `forged` only says so, `basic` wants a password, and `moved` redirects to another host.
    #[must_use]
    pub fn at(&self, path: &str) -> String {
        format!("{}/{path}", self.http)
    }

    /// As [`at`](Self::at), by HTTPS.
    #[must_use]
    pub fn at_tls(&self, path: &str) -> String {
        format!("{}/{path}", self.https)
    }

    /// The command by which keystoneauth1 logs in with the tickets of a cache, by `kerberos_login.py`.
    #[must_use]
    pub fn keystoneauth(&self, tickets: &str) -> Command {
        let (python, packages) = &self.python;
        let mut command = Command::new(python);
        command.env_clear().env("PYTHONPATH", packages);
        command.arg(folder().join("kerberos_login.py"));
        self.give(&mut command, tickets);
        command
    }

    /// Sets what Kerberos reads from the environment of a process.
    pub fn give(&self, command: &mut Command, tickets: &str) {
        command.env("KRB5_CONFIG", &self.krb5_config);
        // A cache that is not listed is not there either.
        let none = &String::new();
        let cache = self.caches.get(tickets).unwrap_or(none);
        command.env("KRB5CCNAME", cache);
    }
}

/// Runs the test of this name in a process of its own, whose environment names the realm and a ticket
/// cache: Kerberos reads both from there. `body` runs in that process.
///
/// # Errors
/// When there is no realm, and with the output of the process when it fails.
pub fn in_realm(
    test: &str,
    tickets: &str,
    body: impl FnOnce(Kerberos),
) -> Result<(), KerberosError> {
    let lab = Kerberos::from_env()?;
    if variable(CHILD).is_ok() {
        body(lab);
        return Ok(());
    }
    let failed = |error: &dyn fmt::Display| KerberosError(format!("cannot run `{test}`: {error}"));
    let mut process = Command::new(current_exe().map_err(|error| failed(&error))?);
    // Its name in the binary is without that of the crate.
    let name = test.split_once("::").map_or(test, |(_, name)| name);
    process.args(["--exact", name, "--nocapture"]);
    process.env(CHILD, "1");
    lab.give(&mut process, tickets);
    let output = process.output().map_err(|error| failed(&error))?;
    let text = String::from_utf8_lossy(&output.stdout);
    if output.status.success() && text.contains("1 passed") {
        return Ok(());
    }
    let errors = String::from_utf8_lossy(&output.stderr);
    Err(failed(&format!("{}\n{text}\n{errors}", output.status)))
}

/// What a test wants of the Kerberos lab is not to be had.
#[derive(Clone)]
pub struct KerberosError(String);

impl fmt::Display for KerberosError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// As `Display`, so that `unwrap` shows the output of a process with its lines.
impl fmt::Debug for KerberosError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Error for KerberosError {}

impl From<NotSet> for KerberosError {
    fn from(error: NotSet) -> Self {
        Self(error.to_string())
    }
}
