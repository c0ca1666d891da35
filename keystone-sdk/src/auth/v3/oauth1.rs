//! The method `oauth1`: an access token that a user has granted to a consumer.
//!
//! Source: RFC 5849, "The OAuth 1.0 Protocol"; Identity API v3, OS-OAUTH1 extension.

use http::header::AUTHORIZATION;
use serde_json::{Value, json};

use crate::auth::AuthRequest;
use crate::{Error, SecretString, auth_method};

mod consumer;
mod signature;

pub use consumer::OAuth1Consumer;
use signature::{Keys, Once};

/// Proves by an access token of OAuth 1.0a that a user has granted roles on a project.
///
/// The request is signed by HMAC-SHA1 for the address to which it really goes, without its query.
///
/// ```
/// use keystone_sdk::auth::v3;
///
/// let auth = v3::OAuth1::builder("http://127.0.0.1:5000/v3")
///     .consumer_key("c0ffee")
///     .consumer_secret("s3cr3t")
///     .access_key("facade")
///     .access_secret("s3cr3t")
///     .build()?;
/// # Ok::<_, keystone_sdk::Error>(())
/// ```
#[auth_method(
    "oauth1",
    plugin = OAuth1,
    scope = none,
    data = OAuth1Method::sign,
    spec = "specs/auth-methods.yaml"
)]
#[derive(Clone)]
pub struct OAuth1Method {
    /// The consumer's id.
    consumer_key: String,
    /// The consumer's secret.
    #[auth(secret)]
    consumer_secret: SecretString,
    /// The access token's id.
    access_key: String,
    /// The access token's secret.
    #[auth(secret)]
    access_secret: SecretString,
}

impl OAuth1Method {
    /// The signature is the proof: it goes into a header, and the payload is empty.
    fn sign(&self, request: &mut AuthRequest) -> Result<Value, Error> {
        let once = Once::at(request.now());
        let header = self.keys().authorization(request.url(), &once, &[]);
        request.secret_header(AUTHORIZATION, &header)?;
        request.send_once();
        Ok(json!({}))
    }

    fn keys(&self) -> Keys<'_> {
        Keys {
            consumer: &self.consumer_key,
            consumer_secret: &self.consumer_secret,
            token: Some((&self.access_key, &self.access_secret)),
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use url::Url;

    use super::*;
    use crate::auth::AuthMethod as _;

    /// With the keys of the example in RFC 5849, section 1.2.
    fn method() -> OAuth1Method {
        OAuth1Method::new(
            "dpf43f3p2l4k3l03",
            "kd94hf93k423kf44",
            "nnch734d00sl2jdk",
            "pfkkdhi9sl3r4s00",
        )
    }

    #[test]
    fn the_payload_is_empty_and_the_header_sensitive() {
        let url = Url::parse("http://h/v3/auth/tokens").unwrap();
        let mut request = AuthRequest::new(url, Timestamp::UNIX_EPOCH);
        assert_eq!(method().auth_data(&mut request).unwrap(), json!({}));
        assert!(request.headers()[AUTHORIZATION].is_sensitive());
        assert!(!format!("{:?} {request:?}", method()).contains("kd94hf93k423kf44"));
    }
}
