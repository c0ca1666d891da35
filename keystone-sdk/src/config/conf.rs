//! A session from a section of an oslo.config file.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use crate::auth::options::Origin;
use crate::auth::{AuthPlugin, PluginLoader, PluginOption, PluginOptions};
use crate::catalog::{EndpointFilter, Interface};
use crate::config::authtoken;
use crate::config::ini::{Ini, Section};
use crate::config::located::Located;
use crate::config::network::Certificates;
use crate::config::permissions;
use crate::config::registry::Registry;
use crate::config::settings::{self, Settings};
use crate::config::variables::Variables;
use crate::discovery::VersionRange;
use crate::session::{AdapterBuilder, SessionBuilder};
use crate::{Error, SecretString, Session};

/// The options of a section for the session, besides those of the plugin.
pub const SESSION_OPTIONS: &[&str] = &[
    "auth_plugin",
    "auth_section",
    "auth_type",
    "cafile",
    "certfile",
    "collect_timing",
    "connect_retries",
    "connect_retry_delay",
    "http_connect_timeout",
    "insecure",
    "interface",
    "keyfile",
    "region_name",
    "retriable_status_codes",
    "status_code_retries",
    "status_code_retry_delay",
    "timeout",
    "tls_min_version",
    "valid_interfaces",
];

impl Session {
    /// A session from a section of an oslo.config file: see [`config::conf::builder`](builder).
    ///
    /// # Errors
    ///
    /// [`Error::Configuration`] with file, line, option and a remedy.
    pub fn from_conf(path: impl AsRef<Path>, section: &str) -> Result<Self, Error> {
        let ini = Ini::read(path)?;
        builder(
            &ini.section(section)?,
            &authtoken::names().collect::<Vec<_>>(),
            &Variables::of_process(),
            &Registry::builtin(),
        )?
        .build()
    }
}

/// Settings of a session from a section of an oslo.config file.
///
/// `auth_type` names the plugin, whose options are in the same section, or in the one that
/// `auth_section` names. Further options: `cafile`, `certfile`, `keyfile`, `insecure`, `timeout`
/// (or `http_connect_timeout`), `tls_min_version`, `collect_timing`, `region_name`, `interface` or
/// `valid_interfaces`, `connect_retries`, `connect_retry_delay`, `status_code_retries`,
/// `status_code_retry_delay` and `retriable_status_codes`; proxies come from the usual `variables`.
/// `others` are the options that the caller reads; any other option is an error.
///
/// # Errors
///
/// [`Error::Configuration`] with file, line, option and a remedy.
pub fn builder(
    section: &Section<'_>,
    others: &[&str],
    variables: &Variables,
    registry: &Registry,
) -> Result<SessionBuilder, Error> {
    let auth = match section.get("auth_section")? {
        Some(name) => section.sibling(&name).map_err(|error| {
            section
                .fault(
                    "auth_section",
                    format!("the section [{name}] for authentication is missing"),
                )
                .caused_by(error)
        })?,
        None => *section,
    };
    let loader = loader(&auth, registry)?;
    let options = options(&auth, loader, registry)?;
    let mut known = others.to_vec();
    known.extend_from_slice(SESSION_OPTIONS);
    if auth.name() == section.name() {
        let further = loader.further_options(&options, registry.loaders())?;
        let all = loader.options().chain(further);
        all.flat_map(PluginOption::names)
            .for_each(|name| known.push(name));
    }
    section.refuse_unknown(&known)?;

    let plugin = loader.load_among(&options, registry.loaders())?;
    let settings = Settings {
        region_name: section.get("region_name")?,
        interfaces: interfaces(section)?,
        timeout: timeout(section)?,
        certificates: certificates(section)?,
        retries: settings::retries(&|key| located(section, key))?,
        collect_timings: section.boolean("collect_timing")?.unwrap_or(false),
    };
    settings.builder(plugin, variables)
}

/// The plugin from a section that contains nothing else.
///
/// # Errors
///
/// [`Error::Configuration`] with file, line, option and a remedy.
pub fn plugin(section: &Section<'_>, registry: &Registry) -> Result<Arc<dyn AuthPlugin>, Error> {
    let loader = loader(section, registry)?;
    let mut options = options(section, loader, registry)?;
    for key in section.keys().filter(|key| !SESSION_OPTIONS.contains(key)) {
        if options.get(key).is_none() {
            options.set_at(key, SecretString::default(), section.place(key));
        }
    }
    loader.load_among(&options, registry.loaders())
}

fn loader<'a>(section: &Section<'_>, registry: &'a Registry) -> Result<&'a PluginLoader, Error> {
    for key in ["auth_type", "auth_plugin"] {
        if let Some(name) = section.get(key)? {
            let loader = registry.get(name.trim());
            return loader.map_err(|error| super::place(error, section.place(key)));
        }
    }
    Err(section
        .missing("auth_type")
        .remedy("add a line such as `auth_type = password`")
        .into())
}

