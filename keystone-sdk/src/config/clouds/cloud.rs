//! One cloud from the files.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use keystone_document::{Content, Entry, Mapping, Style};

use super::values::Values;
use super::{ServiceSettings, options, region, unknown};
use crate::auth::{AuthPlugin, PluginLoader, PluginOptions};
use crate::catalog::Interface;
use crate::config::located::Located;
use crate::config::network::Certificates;
use crate::config::registry::Registry;
use crate::config::settings::{self, Settings};
use crate::config::variables::Variables;
use crate::config::yaml::Value as _;
use crate::config::{self, domain};
use crate::session::{AdapterBuilder, SessionBuilder};
use crate::{Error, Session};

/// The plugin of clouds that name none.
const DEFAULT_PLUGIN: &str = "password";

/// A cloud from the files, in one of its regions. `Debug` shows no values.
#[derive(Clone)]
pub struct Cloud {
    values: Values,
    region: Option<String>,
}

impl Cloud {
    pub(super) fn new(
        name: &str,
        entry: &Entry,
        own: Mapping,
        profile: Mapping,
        wanted: Option<&str>,
    ) -> Result<Self, Error> {
        let region = region::choose(name, &own, &profile, wanted)?;
        let mut values = Values {
            name: name.to_owned(),
            declared: entry.key.clone(),
            top: Mapping::new(),
            auth: Mapping::new(),
            variables: None,
        };
        values.take(profile)?;
        values.take(own)?;
        values.top.remove("region_name");
        values.top.remove("regions");
        let region = match region {
            Some(region) => {
                values.take(region.values)?;
                // At the place of the cloud, because the first region may have no key of its own.
                let here = |text: &str| {
                    let mut node = values.declared.clone();
                    node.value = Content::Scalar(text.into());
                    node.style = Style::DoubleQuoted;
                    node
                };
                let (key, value) = (here("region_name"), here(&region.name));
                values.top.put(Entry { key, value });
                Some(region.name)
            }
            None => None,
        };
        Ok(Self { values, region })
    }

    /// Lets variables `OS_..` and command line options override the files, as openstackclient does.
    /// Without this they are ignored.
    #[must_use]
    pub fn with_variables(mut self, variables: Variables) -> Self {
        self.values.variables = Some(variables);
        self
    }

    /// The cloud's name.
    pub fn name(&self) -> &str {
        &self.values.name
    }

    /// The region, if the cloud has regions.
    pub fn region_name(&self) -> Option<&str> {
        self.region.as_deref()
    }

    /// The name of the cloud's plugin.
    pub fn auth_type(&self) -> String {
        self.plugin().text
    }

    /// The options of the plugin.
    ///
    /// # Errors
    ///
    /// [`Error::Configuration`] when there is no such plugin, or an option is not a string.
    pub fn options(&self, registry: &Registry) -> Result<PluginOptions, Error> {
        Ok(self.loaded(registry)?.1)
    }

    /// The plugin.
    ///
    /// # Errors
    ///
    /// [`Error::Configuration`] with file, line, column and a remedy.
    pub fn plugin_of(&self, registry: &Registry) -> Result<Arc<dyn AuthPlugin>, Error> {
        let (loader, options) = self.loaded(registry)?;
        loader.load_among(&options, registry.loaders())
    }

    /// Settings of a session. `variables` contain the proxies, and the home directory for `~` in
    /// paths.
    ///
    /// # Errors
    ///
    /// As [`plugin_of`](Self::plugin_of).
    pub fn builder(
        &self,
        variables: &Variables,
        registry: &Registry,
    ) -> Result<SessionBuilder, Error> {
        let plugin = self.plugin_of(registry)?;
        let settings = Settings {
            region_name: self
                .values
                .located("region_name", "OS_REGION_NAME")?
                .map(|one| one.text),
            interfaces: self.interfaces()?,
            timeout: self.timeout()?,
            certificates: self.certificates(variables)?,
            retries: settings::retries(&|key| self.values.located(key, ""))?,
            collect_timings: self.truth("timing", "")?,
        };
        settings.builder(plugin, variables)
    }

    /// The settings of one service, by its type or an alias of it; those that are not set are the
    /// cloud's.
    ///
    /// # Errors
    ///
    /// [`Error::Configuration`] for a malformed value.
    pub fn service(&self, service_type: &str) -> Result<ServiceSettings, Error> {
        ServiceSettings::of(&self.values, service_type)
    }

