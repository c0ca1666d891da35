//! All that a valid token means for a request, worked out once.

use std::sync::Arc;

use http::{HeaderName, HeaderValue, Method};
use jiff::Timestamp;
use keystone_sdk::auth::AccessInfo;

use crate::access_rule::octets;
use crate::headers;
use crate::identity::Identity;

/// A validated token: the identity, and the headers that speak of it.
pub(crate) struct Validated {
    identity: Arc<Identity>,
    expires_at: Timestamp,
    user_headers: Vec<(HeaderName, HeaderValue)>,
}

/// The call that a token is about to be used for.
pub(crate) struct Call<'a> {
    pub(crate) service_type: Option<&'a str>,
    pub(crate) method: &'a Method,
    /// As the client sent it.
    pub(crate) path: &'a str,
    /// Whether another service makes it on behalf of the user, and proved who it is.
    pub(crate) chained: bool,
}

impl Validated {
    pub(crate) fn new(access: AccessInfo, catalog_header: bool) -> Self {
        let expires_at = access.expires_at;
        let identity = Identity::from_access(access);
        Self {
            user_headers: headers::of_user(&identity, catalog_header),
            identity: Arc::new(identity),
            expires_at,
        }
    }

    pub(crate) fn identity(&self) -> &Arc<Identity> {
        &self.identity
    }

    pub(crate) fn expires_at(&self) -> Timestamp {
        self.expires_at
    }

    pub(crate) fn user_headers(&self) -> &[(HeaderName, HeaderValue)] {
        &self.user_headers
    }

    /// Roughly how many bytes this takes: a header is held about thrice, as text, as fields and in
    /// the maps around them.
    pub(crate) fn weight(&self) -> u32 {
        let headers: usize = self
            .user_headers
            .iter()
            .map(|(_, value)| value.len() + 64)
            .sum();
        u32::try_from(1024 + 3 * headers).unwrap_or(u32::MAX)
    }

    /// Whether the access rules of the token's application credential allow this call.
    ///
    /// # Errors
    ///
    /// Why not.
    pub(crate) fn allows(&self, call: &Call<'_>) -> Result<(), &'static str> {
        let Some(rules) = &self.identity.access_rules else {
            return Ok(());
        };
        if rules.is_empty() {
            return Err("its access rules allow no call at all");
        }
        let Some(service_type) = call.service_type else {
            return Err("it is limited by access rules, and this service has no `service_type`");
        };
        if !self.identity.catalog_has(service_type) {
            return Err("it is limited by access rules, and its catalog lacks this service");
        }
        // What the first service of a chain was allowed to do, the others do for it.
        if call.chained {
            return Ok(());
        }
        let path = octets(call.path);
        match rules
            .iter()
            .any(|rule| rule.allows(service_type, call.method, &path))
        {
            true => Ok(()),
            false => Err("none of its access rules allows this call"),
        }
    }
}
