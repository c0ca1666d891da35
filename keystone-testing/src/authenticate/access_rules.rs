//! Access rules of application credentials: which calls their tokens may make.

use crate::call::Call;
use crate::store::Record;

/// Whether one of the rules is about this very call to the identity service.
pub(super) fn allow(rules: &[Record], call: &Call) -> bool {
    let validates = call.method == http::Method::GET && call.path() == "/v3/auth/tokens";
    validates
        || rules.iter().any(|rule| {
            rule.is("service", "identity")
                && rule.is("method", call.method.as_str())
                && rule
                    .text("path")
                    .is_some_and(|pattern| matches(pattern, call.path()))
        })
}

/// `*` and `{name}` stand for one or more characters other than `/`, `**` for any characters.
fn matches(pattern: &str, path: &str) -> bool {
    if let Some(rest) = pattern.strip_prefix("**") {
        return tails(path).any(|tail| matches(rest, tail));
    }
    let braces = pattern
        .strip_prefix('{')
        .and_then(|rest| rest.split_once('}'));
    if let Some(rest) = pattern.strip_prefix('*').or(braces.map(|(_, rest)| rest)) {
        let segment = path.find('/').unwrap_or(path.len());
        let tails = tails(path)
            .skip(1)
            .filter(|tail| path.len() - tail.len() <= segment);
        return tails.into_iter().any(|tail| matches(rest, tail));
    }
    let mut characters = pattern.chars();
    match characters.next() {
        None => path.is_empty(),
        Some(character) => path
            .strip_prefix(character)
            .is_some_and(|tail| matches(characters.as_str(), tail)),
    }
}

/// The path itself and each of its ends.
fn tails(path: &str) -> impl Iterator<Item = &str> {
    path.char_indices()
        .map(|(at, _)| at)
        .chain([path.len()])
        .filter_map(|at| path.get(at..))
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn wildcards_stop_at_slashes_unless_doubled() {
        assert!(matches("/v3/users/*", "/v3/users/u1"));
        assert!(matches("/v3/users/{user_id}", "/v3/users/u1"));
        assert!(matches("/v3/**", "/v3/users/u1"));
        assert!(matches("/v3/**", "/v3/"));
        assert!(matches("/v3/us*s", "/v3/users"));
        assert!(!matches("/v3/users/*", "/v3/users/u1/projects"));
        assert!(!matches("/v3/users/*", "/v3/users/"));
        assert!(!matches("/v3/users", "/v3/users/u1"));
    }
}
