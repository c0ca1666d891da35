//! Options of all plugins from all sources: given, defaulted, missing, unknown, contradictory.

use std::sync::Arc;

use keystone_sdk::Error;
use keystone_sdk::auth::{
    AuthPlugin, OptionReader, PluginLoader, PluginOption, PluginOptions, fixed, generic, v3,
};
use keystone_sdk::config::Registry;
use keystone_sdk::config::clouds::Clouds;
use keystone_sdk::config::conf;
use keystone_sdk::config::env::{self, Variables};
use keystone_sdk::config::ini::Ini;

type Values = Vec<(String, String)>;
type Loaded = Result<Arc<dyn AuthPlugin>, Error>;

/// Whatever the options are for, a value that will do.
fn value(option: &PluginOption) -> &'static str {
    match option.name {
        "auth_url" | "endpoint" | "oauth2_endpoint" => "http://h/v3",
        "identity_provider_url" | "service_provider_endpoint" => "http://h/login",
        "auth_methods" => "v3password,v3totp",
        _ if option.secret => "canary",
        _ => "plain",
    }
}

fn canary_if_secret(name: &str) -> String {
    let secret = ["password", "passcode"].contains(&name);
    if secret { "canary" } else { "plain" }.to_owned()
}

/// What a plugin needs at least: its required options, and one way to name user and credential.
fn enough(loader: &PluginLoader) -> Values {
    const USER: [&str; 4] = ["v3password", "v3totp", "password", "v3multifactor"];
    let required = loader.options().filter(|option| option.required);
    let mut values: Values = required
        .map(|option| (option.name.to_owned(), value(option).to_owned()))
        .collect();
    let mut add = |name: &str| values.push((name.to_owned(), canary_if_secret(name)));
    match loader.name() {
        "v3applicationcredential" => add("application_credential_id"),
        "v3multifactor" => ["user_id", "password", "passcode"]
            .into_iter()
            .for_each(&mut add),
        "v3tokenlessauth" => add("project_id"),
        "v2password" => add("user_id"),
        name if name.starts_with("v3oidc") && name != "v3oidcaccesstoken" => {
            let endpoint = "http://h/.well-known/openid-configuration".to_owned();
            values.push(("discovery_endpoint".to_owned(), endpoint));
        }
        "v3k2k" => ["user_id", "password"].into_iter().for_each(&mut add),
        name if USER.contains(&name) => add("user_id"),
        _ => {}
    }
    values
}

/// A way to give options, and what it does with them.
struct Source {
    name: &'static str,
    load: fn(&Registry, &str, &Values) -> Loaded,
    /// What is said of a missing option, with its name for `NAME`.
    remedy: &'static str,
    /// Whether an option that the plugin does not have is refused.
    strict: bool,
}

const SOURCES: [Source; 4] = [
    Source {
        name: "a map",
        load: from_map,
        remedy: "add `.with(\"NAME\", ..)` to the options",
        strict: true,
    },
    Source {
        name: "variables",
        load: from_variables,
        remedy: "set the variable `OS_",
        strict: false,
    },
    Source {
        name: "INI",
        load: from_ini,
        remedy: "(a.conf, section [auth]); add the line `NAME = ..`",
        strict: true,
    },
    Source {
        name: "clouds.yaml",
        load: from_cloud,
        remedy: "add `NAME: ..` below `auth` of the cloud",
        strict: true,
    },
];

fn from_map(registry: &Registry, plugin: &str, values: &Values) -> Loaded {
    let options = values
        .iter()
        .fold(PluginOptions::new(), |options, (name, value)| {
            options.with(name, value.as_str())
        });
    registry.load(plugin, &options)
}

fn from_variables(registry: &Registry, plugin: &str, values: &Values) -> Loaded {
    let pairs = values.iter();
    let pairs = pairs.map(|(name, value)| (format!("OS_{}", name.to_uppercase()), value.clone()));
    let plugin = ("OS_AUTH_TYPE".to_owned(), plugin.to_owned());
    env::plugin(&Variables::given(pairs.chain([plugin])), registry)
}

