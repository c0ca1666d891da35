//! Authentication by options, a configuration file, a cloud, or the environment.

use std::io::{self, IsTerminal};
use std::ops::Deref;
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use keystone_sdk::auth::{PluginOption, PluginOptions};
use keystone_sdk::config::clouds::{Cloud, Clouds, ServiceSettings};
use keystone_sdk::config::env::{self, Variables};
use keystone_sdk::config::ini::Ini;
use keystone_sdk::config::tokens::TokenFiles;
use keystone_sdk::config::{Registry, authtoken, conf};
use keystone_sdk::session::SessionBuilder;
use keystone_sdk::transport::Transport;
use keystone_sdk::{Error, SecretString, Session};

use crate::failure::Failure;
use crate::identity::Given;
use crate::log::warn;
use crate::prompt;

/// Which identity to use.
#[derive(Args)]
pub(crate) struct LoginOptions {
    /// Take the identity from this oslo.config file instead of options and OS_* variables.
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// The section of that file.
    #[arg(
        long,
        global = true,
        value_name = "NAME",
        requires = "config",
        default_value = "keystone_authtoken"
    )]
    section: String,
    /// Do not use or store cached tokens.
    #[arg(long, global = true)]
    no_cache: bool,
    /// The timeout of each request, in seconds.
    #[arg(long, global = true, value_name = "SECONDS", value_parser = seconds)]
    timeout: Option<Duration>,
    /// Options and variables.
    #[arg(skip)]
    pub(crate) given: Given,
}

/// A session whose token is cached for the next run when it is dropped.
pub(crate) struct Login {
    session: Session,
    files: Option<TokenFiles>,
    cloud: Option<Cloud>,
    /// Whether its token came from the cache.
    kept: bool,
}

impl Deref for Login {
    type Target = Session;

    fn deref(&self) -> &Session {
        &self.session
    }
}

impl Login {
    /// The settings of the cloud for a service; empty without a cloud.
    pub(crate) fn service(&self, service_type: &str) -> Result<ServiceSettings, Error> {
        match &self.cloud {
            Some(cloud) => cloud.service(service_type),
            None => Ok(ServiceSettings::default()),
        }
    }

    /// Whether its token came from the cache, so that it may have been revoked since.
    pub(crate) fn is_of_earlier_run(&self) -> bool {
        self.kept
    }

    /// Removes the token from the cache: it is no longer valid.
    pub(crate) fn forget(mut self) {
        if let Some(files) = self.files.take() {
            tell(files.forget(self.session.auth()));
        }
    }
}

/// On drop, so that the token is cached for commands that fail too: it was issued all the same.
impl Drop for Login {
    fn drop(&mut self) {
        if let Some(files) = &self.files {
            let clock = self.session.transport().clock();
            tell(files.keep(self.session.auth(), clock));
        }
    }
}

/// Errors of the cache are warnings: the command works without it.
fn tell(result: Result<(), Error>) {
    if let Err(error) = result {
        warn(&Failure::from(error).to_string().replace("error: ", ""));
    }
}

impl LoginOptions {
    /// A session; nothing is sent yet.
    pub(crate) fn session(&self) -> Result<Login, Failure> {
        let (builder, cloud) = self.builder()?;
        let builder = builder.app("keystone", env!("CARGO_PKG_VERSION"));
        let session = self.with_timeout(builder).build()?;
        let files = self.token_files().filter(|_| !self.no_cache);
        let mut kept = false;
        if let Some(files) = &files {
            let restored = files.restore(session.auth(), session.transport().clock());
            tell(restored.map(|taken| kept = taken));
        }
        Ok(Login {
            session,
            files,
            cloud,
            kept,
        })
    }

    /// The transport for requests without an identity, with the certificates and proxies that a login
    /// would use.
    pub(crate) fn transport(&self) -> Result<Transport, Failure> {
        if self.config.is_some() || self.cloud()?.is_some() {
            return Ok(self.session()?.transport().clone());
        }
        let variables = self.given.variables.clone().with("OS_AUTH_TYPE", "none");
        let builder = env::builder(&variables, &Registry::builtin())?;
        Ok(self.with_timeout(builder).build()?.transport().clone())
    }

