//! The registry of plugins has what the file lists against which they are held.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use keystone_document::{Entry, Node};
use keystone_sdk::auth::PluginOption;
use keystone_sdk::config::Registry;

fn spec() -> Node {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../specs/auth-methods.yaml");
    keystone_document::read("auth-methods.yaml", &fs::read_to_string(path).unwrap()).unwrap()
}

fn entries<'a>(node: &'a Node, key: &str) -> &'a [Entry] {
    node.get(key).and_then(Node::mapping).unwrap_or_default()
}

/// Holds one option of a plugin against its entry.
fn hold(plugin: &str, name: &str, entry: &Node) {
    let registry = Registry::builtin();
    let options: Vec<&PluginOption> = registry.get(plugin).unwrap().options().collect();
    let option = options.iter().find(|option| option.name == name);
    let option = option.unwrap_or_else(|| panic!("`{plugin}` has no option `{name}`"));
    let says = |key: &str| entry.get(key).and_then(Node::text) == Some("true");
    assert_eq!(entry.get("help").and_then(Node::text), Some(option.help));
    assert_eq!(option.secret, says("secret"), "{plugin}: {name}");
    assert_eq!(option.required, says("required"), "{plugin}: {name}");
    assert_eq!(option.underscored, says("underscored"), "{plugin}: {name}");
    let aliases = entry.get("aliases").and_then(Node::sequence);
    let aliases = aliases.unwrap_or_default().iter().filter_map(Node::text);
    assert_eq!(
        option.aliases,
        aliases.collect::<Vec<_>>(),
        "{plugin}: {name}"
    );
}

#[test]
fn the_registry_has_what_the_spec_lists() {
    let spec = spec();
    let mut listed = BTreeSet::new();
    for method in entries(&spec, "methods") {
        let names = ["plugin", "generic"].map(|key| method.value.get(key)?.text());
        for plugin in names.into_iter().flatten() {
            listed.insert(plugin.to_owned());
            for field in entries(&method.value, "fields") {
                let named = field.value.get("option").and_then(Node::text);
                hold(plugin, named.unwrap_or(field.name()), &field.value);
            }
        }
    }
    for plugin in entries(&spec, "plugins") {
        listed.insert(plugin.name().to_owned());
        let registry = Registry::builtin();
        let help = registry.get(plugin.name()).unwrap().help();
        assert_eq!(plugin.value.get("help").and_then(Node::text), Some(help));
        for option in entries(&plugin.value, "options") {
            hold(plugin.name(), option.name(), &option.value);
        }
    }
    let registry = Registry::builtin();
    let known = registry.loaders().iter().map(|one| one.name().to_owned());
    assert_eq!(known.collect::<BTreeSet<_>>(), listed);
}
