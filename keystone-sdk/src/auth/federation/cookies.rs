//! The cookies of one login.

use http::header::{HeaderValue, SET_COOKIE};
use url::{Origin, Url};

use crate::SecretString;
use crate::transport::Response;

/// How many cookies a login keeps, and how long one is at most: a server cannot fill the memory.
const MOST: usize = 64;
const LONGEST: usize = 8 << 10;

/// Cookies that live as long as one login. Each goes back to the origin that set it, and to no
/// other; of its attributes, which could only widen that, none is looked at.
#[derive(Default)]
pub(super) struct Cookies(Vec<Cookie>);

struct Cookie {
    origin: Origin,
    name: String,
    value: SecretString,
}

impl Cookies {
    /// Keeps the cookies that a response sets.
    pub(super) fn keep(&mut self, response: &Response) {
        let origin = response.url.origin();
        for header in response.headers.get_all(SET_COOKIE) {
            if let Ok(text) = header.to_str() {
                self.set(&origin, text);
            }
        }
    }

    fn set(&mut self, origin: &Origin, header: &str) {
        let Some((name, value)) = pair(header) else {
            return;
        };
        self.0
            .retain(|kept| kept.origin != *origin || kept.name != name);
        if self.0.len() < MOST && header.len() <= LONGEST {
            self.0.push(Cookie {
                origin: origin.clone(),
                name: name.to_owned(),
                value: value.into(),
            });
        }
    }

    /// The header `Cookie` for a request to `url`, if there are cookies of its origin.
    pub(super) fn header(&self, url: &Url) -> Option<HeaderValue> {
        let origin = url.origin();
        let own = self.0.iter().filter(|cookie| cookie.origin == origin);
        let pairs: Vec<_> = own
            .map(|cookie| format!("{}={}", cookie.name, cookie.value.expose()))
            .collect();
        let text = SecretString::from(pairs.join("; "));
        if text.is_empty() {
            return None;
        }
        let mut header = HeaderValue::from_str(text.expose()).ok()?;
        header.set_sensitive(true);
        Some(header)
    }

    /// Whether a server of this origin has set one.
    pub(super) fn has_of(&self, url: &Url) -> bool {
        let origin = url.origin();
        self.0.iter().any(|cookie| cookie.origin == origin)
    }
}

/// Name and value, without what a browser would have to know of the cookie.
fn pair(header: &str) -> Option<(&str, &str)> {
    let (name, value) = header.split(';').next()?.split_once('=')?;
    let name = name.trim();
    (!name.is_empty()).then(|| (name, value.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        text.parse().unwrap()
    }

    fn sent(cookies: &Cookies, to: &str) -> Option<String> {
        let header = cookies.header(&url(to))?;
        assert!(header.is_sensitive());
        Some(header.to_str().unwrap().to_owned())
    }

    #[test]
    fn a_cookie_goes_back_to_its_origin_and_to_no_other() {
        let mut cookies = Cookies::default();
        let origin = url("https://sp.example/").origin();
        for header in [
            "a=1; Domain=example; Path=/x",
            "b = x=y ; Secure",
            "a=2",
            "=3",
            "c",
        ] {
            cookies.set(&origin, header);
        }
        assert_eq!(
            sent(&cookies, "https://sp.example/y").unwrap(),
            "b=x=y; a=2"
        );
        for other in [
            "http://sp.example/",
            "https://sp.example:8443/",
            "https://example/",
            "https://a.sp.example/",
        ] {
            assert_eq!(sent(&cookies, other), None, "{other}");
            assert!(!cookies.has_of(&url(other)));
        }
    }

    #[test]
    fn a_server_cannot_fill_the_memory() {
        let mut cookies = Cookies::default();
        let origin = url("https://sp.example/").origin();
        for number in 0..1000 {
            cookies.set(&origin, &format!("a{number}=1"));
        }
        cookies.set(&url("https://b").origin(), &"x".repeat(1 << 20));
        assert_eq!(cookies.0.len(), MOST);
        let mut cookies = Cookies::default();
        cookies.set(&origin, &format!("a={}", "x".repeat(1 << 20)));
        assert!(cookies.0.is_empty());
    }
}
