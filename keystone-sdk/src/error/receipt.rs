//! Authentication receipts.

use std::fmt;

use jiff::Timestamp;
use serde::Deserialize;

use crate::{SecretString, printable};

/// A receipt for the methods of a login that Keystone has accepted, if it requires more.
///
/// It is a secret until it expires: with it, a login only needs the missing methods. Continue with
/// [`v3::Auth::resume`](crate::auth::v3::Auth::resume).
///
/// Source: Identity API v3, "Multi-factor authentication" (authentication receipts).
#[derive(Clone)]
#[non_exhaustive]
pub struct Receipt {
    text: SecretString,
    methods: Vec<String>,
    required: Vec<Vec<String>>,
    expires_at: Option<Timestamp>,
}

impl Receipt {
    /// Reads a receipt from the header and the body of the response. It is valid without a body of
    /// the expected form.
    pub(crate) fn read(text: impl Into<SecretString>, body: &[u8]) -> Self {
        #[derive(Default, Deserialize)]
        struct Body {
            #[serde(default)]
            receipt: Parts,
            #[serde(default)]
            required_auth_methods: Vec<Vec<String>>,
        }
        #[derive(Default, Deserialize)]
        struct Parts {
            #[serde(default)]
            methods: Vec<String>,
            expires_at: Option<Timestamp>,
        }
        let body: Body = serde_json::from_slice(body).unwrap_or_default();
        Self {
            text: text.into(),
            methods: body.receipt.methods,
            required: body.required_auth_methods,
            expires_at: body.receipt.expires_at,
        }
    }

    /// The text in clear, for the header `Openstack-Auth-Receipt`.
    pub fn expose(&self) -> &str {
        self.text.expose()
    }

    /// The text.
    pub(crate) fn text(&self) -> &SecretString {
        &self.text
    }

    /// The methods that Keystone has accepted.
    pub fn methods(&self) -> &[String] {
        &self.methods
    }

    /// The combinations of methods of which one is required.
    pub fn required_auth_methods(&self) -> &[Vec<String>] {
        &self.required
    }

    /// The methods that are missing from each of these combinations.
    ///
    /// ```
    /// # fn example(receipt: &keystone_sdk::error::Receipt) {
    /// for way in receipt.missing_methods() {
    ///     println!("log in by {} too", way.join(" and "));
    /// }
    /// # }
    /// ```
    pub fn missing_methods(&self) -> impl Iterator<Item = Vec<&str>> {
        self.required.iter().map(|way| {
            let missing = way.iter().filter(|one| !self.methods.contains(one));
            missing.map(String::as_str).collect()
        })
    }

    /// When the receipt expires.
    pub fn expires_at(&self) -> Option<Timestamp> {
        self.expires_at
    }
}

/// The lists come from the server and can have any length.
impl fmt::Debug for Receipt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let required: Vec<_> = self.required.iter().map(|way| way.join("+")).collect();
        f.debug_struct("Receipt")
            .field("text", &self.text)
            .field("methods", &printable::line(&self.methods.join(" ")))
            .field("required", &printable::line(&required.join(" ")))
            .field("expires_at", &self.expires_at)
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_way_lacks_what_was_not_accepted() {
        let body = br#"{"receipt": {"methods": ["password"], "expires_at": "2030-01-01T00:00:00Z"},
            "required_auth_methods": [["password", "totp"], ["password", "pin", "external"]]}"#;
        let receipt = Receipt::read("canary", body);
        let missing: Vec<_> = receipt.missing_methods().collect();
        assert_eq!(missing, [vec!["totp"], vec!["pin", "external"]]);
        assert!(receipt.expires_at().is_some());
        assert!(!format!("{receipt:?}").contains("canary"));
    }

    #[test]
    fn a_receipt_is_good_without_what_is_said_of_it() {
        for body in ["", "<html>", r#"{"receipt": 3}"#] {
            let receipt = Receipt::read("r", body.as_bytes());
            assert_eq!(receipt.expose(), "r");
            assert_eq!(receipt.missing_methods().count(), 0);
        }
    }
}
