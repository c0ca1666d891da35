//! Configuration from `[oslo_policy]`, the section that oslo.policy reads.

use std::path::{Path, PathBuf};
use std::time::Duration;

#[cfg(not(feature = "tls"))]
use keystone_policy::Rule;
use keystone_policy::{Defaults, Enforcer, EnforcerBuilder};
use keystone_sdk::config::ini::{Ini, Section};
use keystone_sdk::error::ConfigurationError;
use keystone_sdk::transport::{Transport, TransportBuilder};
use tracing::warn;

use super::reload::log_rules;
use crate::Error;
use crate::context::RemoteChecks;
use crate::error::configuration;

const SECTION: &str = "oslo_policy";

const OPTIONS: &[&str] = &[
    "enforce_new_defaults",
    "enforce_scope",
    "policy_default_rule",
    "policy_dirs",
    "policy_file",
    "remote_content_type",
    "remote_ssl_ca_crt_file",
    "remote_ssl_client_crt_file",
    "remote_ssl_client_key_file",
    "remote_ssl_verify_server_crt",
    "remote_timeout",
];

/// The configuration of policies: the policy files of the operator, and how remote checks are made.
///
/// ```
/// use keystone_middleware::policy::Defaults;
/// use keystone_middleware::{Error, PolicyConfig, Routes};
///
/// fn routes(defaults: &'static Defaults) -> Result<Routes, Error> {
///     let config = PolicyConfig::from_conf("/etc/proxies/proxies.conf")?;
///     Ok(Routes::new(config.enforcer(defaults)?).remote_checks(config.remote_checks()))
/// }
/// ```
#[derive(Clone, Debug)]
pub struct PolicyConfig {
    policy_file: Option<PathBuf>,
    /// The default file, which may be absent.
    usual_file: PathBuf,
    policy_dirs: Vec<PathBuf>,
    default_rule: String,
    enforce_new_defaults: bool,
    enforce_scope: bool,
    remote: RemoteChecks,
}

impl PolicyConfig {
    /// Settings from the section `[oslo_policy]` of a file, with the option names of oslo.policy.
    /// Without that section, the defaults of oslo.policy apply. Relative paths are relative to the
    /// directory of the file.
    ///
    /// Unlike in oslo.policy, the file in `policy_file` must exist, and server certificates are
    /// verified unless `remote_ssl_verify_server_crt` is false.
    ///
    /// # Errors
    ///
    /// [`Error::Configuration`] with file, line and option, for an option that is malformed or
    /// unknown, and when a certificate file cannot be read.
    pub fn from_conf(path: impl AsRef<Path>) -> Result<Self, Error> {
        let path = path.as_ref();
        let folder = path.parent().unwrap_or(Path::new(""));
        let ini = Ini::read(path).map_err(configuration)?;
        match ini.find(SECTION) {
            Some(section) => Self::read(&section, folder),
            None => {
                let text = format!("[{SECTION}]\n");
                let ini = Ini::parse(ini.path(), &text).map_err(configuration)?;
                Self::read(&ini.section(SECTION).map_err(configuration)?, folder)
            }
        }
    }

    /// The enforcer of a service with these defaults. Warnings about the rules are logged, such as
    /// about files without any.
    ///
    /// # Errors
    ///
    /// [`Error::Configuration`] when the rules cannot be loaded; its source has the position.
    pub fn enforcer(&self, defaults: &'static Defaults) -> Result<Enforcer, Error> {
        let enforcer = self.apply(Enforcer::builder(defaults)).build();
        let enforcer = enforcer.map_err(|error| {
            ConfigurationError::new("the policy rules cannot be loaded").caused_by(error)
        })?;
        #[cfg(not(feature = "tls"))]
        refuse_https(&enforcer)?;
        log_rules(&enforcer);
        Ok(enforcer)
    }

    /// Applies these settings to the builder of an enforcer.
    pub fn apply(&self, builder: EnforcerBuilder) -> EnforcerBuilder {
        let builder = match &self.policy_file {
            Some(file) => builder.policy_file(file),
            None => builder.optional_policy_file(&self.usual_file),
        };
        self.policy_dirs
            .iter()
            .fold(builder, |builder, path| builder.policy_dir(path))
            .default_rule(&self.default_rule)
            .enforce_new_defaults(self.enforce_new_defaults)
            .enforce_scope(self.enforce_scope)
    }

    /// How remote checks are made.
    pub fn remote_checks(&self) -> RemoteChecks {
        self.remote.clone()
    }

    fn read(section: &Section<'_>, folder: &Path) -> Result<Self, Error> {
        section.refuse_unknown(OPTIONS).map_err(configuration)?;
        Self::options(section, folder).map_err(configuration)
    }

