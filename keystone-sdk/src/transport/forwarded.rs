//! The header `Forwarded` (RFC 7239).

use std::net::IpAddr;

use http::{HeaderName, HeaderValue};

use crate::Error;
use crate::error::ConfigurationError;

pub(crate) const NAME: HeaderName = http::header::FORWARDED;

/// `for` is the original client, `by` this program. Unlike in keystoneauth, values are quoted where
/// the grammar of the header requires it.
pub(crate) fn value(address: IpAddr, user_agent: &HeaderValue) -> Result<HeaderValue, Error> {
    let by = user_agent.to_str().unwrap_or_default();
    let by = by.replace('\\', "\\\\").replace('"', "\\\"");
    let text = match address {
        IpAddr::V4(address) => format!("for={address};by=\"{by}\""),
        IpAddr::V6(address) => format!("for=\"[{address}]\";by=\"{by}\""),
    };
    HeaderValue::from_str(&text)
        .map_err(|_| ConfigurationError::new("`Forwarded` cannot carry the `User-Agent`").into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_both_families_are_written_as_the_grammar_wants() {
        let agent = HeaderValue::from_static("a/1 \"b\"");
        let told = |address: &str| value(address.parse().unwrap(), &agent).unwrap();
        assert_eq!(told("192.0.2.60"), r#"for=192.0.2.60;by="a/1 \"b\"""#);
        assert_eq!(
            told("2001:db8::17"),
            r#"for="[2001:db8::17]";by="a/1 \"b\"""#
        );
    }
}
