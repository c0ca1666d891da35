//! The method `oauth1`: an access token that a user has granted to a consumer.
//!
//! Source: RFC 5849, "The OAuth 1.0 Protocol"; Identity API v3, OS-OAUTH1 extension.

use std::sync::Arc;

use http::header::AUTHORIZATION;
use serde_json::{Value, json};

use crate::auth::load::{self, groups::AUTH};
use crate::auth::{
    AuthMethod, AuthRequest, CacheId, LoadMethod, OptionReader, PluginLoader, PluginOption,
};
use crate::{Error, SecretString};

mod consumer;
mod signature;

pub use consumer::OAuth1Consumer;
use signature::{Keys, Once};

const CONSUMER_KEY: PluginOption =
    PluginOption::new("consumer_key", "OS_CONSUMER_KEY", "The consumer's id").required();
const CONSUMER_SECRET: PluginOption = PluginOption::new(
    "consumer_secret",
    "OS_CONSUMER_SECRET",
    "The consumer's secret",
)
.secret()
.required();
const ACCESS_KEY: PluginOption =
    PluginOption::new("access_key", "OS_ACCESS_KEY", "The access token's id").required();
const ACCESS_SECRET: PluginOption = PluginOption::new(
    "access_secret",
    "OS_ACCESS_SECRET",
    "The access token's secret",
)
.secret()
.required();

/// Proves by an access token of OAuth 1.0a that a user has granted roles on a project.
///
/// The request is signed by HMAC-SHA1 for the address to which it really goes, without its query.
#[derive(Clone)]
pub struct OAuth1Method {
    consumer_key: String,
    consumer_secret: SecretString,
    access_key: String,
    access_secret: SecretString,
}

impl OAuth1Method {
    /// Takes id and secret of the consumer, then id and secret of the access token.
    pub fn new(
        consumer_key: impl Into<String>,
        consumer_secret: impl Into<SecretString>,
        access_key: impl Into<String>,
        access_secret: impl Into<SecretString>,
    ) -> Self {
        Self {
            consumer_key: consumer_key.into(),
            consumer_secret: consumer_secret.into(),
            access_key: access_key.into(),
            access_secret: access_secret.into(),
        }
    }

    fn keys(&self) -> Keys<'_> {
        Keys {
            consumer: &self.consumer_key,
            consumer_secret: &self.consumer_secret,
            token: Some((&self.access_key, &self.access_secret)),
        }
    }
}

impl AuthMethod for OAuth1Method {
    fn name(&self) -> &'static str {
        "oauth1"
    }

    fn auth_data(&self, request: &mut AuthRequest) -> Result<Value, Error> {
        let once = Once::at(request.now());
        let header = self.keys().authorization(request.url(), &once, &[]);
        request.secret_header(AUTHORIZATION, &header)?;
        request.send_once();
        Ok(json!({}))
    }

    fn cache_id(&self, id: &mut CacheId) {
        id.add("oauth1_consumer_key", &self.consumer_key);
        id.field("oauth1_consumer_secret", &self.consumer_secret);
        id.add("oauth1_access_key", &self.access_key);
        id.field("oauth1_access_secret", &self.access_secret);
    }
}

impl LoadMethod for OAuth1Method {
    const PLUGIN: &'static str = "v3oauth1";
    const HELP: &'static str = "Proves by an access token of OAuth 1.0a what a user has granted";
    const OPTIONS: &'static [PluginOption] =
        &[CONSUMER_KEY, CONSUMER_SECRET, ACCESS_KEY, ACCESS_SECRET];
    const TAKES_USER: bool = false;
    const OWN_SCOPE: bool = true;

    fn load(options: &OptionReader<'_>) -> Result<Self, Error> {
        Ok(Self {
            consumer_key: options.required(&CONSUMER_KEY)?,
            consumer_secret: options.required(&CONSUMER_SECRET)?,
            access_key: options.required(&ACCESS_KEY)?,
            access_secret: options.required(&ACCESS_SECRET)?,
        })
    }
}

impl std::fmt::Debug for OAuth1Method {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OAuth1Method")
            .field("consumer_key", &self.consumer_key)
            .field("access_key", &self.access_key)
            .finish_non_exhaustive()
    }
}

crate::__auth_plugin! {
    /// Logs in by an access token of OAuth 1.0a. Loaded as `v3oauth1`.
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
    pub OAuth1, OAuth1Builder,
    PluginLoader::of_groups(
        OAuth1Method::PLUGIN,
        OAuth1Method::HELP,
        [AUTH, OAuth1Method::OPTIONS, &[], &[], &[]],
        |options| Ok(Arc::new(load::v3::<OAuth1Method>(options)?)),
    )
    .with_method::<OAuth1Method>(),
    load::v3::<OAuth1Method>
}

impl OAuth1Builder {
    crate::auth::plugin::setter! {
        /// The consumer's id.
        consumer_key: String
    }
    crate::auth::plugin::setter! {
        /// The consumer's secret.
        consumer_secret: SecretString
    }
    crate::auth::plugin::setter! {
        /// The access token's id.
        access_key: String
    }
    crate::auth::plugin::setter! {
        /// The access token's secret.
        access_secret: SecretString
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use url::Url;

    use super::*;

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
