//! Clouds from files and variables, as `tests/vectors/clouds.yaml` lists them. The same cases are
//! held against openstacksdk where there is Python.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use keystone_document::Node;
use keystone_sdk::Error;
use keystone_sdk::auth::PluginOptions;
use keystone_sdk::catalog::Interface;
use keystone_sdk::config::Registry;
use keystone_sdk::config::clouds::{Clouds, ServiceSettings};
use keystone_sdk::config::env::{self, Variables};

use crate::log::Log;

/// What became of a case.
#[derive(Debug, Eq, PartialEq)]
struct Outcome {
    plugin: String,
    region_name: Option<String>,
    options: BTreeMap<String, String>,
    services: BTreeMap<String, BTreeMap<String, String>>,
}

fn texts(node: Option<&Node>) -> BTreeMap<String, String> {
    let entries = node.and_then(Node::mapping).unwrap_or_default();
    let pair = |entry: &keystone_document::Entry| {
        Some((entry.name().to_owned(), entry.value.text()?.to_owned()))
    };
    entries.iter().filter_map(pair).collect()
}

/// A directory with the files of a case, and its home.
struct Place(PathBuf);

impl Place {
    fn new(number: usize, case: &Node) -> Self {
        let root = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("clouds-{number}"));
        let _ = fs::remove_dir_all(&root);
        for (name, content) in texts(case.get("files")) {
            let path = match name.strip_prefix("~/") {
                Some(rest) => root.join("home").join(rest),
                None => root.join(name),
            };
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, content).unwrap();
        }
        Self(root)
    }

    fn variables(&self, case: &Node) -> Variables {
        let root = self.0.to_str().unwrap();
        let given = texts(case.get("env")).into_iter();
        Variables::given(given.map(|(name, value)| (name, value.replace("{dir}", root))))
    }

    fn directories(&self) -> [PathBuf; 2] {
        [self.0.clone(), self.0.join("home/.config/openstack")]
    }
}

fn outcome(place: &Place, case: &Node) -> Result<Outcome, Error> {
    let text = |key: &str| case.get(key).and_then(Node::text);
    let variables = place.variables(case);
    let registry = Registry::builtin();
    let clouds = Clouds::read_in(&place.directories(), &variables)?;
    let cloud = match text("cloud") {
        Some(name) => Some(clouds.get(name, text("region"))?),
        None => clouds.chosen(&variables)?,
    };
    let Some(cloud) = cloud else {
        let (plugin, options) = env::options(&variables, &registry)?;
        registry.load(plugin, &options)?;
        return Ok(Outcome {
            plugin: plugin.to_owned(),
            region_name: variables.get("OS_REGION_NAME"),
            options: exposed(&options),
            services: BTreeMap::new(),
        });
    };
    // What follows is what a session does; the plugin has to take what the cloud gives.
    let _session = cloud.builder(&variables, &registry)?.build()?;
    let services = case
        .get("services")
        .and_then(Node::mapping)
        .unwrap_or_default();
    let service = |entry: &keystone_document::Entry| {
        let settings = cloud.service(entry.name())?;
        Ok((entry.name().to_owned(), shown(&settings)))
    };
    Ok(Outcome {
        plugin: cloud.auth_type(),
        region_name: cloud.region_name().map(str::to_owned),
        options: exposed(&cloud.options(&registry)?),
        services: services.iter().map(service).collect::<Result<_, Error>>()?,
    })
}

fn exposed(options: &PluginOptions) -> BTreeMap<String, String> {
    let value = |name: &str| options.get(name).unwrap().expose().to_owned();
    options
        .names()
        .map(|name| (name.to_owned(), value(name)))
        .collect()
}

fn shown(settings: &ServiceSettings) -> BTreeMap<String, String> {
    let interfaces = settings
        .interfaces
        .iter()
        .map(|one: &Interface| one.as_str());
    let interfaces = interfaces.collect::<Vec<_>>().join(",");
    let retries = settings.connect_retries.map(|count| count.to_string());
    [
        ("region_name", settings.region_name.clone()),
        (
            "interface",
            Some(interfaces).filter(|text| !text.is_empty()),
        ),
        ("api_version", settings.api_version.clone()),
        ("endpoint_override", settings.endpoint_override.clone()),
        ("service_name", settings.service_name.clone()),
        (
            "default_microversion",
            settings.default_microversion.clone(),
        ),
        ("connect_retries", retries),
    ]
    .into_iter()
    .filter_map(|(name, value)| Some((name.to_owned(), value?)))
    .collect()
}

fn expected(case: &Node) -> Outcome {
    let text = |key: &str| case.get(key).and_then(Node::text).map(str::to_owned);
    let services = case
        .get("services")
        .and_then(Node::mapping)
        .unwrap_or_default();
    Outcome {
        plugin: text("plugin").unwrap(),
        region_name: text("region_name"),
        options: texts(case.get("options")),
        services: services
            .iter()
            .map(|entry| (entry.name().to_owned(), texts(Some(&entry.value))))
            .collect(),
    }
}

