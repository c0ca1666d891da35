//! What tests need to know about the real servers, and how they run Python clients.
//!
//! `cargo xtask test` starts a real Keystone, exports what this crate reads, and
//! turns on the feature `real-servers` of the test crates. A test behind that
//! feature says `RealKeystone::from_env()?`: a missing server is an error, never
//! a skipped test.

use std::error::Error;
use std::fmt;
use std::path::{Path, PathBuf};
use std::process::Command;

#[cfg(feature = "chromium")]
pub mod chromium;
pub mod federation;
pub mod kerberos;
pub mod postgres;
pub mod table;

/// The variable with the Identity v3 URL of the real Keystone.
pub const URL: &str = "KEYSTONE_TEST_URL";
/// The variable with the administrator's user name.
pub const USERNAME: &str = "KEYSTONE_TEST_USERNAME";
/// The variable with the administrator's password.
pub const PASSWORD: &str = "KEYSTONE_TEST_PASSWORD";
/// The variable with the name of the administrator's project.
pub const PROJECT: &str = "KEYSTONE_TEST_PROJECT";
/// The variable with the region of the real Keystone's endpoints.
pub const REGION: &str = "KEYSTONE_TEST_REGION";
/// The variable with the address of the same Keystone behind Apache, which asks for certificates.
pub const TLS_URL: &str = "KEYSTONE_TEST_TLS_URL";
/// The variable with the folder of certificates and keys.
pub const CERTIFICATES: &str = "KEYSTONE_TEST_CERTIFICATES";
/// The variable with the name of who signs the certificates that need no token.
pub const ISSUER: &str = "KEYSTONE_TEST_ISSUER";
/// The variable with the file of the real Keystone's database.
pub const DATABASE: &str = "KEYSTONE_TEST_DATABASE";
/// The variable with the path of a Python that has keystoneauth1 and openstacksdk.
pub const PYTHON: &str = "KEYSTONE_TEST_PYTHON";
/// The variable with the path of axe-core, which checks whether pages are accessible.
pub const AXE: &str = "KEYSTONE_TEST_AXE";
/// The variable that makes the contract tests rewrite their transcripts.
pub const BLESS: &str = "KEYSTONE_TEST_BLESS";

/// A running Keystone and its administrator, who has the role `admin` on a
/// project of the domain `default` and on the system.
#[derive(Clone)]
#[non_exhaustive]
pub struct RealKeystone {
    /// The Identity v3 URL, without a slash at its end.
    pub url: String,
    /// The administrator's name, in the domain `default`.
    pub username: String,
    /// The administrator's password.
    pub password: String,
    /// The name of the administrator's project, in the domain `default`.
    pub project: String,
    /// The region of the identity endpoints.
    pub region: String,
}

impl RealKeystone {
    /// The server that `cargo xtask test` started.
    ///
    /// # Errors
    /// When one of the variables is not set.
    pub fn from_env() -> Result<Self, NotSet> {
        Ok(Self {
            url: variable(URL)?,
            username: variable(USERNAME)?,
            password: variable(PASSWORD)?,
            project: variable(PROJECT)?,
            region: variable(REGION)?,
        })
    }
}

impl fmt::Debug for RealKeystone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RealKeystone")
            .field("url", &self.url)
            .field("username", &self.username)
            .finish_non_exhaustive()
    }
}

/// The same Keystone behind Apache, for clients that prove themselves by certificates.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Certificates {
    /// The Identity v3 URL, by HTTPS.
    pub url: String,
    /// The distinguished name of the issuer whose clients need no token.
    pub issuer: String,
    folder: PathBuf,
}

impl Certificates {
    /// Those of the server that `cargo xtask test` started.
    ///
    /// # Errors
    /// When one of the variables is not set.
    pub fn from_env() -> Result<Self, NotSet> {
        Ok(Self {
            url: variable(TLS_URL)?,
            issuer: variable(ISSUER)?,
            folder: variable(CERTIFICATES)?.into(),
        })
    }

    /// The authority that signed the server's certificate.
    #[must_use]
    pub fn authority(&self) -> PathBuf {
        self.folder.join("tokenless-authority.pem")
    }

    /// Certificate and key of a client of `certificates.py`, such as `local`.
    #[must_use]
    pub fn client(&self, name: &str) -> (PathBuf, PathBuf) {
        let file = |kind: &str| self.folder.join(format!("{name}.{kind}"));
        (file("pem"), file("key"))
    }
}

/// The command that runs a script of this folder, such as `list_projects.py`,
/// with the Python that `cargo xtask test` set up. No `OS_*` variable and no
/// proxy of the caller reaches it.
///
/// # Errors
/// When `KEYSTONE_TEST_PYTHON` is not set.
pub fn python(script: &str) -> Result<Command, NotSet> {
    let mut command = Command::new(variable(PYTHON)?);
    command.arg(folder().join(script));
    command.env_clear().env("PYTHONWARNINGS", "ignore");
    Ok(command)
}

/// The file of the database of the Keystone that `cargo xtask test` started.
///
/// # Errors
/// When `KEYSTONE_TEST_DATABASE` is not set.
pub fn database() -> Result<PathBuf, NotSet> {
    Ok(variable(DATABASE)?.into())
}

/// Whether the contract tests shall rewrite their transcripts.
#[must_use]
pub fn bless() -> bool {
    variable(BLESS).is_ok()
}

/// The folder of the Python scripts and requirements.
#[must_use]
pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}

/// The path of axe-core, a script.
///
/// # Errors
/// When the variable is not set.
pub fn axe() -> Result<PathBuf, NotSet> {
    variable(AXE).map(PathBuf::from)
}

#[expect(
    clippy::disallowed_methods,
    reason = "the environment is how xtask talks to tests"
)]
fn variable(name: &'static str) -> Result<String, NotSet> {
    std::env::var(name).map_err(|_| NotSet { name })
}

/// A variable that `cargo xtask test` exports is not set.
#[derive(Clone, Debug)]
pub struct NotSet {
    name: &'static str,
}

impl fmt::Display for NotSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "the environment variable `{}` is not set, though this test needs a real server; run `cargo xtask test`",
            self.name
        )
    }
}

impl Error for NotSet {}
