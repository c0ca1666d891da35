//! Clouds by name, from `clouds.yaml` and its companion files.
//!
//! `clouds.yaml` describes clouds, `secure.yaml` adds secrets, and `clouds-public.yaml` contains
//! profiles that clouds build on. The format is that of openstacksdk; `docs/differences.md` lists
//! the differences and their reasons.

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

/// The variable that names the cloud.
const NAME: &str = "OS_CLOUD";
/// The value of `OS_CLOUD` that selects the other variables.
const OF_VARIABLES: &str = "envvars";

/// The clouds in the files. `Debug` shows only their names.
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
    /// The profiles that clouds can build on.
    profiles: Mapping,
    files: files::FilesRead,
}

impl Clouds {
    /// Reads the files in the default places: those that `OS_CLIENT_CONFIG_FILE` and
    /// `OS_CLIENT_SECURE_FILE` name, or else the first one found in the working directory, the
    /// user's configuration (`$XDG_CONFIG_HOME/openstack`, `~/.config/openstack`), and the system's
    /// (`$XDG_CONFIG_DIRS/openstack`, `/etc/openstack`). Without any file, there are no clouds.
    ///
    /// # Errors
    ///
    /// [`Error::Configuration`] for a file that cannot be read (in the default places, one without
    /// read permission is skipped with a warning), and, with line and column, for one that is
    /// malformed.
    pub fn read(variables: &Variables) -> Result<Self, Error> {
        Self::read_in(&files::directories(variables), variables)
    }

    /// As [`read`](Self::read), but looks in these directories.
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

    /// The cloud with this name, in the given or else its first region.
    ///
    /// # Errors
    ///
    /// [`Error::Configuration`] when the cloud, the region or the profile does not exist, with a
    /// similar name if there is one, and when a value is malformed.
    pub fn get(&self, name: &str, region: Option<&str>) -> Result<Cloud, Error> {
        let Some(entry) = self.clouds.entry(name) else {
            return Err(self.no_such(name));
        };
        let own = self.own(name, &entry.value)?;
        let profile = self.profile(name, &own)?;
        Cloud::new(name, entry, own, profile, region)
    }

    /// The cloud that the environment selects: the one that `OS_CLOUD` names, or the only one.
    /// `None` if the environment selects the other variables `OS_..`, or nothing.
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

    /// The profile of the cloud.
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
            .ok_or_else(|| node.fault(format!("`{key}` is not a name")))?;
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
    /// A session from the environment: of the cloud that `OS_CLOUD` names, or else from the
    /// variables `OS_..`; see [`config::clouds::of_environment`](of_environment).
    ///
    /// # Errors
    ///
    /// [`Error::Configuration`] that names the missing or malformed variable.
    pub fn from_env() -> Result<Self, Error> {
        of_environment(&Variables::of_process(), &Registry::builtin())?.build()
    }

    /// A session of a cloud in `clouds.yaml`: see [`config::clouds`](self). Settings of single
    /// services are in the adapters of [`Cloud::adapter`].
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
    /// [`Error::Configuration`] with file, line, column and a remedy.
    pub fn from_cloud(name: &str) -> Result<Self, Error> {
        let clouds = Clouds::read(&Variables::of_process())?;
        builder(&clouds.get(name, None)?, &Variables::of_process())?.build()
    }
}

fn builder(cloud: &Cloud, variables: &Variables) -> Result<SessionBuilder, Error> {
    cloud.builder(variables, &Registry::builtin())
}

/// Settings of a session from the environment: of the cloud that `OS_CLOUD` names; else from the
/// variables `OS_..` ([`env::builder`]); and without those, of the only cloud in the files.
///
/// # Errors
///
/// [`Error::Configuration`] with the variable, or with file, line and column.
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

/// The mapping `name` of a document.
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