    fn options(section: &Section<'_>, folder: &Path) -> Result<Self, keystone_sdk::Error> {
        let policy_dirs = match section.has("policy_dirs") {
            true => section.all("policy_dirs")?,
            false => vec!["policy.d".to_owned()],
        };
        let enforce_scope = section.boolean("enforce_scope")?.unwrap_or(true);
        if !enforce_scope {
            warn!(
                "`enforce_scope` is off, so policies take tokens of scopes that they are not meant \
                 for; oslo.policy 6 has no such option ({})",
                section.place("enforce_scope")
            );
        }
        let default_rule = section.get("policy_default_rule")?;
        let default_rule = default_rule.filter(|name| !name.is_empty());
        Ok(Self {
            policy_file: section.get("policy_file")?.map(|file| folder.join(file)),
            usual_file: folder.join("policy.yaml"),
            policy_dirs: policy_dirs.iter().map(|dir| folder.join(dir)).collect(),
            default_rule: default_rule.unwrap_or_else(|| "default".to_owned()),
            enforce_new_defaults: section.boolean("enforce_new_defaults")?.unwrap_or(true),
            enforce_scope,
            remote: remote_checks(section, folder)?,
        })
    }
}

/// Refuses rules that need TLS in a program without it, since their decisions would always fail.
#[cfg(not(feature = "tls"))]
fn refuse_https(enforcer: &Enforcer) -> Result<(), ConfigurationError> {
    let rules = enforcer.snapshot();
    let mut names: Vec<&str> = rules.names().collect();
    names.sort_unstable();
    let asks = |name: &&str| rules.get(name).is_some_and(Rule::asks_over_tls);
    match names.into_iter().find(asks) {
        None => Ok(()),
        Some(name) => Err(ConfigurationError::new(format!(
            "the rule `{name}` asks another server by `https:`, which needs TLS, and this program was \
             built without it"
        ))
        .remedy("turn on the feature `tls` of keystone-middleware, or ask by `http:`")),
    }
}

fn remote_checks(
    section: &Section<'_>,
    folder: &Path,
) -> Result<RemoteChecks, keystone_sdk::Error> {
    let transport = tls(section, folder, Transport::builder())?;
    let json = section.read(
        "remote_content_type",
        "a type of content",
        |value| match value {
            "application/json" => Some(true),
            "application/x-www-form-urlencoded" => Some(false),
            _ => None,
        },
    )?;
    let timeout = section.seconds("remote_timeout")?;
    Ok(RemoteChecks::new(transport.build()?)
        .json(json.unwrap_or(false))
        .timeout(timeout.unwrap_or(Duration::from_secs(60))))
}

#[cfg(not(feature = "tls"))]
fn tls(
    section: &Section<'_>,
    _: &Path,
    transport: TransportBuilder,
) -> Result<TransportBuilder, keystone_sdk::Error> {
    let option = section.keys().find(|key| key.starts_with("remote_ssl_"));
    match option {
        None => Ok(transport),
        Some(option) => Err(section
            .fault(
                option,
                format!("`{option}` needs TLS, which this program was built without"),
            )
            .remedy("turn on the feature `tls` of keystone-middleware, or take it out")
            .into()),
    }
}

#[cfg(feature = "tls")]
fn tls(
    section: &Section<'_>,
    folder: &Path,
    mut transport: TransportBuilder,
) -> Result<TransportBuilder, keystone_sdk::Error> {
    if let Some(authorities) = pem(section, folder, "remote_ssl_ca_crt_file")? {
        transport = transport.ca_certificates(&authorities)?;
    }
    let certificate = pem(section, folder, "remote_ssl_client_crt_file")?;
    let key = pem(section, folder, "remote_ssl_client_key_file")?;
    transport = match (certificate, key) {
        (Some(certificate), Some(key)) => {
            let key = String::from_utf8(key).map_err(|_| {
                section.fault(
                    "remote_ssl_client_key_file",
                    "the key is not written as PEM",
                )
            })?;
            transport.client_certificate(&certificate, &keystone_sdk::SecretString::new(key))?
        }
        (None, None) => transport,
        (Some(_), None) => return Err(section.missing("remote_ssl_client_key_file").into()),
        (None, Some(_)) => return Err(section.missing("remote_ssl_client_crt_file").into()),
    };
    if section.boolean("remote_ssl_verify_server_crt")? == Some(false) {
        warn!(
            "`remote_ssl_verify_server_crt` is off, so anybody in between can decide policies ({})",
            section.place("remote_ssl_verify_server_crt")
        );
        transport = transport.danger_accept_any_certificate(true);
    }
    Ok(transport)
}

/// The content of the file that an option names.
#[cfg(feature = "tls")]
fn pem(
    section: &Section<'_>,
    folder: &Path,
    option: &str,
) -> Result<Option<Vec<u8>>, keystone_sdk::Error> {
    let Some(file) = section.get(option)?.filter(|file| !file.is_empty()) else {
        return Ok(None);
    };
    let read = std::fs::read(folder.join(&file));
    let read = read.map_err(|error| {
        let error = section
            .fault(option, format!("the file `{file}` cannot be read"))
            .caused_by(error);
        keystone_sdk::Error::from(error)
    })?;
    Ok(Some(read))
}
