//! Settings of one service: `compute_api_version`, `volume_endpoint_override` and so on.

use super::values::Values;
use crate::catalog::{EndpointFilter, Interface, service_types};
use crate::config::located::Located;
use crate::config::settings;
use crate::discovery::VersionRange;
use crate::session::AdapterBuilder;
use crate::transport::Retries;
use crate::{Error, Session};

/// The settings of one service in a cloud.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct ServiceSettings {
    /// The region of its endpoint.
    pub region_name: Option<String>,
    /// The interfaces of its endpoint, the preferred one first.
    pub interfaces: Vec<Interface>,
    /// Its type in the catalog, if that is not the usual one.
    pub service_type: Option<String>,
    /// Its name in the catalog.
    pub service_name: Option<String>,
    /// The URL to use instead of that in the catalog.
    pub endpoint_override: Option<String>,
    /// The version of its API, such as `2.1`.
    pub api_version: Option<String>,
    /// The microversion of calls that name none.
    pub default_microversion: Option<String>,
    /// How often to retry without a response.
    pub connect_retries: Option<u32>,
    /// When to retry, including `connect_retries`.
    pub retries: Retries,
}

impl ServiceSettings {
    pub(super) fn of(cloud: &Values, service_type: &str) -> Result<Self, Error> {
        let names = names_of(service_type);
        let read = ServiceReader { cloud, names };
        let endpoint = read.own("endpoint_override")?;
        let version = read.own("api_version")?.map(|found| found.text);
        Ok(Self {
            region_name: text(read.own_or_all("region_name")?),
            interfaces: read.interfaces()?,
            service_type: text(read.own("service_type")?),
            service_name: text(read.own("service_name")?),
            endpoint_override: text(match endpoint {
                None => read.own("endpoint")?,
                found => found,
            }),
            // Words such as `latest` mean any version.
            api_version: version.filter(|version| version.parse::<f64>().is_ok()),
            default_microversion: text(read.own("default_microversion")?),
            connect_retries: settings::count("connect_retries", &|key| read.own_or_all(key))?,
            retries: settings::retries(&|key| read.own_or_all(key))?,
        })
    }

    /// An adapter of `session` with these settings, for the service of this type.
    ///
    /// # Errors
    ///
    /// [`Error::Configuration`] for a malformed version.
    pub fn adapter(&self, session: &Session, service_type: &str) -> Result<AdapterBuilder, Error> {
        let version = self.api_version.as_deref();
        let service_type = self.service_type.as_deref().unwrap_or(service_type);
        let mut filter = EndpointFilter::service_type(service_type)
            .versions(VersionRange::from_options(version, None, None)?);
        filter.service_name.clone_from(&self.service_name);
        filter.region_name.clone_from(&self.region_name);
        filter.interfaces.clone_from(&self.interfaces);
        let mut adapter = session
            .adapter()
            .endpoint(filter)
            .retries(self.retries.clone());
        if let Some(address) = &self.endpoint_override {
            adapter = adapter.endpoint_override(address);
        }
        if let Some(version) = &self.default_microversion {
            adapter = adapter.microversion(version);
        }
        Ok(adapter)
    }
}

fn text(found: Option<Located>) -> Option<String> {
    found.map(|found| found.text)
}

/// All names of the service `name`: the official type first.
fn names_of(name: &str) -> Vec<&str> {
    let plain = |name: &str| name.replace('_', "-");
    let is_it = |known: &str| plain(known) == plain(name);
    let known = service_types()
        .find(|(official, aliases)| is_it(official) || aliases.iter().any(|alias| is_it(alias)));
    match known {
        Some((official, aliases)) => [&[official], aliases].concat(),
        None => vec![name],
    }
}

struct ServiceReader<'a> {
    cloud: &'a Values,
    /// All names of the service, the official type first.
    names: Vec<&'a str>,
}

impl ServiceReader<'_> {
    fn keys(&self, key: &str) -> impl Iterator<Item = String> {
        let names = self.names.iter();
        names.map(move |name| format!("{}_{key}", name.replace('-', "_")))
    }

    fn own(&self, key: &str) -> Result<Option<Located>, Error> {
        for key in self.keys(key) {
            if let Some(found) = self.cloud.located(&key, "")? {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }

    fn own_or_all(&self, key: &str) -> Result<Option<Located>, Error> {
        match self.own(key)? {
            None => self.cloud.located(key, ""),
            found => Ok(found),
        }
    }

    fn interfaces(&self) -> Result<Vec<Interface>, Error> {
        let own = self.keys("endpoint_type").chain(self.keys("interface"));
        let all = ["endpoint_type", "interface"].map(str::to_owned);
        for key in own.chain(all) {
            let found = self.cloud.interfaces_at(&key, "")?;
            if !found.is_empty() {
                return Ok(found);
            }
        }
        Ok(Vec::new())
    }
}
