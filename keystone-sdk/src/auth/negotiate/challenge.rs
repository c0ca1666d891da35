//! What a server says of Negotiate in `WWW-Authenticate`.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use http::HeaderMap;
use http::header::WWW_AUTHENTICATE;

use crate::printable;

const NEGOTIATE: &str = "negotiate";

/// The word on Negotiate in a response.
#[derive(Debug, Eq, PartialEq)]
pub(super) enum Challenge {
    /// None: the server may offer other schemes.
    Absent,
    /// The server offers it.
    Offered,
    /// The server sends its own token.
    Token(Vec<u8>),
    /// What stands there is no token.
    Malformed,
}

/// Reads the challenges of a response.
pub(super) fn read(headers: &HeaderMap) -> Challenge {
    let mut found = Challenge::Absent;
    for challenge in challenges(headers) {
        let mut words = challenge.split_whitespace();
        let scheme = words.next().unwrap_or_default();
        if !scheme.eq_ignore_ascii_case(NEGOTIATE) {
            continue;
        }
        match words.next() {
            None => found = Challenge::Offered,
            // The server's own word counts more than an offer beside it.
            Some(token) => {
                return BASE64_STANDARD
                    .decode(token)
                    .map_or(Challenge::Malformed, Challenge::Token);
            }
        }
    }
    found
}

/// The schemes that a response offers, in words: the names alone.
pub(super) fn offered_schemes(headers: &HeaderMap) -> String {
    let mut schemes: Vec<String> = Vec::new();
    for challenge in challenges(headers) {
        let mut words = challenge.split_whitespace();
        let scheme = words.next().unwrap_or_default();
        // A parameter of the challenge before.
        if scheme.is_empty() || scheme.contains('=') {
            continue;
        }
        let scheme = format!("`{}`", printable::line(scheme));
        if !schemes.contains(&scheme) {
            schemes.push(scheme);
        }
    }
    match schemes.is_empty() {
        true => "nothing".to_owned(),
        false => schemes.join(", "),
    }
}

/// The elements of the header's list (RFC 9110, section 11.6.1): a comma between quotes ends none.
fn challenges(headers: &HeaderMap) -> impl Iterator<Item = String> {
    let values = headers.get_all(WWW_AUTHENTICATE).into_iter();
    values.flat_map(|value| elements(&String::from_utf8_lossy(value.as_bytes())))
}

fn elements(text: &str) -> Vec<String> {
    let (mut elements, mut element) = (Vec::new(), String::new());
    let (mut quoted, mut escaped) = (false, false);
    for character in text.chars() {
        match character {
            ',' if !quoted => elements.push(std::mem::take(&mut element)),
            _ => {
                quoted ^= character == '"' && !escaped;
                escaped = quoted && character == '\\' && !escaped;
                element.push(character);
            }
        }
    }
    elements.push(element);
    elements
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn headers(values: &[&str]) -> HeaderMap {
        let values = values.iter().map(|value| HeaderValue::from_str(value));
        values
            .map(|value| (WWW_AUTHENTICATE, value.unwrap()))
            .collect()
    }

    #[test]
    fn an_offer_is_found_among_others_whatever_its_case() {
        for values in [
            &["Negotiate"][..],
            &["negotiate"],
            &["Keystone uri=\"http://h\"", "Negotiate"],
            &["Basic realm=\"a, b\", Negotiate, Bearer"],
        ] {
            assert_eq!(read(&headers(values)), Challenge::Offered, "{values:?}");
        }
    }

    #[test]
    fn a_token_counts_more_than_an_offer() {
        let expected = Challenge::Token(b"proof".to_vec());
        for values in [
            &["Negotiate cHJvb2Y="][..],
            &["Negotiate", "Negotiate cHJvb2Y="],
            &["Negotiate  cHJvb2Y=, Basic realm=x"],
        ] {
            assert_eq!(read(&headers(values)), expected, "{values:?}");
        }
    }

    #[test]
    fn what_is_no_token_is_told_from_an_offer() {
        assert_eq!(read(&headers(&["Negotiate %%"])), Challenge::Malformed);
    }

    #[test]
    fn a_quoted_word_is_no_offer() {
        for value in [
            "Basic realm=\"x, Negotiate\"",
            "Basic realm=\"a \\\", Negotiate\"",
            "Basic",
            "",
        ] {
            assert_eq!(read(&headers(&[value])), Challenge::Absent, "{value}");
        }
        assert_eq!(read(&HeaderMap::new()), Challenge::Absent);
    }

    #[test]
    fn schemes_are_named_without_what_they_carry() {
        let all = headers(&["Basic realm=\"x\", charset=\"UTF-8\"", "Bearer, Basic"]);
        assert_eq!(offered_schemes(&all), "`Basic`, `Bearer`");
        assert_eq!(offered_schemes(&HeaderMap::new()), "nothing");
    }
}
