//! Passwords for new users: from the environment, from files, or generated.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use keystone_provision::{PasswordSource, Secrets};
use keystone_sdk::SecretString;
use uuid::Uuid;

/// Reads and generates passwords; paths are relative to the provisioning file.
pub(super) struct Passwords {
    folder: PathBuf,
}

impl Passwords {
    pub(super) fn beside(file: &Path) -> Self {
        let folder = file.parent().unwrap_or(Path::new("")).to_owned();
        Self { folder }
    }

    fn read(&self, path: &Path) -> Result<SecretString, String> {
        let text =
            fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
        let password = SecretString::from(text.lines().next().unwrap_or_default());
        if password.is_blank() {
            return Err(format!("the first line of `{}` is blank", path.display()));
        }
        Ok(password)
    }

    /// A password that an interrupted run has generated is used again.
    fn generate(&self, path: &Path) -> Result<SecretString, String> {
        let password = Uuid::new_v4().to_string();
        match write_new(path, &password) {
            Ok(()) => Ok(SecretString::from(password)),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => self.read(path),
            Err(error) => Err(format!("{}: {error}", path.display())),
        }
    }
}

impl Secrets for Passwords {
    fn secret(&self, source: &PasswordSource) -> Result<SecretString, String> {
        match source {
            PasswordSource::Env(name) => variable(name),
            PasswordSource::File(path) => self.read(&self.folder.join(path)),
            PasswordSource::Generate(path) => self.generate(&self.folder.join(path)),
            _ => Err("this program does not know that kind of source".to_owned()),
        }
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the file says which variables hold passwords"
)]
fn variable(name: &str) -> Result<SecretString, String> {
    match std::env::var(name) {
        Ok(value) => match SecretString::from(value) {
            blank if blank.is_blank() => Err(format!("the variable `{name}` is blank")),
            password => Ok(password),
        },
        Err(std::env::VarError::NotPresent) => Err(format!("the variable `{name}` is not set")),
        Err(std::env::VarError::NotUnicode(_)) => {
            Err(format!("the variable `{name}` is not UTF-8"))
        }
    }
}

/// Creates a file that only its owner can read; an error if it exists.
fn write_new(path: &Path, text: &str) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    writeln!(options.open(path)?, "{text}")
}
