//! The paths of operations: what axum routes and OpenAPI describes alike.

use std::collections::BTreeSet;

/// What is wrong with a path; `None` for a good one.
pub(super) fn problem(path: &str) -> Option<String> {
    if !path.starts_with('/') {
        return Some(format!("a path begins with `/`: write `/{path}`"));
    }
    if path.contains(['?', '#']) {
        return Some("a path has no query: take it as an argument `Query<..>`".to_owned());
    }
    if path.contains(|c: char| c.is_whitespace() || c.is_control()) {
        return Some("a path has no spaces".to_owned());
    }
    let segments: Vec<&str> = path.split('/').skip(1).collect();
    let inner = segments.split_last().map_or(&[][..], |(_, inner)| inner);
    if inner.contains(&"") {
        return Some("a segment of this path is empty: write one `/`".to_owned());
    }
    let mut names = BTreeSet::new();
    segments.iter().find_map(|segment| {
        let name = match parameter(segment) {
            Ok(name) => name?,
            Err(problem) => return Some(problem),
        };
        (!names.insert(name))
            .then(|| format!("the path has `{{{name}}}` twice: give each parameter its own name"))
    })
}

/// The name of the parameter that a segment is.
fn parameter(segment: &str) -> Result<Option<&str>, String> {
    if let Some(name) = segment.strip_prefix(':').or(segment.strip_prefix('*')) {
        return Err(match is_name(name) {
            true => format!("parameters are in braces: write `{{{name}}}`"),
            false => "parameters are in braces, as in `{proxy_id}`".to_owned(),
        });
    }
    if !segment.contains(['{', '}']) {
        return Ok(None);
    }
    let Some(name) = segment
        .strip_prefix('{')
        .and_then(|rest| rest.strip_suffix('}'))
    else {
        return Err(format!(
            "`{segment}` is not a whole segment in braces, as `{{proxy_id}}` is"
        ));
    };
    if let Some(name) = name.strip_prefix('*') {
        return Err(format!(
            "OpenAPI has no parameter for the rest of a path: write `{{{name}}}` for one segment"
        ));
    }
    match is_name(name) {
        true => Ok(Some(name)),
        false => Err(format!(
            "`{segment}` has no name of letters, digits and `_`, as `{{proxy_id}}` has"
        )),
    }
}

fn is_name(name: &str) -> bool {
    let first = name.chars().next();
    first.is_some_and(|first| first.is_ascii_alphabetic() || first == '_')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_of_axum_are_paths_of_openapi() {
        for path in [
            "/",
            "/v1/proxies",
            "/v1/proxies/",
            "/v1/zones/{zone_id}/recordsets/{recordset_id}",
        ] {
            assert_eq!(problem(path), None, "{path}");
        }
    }

    #[test]
    fn others_are_told_what_to_write() {
        for (path, told) in [
            ("v1", "write `/v1`"),
            ("", "write `/`"),
            ("/a?b=c", "`Query<..>`"),
            ("/a b", "no spaces"),
            ("//a", "write one `/`"),
            ("/a/:id", "write `{id}`"),
            ("/a/*rest", "write `{rest}`"),
            ("/a/:", "as in `{proxy_id}`"),
            ("/a/{*rest}", "write `{rest}` for one segment"),
            ("/a/{id", "`{id` is not a whole segment in braces"),
            ("/a/x{id}", "`x{id}` is not a whole segment"),
            ("/a/{}", "`{}` has no name"),
            ("/a/{b c}", "no spaces"),
            ("/a/{b-c}", "`{b-c}` has no name of letters"),
            ("/a/{id}/{id}", "`{id}` twice"),
        ] {
            let problem = problem(path).unwrap();
            assert!(problem.contains(told), "{path}: {problem}");
        }
    }
}
