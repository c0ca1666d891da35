//! The operations of policies where the description of a service has them, and not its policy file.

use std::collections::{HashMap, HashSet};
use std::error::Error as StdError;
use std::path::Path;

use keystone_codegen::resource_spec::SpecFile;
use keystone_codegen::{PolicyUse, PolicyUser, describe, files, policy_uses};
use keystone_document::{Node, hint_or};
use keystone_policy::sources::file::{PolicyEntry, PolicyFile};

/// What the descriptions that a policy file names say of policies.
#[derive(Default)]
pub(super) struct Service {
    uses: Vec<Use>,
}

/// A use of a policy, and where it is written: `file:line:column`, or the file alone.
struct Use {
    of: PolicyUse,
    place: String,
}

impl Service {
    /// Reads the descriptions that `file`, read from `path`, names.
    ///
    /// # Errors
    /// With a line for each that cannot be read, and for each mistake.
    pub(super) fn read(path: &str, file: &PolicyFile) -> Result<Self, Vec<String>> {
        let mut errors = Vec::new();
        let mut apis: Vec<Vec<SpecFile>> = Vec::new();
        let directory = Path::new(path).parent().unwrap_or(Path::new(""));
        for service in &file.services {
            let found = directory.join(&service.path);
            match files::read(std::slice::from_ref(&found)) {
                Ok(sources) => add(&mut apis, &found, sources),
                Err(error) => {
                    let cause = error.source().map(ToString::to_string);
                    let cause = cause.map_or_else(String::new, |cause| format!(": {cause}"));
                    errors.push(format!("{}: {error}{cause}", service.place(path)));
                }
            }
        }
        let mut uses = Vec::new();
        for sources in &apis {
            match describe(sources) {
                Ok(api) => uses.extend(policy_uses(&api).into_iter().map(|of| Use {
                    place: place(sources, &of.policy),
                    of,
                })),
                Err(error) => errors.extend(error.to_string().lines().map(str::to_owned)),
            }
        }
        match errors.is_empty() {
            true => Ok(Self { uses }),
            false => Err(errors),
        }
    }

    /// The requests that a policy guards: method and path.
    pub(super) fn operations(&self, policy: &str) -> Vec<(String, String)> {
        let operation = |one: &Use| match &one.of.user {
            PolicyUser::Operation { method, path } => Some(((*method).to_owned(), path.clone())),
            _ => None,
        };
        self.of(policy).filter_map(operation).collect()
    }

    /// The attributes that a policy guards, in words.
    pub(super) fn attributes(&self, policy: &str) -> Vec<String> {
        let attribute = |one: &Use| match &one.of.user {
            PolicyUser::Attribute { resource, name } => Some(format!("{resource}.{name}")),
            _ => None,
        };
        self.of(policy).filter_map(attribute).collect()
    }

    fn of<'a>(&'a self, policy: &'a str) -> impl Iterator<Item = &'a Use> {
        self.uses.iter().filter(move |one| one.of.policy == policy)
    }

    /// Policies whose operations stand in both files, each with both places.
    pub(super) fn doubled(&self, path: &str, file: &PolicyFile) -> Vec<String> {
        let doubled = |policy: &PolicyEntry| {
            let name = &policy.rule.name;
            let place = policy.operations_place(path)?;
            let Use { of, place: used } = self.of(name).next()?;
            Some(format!(
                "{place}: policy `{name}` lists `operations`, and {used} has it for {}: remove \
                 `operations`",
                of.user
            ))
        };
        file.policies.iter().filter_map(doubled).collect()
    }

    /// Policies and uses that do not fit together: all that `service!` refuses.
    pub(super) fn mistakes(&self, path: &str, file: &PolicyFile) -> Vec<String> {
        let mut found = self.doubled(path, file);
        let names: Vec<&str> = file
            .policies
            .iter()
            .map(|one| one.rule.name.as_str())
            .collect();
        let known: HashSet<&str> = names.iter().copied().collect();
        for Use { of, place } in &self.uses {
            let (policy, user) = (of.policy.as_str(), &of.user);
            if !known.contains(policy) {
                let hint = hint_or(policy, &names, "declare it there, or name another one");
                found.push(format!(
                    "{place}: {user} has policy `{policy}`, which {path} does not declare{hint}"
                ));
            }
        }
        for policy in &file.policies {
            let (name, place) = (&policy.rule.name, policy.rule.place(path));
            match (policy.internal, self.of(name).next()) {
                (true, Some(Use { of, place: used })) => found.push(format!(
                    "{place}: policy `{name}` is `internal: true`, but {used} has it for {}: remove \
                     `internal`",
                    of.user
                )),
                (false, None) if policy.operations_position.is_none() => found.push(format!(
                    "{place}: policy `{name}` is used by no operation; name it in one, remove it, or \
                     write `internal: true`"
                )),
                _ => {}
            }
        }
        found
    }
}

/// The requests that policies guard, each as method and path.
#[derive(Default)]
pub(super) struct Guarded<'a>(HashMap<&'a str, &'a [(String, String)]>);

impl<'a> Guarded<'a> {
    pub(super) fn new(policies: impl Iterator<Item = (&'a str, &'a [(String, String)])>) -> Self {
        Self(policies.collect())
    }

    /// Those of one policy.
    pub(super) fn by(&self, policy: &str) -> impl Iterator<Item = (&'a str, &'a str)> {
        let operations = self.0.get(policy).copied().unwrap_or_default().iter();
        operations.map(|(method, path)| (method.as_str(), path.as_str()))
    }
}

/// Adds files to the descriptions so far: a directory is one of its own, and a file without a service
/// belongs to the one before it.
fn add(apis: &mut Vec<Vec<SpecFile>>, path: &Path, sources: Vec<SpecFile>) {
    match apis.last_mut() {
        Some(api) if !path.is_dir() && !sources.iter().any(has_service) => api.extend(sources),
        _ => apis.push(sources),
    }
}

/// Whether a file begins a description. One that cannot be read does, so that it is told by itself.
fn has_service(source: &SpecFile) -> bool {
    keystone_document::read(&source.name, &source.text).map_or(true, |root| {
        let keys = ["service", "openapi", "swagger"];
        keys.iter().any(|key| root.get(key).is_some())
    })
}

/// Where these files first name a policy: the model of an API has no positions.
fn place(sources: &[SpecFile], policy: &str) -> String {
    let found = sources.iter().find_map(|source| {
        let root = keystone_document::read(&source.name, &source.text).ok()?;
        let node = named(&root, policy)?;
        Some(node.position.place(&source.name))
    });
    let names = || sources.iter().map(|source| source.name.as_str());
    found.unwrap_or_else(|| names().collect::<Vec<_>>().join(", "))
}

/// The first value that is this text.
fn named<'n>(node: &'n Node, text: &str) -> Option<&'n Node> {
    if let Some(items) = node.sequence() {
        return items.iter().find_map(|item| named(item, text));
    }
    match node.mapping() {
        Some(entries) => entries.iter().find_map(|entry| named(&entry.value, text)),
        None => (node.text() == Some(text)).then_some(node),
    }
}
