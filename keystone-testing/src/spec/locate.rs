//! Where a file has what differs, or where it would.

use keystone_codegen::model::{Api, Operation, Resource};
use keystone_codegen::resource_spec::SpecFile;
use keystone_document::{Node, read};

use super::difference::{Difference, Part};
use super::side::nameless;

/// The files with their positions.
pub(super) struct Locator<'a> {
    api: &'a Api,
    files: Vec<(&'a str, Node)>,
}

impl<'a> Locator<'a> {
    pub(super) fn new(sources: &'a [SpecFile], api: &'a Api) -> Self {
        let files = sources.iter().filter_map(|source| {
            let root = read(&source.name, &source.text).ok()?;
            Some((source.name.as_str(), root))
        });
        Self {
            api,
            files: files.collect(),
        }
    }

    /// `file:line:column`; of what the file lacks, the place of what would have it.
    pub(super) fn place(&self, difference: &Difference) -> String {
        let found = self.files.iter().find_map(|(name, root)| {
            let node = match root.get("openapi") {
                Some(_) => in_document(root, difference),
                None => self.in_spec(root, difference),
            };
            Some(node?.position.place(name))
        });
        let whole = || self.files.first().map(|(name, _)| format!("{name}:1:1"));
        found.or_else(whole).unwrap_or_default()
    }

    /// The line of a resource spec.
    fn in_spec<'n>(&self, root: &'n Node, difference: &Difference) -> Option<&'n Node> {
        let key = nameless(&difference.path);
        let mut all = self.api.resources().flat_map(|resource| {
            let operations = resource.operations.iter();
            operations.map(move |operation| (resource, operation))
        });
        let found = all.find(|(_, operation)| {
            operation.method.as_str() == difference.method
                && nameless(&self.api.address(&operation.path)) == key
        });
        let Some((resource, operation)) = found else {
            // Nothing is there yet: beside the resource of the path, or where resources are.
            let beside = self.api.resources().find(|resource| {
                let collection = nameless(&self.api.address(&resource.path));
                key.starts_with(&collection)
            });
            let node = beside.and_then(|resource| resource_node(root, resource));
            return node.or(root.get("resources"));
        };
        let resource_node = resource_node(root, resource)?;
        let part = match &difference.part {
            Part::Query(name) => query(resource_node, operation, name),
            Part::Body(at) | Part::Response(at) => attribute(resource_node, at),
            _ => None,
        };
        let operations = resource_node.get("operations");
        part.or_else(|| operations?.get(&operation.name))
            .or(operations)
            .or(Some(resource_node))
    }
}

fn resource_node<'n>(root: &'n Node, resource: &Resource) -> Option<&'n Node> {
    let kinds = ["resources", "links"].into_iter();
    kinds
        .filter_map(|kind| root.get(kind))
        .find_map(|all| all.get(&resource.name))
}

fn query<'n>(resource: &'n Node, operation: &Operation, name: &str) -> Option<&'n Node> {
    let own = resource
        .get("operations")
        .and_then(|all| all.get(&operation.name))
        .and_then(|one| one.get("query"));
    own.and_then(|all| all.get(name))
        .or_else(|| resource.get("filters")?.get(name))
}

/// The attribute of the resource, or of one of its records, with the last name of `at`.
fn attribute<'n>(resource: &'n Node, at: &str) -> Option<&'n Node> {
    let name = at
        .rsplit('.')
        .next()?
        .trim_end_matches(['[', ']', '{', '}']);
    let records = resource.get("records").and_then(Node::mapping);
    let records = records.unwrap_or_default().iter().map(|entry| &entry.value);
    let mut homes = [resource].into_iter().chain(records);
    let found = homes.find_map(|home| home.get("fields")?.get(name));
    // What is not there yet would be among them. A body that has no attributes is the operation's.
    found.or_else(|| resource.get("fields").filter(|_| at.contains('.')))
}

/// The place in an OpenAPI document.
fn in_document<'n>(root: &'n Node, difference: &Difference) -> Option<&'n Node> {
    let paths = root.get("paths")?;
    let wanted = nameless(&difference.path);
    let mut items = paths.mapping()?.iter();
    let Some(item) = items.find(|entry| nameless(entry.name()) == wanted) else {
        return Some(paths);
    };
    let item = &item.value;
    let Some(operation) = item.get(&difference.method.to_ascii_lowercase()) else {
        return Some(item);
    };
    let parameters = || {
        let lists = [operation, item].into_iter();
        lists
            .filter_map(|home| home.get("parameters")?.sequence())
            .flatten()
    };
    let found = match &difference.part {
        Part::Policies => operation.get("x-openstack-policies"),
        Part::Status => operation.get("responses"),
        Part::Since => operation.get("x-openstack-since"),
        Part::Deprecated => operation.get("deprecated"),
        Part::Query(name) | Part::Path(name) => parameters()
            .find(|one| one.get("name").and_then(Node::text) == Some(name))
            .or(operation.get("parameters")),
        Part::Body(at) => operation
            .get("requestBody")
            .and_then(|body| in_content(root, body, at)),
        Part::Response(at) => operation
            .get("responses")
            .and_then(Node::mapping)
            .and_then(|all| all.iter().find(|entry| entry.name().starts_with('2')))
            .and_then(|response| in_content(root, &response.value, at)),
        Part::Operation => None,
    };
    found.or(Some(operation))
}

fn in_content<'n>(root: &'n Node, home: &'n Node, at: &str) -> Option<&'n Node> {
    let home = resolved(root, home);
    let content = home.get("content").and_then(Node::mapping);
    let Some(schema) = content.and_then(|all| all.first()?.value.get("schema")) else {
        return Some(home);
    };
    let mut node = resolved(root, schema);
    for name in at.split('.').filter(|name| !name.is_empty()) {
        let plain = name.trim_end_matches(['[', ']', '{', '}']);
        let Some(found) = node.get("properties").and_then(|all| all.get(plain)) else {
            return Some(node);
        };
        node = resolved(root, found);
        while let Some(items) = node.get("items") {
            node = resolved(root, items);
        }
    }
    Some(node)
}

/// The target of references within the document.
fn resolved<'n>(root: &'n Node, node: &'n Node) -> &'n Node {
    let mut node = node;
    for _ in 0..32 {
        let target = node.get("$ref").and_then(Node::text);
        let Some(pointer) = target.and_then(|target| target.strip_prefix("#/")) else {
            break;
        };
        let found = pointer
            .split('/')
            .try_fold(root, |node, name| node.get(name));
        match found {
            Some(found) => node = found,
            None => break,
        }
    }
    node
}
