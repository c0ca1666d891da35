//! Which service a document describes, and where its paths begin.

use super::names;
use super::node_ref::NodeRef;
use super::reader::Reader;
use crate::model::Service;
use crate::text::{problem_of_service_type, problem_of_version};

/// What the paths of a document begin with.
#[derive(Debug, Default)]
pub(super) struct Base {
    /// The version that stands in the paths themselves.
    version: Option<String>,
}

impl Base {
    /// A path without the version, and whether it had none though others have.
    pub(super) fn split<'p>(&self, path: &'p str) -> (&'p str, bool) {
        let Some(version) = &self.version else {
            return (path, false);
        };
        let rest = path
            .strip_prefix('/')
            .and_then(|rest| rest.strip_prefix(version.as_str()));
        match rest {
            Some(rest) if rest.is_empty() || rest.starts_with('/') => (rest, false),
            _ => (path, true),
        }
    }
}

/// Reads the service from the extension key, else from title, servers and paths.
pub(super) fn service<'a>(reader: &mut Reader<'a>, root: &NodeRef<'a>) -> (Service, Base) {
    let title = reader
        .mapping(root, "info")
        .and_then(|info| info.text("title"));
    let title = title.map(str::trim).filter(|title| !title.is_empty());
    let about = root
        .get("info")
        .and_then(|info| info.get("x-openstack-service"));
    let about = about.or(root.get("x-openstack-service"));
    let text = |key: &str| about.as_ref().and_then(|about| about.text(key));
    let in_paths = version_of_paths(root);
    let version = text("version")
        .map(str::to_owned)
        .or(in_paths.clone())
        .or(version_of_servers(root));
    let service = Service {
        title: title.map_or_else(
            || "the described API".to_owned(),
            |title| {
                super::description::sentence(title)
                    .trim_end_matches('.')
                    .to_owned()
            },
        ),
        service_type: match text("type") {
            Some(name) => name.to_owned(),
            None => type_of(title.unwrap_or_default()),
        },
        version: version.unwrap_or_default(),
        discover: about.as_ref().is_some_and(|about| about.flag("discover")),
        microversions: microversions(about.as_ref()),
    };
    let problems = [
        problem_of_service_type(&service.service_type),
        problem_of_version(&service.version),
    ];
    for problem in problems.into_iter().flatten() {
        reader.problem(about.as_ref().unwrap_or(root), problem);
    }
    let own = service.version.clone();
    let version = in_paths.or(text("version").map(|_| own));
    let base = Base {
        version: version.filter(|version| !version.is_empty()),
    };
    (service, base)
}

/// The lowest and the highest microversion, of a document that we wrote.
fn microversions(about: Option<&NodeRef<'_>>) -> Option<(String, String)> {
    let range = about?.get("microversions")?;
    Some((range.text("min")?.to_owned(), range.text("max")?.to_owned()))
}

/// A type for the catalog, from a title: `The Block Storage API (v3)` is `block-storage`.
fn type_of(title: &str) -> String {
    let noise = [
        "the",
        "api",
        "apis",
        "open",
        "openapi",
        "openstack",
        "service",
        "rest",
        "v",
    ];
    let words: Vec<String> = names::words(title)
        .into_iter()
        .filter(|word| !noise.contains(&word.as_str()) && !is_version(word))
        .filter(|word| !word.bytes().all(|byte| byte.is_ascii_digit()))
        .take(4)
        .collect();
    match words.is_empty() {
        true => "service".to_owned(),
        false => words.join("-"),
    }
}

/// Whether a segment is a version such as `v3` or `v2.1`.
fn is_version(segment: &str) -> bool {
    let Some(number) = segment.strip_prefix('v') else {
        return false;
    };
    number.starts_with(|first: char| first.is_ascii_digit())
        && number
            .bytes()
            .all(|byte| byte.is_ascii_digit() || byte == b'.')
}

/// The version with which all paths begin, but those of the discovery documents.
fn version_of_paths(root: &NodeRef<'_>) -> Option<String> {
    let mut version: Option<&str> = None;
    for (key, _) in root.get("paths")?.entries() {
        let path = key.text().unwrap_or_default();
        let first = path.split('/').nth(1).unwrap_or_default();
        match (first, version) {
            // The root itself lists the versions.
            ("", _) if path == "/" => {}
            (first, None) if is_version(first) => version = Some(first),
            (first, Some(known)) if first == known => {}
            _ => return None,
        }
    }
    version.map(str::to_owned)
}

/// The version at the end of the first server's address.
fn version_of_servers(root: &NodeRef<'_>) -> Option<String> {
    let server = root.get("servers")?.items().next()?;
    let mut url = server.text("url")?.to_owned();
    for (name, variable) in server.get("variables").iter().flat_map(NodeRef::entries) {
        let name = format!("{{{}}}", name.text().unwrap_or_default());
        url = url.replace(&name, variable.text("default").unwrap_or_default());
    }
    let last = url.trim_end_matches('/').rsplit('/').next()?;
    is_version(last).then(|| last.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_gives_a_type_for_the_catalog() {
        for (title, name) in [
            ("The Block Storage API (v3)", "block-storage"),
            ("Swagger Petstore - OpenAPI 3.0", "swagger-petstore"),
            ("", "service"),
        ] {
            assert_eq!(type_of(title), name);
        }
    }

    #[test]
    fn versions_are_told_from_words() {
        let all = ["v3", "v2.1", "v", "vm", "3", "v3x"];
        let versions: Vec<&str> = all.into_iter().filter(|one| is_version(one)).collect();
        assert_eq!(versions, ["v3", "v2.1"]);
    }
}