fn from_ini(registry: &Registry, plugin: &str, values: &Values) -> Loaded {
    let lines: String = values
        .iter()
        .map(|(name, value)| format!("{name} = {value}\n"))
        .collect();
    let text = format!("[auth]\nauth_type = {plugin}\n{lines}");
    conf::plugin(&Ini::parse("a.conf", &text)?.section("auth")?, registry)
}

fn from_cloud(registry: &Registry, plugin: &str, values: &Values) -> Loaded {
    let lines: String = values
        .iter()
        .map(|(name, value)| format!("      {name}: \"{value}\"\n"))
        .collect();
    let text = format!("clouds:\n  x:\n    auth_type: {plugin}\n    auth:\n{lines}");
    let place = std::thread::current()
        .name()
        .unwrap_or("x")
        .replace("::", "-");
    let directory = std::path::PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(place);
    std::fs::create_dir_all(&directory).unwrap();
    std::fs::write(directory.join("clouds.yaml"), text).unwrap();
    let clouds = Clouds::read_in(&[directory], &Variables::given::<&str, &str>([]))?;
    clouds.get("x", None)?.plugin_of(registry)
}

/// The message, which shows no value that may be secret.
fn refusal(result: Loaded, case: &str) -> String {
    let error = result.expect_err(case);
    assert!(
        matches!(error, Error::Configuration(_)),
        "{case}: {error:?}"
    );
    assert!(
        !format!("{error} {error:?}").contains("canary"),
        "{case}: {error:?}"
    );
    error.to_string()
}

#[test]
fn every_plugin_is_loaded_from_every_source_and_shows_no_secret() {
    let registry = Registry::builtin();
    for loader in registry.loaders() {
        for source in &SOURCES {
            let case = format!("{} from {}", loader.name(), source.name);
            let plugin = (source.load)(&registry, loader.name(), &enough(loader));
            let plugin = plugin.unwrap_or_else(|error| panic!("{case}: {error}"));
            assert!(!format!("{plugin:?}").contains("canary"), "{case}");
        }
    }
}

#[test]
fn every_missing_option_is_named_with_what_to_do_at_every_source() {
    let registry = Registry::builtin();
    for loader in registry.loaders() {
        for missing in loader.options().filter(|option| option.required) {
            for (source, empty) in SOURCES.iter().flat_map(|one| [(one, false), (one, true)]) {
                let mut values = enough(loader);
                let place = values
                    .iter()
                    .position(|(name, _)| name == missing.name)
                    .unwrap();
                if empty {
                    values[place].1.clear();
                } else {
                    values.remove(place);
                }
                let case = format!("{} of {} from {}", missing.name, loader.name(), source.name);
                let says = refusal((source.load)(&registry, loader.name(), &values), &case);
                let start = format!("`{}` needs the option `{}`", loader.name(), missing.name);
                assert!(says.starts_with(&start), "{case}: {says}");
                let remedy = source.remedy.replace("NAME", missing.name);
                assert!(says.contains(&remedy), "{case}: {says}");
            }
        }
    }
}

