//! Tokens that are stored in files between runs of a program.
//!
//! Each login has its own file. Its name is a keyed digest of the login's identity, so it reveals
//! nothing about the password. The content is encrypted (ChaCha20-Poly1305). Both keys are derived
//! from a secret of the user, which is in a file elsewhere. Files are replaced atomically, so
//! processes may read and write them concurrently. Broken, foreign and expired files are removed or
//! ignored.

use std::fmt;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use crate::Error;
use crate::auth::{AuthPlugin, AuthState};
use crate::clock::SharedClock;
use crate::config::variables::Variables;
use crate::error::ConfigurationError;

mod private;
mod seal;

use seal::Key;

/// The extension of token files.
const ENDING: &str = "token";
/// The extension of files that are being written.
const UNFINISHED: &str = "new";

/// A directory of stored tokens.
///
/// ```no_run
/// use keystone_sdk::Session;
/// use keystone_sdk::config::env::Variables;
/// use keystone_sdk::config::tokens::TokenFiles;
///
/// # async fn example() -> Result<(), keystone_sdk::Error> {
/// let session = Session::from_env()?;
/// let Some(files) = TokenFiles::of_user(&Variables::of_process()) else {
///     return Ok(());
/// };
/// files.restore(session.auth(), session.transport().clock())?;
/// let _token = session.token().await?;
/// files.keep(session.auth(), session.transport().clock())?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct TokenFiles {
    directory: PathBuf,
    key_file: PathBuf,
}

impl TokenFiles {
    /// The tokens of this user: in `$XDG_CACHE_HOME/keystone/tokens` (or below `~/.cache`), with
    /// the key in `$XDG_DATA_HOME/keystone/token-key` (or below `~/.local/share`). `None` if the
    /// user has no home directory.
    pub fn of_user(variables: &Variables) -> Option<Self> {
        let home = variables.home();
        let root = |variable: &str, below: &str| {
            let named = variables.get(variable).map(PathBuf::from);
            named.or_else(|| Some(home.as_ref()?.join(below)))
        };
        let cache = root("XDG_CACHE_HOME", ".cache")?;
        let data = root("XDG_DATA_HOME", ".local/share")?;
        Some(Self::at(
            cache.join("keystone/tokens"),
            data.join("keystone/token-key"),
        ))
    }

    /// Tokens in a directory, with the key in a file. Both are created when they are needed.
    pub fn at(directory: impl Into<PathBuf>, key_file: impl Into<PathBuf>) -> Self {
        Self {
            directory: directory.into(),
            key_file: key_file.into(),
        }
    }

    /// Restores the stored token of the plugin's login, and returns whether the plugin uses one
    /// now.
    ///
    /// # Errors
    ///
    /// [`Error::Configuration`] when a file exists but cannot be read.
    pub fn restore(&self, auth: &dyn AuthPlugin, clock: &SharedClock) -> Result<bool, Error> {
        let (Some(id), Some(key)) = (auth.cache_id(), self.known_key()?) else {
            return Ok(false);
        };
        let path = self.path(&key.name(&id));
        let Some(sealed) = private::read(&path).map_err(fault(&path))? else {
            return Ok(false);
        };
        let state = key.open(&name_of(&path), &sealed);
        let state = state.and_then(|json| AuthState::from_json(json.expose().as_bytes()).ok());
        let Some(state) = state else {
            let path = path.display();
            tracing::warn!("the file `{path}` contains no token of this user; it is ignored");
            return Ok(false);
        };
        let taken = auth.set_auth_state(state, clock);
        if !taken {
            self.remove(&path)?;
        }
        Ok(taken)
    }

    /// Stores the plugin's token. If it has none, because a service rejected it, the stored one is
    /// removed. Expired tokens are removed too.
    ///
    /// # Errors
    ///
    /// [`Error::Configuration`] when a file cannot be written or removed.
    pub fn keep(&self, auth: &dyn AuthPlugin, clock: &SharedClock) -> Result<(), Error> {
        let Some(id) = auth.cache_id() else {
            return Ok(());
        };
        let Some(state) = auth.auth_state() else {
            return match self.known_key()? {
                Some(key) => self.remove(&self.path(&key.name(&id))),
                None => Ok(()),
            };
        };
        let key = self.key()?;
        let path = self.path(&key.name(&id));
        let sealed = key
            .seal(&name_of(&path), state.expires_at(), &state.to_json())
            .ok_or_else(|| fault(&path)(io::Error::other("there are no random numbers")))?;
        private::directory(&self.directory).map_err(fault(&self.directory))?;
        private::write(&path, &sealed).map_err(fault(&path))?;
        self.drop_expired(clock.now())
    }

