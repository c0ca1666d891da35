//! Configuration from environment variables such as `OS_AUTH_URL`.

use std::sync::Arc;

use crate::Error;
use crate::auth::options::Origin;
use crate::auth::{AuthPlugin, PluginLoader, PluginOptions};
use crate::catalog::Interface;
use crate::config::domain;
use crate::config::located::Located;
use crate::config::network::Certificates;
use crate::config::registry::Registry;
use crate::config::settings::Settings;
use crate::session::SessionBuilder;

pub use crate::config::variables::Variables;

/// The plugin if no variable names one.
const DEFAULT_PLUGIN: &str = "password";

/// Settings of a session from variables; `clouds.yaml` is not read.
///
/// `OS_AUTH_TYPE` names the plugin (`password` unless set), and each of its options has its own
/// variable, such as `OS_AUTH_URL` and `OS_USERNAME`. With a project, `OS_DOMAIN_ID` and
/// `OS_DOMAIN_NAME` are the domain of user and project. Further: `OS_REGION_NAME`, `OS_INTERFACE`,
/// `OS_CACERT`, `OS_CERT`, `OS_KEY`, `OS_INSECURE`, `OS_TLS_MIN_VERSION`, and the usual proxy
/// variables.
///
/// # Errors
///
/// [`Error::Configuration`] that names the missing or malformed variable.
pub fn builder(variables: &Variables, registry: &Registry) -> Result<SessionBuilder, Error> {
    let plugin = plugin(variables, registry)?;
    let settings = Settings {
        region_name: variables.get("OS_REGION_NAME"),
        interfaces: interface(variables)?.into_iter().collect(),
        certificates: certificates(variables)?,
        ..Settings::default()
    };
    settings.builder(plugin, variables)
}

/// The plugin from variables.
///
/// # Errors
///
/// As [`builder`].
pub fn plugin(variables: &Variables, registry: &Registry) -> Result<Arc<dyn AuthPlugin>, Error> {
    let loader = loader(variables, registry)?;
    loader.load_among(
        &options_of(loader, variables, registry)?,
        registry.loaders(),
    )
}

/// The name of the plugin and its options from variables.
///
/// # Errors
///
/// [`Error::Configuration`] when there is no such plugin.
pub fn options(
    variables: &Variables,
    registry: &Registry,
) -> Result<(&'static str, PluginOptions), Error> {
    let loader = loader(variables, registry)?;
    Ok((loader.name(), options_of(loader, variables, registry)?))
}

fn loader<'a>(variables: &Variables, registry: &'a Registry) -> Result<&'a PluginLoader, Error> {
    match variables.auth_type() {
        Some((name, place)) => registry
            .get(&name)
            .map_err(|error| super::place(error, place)),
        None => registry.get(DEFAULT_PLUGIN),
    }
}

fn options_of(
    loader: &PluginLoader,
    variables: &Variables,
    registry: &Registry,
) -> Result<PluginOptions, Error> {
    let empty = PluginOptions::from_origin(Origin::Environment);
    let mut options = registry.fill(loader, empty, |option, options| {
        variables.offer(option, options);
        Ok(())
    })?;
    domain::share(loader, &mut options);
    Ok(options)
}

/// Whether there are variables `OS_..` that describe a cloud, and do not only select one.
pub fn describes_a_cloud(variables: &Variables) -> bool {
    const SELECT: [&str; 5] = [
        "OS_CLIENT_CONFIG_FILE",
        "OS_CLIENT_SECURE_FILE",
        "OS_CLOUD",
        "OS_CLOUD_NAME",
        "OS_REGION_NAME",
    ];
    const OF_TESTS: [&str; 3] = ["OS_LOG", "OS_STD", "OS_TEST"];
    variables.names().any(|name| {
        name.starts_with("OS_")
            && !SELECT.contains(&name.as_str())
            && !OF_TESTS.iter().any(|start| name.starts_with(start))
    })
}

fn interface(variables: &Variables) -> Result<Option<Interface>, Error> {
    for name in ["OS_INTERFACE", "OS_ENDPOINT_TYPE"] {
        if let Some(value) = variables.get(name) {
            let wanted = "`public`, `internal` or `admin`";
            let found = Interface::parse(value.trim());
            let fault = || super::malformed(name, &value, wanted, variables.place(name));
            return found.ok_or_else(fault).map(Some);
        }
    }
    Ok(None)
}

