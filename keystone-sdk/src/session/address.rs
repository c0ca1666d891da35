//! Joins the path of a call to the address of an endpoint.

use percent_encoding::{
    AsciiSet, NON_ALPHANUMERIC, PercentEncode, percent_decode_str, utf8_percent_encode,
};
use url::Url;

use crate::Error;
use crate::error::ConfigurationError;
use crate::transport::refuse_without_tls;

/// The characters of a path segment that stay unencoded (RFC 3986, "unreserved").
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// The text as one segment of a path.
pub(crate) fn encoded(segment: &str) -> PercentEncode<'_> {
    utf8_percent_encode(segment, SEGMENT)
}

/// Which version of the API the path of a call belongs to.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Below {
    /// The first segment of the API's paths, such as `v3`; may be empty.
    pub(crate) version: &'static str,
    /// Whether the path is outside of the version.
    pub(crate) at_root: bool,
}

impl Below {
    /// The address of `path`, whose segments are [encoded](encoded) and so need no check.
    pub(super) fn join(self, base: &Url, path: &str) -> Url {
        let mut whole = self.path(base);
        // The version itself has no slash at its end, the root has.
        if !path.is_empty() || self.at_root {
            whole.push('/');
            whole.push_str(path);
        }
        let mut url = base.clone();
        url.set_path(&whole);
        url.set_query(None);
        url
    }

    /// The address of the version itself; unchanged if it names the version.
    #[cfg(feature = "client")]
    pub(super) fn root(self, base: Url) -> Url {
        let last = base.path().trim_end_matches('/').rsplit('/').next();
        if self.version.is_empty() || last == Some(self.version) {
            return base;
        }
        self.join(&base, "")
    }

    /// The path of `base` without a slash at its end. The version is added where the catalog leaves
    /// it out, and removed for paths outside of it.
    fn path(self, base: &Url) -> String {
        let path = base.path().trim_end_matches('/');
        let (before, last) = path.rsplit_once('/').unwrap_or((path, ""));
        let has_version = !self.version.is_empty() && last == self.version;
        match (self.at_root, has_version) {
            (true, true) => before.to_owned(),
            (false, false) if !self.version.is_empty() => format!("{path}/{}", self.version),
            _ => path.to_owned(),
        }
    }
}

/// The URL, if `target` is absolute.
pub(super) fn absolute(target: &str) -> Result<Option<Url>, Error> {
    let begins = |scheme: &str| {
        let start = target.get(..scheme.len());
        start.is_some_and(|start| start.eq_ignore_ascii_case(scheme))
    };
    if begins("http://") || begins("https://") {
        let url = whole(target)?;
        refuse_without_tls(&url, "the address of the call")?;
        Ok(Some(url))
    } else {
        Ok(None)
    }
}

/// Reads an absolute URL and refuses changes of its path, as [`join`] does.
pub(super) fn whole(text: &str) -> Result<Url, Error> {
    refuse_lost(text, "address")?;
    let url = Url::parse(text).map_err(|error| {
        ConfigurationError::new("the URL of the call is malformed").caused_by(error)
    })?;
    let behind = text.split_once("://").map_or("", |(_, rest)| rest);
    let path = behind.find(['/', '\\', '?', '#']);
    let path = path.and_then(|at| behind.get(at..)).unwrap_or_default();
    let path = path.split(['?', '#']).next().unwrap_or_default();
    refuse_changed(path, &url)?;
    Ok(url)
}

/// The address for messages: without its query, user and password.
pub(super) fn shown(text: &str) -> String {
    let text = text.split('?').next().unwrap_or_default();
    match text.rsplit_once('@') {
        Some((_, host)) if text.contains("://") => format!("***@{host}"),
        _ => text.to_owned(),
    }
}