    /// Removes the stored token of the plugin's login.
    ///
    /// # Errors
    ///
    /// [`Error::Configuration`] when the file cannot be removed.
    pub fn forget(&self, auth: &dyn AuthPlugin) -> Result<(), Error> {
        match (auth.cache_id(), self.known_key()?) {
            (Some(id), Some(key)) => self.remove(&self.path(&key.name(&id))),
            _ => Ok(()),
        }
    }

    /// Removes all tokens and the key, and returns the number of tokens.
    ///
    /// # Errors
    ///
    /// [`Error::Configuration`] when a file cannot be removed.
    pub fn clear(&self) -> Result<usize, Error> {
        let kept = self.count()?;
        // Also the unfinished files of programs that were killed.
        for path in self.files()?.iter().chain(&self.files_of(UNFINISHED)?) {
            self.remove(path)?;
        }
        self.remove(&self.key_file)?;
        Ok(kept)
    }

    /// The number of stored tokens.
    ///
    /// # Errors
    ///
    /// [`Error::Configuration`] when the directory cannot be read.
    pub fn count(&self) -> Result<usize, Error> {
        self.files().map(|files| files.len())
    }

    /// The directory of the tokens.
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    fn drop_expired(&self, now: Timestamp) -> Result<(), Error> {
        for path in self.files()? {
            let sealed = private::read(&path).map_err(fault(&path))?;
            let end = sealed.as_deref().and_then(seal::expires_at);
            if end.is_none_or(|end| end <= now) {
                self.remove(&path)?;
            }
        }
        Ok(())
    }

    fn files(&self) -> Result<Vec<PathBuf>, Error> {
        self.files_of(ENDING)
    }

    fn files_of(&self, ending: &str) -> Result<Vec<PathBuf>, Error> {
        let entries = match std::fs::read_dir(&self.directory) {
            Ok(entries) => entries,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(fault(&self.directory)(error)),
        };
        let paths = entries.map(|entry| entry.map(|entry| entry.path()));
        let paths: Result<Vec<_>, _> = paths.collect();
        let mut paths = paths.map_err(fault(&self.directory))?;
        paths.retain(|path| path.extension().is_some_and(|found| found == ending));
        Ok(paths)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.directory.join(format!("{name}.{ENDING}"))
    }

    fn remove(&self, path: &Path) -> Result<(), Error> {
        match std::fs::remove_file(path) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(fault(path)(error)),
            _ => Ok(()),
        }
    }

    /// The key, if there is one yet.
    fn known_key(&self) -> Result<Option<Key>, Error> {
        let bytes = private::read(&self.key_file).map_err(fault(&self.key_file))?;
        let Some(bytes) = bytes else {
            return Ok(None);
        };
        let key = Key::from_bytes(&bytes);
        if key.is_none() {
            let path = self.key_file.display();
            tracing::warn!("the file `{path}` contains no key; it is replaced");
            self.remove(&self.key_file)?;
        }
        Ok(key)
    }

    /// The key, created if there is none.
    fn key(&self) -> Result<Key, Error> {
        if let Some(key) = self.known_key()? {
            return Ok(key);
        }
        let path = &self.key_file;
        let made = || -> io::Result<()> {
            if let Some(parent) = path.parent() {
                private::directory(parent)?;
            }
            let bytes = Key::random_bytes().ok_or_else(|| io::Error::other("no random numbers"))?;
            private::write_new(path, &*bytes)
        };
        made().map_err(fault(path))?;
        self.known_key()?
            .ok_or_else(|| fault(path)(io::Error::other("it is gone")))
    }
}

/// The file name, to which the content is bound.
fn name_of(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default();
    name.to_string_lossy().into_owned()
}

fn fault(path: &Path) -> impl FnOnce(io::Error) -> Error {
    let error = ConfigurationError::new("tokens cannot be stored")
        .at(path.display().to_string())
        .remedy("make sure that this user may read and write there, or do not store tokens");
    |cause| error.caused_by(cause).into()
}

impl fmt::Debug for TokenFiles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("TokenFiles").field(&self.directory).finish()
    }
}

#[cfg(test)]
mod tests;