#[test]
fn clouds_are_read_as_listed() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../vectors/clouds.yaml");
    let root = keystone_document::read("clouds.yaml", &fs::read_to_string(path).unwrap()).unwrap();
    let cases = root.get("cases").and_then(Node::sequence).unwrap();
    let mut wrong = Vec::new();
    for (number, case) in cases.iter().enumerate() {
        let name = case.get("name").and_then(Node::text).unwrap();
        let place = Place::new(number, case);
        match (
            outcome(&place, case),
            case.get("error").and_then(Node::text),
        ) {
            (Ok(found), None) if found == expected(case) => {}
            (Err(error), Some(says)) if error.to_string().starts_with(says) => {
                assert!(
                    matches!(error, Error::Configuration(_)),
                    "{name}: {error:?}"
                );
            }
            (found, _) => wrong.push(format!("{name}: {found:#?}")),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A file of this test's own, with this mode.
fn file(name: &str, text: &str, mode: u32) -> PathBuf {
    use std::os::unix::fs::PermissionsExt;

    let root = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::create_dir_all(&root).unwrap();
    let path = root.join("clouds.yaml");
    fs::write(&path, text).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
    root
}

const HOME: &str = "\
clouds:
  home:
    auth:
      auth_url: http://h/v3
      user_id: u
      password: canary
";

fn session(root: &Path) -> Result<keystone_sdk::Session, Error> {
    let variables = Variables::given::<&str, &str>([]);
    let clouds = Clouds::read_in(&[root.to_owned()], &variables)?;
    let cloud = clouds.get("home", None)?;
    assert!(!format!("{clouds:?} {cloud:?}").contains("canary"));
    cloud.builder(&variables, &Registry::builtin())?.build()
}

#[test]
fn a_file_with_secrets_that_everybody_can_read_is_told() {
    let log = Log::start();
    session(&file("open", HOME, 0o644)).unwrap();
    let text = log.text();
    assert!(
        text.contains("contains secrets and can be read by every user"),
        "{text}"
    );
    assert!(
        text.contains("chmod o-rwx") && !text.contains("canary"),
        "{text}"
    );
    drop(log);

    let log = Log::start();
    session(&file("closed", HOME, 0o640)).unwrap();
    let without = HOME.replace("      password: canary\n", "      token: ''\n");
    session(&file(
        "open",
        &without.replace("user_id", "tenant_id"),
        0o644,
    ))
    .unwrap_err();
    assert!(!log.text().contains("can be read by"), "{}", log.text());
}

#[test]
fn a_name_that_nobody_reads_is_told_when_it_looks_like_one() {
    let log = Log::start();
    let text = format!("{HOME}    interfac: internal\n    weather: fine\n    has_dns: false\n");
    session(&file("names", &text, 0o600)).unwrap();
    let text = log.text();
    assert!(text.contains("has an unknown key `interfac`"), "{text}");
    assert!(text.contains(":7:5); did you mean `interface`?"), "{text}");
    assert!(
        !text.contains("weather") && !text.contains("has_dns"),
        "{text}"
    );
}

#[test]
fn mistakes_have_file_line_and_column_and_show_no_secret() {
    for (text, says) in [
        (
            HOME.replace("password:", "pasword:"),
            "`password` has no option `pasword` (PATH:6:7); \
             did you mean `password`?",
        ),
        (
            HOME.replace("      password: canary\n", ""),
            "`password` needs the option `password` (PATH, cloud `home`); \
             add `password: ..` below `auth` of the cloud",
        ),
        (
            format!("{HOME}    interface: interna\n"),
            "`interna` is not `public`, `internal` or `admin` (PATH:7:16)",
        ),
        (
            format!("{HOME}    insecure: perhaps\n"),
            "`insecure` is `perhaps`, which is not `true` or `false` (PATH:7:15)",
        ),
        (
            format!("{HOME}    api_timeout: soon\n"),
            "`api_timeout` is `soon`, which is not a number of seconds (PATH:7:18)",
        ),
        (
            format!("{HOME}    cacert: no/such.pem\n"),
            "the file `no/such.pem` cannot be read (PATH:7:13)",
        ),
        (
            format!("{HOME}    key: no/such.pem\n"),
            "there is a key, but no client certificate (PATH:7:10); \
             set the file of the certificate too",
        ),
        (
            format!("{HOME}    regions: north\n"),
            "`regions` is not a list (PATH:7:14); write a line `- NAME` for each region",
        ),
        (
            HOME.replace("http://h/v3", "cloud.example"),
            "`auth_url` is not a URL (PATH:4:17); write",
        ),
        (
            format!("{HOME}      password: canary\n"),
            "`password` is already defined at PATH:6:7, remove one of them (PATH:7:7)",
        ),
    ] {
        let root = file("mistakes", &text, 0o600);
        let path = root.join("clouds.yaml").display().to_string();
        let error = session(&root).unwrap_err();
        assert!(!format!("{error:?}").contains("canary"), "{error:?}");
        let (error, says) = (error.to_string(), says.replace("PATH", &path));
        assert!(error.starts_with(&says), "{error}\n{says}");
    }
}

#[test]
fn what_a_command_line_says_counts_more_than_a_file() {
    let root = file("overlay", HOME, 0o600);
    let variables = Variables::given([("OS_PASSWORD", "env"), ("OS_PROJECT_ID", "p")])
        .with("OS_PROJECT_ID", "q");
    let cloud = Clouds::read_in(&[root], &variables)
        .unwrap()
        .get("home", None)
        .unwrap();
    let options = cloud
        .with_variables(variables)
        .options(&Registry::builtin())
        .unwrap();
    let found = exposed(&options);
    assert_eq!((&*found["password"], &*found["project_id"]), ("env", "q"));
    assert_eq!(
        options.place("password"),
        Some("the variable `OS_PASSWORD`")
    );
    assert_eq!(
        options.place("project_id"),
        Some("the option `--os-project-id`")
    );
}