/// `base` and `path` with exactly one slash between them.
///
/// A segment of dots would lead out of the endpoint: with the id `..`, a call for one user would
/// become another call. Characters that a URL parser drops or changes can have the same effect
/// (`.\t.`), so the path is compared with the one in the parsed URL.
pub(super) fn join(base: &Url, path: &str) -> Result<Url, Error> {
    refuse_lost(path, "path")?;
    let (path, query) = match path.split_once('?') {
        Some((path, query)) => (path, Some(query)),
        None => (path, None),
    };
    let mut url = base.clone();
    let mut joined = base.path().trim_end_matches('/').to_owned();
    joined.push('/');
    joined.push_str(path.trim_start_matches('/'));
    url.set_path(&joined);
    url.set_query(query);
    refuse_changed(&joined, &url)?;
    Ok(url)
}

/// Refuses what URL parsers drop silently: control characters, and spaces at the ends.
fn refuse_lost(text: &str, what: &str) -> Result<(), Error> {
    let shown = shown(text);
    let problem = if let Some(lost) = text.chars().find(char::is_ascii_control) {
        format!(
            "the {what} `{shown}` holds the character `{}`",
            lost.escape_unicode()
        )
    } else if text.trim() != text {
        format!("the {what} `{shown}` begins or ends with white space")
    } else {
        return Ok(());
    };
    let remedy = "check and encode the ids in it";
    Err(ConfigurationError::new(problem).remedy(remedy).into())
}

