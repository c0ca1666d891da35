//! What of requests and answers may be seen in logs and errors.

use std::fmt;

use http::{HeaderMap, HeaderName};
use url::Url;

/// Headers that carry secrets, in requests or in answers.
const SECRET: [HeaderName; 9] = [
    http::header::AUTHORIZATION,
    http::header::COOKIE,
    http::header::PROXY_AUTHORIZATION,
    http::header::SET_COOKIE,
    HeaderName::from_static("openstack-auth-receipt"),
    HeaderName::from_static("x-auth-token"),
    HeaderName::from_static("x-service-token"),
    HeaderName::from_static("x-storage-token"),
    HeaderName::from_static("x-subject-token"),
];

/// Marks the values of secret headers, so that no `Debug` shows them.
pub(super) fn mark(headers: &mut HeaderMap) {
    for name in &SECRET {
        if let http::header::Entry::Occupied(mut entry) = headers.entry(name) {
            entry.iter_mut().for_each(|value| value.set_sensitive(true));
        }
    }
}

/// Shows headers without secrets, whether marked or not.
pub(super) struct Headers<'a>(pub(super) &'a HeaderMap);

impl fmt::Debug for Headers<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut map = f.debug_map();
        for (name, value) in self.0 {
            let hidden = value.is_sensitive() || SECRET.contains(name);
            let shown = if hidden {
                "***".as_bytes()
            } else {
                value.as_bytes()
            };
            map.entry(name, &String::from_utf8_lossy(shown));
        }
        map.finish()
    }
}

/// An address without query, fragment and user.
pub(super) fn address(url: &Url) -> String {
    let mut url = url.clone();
    url.set_query(None);
    url.set_fragment(None);
    // Both fail only for addresses that cannot have a user at all.
    let _ = url.set_username("");
    let _ = url.set_password(None);
    url.into()
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn secret_headers_are_not_shown_and_get_marked() {
        let mut headers = HeaderMap::new();
        for name in &SECRET {
            headers.append(name, HeaderValue::from_static("canary"));
            headers.append(name, HeaderValue::from_static("canary"));
        }
        headers.insert("x-plain", HeaderValue::from_static("seen"));
        let shown = format!("{:?}", Headers(&headers));
        assert!(
            !shown.contains("canary") && shown.contains("seen"),
            "{shown}"
        );
        mark(&mut headers);
        assert!(!format!("{headers:?}").contains("canary"));
    }

    #[test]
    fn addresses_lose_user_and_query() {
        let url = Url::parse("https://user:canary@h/v3/users?name=canary#canary").unwrap();
        assert_eq!(address(&url), "https://h/v3/users");
    }
}
