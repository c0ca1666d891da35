//! Links in version documents: their version, and the repair of wrong ones.

use url::Url;

/// The version in a path segment: `v3`, `v2.1`.
pub(super) fn version_of_segment(segment: &str) -> Option<(u16, u16)> {
    super::parse_version(segment.strip_prefix(['v', 'V'])?)
}

/// Repairs a link in a version document that was read at `read_at`.
///
/// Services behind a proxy write links with internal hosts and schemes. So scheme, host and port
/// are always those of `read_at`; of a link to another host, only the last segment is used.
pub(super) fn repair(read_at: &Url, link: &str) -> Option<Url> {
    let mut folder = read_at.clone();
    folder.set_query(None);
    folder.set_fragment(None);
    if !folder.path().ends_with('/') {
        folder.set_path(&format!("{}/", folder.path()));
    }
    let linked = folder.join(link).ok()?;
    let same_host = linked.host() == read_at.host() && linked.port() == read_at.port();
    let mut repaired = read_at.clone();
    repaired.set_query(None);
    repaired.set_fragment(None);
    if same_host {
        repaired.set_path(linked.path());
    } else if let Some(last) = last_segment(&linked)
        && last_segment(read_at) != Some(last)
    {
        let slash = if linked.path().ends_with('/') {
            "/"
        } else {
            ""
        };
        repaired.set_path(&format!("{}{last}{slash}", folder.path()));
    }
    Some(repaired)
}

/// The last segment that is not empty.
fn last_segment(url: &Url) -> Option<&str> {
    url.path().rsplit('/').find(|segment| !segment.is_empty())
}

/// The URL of an endpoint, split at its version.
pub(super) struct Versioned {
    /// The version.
    pub(super) version: (u16, u16),
    /// The URL before the version, with a slash at its end.
    pub(super) base: Url,
    /// What follows the version: a project id.
    pub(super) tail: Option<String>,
}

/// Splits a URL at its version, which is last or before a project id.
pub(super) fn split(url: &Url) -> Option<Versioned> {
    let segments: Vec<_> = url.path_segments()?.filter(|s| !s.is_empty()).collect();
    let (at, version) = segments
        .iter()
        .enumerate()
        .rev()
        .take(2)
        .find_map(|(at, segment)| Some((at, version_of_segment(segment)?)))?;
    let mut base = url.clone();
    base.set_query(None);
    base.set_path("/");
    if at > 0 {
        let before = segments.get(..at)?;
        base.set_path(&format!("/{}/", before.join("/")));
    }
    let tail = segments.get(at + 1).map(|&tail| tail.to_owned());
    Some(Versioned {
        version,
        base,
        tail,
    })
}

/// Whether two URLs are equal, ignoring a slash at the end.
pub(super) fn is_same(one: &Url, other: &Url) -> bool {
    let path = |url: &Url| url.path().trim_end_matches('/').to_owned();
    one.origin() == other.origin() && path(one) == path(other)
}

/// Appends a project id to a URL.
pub(super) fn append(url: &mut Url, tail: &str) {
    url.set_path(&format!("{}/{tail}", url.path().trim_end_matches('/')));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_repaired_as_the_proxy_in_front_needs_it() {
        for (read_at, link, repaired) in [
            ("http://h:1/identity", "v3", "http://h:1/identity/v3"),
            ("http://h:1/", "//other/v3/", "http://h:1/v3/"),
            (
                "https://pub/compute",
                "http://int:8774/v2.1/",
                "https://pub/compute/v2.1/",
            ),
            (
                "https://pub/compute/v2.1",
                "http://int:8774/v2.1/",
                "https://pub/compute/v2.1",
            ),
            (
                "https://pub/compute/v2.1",
                "https://pub/compute/v2.1",
                "https://pub/compute/v2.1",
            ),
            ("http://h/a/b", "http://h/x/v2", "http://h/x/v2"),
            ("https://h/id", "http://h/id/v3", "https://h/id/v3"),
            ("http://h:5000/", "http://localhost/", "http://h:5000/"),
        ] {
            let found = repair(&Url::parse(read_at).unwrap(), link).unwrap();
            assert_eq!(found.as_str(), repaired, "{read_at} and {link}");
        }
    }

    #[test]
    fn an_address_is_taken_apart_at_its_version() {
        let parts = |url: &str| {
            split(&Url::parse(url).unwrap()).map(|it| (it.version, it.base.to_string(), it.tail))
        };
        assert_eq!(
            parts("http://h/identity/v3/"),
            Some(((3, 0), "http://h/identity/".into(), None))
        );
        assert_eq!(
            parts("http://h:1/v2.0"),
            Some(((2, 0), "http://h:1/".into(), None))
        );
        assert_eq!(
            parts("http://h/volume/v3/abc"),
            Some(((3, 0), "http://h/volume/".into(), Some("abc".into())))
        );
        assert_eq!(parts("http://h/identity"), None);
        assert_eq!(parts("http://h/"), None);
        assert_eq!(parts("http://h/volumes"), None);
    }
}
