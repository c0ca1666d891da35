//! A validated token, with everything derived from it.

use std::sync::Arc;

use http::{HeaderName, HeaderValue, Method};
use jiff::Timestamp;
use keystone_sdk::auth::AccessInfo;

use super::access_rule::{AccessRule, octets};
use super::headers;
use crate::context::Identity;

/// A validated token: its identity and headers.
pub(crate) struct ValidatedToken {
    access: AccessInfo,
    identity: Arc<Identity>,
    /// Those of its application credential, if it has any.
    access_rules: Option<Vec<AccessRule>>,
    user_headers: Vec<(HeaderName, HeaderValue)>,
}

/// The request for which a token is about to be used.
pub(crate) struct ApiRequest<'a> {
    pub(crate) service_type: Option<&'a str>,
    pub(crate) method: &'a Method,
    /// As the client sent it.
    pub(crate) path: &'a str,
    /// Whether an authenticated service makes it on behalf of the user.
    pub(crate) chained: bool,
}

impl ValidatedToken {
    pub(crate) fn new(access: AccessInfo, catalog_header: bool) -> Self {
        let credential = access.application_credential.as_ref();
        let access_rules = credential
            .and_then(|credential| credential.access_rules.as_ref())
            .map(|rules| rules.iter().map(AccessRule::from_json).collect());
        let identity = Identity::from_access(access.clone());
        Self {
            user_headers: headers::user_headers(&identity, catalog_header),
            identity: Arc::new(identity),
            access_rules,
            access,
        }
    }

    /// The body of the token.
    pub(crate) fn access(&self) -> &AccessInfo {
        &self.access
    }

    pub(crate) fn identity(&self) -> &Arc<Identity> {
        &self.identity
    }

    pub(crate) fn expires_at(&self) -> Timestamp {
        self.access.expires_at
    }

    pub(crate) fn user_headers(&self) -> &[(HeaderName, HeaderValue)] {
        &self.user_headers
    }

    /// The approximate size in bytes: header values occur about three times, as strings, as fields
    /// and in maps.
    pub(crate) fn weight(&self) -> u32 {
        let headers: usize = self
            .user_headers
            .iter()
            .map(|(_, value)| value.len() + 64)
            .sum();
        u32::try_from(1024 + 3 * headers).unwrap_or(u32::MAX)
    }

    /// Whether the access rules of the token's application credential allow this request.
    ///
    /// # Errors
    ///
    /// The reason.
    pub(crate) fn allows(&self, request: &ApiRequest<'_>) -> Result<(), &'static str> {
        let Some(rules) = &self.access_rules else {
            return Ok(());
        };
        if rules.is_empty() {
            return Err("its access rules allow no call at all");
        }
        let Some(service_type) = request.service_type else {
            return Err("it is limited by access rules, and this service has no `service_type`");
        };
        if !self.identity.catalog_has(service_type) {
            return Err("it is limited by access rules, and its catalog lacks this service");
        }
        // The access rules were checked by the first service, which now calls others to do its work.
        if request.chained {
            return Ok(());
        }
        let path = octets(request.path);
        match rules
            .iter()
            .any(|rule| rule.allows(service_type, request.method, &path))
        {
            true => Ok(()),
            false => Err("none of its access rules allows this call"),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn validated(rules: &Value, catalog: &Value) -> ValidatedToken {
        let body = json!({
            "expires_at": "2030-01-01T00:00:00Z",
            "user": {"id": "u", "name": "ann"},
            "roles": [{"id": "1", "name": "reader"}],
            "application_credential": {"id": "a", "name": "a", "access_rules": rules},
            "catalog": catalog,
        });
        ValidatedToken::new(serde_json::from_value(body).unwrap(), false)
    }

    fn request(service_type: Option<&'static str>, chained: bool) -> ApiRequest<'static> {
        ApiRequest {
            service_type,
            method: &Method::GET,
            path: "/a",
            chained,
        }
    }

    /// Each way in which a token with access rules can be of no use, and what a chain changes in it.
    #[test]
    fn access_rules_hold_for_this_call_of_this_service() {
        let rule = |path: &str| json!([{"service": "proxy", "method": "GET", "path": path}]);
        let (own, none) = (json!([{"type": "proxy"}]), json!([{"type": "compute"}]));
        let proxy = Some("proxy");
        for (rules, catalog, service_type, alone, chained) in [
            (json!(null), &none, None, Ok(()), Ok(())),
            (rule("/a"), &own, proxy, Ok(()), Ok(())),
            (rule("/b"), &own, proxy, Err("none of its"), Ok(())),
            (
                json!([]),
                &own,
                proxy,
                Err("no call at all"),
                Err("no call at all"),
            ),
            (
                rule("/a"),
                &own,
                None,
                Err("no `service_type`"),
                Err("no `service_type`"),
            ),
            (
                rule("/a"),
                &none,
                proxy,
                Err("its catalog"),
                Err("its catalog"),
            ),
            (
                rule("/a"),
                &json!(null),
                proxy,
                Err("its catalog"),
                Err("its catalog"),
            ),
        ] {
            let token = validated(&rules, catalog);
            for (chain, wanted) in [(false, alone), (true, chained)] {
                match (token.allows(&request(service_type, chain)), wanted) {
                    (Ok(()), Ok(())) => {}
                    (Err(why), Err(says)) => assert!(why.contains(says), "{why}"),
                    (found, _) => panic!("{rules} {catalog} {chain}: {found:?}"),
                }
            }
        }
    }

    #[test]
    fn the_weight_grows_with_the_headers() {
        let token = validated(&json!(null), &json!(null));
        let names = ["x-roles", "x-role", "x-user-id", "x-user-name", "x-user"];
        let headers: Vec<&str> = token
            .user_headers()
            .iter()
            .map(|it| it.0.as_str())
            .collect();
        assert_eq!(headers, [&names[..], &["x-is-admin-project"]].concat());
        let values = "reader".len() * 2 + "u".len() + "ann".len() * 2 + "True".len();
        assert_eq!(values, 23);
        assert_eq!(token.weight(), 1024 + 3 * (23 + 6 * 64));
    }

    #[test]
    fn a_token_says_until_when_it_is_valid() {
        let token = validated(&json!(null), &json!(null));
        assert_eq!(token.expires_at().to_string(), "2030-01-01T00:00:00Z");
        assert_eq!(token.identity().user_id.as_deref(), Some("u"));
    }
}
