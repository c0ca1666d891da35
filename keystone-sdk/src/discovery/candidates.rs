//! The URLs where the version document of a service may be, in the order to try them.

use std::collections::HashSet;

use url::Url;

use super::VersionRange;
use super::link::version_of_segment;

/// The URLs to try for an endpoint.
#[derive(Debug)]
pub(super) struct Candidates {
    /// The URLs to try, the best first, without duplicates.
    pub(super) tries: Vec<Url>,
    /// The project id at the end of the endpoint's address, where it has one.
    pub(super) project_id: Option<String>,
    /// How the version in the endpoint's address compares with the range.
    pub(super) fit: Fit,
}

/// How the version in an endpoint's address compares with the versions requested.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Fit {
    /// The address names no version, or the range is open.
    Unknown,
    /// The version named is not acceptable.
    Outside,
    /// The version is acceptable, but the range extends to another major version.
    Within,
    /// The version is the best that the range allows.
    Best,
}

/// An address and the segments of its path.
struct Parts<'a> {
    url: &'a Url,
    segments: Vec<&'a str>,
}

impl<'a> Parts<'a> {
    fn of(url: &'a Url) -> Self {
        let segments = match url.path().trim_matches('/') {
            "" => Vec::new(),
            path => path.split('/').collect(),
        };
        Self { url, segments }
    }

    /// The address up to here.
    fn url(&self, slash: bool) -> Url {
        let mut url = self.url.clone();
        let mut path = format!("/{}", self.segments.join("/"));
        if slash && !self.segments.is_empty() {
            path.push('/');
        }
        url.set_path(&path);
        url
    }

    fn last_version(&self) -> Option<(u16, u16)> {
        self.segments
            .last()
            .and_then(|last| version_of_segment(last))
    }

    /// Removes the project id from the end: the token's or, if that is not known, any segment after
    /// a version.
    fn take_project_id(&mut self, known: Option<&str>) -> Option<String> {
        let (last, before) = self.segments.split_last()?;
        let is_project = match known {
            Some(id) => *last == id,
            None => before
                .last()
                .is_some_and(|it| version_of_segment(it).is_some()),
        };
        if !is_project {
            return None;
        }
        let id = (*last).to_owned();
        self.segments.pop();
        Some(id)
    }
}

/// How the version in an endpoint's address compares with the range.
pub(super) fn fit(url: &Url, project_id: Option<&str>, range: &VersionRange) -> Fit {
    let mut parts = Parts::of(url);
    parts.take_project_id(project_id);
    let version = parts.last_version();
    version.map_or(Fit::Unknown, |version| fit_of(version, range))
}

/// The candidates for the endpoint at `url`. With `guessing`, addresses above it are tried, too.
pub(super) fn candidates(
    url: &Url,
    project_id: Option<&str>,
    range: &VersionRange,
    guessing: bool,
) -> Candidates {
    let mut parts = Parts::of(url);
    let project_id = parts.take_project_id(project_id);
    let mut tries = Vec::new();
    let mut fit = Fit::Unknown;
    let (mut versioned, mut with_slash) = (None, None);
    if let Some(version) = parts.last_version() {
        fit = fit_of(version, range);
        (versioned, with_slash) = (Some(parts.url(false)), Some(parts.url(true)));
        parts.segments.pop();
    }
    if fit == Fit::Best {
        tries.extend(with_slash.take());
    }
    if guessing {
        let base = parts.url(false);
        // A guessed address gets a slash, the catalog's own stays as it is.
        tries.push(if base == *url { base } else { parts.url(true) });
        if fit == Fit::Within {
            tries.extend(with_slash);
        }
    } else if project_id.is_some() {
        tries.extend(versioned);
    }
    tries.push(url.clone());
    let mut seen = HashSet::new();
    tries.retain(|it| seen.insert(it.clone()));
    Candidates {
        tries,
        project_id,
        fit,
    }
}

fn fit_of(version: (u16, u16), range: &VersionRange) -> Fit {
    match (range.min(), range.max()) {
        _ if !range.contains(version) => Fit::Outside,
        (Some(_), Some(max)) if max.major() == Some(version.0) => Fit::Best,
        (Some(_), Some(_)) => Fit::Within,
        _ => Fit::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tries(url: &str, project: &str, min: &str, max: &str, guessing: bool) -> Vec<String> {
        let range = VersionRange::from_options(None, Some(min), Some(max)).unwrap();
        let project = Some(project).filter(|it| !it.is_empty());
        let found = candidates(&Url::parse(url).unwrap(), project, &range, guessing);
        found
            .tries
            .iter()
            .map(|url| url.path().to_owned())
            .collect()
    }

    #[test]
    fn addresses_are_tried_in_the_order_that_needs_the_fewest_requests() {
        let compute = "http://h/compute/v2.1";
        let volume = "http://h/volume/v3/PID";
        for (url, project, min, max, guessing, expected) in [
            (compute, "", "", "", false, &["/compute/v2.1"][..]),
            (
                compute,
                "",
                "2.1",
                "2.latest",
                true,
                &["/compute/v2.1/", "/compute/", "/compute/v2.1"],
            ),
            (
                compute,
                "",
                "2",
                "latest",
                true,
                &["/compute/", "/compute/v2.1/", "/compute/v2.1"],
            ),
            (
                compute,
                "",
                "3",
                "latest",
                true,
                &["/compute/", "/compute/v2.1"],
            ),
            (
                volume,
                "PID",
                "3",
                "3.latest",
                true,
                &["/volume/v3/", "/volume/", "/volume/v3/PID"],
            ),
            (
                volume,
                "PID",
                "2",
                "2.latest",
                true,
                &["/volume/", "/volume/v3/PID"],
            ),
            (
                volume,
                "PID",
                "",
                "",
                false,
                &["/volume/v3", "/volume/v3/PID"],
            ),
            (volume, "", "", "", false, &["/volume/v3", "/volume/v3/PID"]),
            (volume, "other", "", "", false, &["/volume/v3/PID"]),
            (
                "http://h:5000/v2.0",
                "",
                "3",
                "3.latest",
                true,
                &["/", "/v2.0"],
            ),
            ("http://h/compute", "", "2", "latest", true, &["/compute"]),
            ("http://h/compute", "", "", "", false, &["/compute"]),
            ("http://h/compute/", "", "2", "latest", true, &["/compute/"]),
            (
                "http://h/AUTH_PID",
                "PID",
                "1",
                "latest",
                true,
                &["/AUTH_PID"],
            ),
        ] {
            assert_eq!(
                tries(url, project, min, max, guessing),
                expected,
                "{url} {project} {min} {max}"
            );
        }
    }

    #[test]
    fn the_version_of_the_address_is_held_against_the_range() {
        let url = Url::parse("http://h/v2.1").unwrap();
        for (min, max, fit) in [
            ("", "", Fit::Unknown),
            ("", "2.1", Fit::Unknown),
            ("", "2", Fit::Outside),
            ("3", "", Fit::Outside),
            ("2", "latest", Fit::Within),
            ("2", "3", Fit::Within),
            ("2", "2.latest", Fit::Best),
            ("2.1", "2.1", Fit::Best),
        ] {
            let range = VersionRange::from_options(None, Some(min), Some(max)).unwrap();
            assert_eq!(
                candidates(&url, None, &range, true).fit,
                fit,
                "{min} to {max}"
            );
        }
    }
}