    fn with_timeout(&self, builder: SessionBuilder) -> SessionBuilder {
        match self.timeout {
            Some(timeout) => builder.timeout(timeout).connect_timeout(timeout),
            None => builder,
        }
    }

    /// The token cache.
    pub(crate) fn token_files(&self) -> Option<TokenFiles> {
        TokenFiles::of_user(&self.given.variables)
    }

    /// The URL of Keystone, for which no plugin is needed.
    pub(crate) fn auth_url(&self) -> Result<Option<String>, Failure> {
        if let Some(path) = &self.config {
            return Ok(Ini::read(path)?.section(&self.section)?.get("auth_url")?);
        }
        let variables = &self.given.variables;
        if let Some(url) = variables.get("OS_AUTH_URL") {
            return Ok(Some(url));
        }
        let options = match self.cloud()? {
            Some(cloud) => cloud.options(&Registry::builtin())?,
            None => return Ok(None),
        };
        Ok(options.get("auth_url").map(|url| url.expose().to_owned()))
    }

    fn builder(&self) -> Result<(SessionBuilder, Option<Cloud>), Failure> {
        let variables = &self.given.variables;
        let registry = prompt::registry(variables);
        if let Some(path) = &self.config {
            if self.given.any() {
                return Err(Failure::settings(
                    "`--config` and options `--os-..` are both given; remove one of them",
                ));
            }
            let ini = Ini::read(path)?;
            let section = ini.section(&self.section)?;
            let others: Vec<_> = authtoken::names().collect();
            let builder = conf::builder(&section, &others, variables, &registry)?;
            return Ok((builder, None));
        }
        match self.cloud()? {
            Some(cloud) => {
                let asked =
                    self.asked(&cloud.auth_type(), &cloud.options(&registry)?, &registry)?;
                let cloud = cloud.with_variables(asked);
                Ok((cloud.builder(variables, &registry)?, Some(cloud)))
            }
            None => {
                let (plugin, options) = env::options(variables, &registry)?;
                let variables = self.asked(plugin, &options, &registry)?;
                Ok((env::builder(&variables, &registry)?, None))
            }
        }
    }

    /// The selected cloud, if any. Options and variables take precedence over its settings, as with
    /// openstackclient.
    fn cloud(&self) -> Result<Option<Cloud>, Failure> {
        let variables = &self.given.variables;
        let named = variables.get("OS_CLOUD").is_some();
        if !named && env::describes_a_cloud(variables) {
            return Ok(None);
        }
        let region = variables.get("OS_REGION_NAME");
        let clouds = Clouds::read(variables)?;
        let Some(cloud) = clouds.chosen(variables)? else {
            return Ok(None);
        };
        let cloud = clouds.get(cloud.name(), region.as_deref())?;
        Ok(Some(cloud.with_variables(variables.clone())))
    }

    /// The variables, with missing secrets prompted for at the terminal.
    fn asked(
        &self,
        plugin: &str,
        options: &PluginOptions,
        registry: &Registry,
    ) -> Result<Variables, Failure> {
        let loader = registry.get(plugin)?;
        self.given.refuse_strays(loader, options, registry)?;
        let mut variables = self.given.variables.clone();
        let is_missing = |option: &&PluginOption| {
            let given = options.get(option.name).is_some_and(|it| !it.is_empty());
            option.required && !given
        };
        for option in loader.options().filter(is_missing) {
            // The plugin reports whatever else is missing; prompting first would be in vain.
            if !option.secret || !io::stderr().is_terminal() {
                break;
            }
            let prompt = format!("{} ({}): ", option.help, option.listed_name());
            let typed = rpassword::prompt_password(prompt).map_err(|error| {
                Failure::settings("the input cannot be read from the terminal").caused_by(&error)
            })?;
            let typed = SecretString::from(typed);
            if typed.is_blank() {
                let message = format!("the input for `{}` is blank", option.listed_name());
                return Err(Failure::settings(message));
            }
            variables = variables.with(option.env, typed);
        }
        Ok(variables)
    }
}

fn seconds(text: &str) -> Result<Duration, String> {
    let time = text
        .parse()
        .ok()
        .and_then(|number| Duration::try_from_secs_f64(number).ok());
    time.filter(|time| !time.is_zero())
        .ok_or_else(|| "write a number of seconds above zero".to_owned())
}
