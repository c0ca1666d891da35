//! Access rules of application credentials, which restrict the calls of a token.

use http::Method;
use serde_json::Value;

/// One rule: a method and a pattern of paths of one service.
///
/// Source: Identity API v3.13, "Application Credentials - Access Rules". In a path, `*` and
/// `{name}` match one or more characters of a segment, `**` any number of characters including `/`;
/// everything else is literal.
#[derive(Clone, Debug)]
pub(crate) struct AccessRule {
    method: String,
    service: String,
    path: Vec<Piece>,
}

/// An octet of a decoded path. A `/` that was sent as `%2F` belongs to a segment: it is not a
/// separator, as in routers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Octet {
    Separator,
    Byte(u8),
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Piece {
    /// This octet.
    Octet(Octet),
    /// One or more octets of a segment.
    Segment,
    /// Any octets.
    Anything,
}

impl AccessRule {
    /// A rule of a token body. One that lacks a part matches nothing.
    pub(crate) fn from_json(rule: &Value) -> Self {
        let text = |key: &str| rule.get(key).and_then(Value::as_str).unwrap_or_default();
        Self {
            method: text("method").to_owned(),
            service: text("service").to_owned(),
            path: pieces(text("path")),
        }
    }

    /// Whether the rule allows this call to a path.
    pub(crate) fn allows(&self, service_type: &str, method: &Method, path: &[Octet]) -> bool {
        self.method == method.as_str() && self.service == service_type && matches(&self.path, path)
    }
}

/// A path octet by octet, decoded once.
pub(crate) fn octets(path: &str) -> Vec<Octet> {
    let mut out = Vec::with_capacity(path.len());
    let mut rest = path.as_bytes();
    while let Some((octet, after)) = next_octet(rest) {
        out.push(octet);
        rest = after;
    }
    out
}

/// The first octet and the rest. A `%` without two hexadecimal digits is literal.
fn next_octet(path: &[u8]) -> Option<(Octet, &[u8])> {
    match path {
        [] => None,
        [b'%', high, low, rest @ ..] if let Some(byte) = decoded(*high, *low) => {
            Some((Octet::Byte(byte), rest))
        }
        [b'/', rest @ ..] => Some((Octet::Separator, rest)),
        [byte, rest @ ..] => Some((Octet::Byte(*byte), rest)),
    }
}

fn decoded(high: u8, low: u8) -> Option<u8> {
    let digit = |byte: u8| char::from(byte).to_digit(16);
    u8::try_from(digit(high)? * 16 + digit(low)?).ok()
}

fn pieces(pattern: &str) -> Vec<Piece> {
    let mut out = Vec::new();
    let mut rest = pattern.as_bytes();
    loop {
        rest = match rest {
            [] => return out,
            [b'{', after @ ..] => match after.iter().position(|byte| *byte == b'}') {
                Some(end) => {
                    out.push(Piece::Segment);
                    after.get(end + 1..).unwrap_or_default()
                }
                None => after,
            },
            [b'}', after @ ..] => after,
            [b'*', b'*', after @ ..] => {
                out.push(Piece::Anything);
                after
            }
            [b'*', after @ ..] => {
                out.push(Piece::Segment);
                after
            }
            // Decoded octets are literal: `%2A` is not a wildcard.
            _ => {
                let Some((octet, after)) = next_octet(rest) else {
                    return out;
                };
                out.push(Piece::Octet(octet));
                after
            }
        }
    }
}

/// Tracks all positions in the pattern at once, so the time is bounded by the product of both
/// lengths.
fn matches(pattern: &[Piece], path: &[Octet]) -> bool {
    if pattern.is_empty() {
        return false;
    }
    let mut open = vec![false; pattern.len() + 1];
    let mut next = open.clone();
    reach(pattern, &mut open, 0);
    for octet in path {
        next.fill(false);
        for (index, piece) in pattern.iter().enumerate() {
            if !open.get(index).copied().unwrap_or(false) {
                continue;
            }
            match piece {
                Piece::Octet(literal) if literal == octet => reach(pattern, &mut next, index + 1),
                Piece::Segment if *octet != Octet::Separator => {
                    reach(pattern, &mut next, index);
                    reach(pattern, &mut next, index + 1);
                }
                Piece::Anything => reach(pattern, &mut next, index),
                Piece::Octet(_) | Piece::Segment => {}
            }
        }
        std::mem::swap(&mut open, &mut next);
    }
    open.last().copied().unwrap_or(false)
}

/// Marks `index`, and the positions reachable from it without an octet.
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
            .allows("proxy", &Method::GET, &octets(path))
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
            ("/v2/abc}", "/v2/abc"),
            ("/v2/}a{b", "/v2/ab"),
            ("/v2/a%20b", "/v2/a b"),
            ("/v2/a b", "/v2/a%20b"),
            ("/v2/é", "/v2/%C3%A9"),
            ("/v2/%c3%a9", "/v2/%C3%A9"),
            ("/v2/%7Eme", "/v2/~me"),
            ("/v2/~me", "/v2/%7eme"),
            ("/v2/100%", "/v2/100%"),
            ("/v2/100%zz", "/v2/100%zz"),
            ("/v2/a%2Ab", "/v2/a*b"),
            ("/v2/a%2Fb", "/v2/a%2fb"),
            ("/v2/*", "/v2/a%2Fb"),
            ("/v2/{id}", "/v2/%2F"),
            ("/v2/**", "/v2/a%2Fb/c"),
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
            ("/v2/a/b", "/v2/a%2Fb"),
            ("/v2/a/b", "/v2/a%2fb"),
            ("/v2/a/b", "/v2%2Fa/b"),
            ("/v2/a/b", "%2Fv2/a/b"),
            ("/v2/a%2Fb", "/v2/a/b"),
            ("/v2/*/b", "/v2/a%2Fb"),
            ("/v2/a%2Ab", "/v2/aXb"),
            ("/v2/%7Bid%7D", "/v2/a"),
            ("/v2/a", "/v2/%2561"),
            ("/v2/a", "/v2/./a"),
            ("/v2/a", "/v2/b/../a"),
            ("/v2/a", "/v2//a"),
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
        assert!(rule.allows("proxy", &Method::GET, &octets("/a")));
        assert!(!rule.allows("proxy", &Method::HEAD, &octets("/a")));
        assert!(!rule.allows("compute", &Method::GET, &octets("/a")));
    }

    #[test]
    fn a_rule_that_lacks_a_part_matches_nothing() {
        let rule = AccessRule::from_json(&json!({"method": "GET", "service": "proxy"}));
        assert!(!rule.allows("proxy", &Method::GET, &octets("")));
        assert!(!rule.allows("proxy", &Method::GET, &octets("/")));
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
