//! Signed requests (RFC 5849), by HMAC-SHA1.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use sha1::Sha1;

use crate::api_error::ApiError;
use crate::call::Call;
use crate::store::Store;

/// What stands unencoded in a signature: section 3.6.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// The parameters of an `Authorization: OAuth` header.
pub(in crate::v3) struct Signature(Vec<(String, String)>);

impl Signature {
    /// 400 for a request without one.
    pub(in crate::v3) fn of(call: &Call) -> Result<Self, ApiError> {
        let header = call
            .header("authorization")
            .and_then(|header| header.strip_prefix("OAuth "))
            .ok_or_else(|| ApiError::expecting("Authorization", "headers"))?;
        let pairs = header.split(',').filter_map(|pair| {
            let (name, value) = pair.trim().split_once('=')?;
            Some((decoded(name)?, decoded(value.trim_matches('"'))?))
        });
        Ok(Self(pairs.collect()))
    }

    pub(in crate::v3) fn get(&self, name: &str) -> Option<&str> {
        let pair = self.0.iter().find(|(other, _)| other == name);
        pair.map(|(_, value)| value.as_str())
    }

    /// 400 when a parameter is missing.
    pub(in crate::v3) fn need(&self, name: &str) -> Result<&str, ApiError> {
        self.get(name)
            .ok_or_else(|| ApiError::expecting(name, "request"))
    }

    /// 401 unless the consumer has signed this very request, along with the secret of `token`.
    pub(in crate::v3) fn verify(
        &self,
        call: &Call,
        store: &Store,
        token: Option<&str>,
    ) -> Result<(), ApiError> {
        let secret = |id: &str| store.secrets.get(id).ok_or_else(ApiError::unauthorized);
        let consumer = secret(self.need("oauth_consumer_key")?)?;
        let token = token.map_or(Ok(""), |id| secret(id).map(String::as_str))?;
        let key = format!("{}&{}", encoded(consumer), encoded(token));
        let signature = STANDARD.decode(self.need("oauth_signature")?);
        let mac = Hmac::<Sha1>::new_from_slice(key.as_bytes());
        let right = match (mac, signature, self.get("oauth_signature_method")) {
            (Ok(mac), Ok(signature), Some("HMAC-SHA1")) => mac
                .chain_update(self.base(call))
                .verify_slice(&signature)
                .is_ok(),
            _ => false,
        };
        if right {
            Ok(())
        } else {
            Err(ApiError::unauthorized())
        }
    }

    /// What was signed: section 3.4.1, without the query, as the real service has it.
    fn base(&self, call: &Call) -> String {
        let signed = self.0.iter();
        let signed = signed.filter(|(name, _)| name != "oauth_signature" && name != "realm");
        let mut pairs: Vec<_> = signed
            .map(|(name, value)| format!("{}={}", encoded(name), encoded(value)))
            .collect();
        pairs.sort_unstable();
        let url = format!("{}{}", call.base(), call.path());
        [call.method.as_str(), &url, &pairs.join("&")]
            .map(encoded)
            .join("&")
    }
}

fn encoded(text: &str) -> String {
    utf8_percent_encode(text, RESERVED).to_string()
}

fn decoded(text: &str) -> Option<String> {
    let text = percent_decode_str(text).decode_utf8().ok()?;
    Some(text.into_owned())
}
