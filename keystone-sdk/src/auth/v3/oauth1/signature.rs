//! Signatures of OAuth 1.0a, by HMAC-SHA1.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use jiff::Timestamp;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use sha1::Sha1;
use url::Url;

use crate::SecretString;

/// What stands unencoded in a signature. Source: RFC 5849, section 3.6.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// The keys that a request is signed with.
pub(super) struct Keys<'a> {
    pub(super) consumer: &'a str,
    pub(super) consumer_secret: &'a SecretString,
    /// Id and secret of the token, if there is one already.
    pub(super) token: Option<(&'a str, &'a SecretString)>,
}

/// When and how often a request is sent: what no two requests have in common.
pub(super) struct Once {
    nonce: String,
    seconds: String,
}

impl Once {
    pub(super) fn new(nonce: impl Into<String>, now: Timestamp) -> Self {
        Self {
            nonce: nonce.into(),
            seconds: now.as_second().to_string(),
        }
    }

    /// With a nonce by chance.
    pub(super) fn at(now: Timestamp) -> Self {
        Self::new(uuid::Uuid::new_v4().simple().to_string(), now)
    }
}

impl Keys<'_> {
    /// The value of `Authorization` for a POST to `url`; `more` is signed along.
    pub(super) fn authorization(
        &self,
        url: &Url,
        once: &Once,
        more: &[(&str, &str)],
    ) -> SecretString {
        let mut parameters = vec![
            ("oauth_consumer_key", self.consumer),
            ("oauth_nonce", &once.nonce),
            ("oauth_signature_method", "HMAC-SHA1"),
            ("oauth_timestamp", &once.seconds),
            ("oauth_version", "1.0"),
        ];
        parameters.extend(self.token.map(|(id, _)| ("oauth_token", id)));
        parameters.extend(more);
        parameters.sort_unstable();
        let signature = self.sign(&base_string(url, &parameters));
        parameters.push(("oauth_signature", &signature));
        let all: Vec<_> = parameters
            .into_iter()
            .map(|(name, value)| format!("{name}=\"{}\"", encoded(value)))
            .collect();
        SecretString::new(format!("OAuth {}", all.join(", ")))
    }

    /// Source: RFC 5849, section 3.4.2.
    fn sign(&self, base: &str) -> String {
        let token = self.token.map_or("", |(_, secret)| secret.expose());
        let key = SecretString::new(format!(
            "{}&{}",
            encoded(self.consumer_secret.expose()),
            encoded(token)
        ));
        let mac = Hmac::<Sha1>::new_from_slice(key.expose().as_bytes());
        // A key of any length is good for HMAC, so the other branch is never taken; it would send
        // a request that is refused.
        mac.map_or_else(
            |_| String::new(),
            |mac| STANDARD.encode(mac.chain_update(base).finalize().into_bytes()),
        )
    }
}

/// Source: RFC 5849, section 3.4.1. The query is left out, as Keystone leaves it out when it checks
/// the signature: it would otherwise refuse a request with `?nocatalog`.
fn base_string(url: &Url, parameters: &[(&str, &str)]) -> String {
    let mut place = url.clone();
    place.set_query(None);
    place.set_fragment(None);
    let pairs = parameters
        .iter()
        .map(|(name, value)| (encoded(name), encoded(value)));
    let mut pairs: Vec<_> = pairs.collect();
    pairs.sort_unstable();
    let pairs: Vec<_> = pairs
        .into_iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    ["POST", place.as_str(), &pairs.join("&")]
        .map(encoded)
        .join("&")
}

fn encoded(text: &str) -> String {
    utf8_percent_encode(text, RESERVED).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_base_string_holds_method_address_and_sorted_parameters() {
        let url = Url::parse("http://EXAMPLE.COM:80/r%20v/X?nocatalog").unwrap();
        let parameters = [("oauth_nonce", "7d8f3e4a"), ("b5", "=%3D"), ("c@", "")];
        assert_eq!(
            base_string(&url, &parameters),
            "POST&http%3A%2F%2Fexample.com%2Fr%2520v%2FX&b5%3D%253D%25253D%26c%2540%3D\
             %26oauth_nonce%3D7d8f3e4a"
        );
    }

    #[test]
    fn the_signature_is_that_of_oauthlib() {
        let url = Url::parse("http://h:5000/v3/auth/tokens").unwrap();
        let now = Timestamp::from_second(1_191_242_096).unwrap();
        let [consumer_secret, token_secret] =
            ["kd94hf93k423kf44", "pfkkdhi9sl3r4s00"].map(SecretString::from);
        // The keys of the example in RFC 5849, section 1.2.
        let keys = Keys {
            consumer: "dpf43f3p2l4k3l03",
            consumer_secret: &consumer_secret,
            token: Some(("nnch734d00sl2jdk", &token_secret)),
        };
        let header = keys.authorization(&url, &Once::new("kllo9940pd9333jh", now), &[]);
        assert_eq!(
            header.expose(),
            "OAuth oauth_consumer_key=\"dpf43f3p2l4k3l03\", oauth_nonce=\"kllo9940pd9333jh\", \
             oauth_signature_method=\"HMAC-SHA1\", oauth_timestamp=\"1191242096\", \
             oauth_token=\"nnch734d00sl2jdk\", oauth_version=\"1.0\", \
             oauth_signature=\"EthBgDQ%2BaPUN3zf1ld3Wf320w9w%3D\""
        );
    }
}