fn options(
    section: &Section<'_>,
    loader: &PluginLoader,
    registry: &Registry,
) -> Result<PluginOptions, Error> {
    let empty = PluginOptions::from_origin(Origin::File {
        path: section.path().to_owned(),
        section: section.name().to_owned(),
    });
    let mut holds_secrets = false;
    let options = registry.fill(loader, empty, |option, options| {
        for name in option.names() {
            if let Some(value) = section.secret(name)? {
                holds_secrets |= option.secret;
                options.set_at(name, value, section.place(name));
            }
        }
        Ok(())
    })?;
    if holds_secrets {
        permissions::warn_if_open(section.path());
    }
    Ok(options)
}

/// An adapter of `session` for the service in a section: `service_type`, `service_name`,
/// `valid_interfaces`, `region_name`, `endpoint_override`, `version` or `min_version` and
/// `max_version`, and the options of [retries](crate::transport::Retries).
///
/// # Errors
///
/// [`Error::Configuration`] with file, line, option and a remedy.
pub fn adapter(section: &Section<'_>, session: &Session) -> Result<AdapterBuilder, Error> {
    let text = |key: &str| Ok::<_, Error>(located(section, key)?.map(|found| found.text));
    let [version, min, max] = [text("version")?, text("min_version")?, text("max_version")?];
    let versions = VersionRange::from_options(version.as_deref(), min.as_deref(), max.as_deref());
    let key = ["version", "min_version"]
        .into_iter()
        .find(|key| section.has(key));
    let place = section.place(key.unwrap_or("max_version"));
    let versions = versions.map_err(|error| super::place(error, place))?;
    let mut filter = EndpointFilter::default().versions(versions);
    filter.service_type = text("service_type")?;
    filter.service_name = text("service_name")?;
    filter.region_name = text("region_name")?;
    filter.interfaces = interfaces(section)?;
    let retries = settings::retries(&|key| located(section, key))?;
    let adapter = session.adapter().endpoint(filter).retries(retries);
    Ok(match text("endpoint_override")? {
        Some(address) => adapter.endpoint_override(address),
        None => adapter,
    })
}

/// An empty value counts as not set.
fn located(section: &Section<'_>, key: &str) -> Result<Option<Located>, Error> {
    let text = section.get(key)?.filter(|text| !text.is_empty());
    let place = section.place(key);
    Ok(text.map(|text| Located { text, place }))
}

fn interfaces(section: &Section<'_>) -> Result<Vec<Interface>, Error> {
    let key = if section.has("valid_interfaces") {
        "valid_interfaces"
    } else {
        "interface"
    };
    let interfaces = section.read(key, "a list of `public`, `internal` or `admin`", |value| {
        let names = value
            .split(',')
            .map(str::trim)
            .filter(|name| !name.is_empty());
        names.map(Interface::parse).collect::<Option<Vec<_>>>()
    })?;
    Ok(interfaces.unwrap_or_default())
}

fn timeout(section: &Section<'_>) -> Result<Option<Duration>, Error> {
    let key = if section.has("timeout") {
        "timeout"
    } else {
        "http_connect_timeout"
    };
    // Zero and an empty value both mean the default; there is no "for ever".
    if section
        .get(key)?
        .is_some_and(|value| value.trim().is_empty())
    {
        return Ok(None);
    }
    Ok(section.seconds(key)?.filter(|timeout| !timeout.is_zero()))
}

