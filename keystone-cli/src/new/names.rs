//! The names in a new service: all of them become names in Rust, in YAML and of files.

use keystone_codegen::model::camel;
use keystone_codegen::openapi::{plural, singular};

use super::template::Values;
use crate::failure::Failure;

/// Longer names of crates and units are of no use to anybody.
const LONGEST: usize = 40;

/// Words of Rust, those of its future included.
const KEYWORDS: &[&str] = &[
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "crate",
    "do", "dyn", "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl",
    "in", "let", "loop", "macro", "match", "mod", "move", "mut", "override", "priv", "pub", "ref",
    "return", "self", "static", "struct", "super", "trait", "true", "try", "type", "typeof",
    "unsafe", "unsized", "use", "virtual", "where", "while", "yield",
];

/// Crates that the service depends on or that come with Rust, directories of cargo's, and devices
/// that Windows takes for files.
const TAKEN: &[&str] = &[
    "alloc",
    "aux",
    "axum",
    "build",
    "clap",
    "con",
    "core",
    "deps",
    "examples",
    "incremental",
    "keystone_middleware",
    "keystone_provision",
    "keystone_sdk",
    "keystone_testing",
    "nul",
    "prn",
    "proc_macro",
    "std",
    "test",
    "tokio",
    "tracing_subscriber",
    "uuid",
];

/// Modules that every service has.
const MODULES: &[&str] = &["api", "demo", "main", "policies", "server", "store"];

/// What the parts of a new service are called.
pub(super) struct Names {
    /// The crate, such as `image-registry`.
    pub(super) name: String,
    pub(super) service_type: String,
    /// What the API is about, such as `access_rule`.
    pub(super) resource: String,
    /// Many of them, such as `access_rules`.
    resources: String,
}

impl Names {
    /// Derives what is not given from the name.
    ///
    /// # Errors
    ///
    /// When a name cannot be one, saying why.
    pub(super) fn new(
        name: &str,
        resource: Option<&str>,
        service_type: Option<&str>,
    ) -> Result<Self, Failure> {
        check(name, "name of a service", "image-registry", &['-', '_'])?;
        let of_rust = name.replace('-', "_");
        if KEYWORDS.contains(&of_rust.as_str()) || TAKEN.contains(&of_rust.as_str()) {
            return Err(Failure::settings(format!(
                "`{name}` is taken by Rust, cargo or a crate that services use; choose another name, \
                 such as `{name}-service`"
            )));
        }
        let resource = match resource {
            Some(resource) => resource.to_owned(),
            None => resource_of(&of_rust),
        };
        check(&resource, "name of a resource", "access_rule", &['_'])?;
        let resources = plural(&resource);
        if resources == resource {
            return Err(Failure::settings(format!(
                "the resource `{resource}` is in the plural; give it in the singular, such as \
                 `--resource {}`",
                singular(&resource)
            )));
        }
        if KEYWORDS.contains(&resource.as_str()) || MODULES.contains(&resources.as_str()) {
            return Err(Failure::settings(format!(
                "`{resource}` cannot be the resource of a service: the name is taken in its code; choose \
                 another with `--resource NAME`"
            )));
        }
        let service_type = match service_type {
            Some(service_type) => service_type.to_owned(),
            None => resource.replace('_', "-"),
        };
        check(&service_type, "type of a service", "image-registry", &['-'])?;
        if service_type == "identity" {
            let message =
                "the type `identity` is that of Keystone itself; choose another with `--type TYPE`";
            return Err(Failure::settings(message));
        }
        Ok(Self {
            name: name.to_owned(),
            service_type,
            resource,
            resources,
        })
    }

    pub(super) fn add_to(&self, values: &mut Values) {
        values.extend([
            ("name", self.name.clone()),
            ("crate", self.name.replace('-', "_")),
            ("type", self.service_type.clone()),
            ("resource", self.resource.clone()),
            ("resources", self.resources.clone()),
            ("Resource", camel(&self.resource)),
            ("Resources", camel(&self.resources)),
            ("words", self.resources.replace('_', " ")),
        ]);
    }
}

/// `proxies`, `proxy-api` and `proxy-service` are about a `proxy`.
fn resource_of(name: &str) -> String {
    let endings = ["_service", "_api"];
    let about = endings.iter().find_map(|ending| name.strip_suffix(ending));
    singular(about.unwrap_or(name))
}

/// Lower-case letters and digits, in words between which one of `between` stands.
fn check(name: &str, what: &str, example: &str, between: &[char]) -> Result<(), Failure> {
    let is_word = |word: &str| {
        let mut letters = word.chars();
        !word.is_empty() && letters.all(|one| one.is_ascii_lowercase() || one.is_ascii_digit())
    };
    let starts = name.starts_with(|one: char| one.is_ascii_lowercase());
    if starts && name.len() <= LONGEST && name.split(between).all(is_word) {
        return Ok(());
    }
    let between = match between {
        ['-'] => "hyphens",
        ['_'] => "underscores",
        _ => "single hyphens or underscores",
    };
    Err(Failure::settings(format!(
        "`{name}` cannot be the {what}: give lower-case letters and digits, in words with {between} \
         between them, {LONGEST} characters at most, such as `{example}`"
    )))
}
