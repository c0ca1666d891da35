//! Clouds by name, from `clouds.yaml` and the files that go with it.
//!
//! `clouds.yaml` describes clouds, `secure.yaml` beside it adds what others must not read, and
//! `clouds-public.yaml` holds profiles that clouds start from. The files and what they mean are
//! those of openstacksdk; `docs/differences.md` lists what is read otherwise, and why.

use std::fmt;
use std::path::{Path, PathBuf};

use keystone_document::suggest::remedy;
use keystone_document::{Entry, Mapping, Node};

use crate::config::env;
use crate::config::registry::Registry;
use crate::config::variables::Variables;
use crate::config::yaml::{Value as _, with_plain_names};
use crate::error::ConfigurationError;
use crate::session::SessionBuilder;
use crate::{Error, Session};

mod cloud;
mod expand;
mod files;
mod options;
mod region;
mod service;
mod unknown;
mod values;

pub use cloud::Cloud;
pub use service::ServiceSettings;

/// The variable with the name of the cloud.
const NAME: &str = "OS_CLOUD";
/// The name by which `OS_CLOUD` means the other variables.
const OF_VARIABLES: &str = "envvars";

/// All clouds that the files describe. `Debug` shows names only.
///
/// ```no_run
/// use keystone_sdk::config::env::Variables;
/// use keystone_sdk::config::{Clouds, Registry};
///
/// let variables = Variables::of_process();
/// let cloud = Clouds::read(&variables)?.get("lab", Some("RegionOne"))?;
/// let session = cloud.builder(&variables, &Registry::builtin())?.build()?;
/// let compute = cloud.adapter(&session, "compute")?.build()?;
/// # Ok::<_, keystone_sdk::Error>(())
/// ```
#[derive(Clone)]
pub struct Clouds {
    clouds: Mapping,
    /// What clouds can start from.
    profiles: Mapping,
    files: files::FilesRead,
}

impl Clouds {
    /// Reads the files in the usual places: those that `OS_CLIENT_CONFIG_FILE` and
    /// `OS_CLIENT_SECURE_FILE` name, else the first of the working directory, the user's
    /// configuration (`$XDG_CONFIG_HOME/openstack`, `~/.config/openstack`), and the machine's
    /// (`$XDG_CONFIG_DIRS/openstack`, `/etc/openstack`). No file at all is no clouds.
    ///
    /// # Errors
    ///
    /// [`Error::Configuration`] for a file that cannot be read (one in the usual places that may
    /// not be read is left out, with a warning), and for one that is not YAML or has another form
    /// than that of clouds, with line and column.
    pub fn read(variables: &Variables) -> Result<Self, Error> {
        Self::read_in(&files::directories(variables), variables)
    }

    /// As [`read`](Self::read), with other places than the usual.
    ///
    /// # Errors
    ///
    /// As [`read`](Self::read).
    pub fn read_in(directories: &[PathBuf], variables: &Variables) -> Result<Self, Error> {
        let mut files = files::FilesRead::default();
        let own = files.first("clouds", "OS_CLIENT_CONFIG_FILE", directories, variables)?;
        let secure = files.first("secure", "OS_CLIENT_SECURE_FILE", directories, variables)?;
        let public = files.first("clouds-public", "", directories, variables)?;
        let mut root = own.unwrap_or_default();
        root.merge(secure.unwrap_or_default());
        let clouds = section(&root, "clouds")?;
        Ok(Self {
            profiles: section(&public.unwrap_or_default(), "public-clouds")?,
            clouds,
            files,
        })
    }