    /// An adapter of `session` for one service, with its settings.
    ///
    /// # Errors
    ///
    /// As [`service`](Self::service).
    pub fn adapter(&self, session: &Session, service_type: &str) -> Result<AdapterBuilder, Error> {
        self.service(service_type)?.adapter(session, service_type)
    }

    fn loaded<'a>(
        &self,
        registry: &'a Registry,
    ) -> Result<(&'a PluginLoader, PluginOptions), Error> {
        let Located { text, place } = self.plugin();
        let loader = registry
            .get(&text)
            .map_err(|error| config::place(error, place))?;
        let mut options = options::read(&self.values, loader, registry)?;
        domain::share(loader, &mut options);
        let names: Vec<_> = loader.options().flat_map(|option| option.names()).collect();
        unknown::warn_of_near_names(&self.values.name, &self.values.top, &names);
        Ok((loader, options))
    }

    fn plugin(&self) -> Located {
        let of_variables = self.values.variables.as_ref();
        let of_variables = of_variables.and_then(Variables::auth_type);
        if let Some((text, place)) = of_variables {
            return Located { text, place };
        }
        let node = ["auth_type", "auth_plugin"]
            .into_iter()
            .find_map(|key| self.values.top.get(key));
        let Some(node) = node else {
            return Located {
                text: DEFAULT_PLUGIN.to_owned(),
                place: self.values.declared.place(),
            };
        };
        let text = match node.filled().map(str::trim) {
            None | Some("None") => "none",
            Some("token_endpoint") => "admin_token",
            Some(name) => name,
        };
        Located {
            text: text.to_owned(),
            place: node.place(),
        }
    }

    fn interfaces(&self) -> Result<Vec<Interface>, Error> {
        for key in ["endpoint_type", "interface"] {
            let found = self.values.interfaces_at(key, "OS_INTERFACE")?;
            if !found.is_empty() {
                return Ok(found);
            }
        }
        Ok(Vec::new())
    }

    fn truth(&self, key: &str, variable: &str) -> Result<bool, Error> {
        match self.values.located(key, variable)? {
            Some(Located { text, place }) => config::truth(key, &text, place),
            None => Ok(false),
        }
    }

    /// `api_timeout`, or a key of older programs that ends in `_timeout`.
    fn timeout(&self) -> Result<Option<Duration>, Error> {
        let mut names = self.values.top.iter().map(|entry| entry.name());
        let older = |key: &&str| key.ends_with("_timeout") && *key != "api_timeout";
        let key = names.rfind(older).unwrap_or("api_timeout");
        let Some(Located { text, place }) = self.values.located(key, "")? else {
            return Ok(None);
        };
        config::seconds(key, &text, place)
    }

    fn certificates(&self, variables: &Variables) -> Result<Certificates, Error> {
        let file = |key: &str, variable: &str| -> Result<Option<Located>, Error> {
            let found = self.values.located(key, variable)?;
            Ok(found.map(|found| in_home(found, variables)))
        };
        let mut certificates = Certificates {
            authorities: file("cacert", "OS_CACERT")?,
            certificate: file("cert", "OS_CERT")?,
            key: file("key", "OS_KEY")?,
            accept_any: self.truth("insecure", "OS_INSECURE")?,
            min_version: self
                .values
                .located("tls_min_version", "OS_TLS_MIN_VERSION")?,
        };
        // A path in `verify` is that of the authorities.
        if let Some(found) = self.values.located("verify", "")? {
            match config::word(&found.text) {
                Some(verify) => certificates.accept_any |= !verify,
                None => {
                    let authorities = &mut certificates.authorities;
                    authorities.get_or_insert_with(|| in_home(found, variables));
                }
            }
        }
        Ok(certificates)
    }
}

/// The path with the home directory for a `~` at its start.
fn in_home(mut path: Located, variables: &Variables) -> Located {
    let rest = path.text.strip_prefix('~');
    let rest = rest.filter(|rest| rest.is_empty() || rest.starts_with('/'));
    if let (Some(rest), Some(home)) = (rest, variables.home()) {
        let whole = home.join(rest.trim_start_matches('/'));
        path.text = whole.display().to_string();
    }
    path
}

impl fmt::Debug for Cloud {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cloud")
            .field("name", &self.values.name)
            .field("region", &self.region)
            .finish_non_exhaustive()
    }
}