fn certificates(variables: &Variables) -> Result<Certificates, Error> {
    let located = |name: &str| {
        let place = variables.place(name);
        variables.get(name).map(|text| Located { text, place })
    };
    let insecure = match located("OS_INSECURE") {
        Some(Located { text, place }) => super::truth("OS_INSECURE", &text, place)?,
        None => false,
    };
    Ok(Certificates {
        authorities: located("OS_CACERT"),
        certificate: located("OS_CERT"),
        key: located("OS_KEY"),
        accept_any: insecure,
        min_version: located("OS_TLS_MIN_VERSION"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Session;

    const GOOD: [(&str, &str); 8] = [
        ("OS_AUTH_URL", "http://127.0.0.1:5000/v3"),
        ("OS_USERNAME", "demo"),
        ("OS_PASSWORD", "canary"),
        ("OS_PROJECT_NAME", "demo"),
        ("OS_USER_DOMAIN_ID", "default"),
        ("OS_PROJECT_DOMAIN_ID", "default"),
        ("OS_REGION_NAME", "RegionOne"),
        ("OS_IDENTITY_API_VERSION", "3"),
    ];

    fn session(changes: &[(&str, &str)]) -> Result<Session, Error> {
        let variables = Variables::given(GOOD.iter().chain(changes).copied());
        builder(&variables, &Registry::builtin())?.build()
    }

    fn refusal(changes: &[(&str, &str)]) -> String {
        let error = session(changes).unwrap_err();
        assert!(
            !format!("{error} {error:?}").contains("canary"),
            "{error:?}"
        );
        error.to_string()
    }

    #[test]
    fn the_usual_variables_make_a_session_that_shows_no_password() {
        assert!(!format!("{:?}", session(&[]).unwrap()).contains("canary"));
    }

    #[test]
    fn older_names_are_read() {
        session(&[("OS_PROJECT_NAME", ""), ("OS_TENANT_NAME", "demo")]).unwrap();
    }

    #[test]
    fn methods_are_combined_with_the_variables_of_each() {
        let both = [
            ("OS_AUTH_TYPE", "v3multifactor"),
            ("OS_AUTH_METHODS", "v3password,v3totp"),
        ];
        assert_eq!(
            refusal(&both),
            "`v3multifactor` needs the option `passcode`; set the variable `OS_PASSCODE`"
        );
        let [plugin, methods] = both;
        session(&[plugin, methods, ("OS_PASSCODE", "123456")]).unwrap();
    }

    #[test]
    fn a_scope_in_the_environment_is_none_for_what_has_its_own() {
        session(&[
            ("OS_AUTH_TYPE", "v3applicationcredential"),
            ("OS_APPLICATION_CREDENTIAL_ID", "i"),
            ("OS_APPLICATION_CREDENTIAL_SECRET", "s"),
        ])
        .unwrap();
    }

    #[test]
    fn a_missing_variable_is_named_and_an_empty_one_is_missing() {
        assert_eq!(
            refusal(&[("OS_PASSWORD", "")]),
            "`password` needs the option `password`; set the variable `OS_PASSWORD`"
        );
    }

    #[test]
    fn wrong_values_are_named_with_their_variable() {
        for (name, value, says) in [
            (
                "OS_AUTH_TYPE",
                "v3pasword",
                "there is no authentication plugin `v3pasword` (the variable `OS_AUTH_TYPE`); \
                 did you mean `v3password`?",
            ),
            (
                "OS_INTERFACE",
                "pubic",
                "`OS_INTERFACE` is `pubic`, which is not `public`, `internal` or `admin` \
                 (the variable `OS_INTERFACE`)",
            ),
            (
                "OS_INSECURE",
                "perhaps",
                "`OS_INSECURE` is `perhaps`, which is not `true` or `false` \
                 (the variable `OS_INSECURE`)",
            ),
        ] {
            assert_eq!(refusal(&[(name, value)]), says);
        }
    }

    #[test]
    fn the_environment_of_the_process_is_read_when_asked() {
        let variables = Variables::of_process();
        assert!(variables.get("CARGO_MANIFEST_DIR").is_some());
        assert!(variables.get("NO_SUCH_VARIABLE_AT_ALL").is_none());
    }

    #[test]
    fn a_value_from_the_command_line_counts_more_than_the_variable() {
        let variables = Variables::given(GOOD).with("OS_USERNAME", "other");
        assert_eq!(variables.get("OS_USERNAME").as_deref(), Some("other"));
        assert_eq!(
            variables.get("OS_REGION_NAME").as_deref(),
            Some("RegionOne")
        );
    }
}
