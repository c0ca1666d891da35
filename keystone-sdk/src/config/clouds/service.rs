//! What a cloud says of one service: `compute_api_version`, `volume_endpoint_override` and so on.

use super::Cloud;
use super::cloud::Located;
use crate::Error;
use crate::catalog::{Interface, service_types};
use crate::config;

/// What a cloud says of one service.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct ServiceSettings {
    /// The region of its endpoint.
    pub region_name: Option<String>,
    /// The interfaces of its endpoint, the best first.
    pub interfaces: Vec<Interface>,
    /// The type under which the catalog has it, if that is not the usual one.
    pub service_type: Option<String>,
    /// Its name in the catalog.
    pub service_name: Option<String>,
    /// The address that takes the place of that in the catalog.
    pub endpoint_override: Option<String>,
    /// The version of its API, such as `2.1`.
    pub api_version: Option<String>,
    /// The microversion of calls that name none.
    pub default_microversion: Option<String>,
    /// How often a connection is tried again.
    pub connect_retries: Option<u32>,
    /// How often a call is tried again after a status that may pass.
    pub status_code_retries: Option<u32>,
}

impl ServiceSettings {
    pub(super) fn of(cloud: &Cloud, service_type: &str) -> Result<Self, Error> {
        let names = names_of(service_type);
        let read = Read { cloud, names };
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
            connect_retries: read.count("connect_retries")?,
            status_code_retries: read.count("status_code_retries")?,
        })
    }
}

fn text(found: Option<Located>) -> Option<String> {
    found.map(|found| found.text)
}

/// All names of the service that goes by `name`: the official type first.
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

struct Read<'a> {
    cloud: &'a Cloud,
    /// All names of the service, the official type first.
    names: Vec<&'a str>,
}

impl Read<'_> {
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

    fn count(&self, key: &str) -> Result<Option<u32>, Error> {
        let Some(Located { text, place }) = self.own_or_all(key)? else {
            return Ok(None);
        };
        match text.trim().parse() {
            Ok(number) => Ok(Some(number)),
            Err(_) => Err(config::malformed(key, &text, "a whole number", place)),
        }
    }
}
