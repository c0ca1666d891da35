//! The plugins at a real Keystone, and their options beside those of keystoneauth1.

use std::collections::BTreeMap;
use std::process::Command;

use keystone_document::Node;
use keystone_lab::RealKeystone;
use keystone_sdk::auth::{AuthPlugin, PluginLoader, PluginOption, generic, v3};
use keystone_sdk::config::Registry;
use keystone_sdk::{Error, Session};
use serde::Deserialize;
use serde_json::{Value, json};

#[path = "../ensure_cases.rs"]
mod ensure_cases;
#[path = "../provision_cases.rs"]
mod provision_cases;

fn real() -> RealKeystone {
    RealKeystone::from_env().unwrap()
}

fn admin(keystone: &RealKeystone) -> v3::PasswordBuilder {
    v3::Password::builder(&keystone.url)
        .username(&keystone.username)
        .user_domain_id("default")
        .password(&*keystone.password)
        .project_name(&keystone.project)
        .project_domain_id("default")
}

fn session(auth: impl AuthPlugin + 'static) -> Session {
    Session::new(auth).unwrap()
}

#[tokio::test]
async fn the_generic_plugin_finds_v3_from_the_root() {
    let keystone = real();
    let root = keystone.url.trim_end_matches("/v3");
    let auth = generic::Password::builder(root)
        .username(&keystone.username)
        .password(&*keystone.password)
        .default_domain_name("Default")
        .project_name(&keystone.project);
    let access = session(auth.build().unwrap()).access().await.unwrap();
    assert_eq!(access.project_name(), Some(keystone.project.as_str()));

    let old = generic::Password::builder(root)
        .username(&keystone.username)
        .password(&*keystone.password);
    let error = session(old.build().unwrap()).token().await.unwrap_err();
    assert!(matches!(error, Error::Configuration(_)), "{error:?}");
    assert!(error.to_string().contains("has no domain"), "{error}");
}

/// Runs a script with the administrator's credentials, and reads its JSON.
fn script<T: for<'de> Deserialize<'de>>(name: &str, keystone: &RealKeystone) -> T {
    let mut command: Command = keystone_lab::python(name).unwrap();
    let output = command
        .env("OS_AUTH_URL", &keystone.url)
        .env("OS_USERNAME", &keystone.username)
        .env("OS_PASSWORD", &keystone.password)
        .env("OS_PROJECT_NAME", &keystone.project)
        .env("OS_USER_DOMAIN_ID", "default")
        .env("OS_PROJECT_DOMAIN_ID", "default")
        .output()
        .unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    serde_json::from_slice(&output.stdout).unwrap()
}

#[derive(Deserialize)]
struct Listed {
    options: Vec<ListedOption>,
}

#[derive(Deserialize)]
struct ListedOption {
    name: String,
    dest: String,
    aliases: Vec<String>,
    required: bool,
    secret: bool,
    default: Option<String>,
}

/// Plugins that keystoneauth1 has not, or not by a name.
const OURS_ALONE: [&str; 2] = ["v3k2k", "v3oidctokenexchange"];

#[test]
fn no_option_of_keystoneauth1_is_missing() {
    let theirs: BTreeMap<String, Listed> = script("list_plugins.py", &real());
    let registry = Registry::builtin();
    let shared = |loader: &&PluginLoader| !OURS_ALONE.contains(&loader.name());
    for loader in registry.loaders().iter().filter(shared) {
        let plugin = loader.name();
        let ours: Vec<&PluginOption> = loader.options().collect();
        let listed = theirs
            .get(plugin)
            .unwrap_or_else(|| panic!("they have no `{plugin}`"));
        for their in &listed.options {
            let place = format!("`{}` of `{plugin}`", their.name);
            let our = ours.iter().find(|our| our.listed_name() == their.name);
            let our = our.unwrap_or_else(|| panic!("{place} is missing"));
            assert!(our.is_called(&their.dest), "{place}: {}", their.dest);
            assert_eq!(our.secret, their.secret, "{place}");
            assert!(our.required || !their.required, "{place}");
            if let Some(default) = &their.default {
                assert_eq!(our.default, Some(default.as_str()), "{place}");
            }
            for alias in &their.aliases {
                let alias = alias.replace('-', "_");
                assert!(our.aliases.contains(&alias.as_str()), "{place}: {alias}");
            }
        }
        // Nothing that is ours alone is demanded, so that their files go on working.
        for our in ours.iter().filter(|our| our.required) {
            let known = listed.options.iter().any(|their| their.dest == our.name);
            assert!(known, "`{plugin}` demands `{}`", our.name);
        }
    }
    let missing = theirs.keys().filter(|name| registry.get(name).is_err());
    assert_eq!(missing.collect::<Vec<_>>(), Vec::<&String>::new());
    assert_eq!(theirs.len(), 26);
}

/// What a case of `tests/vectors/clouds.yaml` says of openstacksdk.
struct Oracle<'a>(&'a Node);

impl Oracle<'_> {
    fn text(&self, key: &str) -> Option<&str> {
        self.0.get(key)?.text()
    }

    fn texts(node: Option<&Node>) -> BTreeMap<String, String> {
        let entries = node.and_then(Node::mapping).unwrap_or_default();
        let value = |node: &Node| node.text().unwrap_or_default().to_owned();
        entries
            .iter()
            .map(|entry| (entry.name().to_owned(), value(&entry.value)))
            .collect()
    }

    fn agrees(&self, theirs: &Value) -> bool {
        let says = self.0.get("python").unwrap_or(self.0);
        if let Some(error) = says.get("error").and_then(Node::text) {
            return theirs["error"]
                .as_str()
                .is_some_and(|text| text.contains(error));
        }
        let services = self.0.get("services").and_then(Node::mapping);
        let services = services.unwrap_or_default().iter();
        let services: BTreeMap<_, _> = services
            .map(|entry| (entry.name(), Self::texts(Some(&entry.value))))
            .collect();
        theirs["plugin"].as_str() == says.get("plugin").and_then(Node::text)
            && theirs["region_name"].as_str() == self.text("region_name")
            && theirs["options"] == json!(Self::texts(says.get("options")))
            && theirs["services"] == json!(services)
    }
}

#[test]
fn openstacksdk_reads_clouds_as_listed() {
    let path = keystone_lab::folder().join("../vectors/clouds.yaml");
    let output = keystone_lab::python("read_clouds.py")
        .unwrap()
        .arg(&path)
        .output()
        .unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    let theirs: Value = serde_json::from_slice(&output.stdout).unwrap();
    let root =
        keystone_document::read("clouds.yaml", &std::fs::read_to_string(path).unwrap()).unwrap();
    let cases = root.get("cases").and_then(Node::sequence).unwrap();
    let mut wrong = Vec::new();
    for case in cases.iter().map(Oracle) {
        let name = case.text("name").unwrap();
        if !case.agrees(&theirs[name]) {
            wrong.push(format!("{name}: {}", theirs[name]));
        }
        // Where both take the files, but not in the same way, there has to be a reason.
        let differs = case.0.get("python").is_some() && case.text("plugin").is_some();
        assert!(!differs || case.text("because").is_some(), "{name}");
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn things_are_made_changed_or_left_alone() {
    let keystone = real();
    ensure_cases::all(&session(admin(&keystone).build().unwrap())).await;
}

#[tokio::test]
async fn a_file_is_applied_stopped_resumed_changed_pruned_and_removed() {
    let keystone = real();
    provision_cases::all(&session(admin(&keystone).build().unwrap())).await;
}
