//! The names of operations and resources, from paths and handlers.

use super::route::DescribedRoute;

/// The name of an operation, and the resource that it belongs to.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Named {
    /// `proxy.list`, which no other operation has.
    pub(super) id: String,
    /// The resource, in the plural.
    pub(super) tag: String,
}

/// The name of an operation. `version` is the first segment of the paths.
pub(super) fn named(route: &DescribedRoute, version: &str) -> Named {
    let facts = route.described.facts;
    let words: Vec<String> = route
        .path
        .split('/')
        .filter(|segment| !segment.is_empty() && *segment != version)
        .map(|segment| match segment.starts_with('{') {
            true => String::new(),
            false => snake(segment),
        })
        .collect();
    let resource = match facts.resource {
        Some(resource) => resource.to_owned(),
        None => resource(facts.handler, &words),
    };
    let tag = plural(&resource);
    let short = [&resource, &tag].into_iter().find_map(|noun| {
        let verb = facts.handler.strip_suffix(noun.as_str())?;
        verb.strip_suffix('_').filter(|verb| !verb.is_empty())
    });
    let name = facts.name.unwrap_or(short.unwrap_or(facts.handler));
    Named {
        id: format!("{resource}.{name}"),
        tag,
    }
}

/// The segment that the handler is named after, else the last one that has items, else the last.
fn resource(handler: &str, words: &[String]) -> String {
    let literal = |word: &&String| !word.is_empty();
    let named_after = |word: &&String| {
        let one = singular(word);
        [plural(&one), one].iter().any(|noun| {
            handler
                .strip_suffix(noun.as_str())
                .is_some_and(|verb| verb.ends_with('_'))
        })
    };
    let by_name = words.iter().rev().filter(literal).find(named_after);
    let with_items = || {
        let pairs = words.iter().zip(words.iter().skip(1)).rev();
        let mut pairs = pairs.filter(|(word, next)| !word.is_empty() && next.is_empty());
        pairs.next().map(|(word, _)| word)
    };
    let last = || words.iter().rev().find(literal);
    by_name
        .or_else(with_items)
        .or_else(last)
        .map_or_else(|| "root".to_owned(), |word| singular(word))
}

fn snake(segment: &str) -> String {
    let words: Vec<String> = segment
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_ascii_lowercase)
        .collect();
    words.join("_")
}

/// One of many: `policies` is `policy`. keystone-codegen reads documents of others by rules of its own;
/// it is no dependency of a service, and takes the names that are written here.
fn singular(name: &str) -> String {
    if let Some(stem) = name.strip_suffix("ies").filter(|stem| stem.len() > 1) {
        return format!("{stem}y");
    }
    for (ending, instead) in [
        ("sses", "ss"),
        ("xes", "x"),
        ("ches", "ch"),
        ("shes", "sh"),
        ("tuses", "tus"),
    ] {
        if let Some(stem) = name.strip_suffix(ending) {
            // `proxes` is no plural of `prox`, but `boxes` is one of `box`.
            return format!("{stem}{instead}");
        }
    }
    let kept = ["ss", "us", "is"];
    match name.strip_suffix('s') {
        Some(stem) if stem.len() > 1 && !kept.iter().any(|end| name.ends_with(end)) => {
            stem.to_owned()
        }
        _ => name.to_owned(),
    }
}

/// Many of one: `policy` is `policies`.
fn plural(name: &str) -> String {
    let vowel = ["ay", "ey", "oy", "uy"];
    match name.strip_suffix('y') {
        Some(stem) if !vowel.iter().any(|end| name.ends_with(end)) => format!("{stem}ies"),
        _ if ["s", "x", "ch", "sh"].iter().any(|end| name.ends_with(end)) => format!("{name}es"),
        _ => format!("{name}s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::axum::openapi::route::tests::route;

    #[test]
    fn an_operation_is_named_by_its_handler_and_its_path() {
        for (handler, path, id, tag) in [
            ("list_proxies", "/v1/proxies", "proxy.list", "proxies"),
            ("get_proxy", "/v1/proxies/{id}", "proxy.get", "proxies"),
            ("purge_proxies", "/v1/proxies", "proxy.purge", "proxies"),
            ("seal_note", "/v1/notes/{id}/seal", "note.seal", "notes"),
            ("seal", "/v1/notes/{id}/seal", "note.seal", "notes"),
            (
                "list_recordsets",
                "/v1/zones/{z}/recordsets",
                "recordset.list",
                "recordsets",
            ),
            (
                "add",
                "/v1/zones/{z}/recordsets/{r}",
                "recordset.add",
                "recordsets",
            ),
            (
                "get_box",
                "/v1/mail-boxes/{id}",
                "mail_box.get_box",
                "mail_boxes",
            ),
            (
                "statistics",
                "/v1/statistics",
                "statistic.statistics",
                "statistics",
            ),
            ("versions", "/", "root.versions", "roots"),
        ] {
            let named = named(&route(handler, path), "v1");
            assert_eq!(
                (named.id.as_str(), named.tag.as_str()),
                (id, tag),
                "{handler}"
            );
        }
    }
}