#[test]
fn every_blank_secret_is_refused_at_every_source() {
    let registry = Registry::builtin();
    let mut refused = 0;
    for loader in registry.loaders() {
        let usual = enough(loader);
        let options = usual
            .iter()
            .fold(PluginOptions::new(), |options, (name, value)| {
                options.with(name, value.as_str())
            });
        let further = loader
            .further_options(&options, registry.loaders())
            .unwrap();
        let secrets = loader
            .options()
            .chain(further)
            .filter(|option| option.secret);
        for (secret, source) in
            secrets.flat_map(|one| SOURCES.iter().map(move |source| (one, source)))
        {
            for blank in ["  ", "\t", "\u{a0}\u{2003}"] {
                let mut values = usual.clone();
                values.retain(|(name, _)| name != secret.name);
                values.push((secret.name.to_owned(), blank.to_owned()));
                let case = format!("{} of {} from {}", secret.name, loader.name(), source.name);
                let loaded = (source.load)(&registry, loader.name(), &values);
                // An INI file has no blanks around a value, and an empty one counts as none.
                if source.name == "INI" && !secret.required && loaded.is_ok() {
                    continue;
                }
                let says = refusal(loaded, &case);
                let empty = source.name == "INI" && says.contains("needs the option");
                let named = format!(
                    "the value of `{}` for `{}` is blank",
                    secret.name,
                    loader.name()
                );
                assert!(empty || says.starts_with(&named), "{case}: {says}");
                let placed = source.name == "a map" || says.contains('(');
                assert!(placed && !says.contains(blank), "{case}: {says}");
                refused += 1;
            }
        }
    }
    assert!(refused > 100, "{refused}");
}

/// What is not loaded from options.
#[test]
fn no_blank_secret_passes_a_builder_or_a_constructor() {
    let url = "http://h/v3";
    for blank in ["", " ", "\n\t", "\u{3000}"] {
        let password = v3::Password::builder(url)
            .user_id("u")
            .password(blank)
            .build();
        let credential = v3::ApplicationCredential::builder(url)
            .id("i")
            .secret(blank)
            .build();
        let generic = generic::Password::builder(url)
            .user_id("u")
            .password(blank)
            .build();
        let results = [
            password.map(drop),
            credential.map(drop),
            generic.map(drop),
            v3::Token::builder(url).token(blank).build().map(drop),
            v3::Totp::builder(url)
                .user_id("u")
                .passcode(blank)
                .build()
                .map(drop),
            fixed::HttpBasic::new("u", blank).map(drop),
            fixed::AdminToken::new(url, blank).map(drop),
            v3::Auth::builder(url)
                .method(v3::TokenMethod::new(blank))
                .build()
                .map(drop),
            v3::Auth::builder(url)
                .method(v3::OAuth1Method::new("k", blank, "k", "s"))
                .build()
                .map(drop),
            v3::OAuth1Consumer::new("k", blank)
                .request_token(&url.parse().unwrap(), jiff::Timestamp::UNIX_EPOCH)
                .map(drop),
        ];
        for (number, result) in results.into_iter().enumerate() {
            let error = result
                .expect_err(&format!("{number}: {blank:?}"))
                .to_string();
            let missing = blank.is_empty() && error.contains("needs the option");
            assert!(missing || error.contains("is blank"), "{number}: {error}");
        }
    }
}

#[test]
fn an_unknown_option_is_refused_with_the_near_name_where_nothing_else_stands() {
    let registry = Registry::builtin();
    for loader in registry.loaders() {
        let Some(near) = loader.options().max_by_key(|option| option.name.len()) else {
            continue;
        };
        let wrong = format!("{}x", near.name);
        let mut values = enough(loader);
        values.push((wrong.clone(), "canary".to_owned()));
        for source in SOURCES.iter().filter(|source| source.strict) {
            let case = format!("{wrong} of {} from {}", loader.name(), source.name);
            let says = refusal((source.load)(&registry, loader.name(), &values), &case);
            assert!(
                says.contains(&format!("no option `{wrong}`")),
                "{case}: {says}"
            );
            assert!(
                says.contains(&format!("did you mean `{}`?", near.name)),
                "{case}: {says}"
            );
        }
    }
}