/// Refuses a path that differs from the one in `url`: because of dot segments, or of backslashes,
/// which become slashes.
fn refuse_changed(path: &str, url: &Url) -> Result<(), Error> {
    let written = path.strip_prefix('/').unwrap_or(path).split('/');
    let sent = url
        .path()
        .strip_prefix('/')
        .unwrap_or(url.path())
        .split('/');
    let decoded = |segment: &str| percent_decode_str(segment).collect::<Vec<u8>>();
    let shown = shown(path);
    let problem = if written.clone().any(is_dots) || path.split(['/', '\\']).any(is_dots) {
        format!("the path `{shown}` has a segment of dots, which would lead out of the endpoint")
    } else if !written.map(decoded).eq(sent.map(decoded)) {
        format!("the path `{shown}` would be sent as `{}`", url.path())
    } else {
        return Ok(());
    };
    let remedy = "check and encode the ids in it";
    Err(ConfigurationError::new(problem).remedy(remedy).into())
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
    fn the_version_stands_once_or_not_at_all() {
        for (base, version, at_root, path, wanted) in [
            ("http://h/v3", "v3", false, "users", "http://h/v3/users"),
            ("http://h/v3/", "v3", false, "users", "http://h/v3/users"),
            ("http://h", "v3", false, "users", "http://h/v3/users"),
            ("http://h/identity", "v3", false, "", "http://h/identity/v3"),
            ("http://h/identity/v3", "v3", true, "", "http://h/identity/"),
            (
                "http://h/identity",
                "v3",
                true,
                "v2.0",
                "http://h/identity/v2.0",
            ),
            ("http://h/v3", "", false, "users", "http://h/v3/users"),
            ("http://h/xv3", "v3", true, "a", "http://h/xv3/a"),
            ("http://h/v3?a=b", "v3", false, "a%2Fb", "http://h/v3/a%2Fb"),
        ] {
            let below = Below { version, at_root };
            let url = below.join(&Url::parse(base).unwrap(), path);
            assert_eq!(url.as_str(), wanted);
        }
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
        for path in [
            "..",
            "users/../domains",
            "%2e%2E/x",
            ".%2e",
            "%2E./x",
            "./x",
            "x/.",
            "a\\..\\b",
            "..?a",
        ] {
            let error = join(&base, path).unwrap_err().to_string();
            assert!(error.contains("segment of dots"), "{path}: {error}");
            let address = format!("http://h/v3/{path}");
            assert!(absolute(&address).is_err(), "{address}");
        }
        assert_eq!(
            join(&base, "..a/b..").unwrap().path(),
            "/v3/projects/..a/b.."
        );
    }

    #[test]
    fn what_is_dropped_or_changed_on_the_way_is_refused() {
        let base = Url::parse("http://h/v3").unwrap();
        for (path, says) in [
            ("users/.\t./domains", "`\\u{9}`"),
            ("users/.\n./domains", "`\\u{a}`"),
            ("users/\r../domains", "`\\u{d}`"),
            ("users\t", "`\\u{9}`"),
            ("\u{0}users", "`\\u{0}`"),
            ("users?a=\tb", "`\\u{9}`"),
            ("\u{1f}http://elsewhere/", "`\\u{1f}`"),
            (" users", "white space"),
            ("users ", "white space"),
            (" http://elsewhere/", "white space"),
            ("users\\a", "would be sent as `/v3/users/a`"),
            ("\\\\elsewhere/x", "would be sent as"),
        ] {
            let error = join(&base, path).unwrap_err().to_string();
            assert!(error.contains(says), "{path:?}: {error}");
            assert!(!error.contains(|one: char| one.is_control()), "{error:?}");
            assert!(absolute(&format!("http://h/{path}")).is_err() || path.starts_with(' '));
        }
        for address in [
            "http://h\t.elsewhere/",
            "http://h/x\n",
            "HTTP://h/.\t./x",
            "http://h\\x",
        ] {
            assert!(absolute(address).is_err(), "{address:?}");
        }
    }

    /// What looks like another address is a path below the endpoint.
    #[test]
    fn no_path_is_taken_for_another_host() {
        for (path, url) in [
            ("//elsewhere/x", "http://h/v3/elsewhere/x"),
            ("http:/elsewhere", "http://h/v3/http:/elsewhere"),
            ("http:elsewhere", "http://h/v3/http:elsewhere"),
            ("ftp://elsewhere/", "http://h/v3/ftp://elsewhere/"),
            ("@elsewhere", "http://h/v3/@elsewhere"),
            (":80/x", "http://h/v3/:80/x"),
            ("a#b", "http://h/v3/a%23b"),
            ("a?b#c", "http://h/v3/a?b%23c"),
            ("a b", "http://h/v3/a%20b"),
        ] {
            assert!(absolute(path).unwrap().is_none(), "{path}");
            assert_eq!(joined("http://h/v3", path), url);
        }
    }

    /// All paths of up to four of these pieces.
    #[test]
    fn a_path_that_is_accepted_stays_below_its_endpoint() {
        const PIECES: [&str; 22] = [
            "", ".", "..", "%2e", "%2E", "/", "\\", "\t", "\n", " ", "?", "#", "a", ":", "http:",
            "%2f", "%5c", "%", "é", "\u{0}", "@", ";",
        ];
        let bases = ["http://h/v3", "https://u@h:1/v3/", "http://h"];
        let bases = bases.map(|base| Url::parse(base).unwrap());
        let mut accepted = 0;
        for number in 0..PIECES.len().pow(4) {
            let digits = (0..4).map(|at| number / PIECES.len().pow(at) % PIECES.len());
            let path: String = digits.map(|digit| PIECES[digit]).collect();
            let base = &bases[number % bases.len()];
            let Ok(url) = join(base, &path) else { continue };
            accepted += 1;
            let root = base.as_str().trim_end_matches('/');
            let below = url.as_str().strip_prefix(root).unwrap_or("");
            assert!(below.starts_with('/'), "{path:?}: {url}");
            let again = Url::parse(url.as_str()).unwrap();
            assert_eq!(again, url, "{path:?}");
            let decoded = |text: &str| percent_decode_str(text).collect::<Vec<u8>>();
            let written = path.split('?').next().unwrap().trim_start_matches('/');
            let sent = below[1..].split('?').next().unwrap();
            assert_eq!(decoded(sent), decoded(written), "{path:?}");
        }
        assert!(accepted > 3_000, "{accepted}");
    }

    #[test]
    fn only_http_addresses_are_whole_ones() {
        assert!(absolute("http://h/x").unwrap().is_some());
        assert!(absolute("HTTP://h/x").unwrap().is_some());
        assert_eq!(absolute("HTTPS://h/x").is_ok(), cfg!(feature = "tls"));
        assert!(absolute("http://h/a//b/?c=../d#..").unwrap().is_some());
        assert!(absolute("users").unwrap().is_none());
        assert!(absolute("http://").is_err());
    }
}
