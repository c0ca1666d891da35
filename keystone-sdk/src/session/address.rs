//! Puts a path below an endpoint's address.

use url::Url;

use crate::Error;
use crate::error::ConfigurationError;

/// The address, if `target` is a whole one.
pub(super) fn absolute(target: &str) -> Result<Option<Url>, Error> {
    if !target.starts_with("http://") && !target.starts_with("https://") {
        return Ok(None);
    }
    Url::parse(target).map(Some).map_err(|error| {
        ConfigurationError::new("the address of the call cannot be read")
            .caused_by(error)
            .into()
    })
}

/// An address as it may be seen: without its query, and without a user and a password in it.
pub(super) fn shown(text: &str) -> String {
    let text = text.split('?').next().unwrap_or_default();
    match text.rsplit_once('@') {
        Some((_, host)) if text.contains("://") => format!("***@{host}"),
        _ => text.to_owned(),
    }
}

/// `base` and `path` with exactly one slash between them.
///
/// A segment of dots would climb out of the endpoint, and never is what a caller means: an id that
/// reads `..` would turn a call for one user into another call.
pub(super) fn join(base: &Url, path: &str) -> Result<Url, Error> {
    let (path, query) = match path.split_once('?') {
        Some((path, query)) => (path, Some(query)),
        None => (path, None),
    };
    if path.split(['/', '\\']).any(is_dots) {
        return Err(ConfigurationError::new(format!(
            "the path `{path}` has a segment of dots, which would lead out of the endpoint"
        ))
        .remedy("encode or check the id that stands there")
        .into());
    }
    let mut url = base.clone();
    let mut joined = base.path().trim_end_matches('/').to_owned();
    joined.push('/');
    joined.push_str(path.trim_start_matches('/'));
    url.set_path(&joined);
    url.set_query(query);
    Ok(url)
}

/// `.` or `..`, also with their dots encoded.
fn is_dots(segment: &str) -> bool {
    let plain = segment.to_ascii_lowercase().replace("%2e", ".");
    plain == "." || plain == ".."
}

#[cfg(test)]
mod tests {
    use super::*;

    fn joined(base: &str, path: &str) -> String {
        join(&Url::parse(base).unwrap(), path).unwrap().into()
    }

    #[test]
    fn exactly_one_slash_stands_between() {
        for base in ["http://h/v3", "http://h/v3/"] {
            for path in ["users", "/users"] {
                assert_eq!(joined(base, path), "http://h/v3/users");
            }
        }
        assert_eq!(joined("http://h", "v1/proxies"), "http://h/v1/proxies");
    }

    #[test]
    fn encoded_segments_stay_encoded() {
        assert_eq!(
            joined("http://h/v3", "users/a%2Fb"),
            "http://h/v3/users/a%2Fb"
        );
    }

    #[test]
    fn a_query_in_the_path_stays_a_query() {
        assert_eq!(
            joined("http://h/v3", "users?name=x"),
            "http://h/v3/users?name=x"
        );
    }

    #[test]
    fn no_path_climbs_out_of_its_endpoint() {
        let base = Url::parse("http://h/v3/projects").unwrap();
        for path in ["..", "users/../domains", "%2e%2E/x", "./x", "a\\..\\b"] {
            let error = join(&base, path).unwrap_err().to_string();
            assert!(error.contains("segment of dots"), "{path}: {error}");
        }
        assert_eq!(
            join(&base, "..a/b..").unwrap().path(),
            "/v3/projects/..a/b.."
        );
    }

    #[test]
    fn only_http_addresses_are_whole_ones() {
        assert!(absolute("http://h/x").unwrap().is_some());
        assert!(absolute("users").unwrap().is_none());
        assert!(absolute("http://").is_err());
    }
}
