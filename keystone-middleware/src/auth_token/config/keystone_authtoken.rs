//! Configuration from `[keystone_authtoken]`, the section that keystonemiddleware reads.

use std::path::Path;
use std::time::Duration;

use keystone_sdk::config::authtoken::{self, Standing};
use keystone_sdk::config::env::Variables;
use keystone_sdk::config::ini::{Ini, Section};
use keystone_sdk::config::{Registry, conf};
use tracing::warn;

use super::{Config, ConfigBuilder, ValidationSource};
use crate::Error;
use crate::error::configuration;

/// The default section.
const SECTION: &str = "keystone_authtoken";

impl Config {
    /// Settings from the section `[keystone_authtoken]` of a file, with the option names of
    /// keystonemiddleware. Proxies come from the usual environment variables.
    ///
    /// ```ini
    /// [keystone_authtoken]
    /// www_authenticate_uri = https://keystone.example:5000/v3
    /// auth_url = http://keystone.internal:5000/v3
    /// auth_type = password
    /// username = proxy
    /// password = secret
    /// user_domain_id = default
    /// project_name = service
    /// project_domain_id = default
    /// service_type = proxy
    /// ```
    ///
    /// # Errors
    ///
    /// As [`from_section`](Self::from_section), and when the file cannot be read.
    pub fn from_conf(path: impl AsRef<Path>) -> Result<Self, Error> {
        let ini = Ini::read(path).map_err(configuration)?;
        Self::from_section(&ini.section(SECTION).map_err(configuration)?)
    }

    /// As [`from_conf`](Self::from_conf), from a parsed section.
    ///
    /// # Errors
    ///
    /// [`Error::Configuration`] with file, line, option and remedy, for an option that is missing,
    /// malformed or unknown.
    pub fn from_section(section: &Section<'_>) -> Result<Self, Error> {
        ConfigBuilder::from_section(section)?.build()
    }
}

impl ConfigBuilder {
    /// Settings from a section like [`Config::from_section`], to be changed before
    /// [`build`](Self::build).
    ///
    /// # Errors
    ///
    /// As [`Config::from_section`].
    pub fn from_section(section: &Section<'_>) -> Result<Self, Error> {
        let others = known_options(section);
        let session = conf::builder(
            section,
            &others,
            &Variables::of_process(),
            &Registry::builtin(),
        )
        .map_err(configuration)?
        .user_agent(super::USER_AGENT);
        let uri = www_authenticate_uri(section)?;
        let mut builder = Self::new(uri, ValidationSource::Keystone(Box::new(session)));
        if section.has("interface") || section.has("valid_interfaces") {
            // The session has read them.
            builder.interface = None;
        }
        refuse_token_bind(section)?;
        warn_of_version(section)?;
        own_options(builder, section).map_err(configuration)
    }
}