fn certificates(section: &Section<'_>) -> Result<Certificates, Error> {
    Ok(Certificates {
        authorities: located(section, "cafile")?,
        certificate: located(section, "certfile")?,
        key: located(section, "keyfile")?,
        accept_any: section.boolean("insecure")?.unwrap_or(false),
        min_version: located(section, "tls_min_version")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "\
[DEFAULT]
password = not-this-one
[keystone_authtoken]
www_authenticate_uri = http://public:5000
auth_url = http://127.0.0.1:5000/v3
auth_type = password
username = proxy
password = canary
project_name = service
user_domain_id = default
project_domain_id = default
interface = internal, public
service_type = proxy
http_connect_timeout = 5
delay_auth_decision = true
";

    fn session(text: &str, section: &str) -> Result<Session, Error> {
        let ini = Ini::parse("a.conf", text)?;
        let nothing = Variables::given::<&str, &str>([]);
        builder(
            &ini.section(section)?,
            &authtoken::names().collect::<Vec<_>>(),
            &nothing,
            &Registry::builtin(),
        )?
        .build()
    }

    fn refusal(text: &str) -> String {
        let error = session(text, "keystone_authtoken").unwrap_err();
        let shown = format!("{error} {error:?}");
        assert!(!shown.contains("canary"), "{shown}");
        error.to_string()
    }

    #[test]
    fn the_section_of_a_service_makes_a_session() {
        let session = session(GOOD, "keystone_authtoken").unwrap();
        assert!(!format!("{session:?}").contains("canary"));
    }

    #[test]
    fn auth_section_names_another_section_for_the_plugin() {
        let moved = GOOD.replace("[keystone_authtoken]", "[login]");
        let text = format!("{moved}region_of_another_reader = x\n[app]\nauth_section = login\n");
        session(&text, "app").unwrap();
        let error = session("[app]\nauth_section = login\n", "app").unwrap_err();
        assert_eq!(
            error.to_string(),
            "the section [login] for authentication is missing (a.conf, line 2, section [app])"
        );
    }

    #[test]
    fn methods_are_combined_with_the_options_of_each() {
        let both = GOOD.replace(
            "= password\n",
            "= v3multifactor\nauth_methods = v3password, v3totp\n",
        );
        session(&format!("{both}passcode = 1\n"), "keystone_authtoken").unwrap();
        let error = refusal(&both);
        assert!(
            error.starts_with("`v3multifactor` needs the option `passcode`"),
            "{error}"
        );
        let error = refusal(&both.replace("v3totp", "v3topt"));
        assert_eq!(
            error,
            "`v3multifactor` cannot combine `v3topt`: no v3 method has that name \
             (a.conf, line 7, section [keystone_authtoken]); did you mean `v3totp`?"
        );
    }

    #[test]
    fn the_older_name_of_auth_type_is_read() {
        session(
            &GOOD.replace("auth_type", "auth-plugin"),
            "keystone_authtoken",
        )
        .unwrap();
    }

    #[test]
    fn values_in_default_are_not_seen() {
        let text = GOOD.replace("password = canary\n", "");
        assert_eq!(
            refusal(&text),
            "`password` needs the option `password` (a.conf, section [keystone_authtoken]); \
             add the line `password = ..`"
        );
    }

    #[test]
    fn slips_of_the_pen_are_named_with_line_and_near_name() {
        for (wrong, says) in [
            (
                GOOD.replace("username =", "usernam ="),
                "there is no option `usernam` (a.conf, line 7, section [keystone_authtoken]); \
                 did you mean `username`?",
            ),
            (
                GOOD.replace("= password\n", "= pasword\n"),
                "there is no authentication plugin `pasword` \
                 (a.conf, line 6, section [keystone_authtoken]); did you mean `password`?",
            ),
            (
                GOOD.replace("auth_type = password\n", ""),
                "the option `auth_type` is missing (a.conf, section [keystone_authtoken]); \
                 add a line such as `auth_type = password`",
            ),
            (
                GOOD.replace("= internal, public", "= interna"),
                "`interface` is `interna`, which is not a list of `public`, `internal` or `admin` \
                 (a.conf, line 12, section [keystone_authtoken])",
            ),
            (
                format!("{GOOD}connect_retries = -1\n"),
                "`connect_retries` is `-1`, which is not a whole number \
                 (a.conf, line 16, section [keystone_authtoken])",
            ),
            (
                format!("{GOOD}retriable_status_codes = 503, often\n"),
                "`retriable_status_codes` is `503, often`, which is not a list of HTTP statuses \
                 (a.conf, line 16, section [keystone_authtoken])",
            ),
            (
                format!("{GOOD}collect_timing = perhaps\n"),
                "`collect_timing` is `perhaps`, which is not `true` or `false` \
                 (a.conf, line 16, section [keystone_authtoken])",
            ),
            (
                GOOD.replace("= 5\n", "= soon\n"),
                "`http_connect_timeout` is `soon`, which is not a number of seconds \
                 (a.conf, line 14, section [keystone_authtoken])",
            ),
        ] {
            assert_eq!(refusal(&wrong), says);
        }
    }

    #[cfg(feature = "tls")]
    #[test]
    fn the_oldest_tls_is_one_that_there_is() {
        session(
            &format!("{GOOD}tls_min_version = 1.3\n"),
            "keystone_authtoken",
        )
        .unwrap();
        let error = refusal(&format!("{GOOD}tls_min_version = 1.1\n"));
        assert_eq!(
            error,
            "`tls_min_version` is `1.1`, which is not `1.2` or `1.3` \
             (a.conf, line 16, section [keystone_authtoken])"
        );
    }

    #[test]
    fn a_service_is_described_with_one_version_or_bounds() {
        let session = session(GOOD, "keystone_authtoken").unwrap();
        let adapter = |text: &str| {
            let ini = Ini::parse("a.conf", &format!("[nova]\nservice_type = compute\n{text}"))?;
            super::adapter(&ini.section("nova")?, &session)?.build()
        };
        adapter("min_version = 2.1\nmax_version = 2.latest\nconnect_retries = 2\n").unwrap();
        let error = adapter("version = 2\nmin_version = 2.1\n")
            .unwrap_err()
            .to_string();
        assert!(
            error.starts_with("`version` is 2.0, but there are bounds"),
            "{error}"
        );
        assert!(
            error.contains("(a.conf, line 3, section [nova])"),
            "{error}"
        );
    }

    #[cfg(feature = "tls")]
    #[test]
    fn a_certificate_file_that_is_not_there_is_named_with_its_line() {
        let error = refusal(&format!("{GOOD}cafile = no/such.pem\n"));
        assert_eq!(
            error,
            "the file `no/such.pem` cannot be read (a.conf, line 16, section [keystone_authtoken])"
        );
        let error = refusal(&format!("{GOOD}keyfile = no/such.pem\n"));
        assert!(
            error.contains("there is a key, but no client certificate"),
            "{error}"
        );
    }
}