    /// The names of the clouds, in the order of the files.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        keys(&self.clouds)
    }

    /// The files that were read.
    pub fn files(&self) -> impl Iterator<Item = &Path> {
        self.files.paths()
    }

    /// The cloud with this name, in its first region, or in the one that is named.
    ///
    /// # Errors
    ///
    /// [`Error::Configuration`] when there is no such cloud, or it has no such region, with the
    /// near name; when its profile is missing, and when a value has another form than it should.
    pub fn get(&self, name: &str, region: Option<&str>) -> Result<Cloud, Error> {
        let Some(entry) = self.clouds.entry(name) else {
            return Err(self.no_such(name));
        };
        let own = self.own(name, &entry.value)?;
        let profile = self.profile(name, &own)?;
        Cloud::new(name, entry, own, profile, region)
    }

    /// The cloud that the environment means: the one that `OS_CLOUD` names, or the only one there
    /// is. Nothing when it means the other variables `OS_..`, or does not say.
    ///
    /// # Errors
    ///
    /// As [`get`](Self::get).
    pub fn chosen(&self, variables: &Variables) -> Result<Option<Cloud>, Error> {
        let own = variables.get("OS_CLOUD_NAME");
        let own = own.as_deref().unwrap_or(OF_VARIABLES);
        if let Some(name) = variables.get(NAME) {
            return if name == own {
                Ok(None)
            } else {
                self.get(&name, None).map(Some)
            };
        }
        let mut names = self.names();
        match (names.next(), names.next()) {
            (Some(only), None) if !env::describes_a_cloud(variables) => {
                self.get(only, None).map(Some)
            }
            _ => Ok(None),
        }
    }

    fn own(&self, name: &str, node: &Node) -> Result<Mapping, Error> {
        let own = node.expect_mapping(&format!("clouds.{name}"))?;
        Ok(with_plain_names(own))
    }

    /// What the cloud starts from.
    fn profile(&self, cloud: &str, own: &Mapping) -> Result<Mapping, Error> {
        let named = ["profile", "cloud"]
            .into_iter()
            .find_map(|key| Some((key, own.get(key).filter(|node| !node.is_null())?)));
        let Some((key, node)) = named else {
            return Ok(Mapping::new());
        };
        if key == "cloud" {
            tracing::warn!("the key `cloud` of the cloud `{cloud}` is deprecated; use `profile`");
        }
        let wanted = node
            .filled()
            .ok_or_else(|| node.fault(format!("`{key}` is no name")))?;
        match self.profiles.get(wanted) {
            Some(profile) => {
                let profile = profile.expect_mapping(&format!("public-clouds.{wanted}"))?;
                Ok(with_plain_names(profile))
            }
            None => Err(self.no_such_profile(wanted, node)),
        }
    }

    fn no_such_profile(&self, wanted: &str, node: &Node) -> Error {
        let names: Vec<_> = keys(&self.profiles).collect();
        let error = node.fault(format!("there is no profile `{wanted}`"));
        let remedy = if names.is_empty() {
            format!("describe it in `clouds-public.yaml`, as `{wanted}` below `public-clouds`")
        } else {
            remedy(wanted, &names)
        };
        error.remedy(remedy).into()
    }

    fn no_such(&self, name: &str) -> Error {
        let error = ConfigurationError::new(format!("there is no cloud `{name}`"));
        let error = match self.files.shown() {
            Some(files) => error.at(files),
            None => error,
        };
        let remedy = if self.clouds.is_empty() {
            "describe it in `clouds.yaml`, here or in `~/.config/openstack`".to_owned()
        } else {
            remedy(name, &self.names().collect::<Vec<_>>())
        };
        error.remedy(remedy).into()
    }
}

impl fmt::Debug for Clouds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.names()).finish()
    }
}

impl Session {
    /// A session as the environment describes it: the cloud that `OS_CLOUD` names, or else the
    /// variables `OS_..`; see [`config::clouds::of_environment`](of_environment).
    ///
    /// # Errors
    ///
    /// [`Error::Configuration`] that names the variable which is missing or wrong.
    pub fn from_env() -> Result<Self, Error> {
        of_environment(&Variables::of_process(), &Registry::builtin())?.build()
    }

    /// A session of a cloud in `clouds.yaml`: see [`config::clouds`](self). What the cloud says of
    /// single services is in the adapters that [`Cloud::adapter`] makes.
    ///
    /// ```no_run
    /// use keystone_sdk::Session;
    ///
    /// let session = Session::from_cloud("lab")?;
    /// # Ok::<_, keystone_sdk::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::Configuration`] that names file, line and column, and says what to do.
    pub fn from_cloud(name: &str) -> Result<Self, Error> {
        let clouds = Clouds::read(&Variables::of_process())?;
        builder(&clouds.get(name, None)?, &Variables::of_process())?.build()
    }
}

fn builder(cloud: &Cloud, variables: &Variables) -> Result<SessionBuilder, Error> {
    cloud.builder(variables, &Registry::builtin())
}

/// Settings of a session as the environment says: of the cloud that `OS_CLOUD` names; else as the
/// variables `OS_..` describe it ([`env::builder`]); and where there are none, of the one cloud
/// that the files describe, if it is the only one.
///
/// # Errors
///
/// [`Error::Configuration`] that names the variable, or file, line and column.
pub fn of_environment(variables: &Variables, registry: &Registry) -> Result<SessionBuilder, Error> {
    let named = variables.get(NAME).is_some();
    let cloud = if named || !env::describes_a_cloud(variables) {
        Clouds::read(variables)?.chosen(variables)?
    } else {
        None
    };
    match cloud {
        Some(cloud) => cloud.builder(variables, registry),
        None => env::builder(variables, registry),
    }
}

/// The mapping `name` of a whole document.
fn section(root: &Mapping, name: &str) -> Result<Mapping, Error> {
    match root.get(name) {
        Some(node) => node.expect_mapping(name),
        None => Ok(Mapping::new()),
    }
}

fn keys(map: &Mapping) -> impl Iterator<Item = &str> {
    map.iter().map(Entry::name)
}

#[cfg(test)]
mod tests;