/// Warns about options without effect. Returns the known options besides those of the session.
fn known_options(section: &Section<'_>) -> Vec<&'static str> {
    let mut known = Vec::new();
    for (name, standing) in authtoken::OPTIONS {
        let effect = match standing {
            // For sections of clients only.
            Standing::Adapter => continue,
            Standing::Dropped(instead) => Some(("is no longer an option", instead)),
            Standing::Unsupported(instead) => Some(("is not supported yet", instead)),
            _ => None,
        };
        if let Some((what, instead)) = effect
            && section.has(name)
        {
            warn!(
                "`{name}` {what} and has no effect: {instead} ({})",
                section.place(name)
            );
        }
        known.push(*name);
    }
    known
}

fn www_authenticate_uri(section: &Section<'_>) -> Result<String, Error> {
    let own = section.get("www_authenticate_uri").map_err(configuration)?;
    if let Some(uri) = own.filter(|uri| !uri.is_empty()) {
        return Ok(uri);
    }
    match section.get("auth_url").map_err(configuration)? {
        Some(auth_url) => {
            warn!(
                "`www_authenticate_uri` is missing, so callers are sent to `auth_url`, which they \
                 may not reach ({})",
                section.place("www_authenticate_uri")
            );
            Ok(auth_url)
        }
        None => Err(section.missing("www_authenticate_uri").into()),
    }
}

/// Token binding restricts callers, so it must not be ignored where it cannot be enforced.
fn refuse_token_bind(section: &Section<'_>) -> Result<(), Error> {
    let bind = section.get("enforce_token_bind").map_err(configuration)?;
    match bind.as_deref() {
        None | Some("disabled" | "permissive") => Ok(()),
        Some(other) => Err(section
            .fault(
                "enforce_token_bind",
                format!("`enforce_token_bind` is `{other}`, which is not supported yet"),
            )
            .remedy("set it to `permissive`, or take it out")
            .into()),
    }
}

fn warn_of_version(section: &Section<'_>) -> Result<(), Error> {
    let version = section.get("auth_version").map_err(configuration)?;
    if version.is_some_and(|version| !version.trim_start_matches('v').starts_with('3')) {
        warn!(
            "`auth_version` is not 3, but tokens are validated by Identity API v3 nevertheless ({})",
            section.place("auth_version")
        );
    }
    Ok(())
}

fn own_options(
    mut builder: ConfigBuilder,
    section: &Section<'_>,
) -> Result<ConfigBuilder, keystone_sdk::Error> {
    let settings = &mut builder.settings;
    set(
        &mut settings.delay_auth_decision,
        section.boolean("delay_auth_decision")?,
    );
    set(
        &mut settings.include_service_catalog,
        section.boolean("include_service_catalog")?,
    );
    set(
        &mut settings.service_token_roles,
        section.list("service_token_roles")?,
    );
    let required = section.boolean("service_token_roles_required")?;
    set(&mut settings.service_token_roles_required, required);
    let service_type = section.get("service_type")?;
    settings.service_type = service_type.filter(|value| !value.is_empty());
    if let Some(seconds) = section.integer("token_cache_time")? {
        // A negative time disables the cache in keystonemiddleware, too.
        builder = builder.token_cache_time(Duration::from_secs(seconds.try_into().unwrap_or(0)));
    }
    let retries = section.read("http_request_max_retries", "a number of retries", |value| {
        value.parse().ok()
    })?;
    set(&mut builder.connect_retries, retries);
    Ok(builder)
}

fn set<T>(setting: &mut T, value: Option<T>) {
    if let Some(value) = value {
        *setting = value;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOGIN: &str = "auth_url = http://k:5000/v3\nauth_type = password\nusername = proxy\n\
                         password = canary\nuser_domain_id = default\nproject_name = service\n\
                         project_domain_id = default\n";

    fn read(more: &str) -> Result<Config, Error> {
        let text = format!("[keystone_authtoken]\n{LOGIN}{more}");
        let ini = Ini::parse("proxy.ini", &text).map_err(configuration)?;
        Config::from_section(&ini.section("keystone_authtoken").map_err(configuration)?)
    }

    fn refused(more: &str) -> String {
        let error = read(more).unwrap_err().to_string();
        assert!(!error.contains("canary"), "{error}");
        error
    }

    #[test]
    fn the_options_of_keystonemiddleware_are_read() {
        let config = read(
            "www_authenticate_uri = https://public:5000/v3\ninterface = public\n\
             region_name = one\nservice_type = proxy\nhttp_connect_timeout = 5\n\
             http_request_max_retries = 0\ndelay_auth_decision = true\ntoken_cache_time = 60\n\
             include_service_catalog = false\nservice_token_roles = service, admin\n\
             service_token_roles_required = false\n",
        )
        .unwrap();
        assert_eq!(config.challenge, "Keystone uri=\"https://public:5000/v3\"");
        let settings = config.settings;
        assert!(settings.delay_auth_decision && !settings.include_service_catalog);
        assert_eq!(settings.token_cache_time, Some(Duration::from_secs(60)));
        assert_eq!(settings.service_type.as_deref(), Some("proxy"));
        assert_eq!(settings.service_token_roles, ["service", "admin"]);
        assert!(!settings.service_token_roles_required);
    }

    #[test]
    fn what_is_left_out_has_the_defaults_of_keystonemiddleware() {
        let config = read("").unwrap();
        assert!(!format!("{config:?}").contains("canary"), "{config:?}");
        assert_eq!(config.challenge, "Keystone uri=\"http://k:5000/v3\"");
        let settings = config.settings;
        assert!(!settings.delay_auth_decision && settings.include_service_catalog);
        assert_eq!(settings.token_cache_time, Some(Duration::from_secs(300)));
        assert_eq!(settings.service_token_roles, ["service"]);
        assert!(settings.service_token_roles_required);
    }

    #[test]
    fn a_negative_cache_time_turns_the_cache_off() {
        let config = read("token_cache_time = -1").unwrap();
        assert_eq!(config.settings.token_cache_time, None);
    }

    #[test]
    fn old_options_are_no_mistake() {
        for option in [
            "identity_uri = http://k:35357",
            "roles = a:b",
            "memcached_servers = m:11211",
        ] {
            assert!(read(option).is_ok(), "{option}");
        }
    }

    #[test]
    fn an_unknown_option_is_an_error_with_its_line_and_a_suggestion() {
        let error = refused("delay_auth_decison = true");
        for part in [
            "proxy.ini",
            "line 9",
            "`delay_auth_decison`",
            "`delay_auth_decision`",
        ] {
            assert!(error.contains(part), "{part}: {error}");
        }
    }

    #[test]
    fn a_malformed_value_is_an_error_with_its_line() {
        for option in [
            "delay_auth_decision = perhaps",
            "token_cache_time = soon",
            "http_request_max_retries = -1",
            "interface = inside",
        ] {
            let error = refused(option);
            let name = option.split(' ').next().unwrap();
            assert!(error.contains("line 9") && error.contains(name), "{error}");
        }
    }

    #[test]
    fn a_token_binding_that_cannot_be_enforced_stops_the_service() {
        assert!(refused("enforce_token_bind = strict").contains("not supported yet"));
        assert!(read("enforce_token_bind = permissive").is_ok());
    }

    #[test]
    fn a_missing_credential_is_named() {
        let text = LOGIN.replace("password = canary\n", "");
        let ini = Ini::parse("proxy.ini", &format!("[keystone_authtoken]\n{text}")).unwrap();
        let section = ini.section("keystone_authtoken").unwrap();
        let error = Config::from_section(&section).unwrap_err().to_string();
        assert!(
            error.contains("`password`") && error.contains("proxy.ini"),
            "{error}"
        );
    }
}