#[test]
fn contradictions_and_malformed_values_are_refused_at_every_source() {
    let password: &[(&str, &str)] = &[
        ("auth_url", "http://h/v3"),
        ("user_id", "u"),
        ("password", "canary"),
    ];
    let named: &[(&str, &str)] = &[
        ("auth_url", "http://h/v3"),
        ("username", "demo"),
        ("password", "canary"),
    ];
    let credential: &[(&str, &str)] = &[
        ("auth_url", "http://h/v3"),
        ("application_credential_secret", "canary"),
    ];
    let federated: &[(&str, &str)] = &[
        ("auth_url", "http://h/v3"),
        ("identity_provider", "acme"),
        ("protocol", "openid"),
    ];
    for (plugin, base, further, says) in [
        (
            "v3password",
            password,
            &[("domain_id", "d"), ("trust_id", "t")][..],
            "has two scopes",
        ),
        (
            "v3password",
            password,
            &[("project_id", "p"), ("trust_id", "t")],
            "has two scopes",
        ),
        (
            "v3password",
            password,
            &[("project_id", "p"), ("system_scope", "all")],
            "has two scopes",
        ),
        (
            "v3password",
            password,
            &[("domain_id", "d"), ("system_scope", "all")],
            "has two scopes",
        ),
        (
            "v3password",
            password,
            &[("system_scope", "some")],
            "write `all`",
        ),
        (
            "v3password",
            named,
            &[],
            "`username` is `demo`, but has no domain",
        ),
        (
            "v3password",
            password,
            &[("project_name", "x")],
            "`project_name` is `x`, but has no domain",
        ),
        (
            "v3password",
            &password[1..],
            &[("auth_url", "nonsense")],
            "`auth_url` is not a URL",
        ),
        (
            "v3password",
            &password[1..],
            &[("auth_url", "ftp://h")],
            "`auth_url`",
        ),
        (
            "v3applicationcredential",
            credential,
            &[],
            "application_credential_id",
        ),
        (
            "v3applicationcredential",
            credential,
            &[("application_credential_name", "n")],
            "username",
        ),
        (
            "v3multifactor",
            password,
            &[("auth_methods", "v3password,v3topt")],
            "did you mean `v3totp`?",
        ),
        (
            "v3multifactor",
            password,
            &[("auth_methods", "v3password,v3password")],
            "is used twice",
        ),
        (
            "v3multifactor",
            password,
            &[("auth_methods", " , ")],
            "needs the option `auth_methods`",
        ),
        ("none", &[], &[("endpoint", "nonsense")], "`endpoint`"),
        (
            "v3websso",
            federated,
            &[("login_timeout", "0")],
            "`login_timeout` for `v3websso` is malformed",
        ),
        (
            "v3websso",
            federated,
            &[("redirect_port", "-1")],
            "write a whole number from 0 to 65535",
        ),
    ] {
        let all = base.iter().chain(further);
        let values: Values = all
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        for source in &SOURCES {
            let case = format!("{further:?} of {plugin} from {}", source.name);
            let result = (source.load)(&Registry::builtin(), plugin, &values);
            let found = refusal(result, &case);
            assert!(found.contains(says), "{case}: {found}");
        }
    }
}

/// Two options, one of which has a default.
const COLOUR: &[PluginOption] = &[
    PluginOption::new("colour", "OS_COLOUR", "The colour").default("green"),
    PluginOption::new("shade", "OS_SHADE", "The shade").aliases(&["tint"]),
];

fn coloured(options: &PluginOptions) -> Loaded {
    let reader = OptionReader::new("coloured", options);
    let colour: String = reader.required(&COLOUR[0])?;
    let shade: String = reader.required(&COLOUR[1])?;
    let endpoint = format!("http://{colour}.{shade}/");
    Ok(Arc::new(fixed::NoAuth::at(&endpoint)?))
}

#[test]
fn defaults_and_older_names_are_honoured_from_every_source() {
    let loader = PluginLoader::new("coloured", "Logs in by a colour", COLOUR, coloured);
    let registry = Registry::empty().with(loader);
    for source in &SOURCES {
        let values = vec![("tint".to_owned(), "dark".to_owned())];
        let plugin = (source.load)(&registry, "coloured", &values).unwrap();
        assert!(
            format!("{plugin:?}").contains("green.dark"),
            "{}: {plugin:?}",
            source.name
        );
    }
}
