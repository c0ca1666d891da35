//! A consumer of OAuth 1.0a on its way to an access token.

use std::fmt;

use jiff::Timestamp;
use url::Url;

use super::signature::{Keys, Once};
use crate::error::ConfigurationError;
use crate::{Error, SecretString};

/// A program that asks users to lend it roles, and signs what it asks.
///
/// It gets a request token, has a user grant it, and exchanges it for the access token that
/// [`OAuth1`](super::OAuth1) logs in by. The addresses are those of the Identity v3 API; a
/// signature holds for minutes.
///
/// Source: RFC 5849, section 2; Identity API v3, OS-OAUTH1 extension.
///
/// ```
/// use jiff::Timestamp;
/// use keystone_sdk::auth::v3::OAuth1Consumer;
///
/// let consumer = OAuth1Consumer::new("c0ffee", "s3cr3t");
/// let identity = "http://127.0.0.1:5000/v3".parse().unwrap();
/// let header = consumer.request_token(&identity, Timestamp::UNIX_EPOCH)?;
/// assert!(header.expose().starts_with("OAuth "));
/// # Ok::<_, keystone_sdk::Error>(())
/// ```
#[derive(Clone)]
pub struct OAuth1Consumer {
    key: String,
    secret: SecretString,
}

impl OAuth1Consumer {
    /// Takes id and secret, as Keystone gave them when the consumer was made.
    pub fn new(key: impl Into<String>, secret: impl Into<SecretString>) -> Self {
        Self {
            key: key.into(),
            secret: secret.into(),
        }
    }

    /// The `Authorization` of the request for a request token. `identity` is the address of the
    /// Identity v3 API to which the request goes.
    ///
    /// # Errors
    ///
    /// [`Error::Configuration`] when nothing can stand below the address, or the secret is
    /// [blank](SecretString::is_blank).
    pub fn request_token(&self, identity: &Url, now: Timestamp) -> Result<SecretString, Error> {
        self.secret.refuse_blank("the consumer's secret")?;
        let url = below(identity, "request_token")?;
        // Out of band: Keystone has no page that would lead the user back.
        let callback = [("oauth_callback", "oob")];
        Ok(self
            .keys(None)
            .authorization(&url, &Once::at(now), &callback))
    }

    /// The `Authorization` of the request that exchanges a granted request token, with the proof
    /// of the grant, for an access token.
    ///
    /// # Errors
    ///
    /// [`Error::Configuration`] when nothing can stand below the address, or a secret is
    /// [blank](SecretString::is_blank).
    pub fn access_token(
        &self,
        identity: &Url,
        request_token: (&str, &SecretString),
        verifier: &SecretString,
        now: Timestamp,
    ) -> Result<SecretString, Error> {
        self.secret.refuse_blank("the consumer's secret")?;
        request_token.1.refuse_blank("the request token's secret")?;
        verifier.refuse_blank("the verifier")?;
        let url = below(identity, "access_token")?;
        let verifier = [("oauth_verifier", verifier.expose())];
        let keys = self.keys(Some(request_token));
        Ok(keys.authorization(&url, &Once::at(now), &verifier))
    }

    fn keys<'a>(&'a self, token: Option<(&'a str, &'a SecretString)>) -> Keys<'a> {
        Keys {
            consumer: &self.key,
            consumer_secret: &self.secret,
            token,
        }
    }
}

fn below(identity: &Url, name: &str) -> Result<Url, Error> {
    let mut url = identity.clone();
    url.path_segments_mut()
        .map_err(|()| {
            ConfigurationError::new(format!("`{identity}` is no address of the Identity API"))
        })?
        .pop_if_empty()
        .extend(["OS-OAUTH1", name]);
    Ok(url)
}

impl fmt::Debug for OAuth1Consumer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OAuth1Consumer")
            .field("key", &self.key)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_step_signs_what_it_sends_along() {
        let consumer = OAuth1Consumer::new("c0ffee", "canary");
        let now = Timestamp::UNIX_EPOCH;
        let identity = "http://h/v3/".parse().unwrap();
        let asked = consumer.request_token(&identity, now).unwrap();
        assert!(asked.expose().contains("oauth_callback=\"oob\""));
        let secret = SecretString::from("s");
        let exchanged = consumer.access_token(&identity, ("t", &secret), &"v".into(), now);
        let exchanged = exchanged.unwrap();
        assert!(exchanged.expose().contains("oauth_token=\"t\""));
        assert!(exchanged.expose().contains("oauth_verifier=\"v\""));
        assert!(!format!("{consumer:?}{asked:?}").contains("canary"));
    }

    #[test]
    fn an_address_without_a_path_is_refused() {
        let consumer = OAuth1Consumer::new("c0ffee", "s");
        let error = consumer.request_token(&"data:x".parse().unwrap(), Timestamp::UNIX_EPOCH);
        assert!(error.unwrap_err().to_string().contains("`data:x`"));
    }
}
