//! Access rules of application credentials: which calls a token may make at all.

use http::Method;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, percent_encode};
use serde_json::Value;

/// What stays as it is in a path that is compared with a rule.
const QUOTED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'/')
    .remove(b'_')
    .remove(b'.')
    .remove(b'-')
    .remove(b'~');

/// One rule: a method and a pattern of paths of one service.
///
/// Source: Identity API v3.13, "Application Credentials - Access Rules". In a path, `*` and
/// `{name}` stand for one or more characters of a segment, `**` for any characters, none and `/`
/// included; all else is literal.
#[derive(Clone, Debug)]
pub(crate) struct AccessRule {
    method: String,
    service: String,
    path: Vec<Piece>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Piece {
    /// This byte.
    Byte(u8),
    /// One or more bytes other than `/`.
    Segment,
    /// Any bytes.
    Anything,
}

impl AccessRule {
    /// Reads a rule of a token's body. A rule that lacks a part matches nothing.
    pub(crate) fn from_json(rule: &Value) -> Self {
        let text = |key: &str| rule.get(key).and_then(Value::as_str).unwrap_or_default();
        Self {
            method: text("method").to_owned(),
            service: text("service").to_owned(),
            path: pieces(text("path")),
        }
    }

    /// Whether the rule allows this call. `path` is [`normalised`].
    pub(crate) fn allows(&self, service_type: &str, method: &Method, path: &str) -> bool {
        self.method == method.as_str() && self.service == service_type && matches(&self.path, path)
    }
}

/// The path of a request as rules are compared with it: each character in its one spelling.
pub(crate) fn normalised(path: &str) -> String {
    let decoded: Vec<u8> = percent_decode_str(path).collect();
    percent_encode(&decoded, QUOTED).to_string()
}

fn pieces(pattern: &str) -> Vec<Piece> {
    let mut out = Vec::new();
    let mut rest = pattern.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        rest = after;
        match first {
            b'{' => {
                if let Some(end) = after.iter().position(|byte| *byte == b'}') {
                    out.push(Piece::Segment);
                    rest = after.get(end + 1..).unwrap_or_default();
                }
            }
            b'}' => {}
            b'*' => match after.split_first() {
                Some((b'*', after)) => {
                    out.push(Piece::Anything);
                    rest = after;
                }
                _ => out.push(Piece::Segment),
            },
            byte => out.push(Piece::Byte(*byte)),
        }
    }
    out
}

/// Follows all readings of the pattern at once, so that the time grows with the product of both
/// lengths, whatever the pattern.
fn matches(pattern: &[Piece], path: &str) -> bool {
    if pattern.is_empty() {
        return false;
    }
    let mut open = vec![false; pattern.len() + 1];
    let mut next = open.clone();
    reach(pattern, &mut open, 0);
    for byte in path.bytes() {
        next.fill(false);
        for (index, piece) in pattern.iter().enumerate() {
            if !open.get(index).copied().unwrap_or(false) {
                continue;
            }
            match piece {
                Piece::Byte(literal) if *literal == byte => reach(pattern, &mut next, index + 1),
                Piece::Segment if byte != b'/' => {
                    reach(pattern, &mut next, index);
                    reach(pattern, &mut next, index + 1);
                }
                Piece::Anything => reach(pattern, &mut next, index),
                Piece::Byte(_) | Piece::Segment => {}
            }
        }
        std::mem::swap(&mut open, &mut next);
    }
    open.last().copied().unwrap_or(false)
}

/// Marks `index`, and what follows it without reading a byte.
fn reach(pattern: &[Piece], open: &mut [bool], index: usize) {
    let mut index = index;
    while let Some(mark) = open.get_mut(index) {
        *mark = true;
        if pattern.get(index) != Some(&Piece::Anything) {
            return;
        }
        index += 1;
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn allows(pattern: &str, path: &str) -> bool {
        AccessRule::from_json(&json!({"method": "GET", "service": "proxy", "path": pattern}))
            .allows("proxy", &Method::GET, &normalised(path))
    }

    #[test]
    fn patterns_match_as_the_identity_api_says() {
        let matching = [
            ("/v2/servers", "/v2/servers"),
            ("/v2/*/servers", "/v2/abc/servers"),
            ("/v2/{project_id}/servers", "/v2/abc/servers"),
            ("/v2/{}/servers", "/v2/abc/servers"),
            ("/v2/se*s", "/v2/servers"),
            ("/v2/**", "/v2/"),
            ("/v2/**", "/v2/a/b/c"),
            ("/v2/**/x", "/v2//x"),
            ("/v2/**/x", "/v2/a/b/x"),
            ("**", "/anything/at/all"),
            ("/v2/***", "/v2/a"),
            ("/v2/***", "/v2/a/b"),
            ("/v2/{abc", "/v2/abc"),
            ("/v2/a%20b", "/v2/a b"),
            ("/v2/a/b", "/v2/a%2Fb"),
            ("/v2/a.b", "/v2/a.b"),
        ];
        for (pattern, path) in matching {
            assert!(allows(pattern, path), "{pattern} must match {path}");
        }
    }

    #[test]
    fn patterns_refuse_all_else() {
        let refusing = [
            ("/v2/servers", "/v2/servers/"),
            ("/v2/servers", "/v2/server"),
            ("/v2/servers", "/v2/servers/x"),
            ("/v2/*/servers", "/v2/a/b/servers"),
            ("/v2/*/servers", "/v2//servers"),
            ("/v2/*", "/v2/"),
            ("/v2/*", "/v2/a%2Fb"),
            ("/v2/**/x", "/v2/x"),
            ("/v2/***", "/v2/"),
            ("/v2/a.b", "/v2/axb"),
            ("/v2/.*", "/v2/abc"),
            ("/v2/[a-z]+", "/v2/abc"),
            ("", ""),
        ];
        for (pattern, path) in refusing {
            assert!(!allows(pattern, path), "{pattern} must not match {path}");
        }
    }

    #[test]
    fn method_and_service_must_be_equal() {
        let rule =
            AccessRule::from_json(&json!({"method": "GET", "service": "proxy", "path": "/**"}));
        assert!(rule.allows("proxy", &Method::GET, "/a"));
        assert!(!rule.allows("proxy", &Method::HEAD, "/a"));
        assert!(!rule.allows("compute", &Method::GET, "/a"));
    }

    #[test]
    fn a_rule_that_lacks_a_part_matches_nothing() {
        let rule = AccessRule::from_json(&json!({"method": "GET", "service": "proxy"}));
        assert!(!rule.allows("proxy", &Method::GET, ""));
        assert!(!rule.allows("proxy", &Method::GET, "/"));
    }

    #[test]
    fn a_hostile_pattern_costs_no_more_than_another() {
        let pattern = "/".to_owned() + &"*a**".repeat(50) + "x";
        assert!(!allows(
            &pattern,
            &("/".to_owned() + &"a".repeat(4000) + "/")
        ));
    }
}
