//! Requested versions of an API.

use std::fmt;
use std::str::FromStr;

use crate::Error;
use crate::error::ConfigurationError;

/// A requested version: `3`, `v2.1`, `2.latest` or `latest`.
///
/// ```
/// use keystone_sdk::discovery::Version;
///
/// let version: Version = "v2.10".parse()?;
/// assert!(version > Version::new(2, 9));
/// assert!(version < "2.latest".parse()?);
/// # Ok::<_, keystone_sdk::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Version {
    major: Number,
    minor: Number,
}

/// A number, or the newest, which is above all numbers.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
enum Number {
    Known(u16),
    Latest,
}

impl Version {
    /// The newest version of all.
    pub const LATEST: Self = Self {
        major: Number::Latest,
        minor: Number::Latest,
    };

    /// A version by its numbers.
    pub fn new(major: u16, minor: u16) -> Self {
        Self {
            major: Number::Known(major),
            minor: Number::Known(minor),
        }
    }

    /// The newest version with this major number.
    pub fn newest_of(major: u16) -> Self {
        Self {
            major: Number::Known(major),
            minor: Number::Latest,
        }
    }

    /// The major number, unless the newest is requested.
    pub fn major(self) -> Option<u16> {
        match self.major {
            Number::Known(number) => Some(number),
            Number::Latest => None,
        }
    }

    /// Whether `found` satisfies a request for the newest version, of all or of one major number.
    fn is_newest_like(self, found: (u16, u16)) -> bool {
        match (self.major, self.minor) {
            (Number::Latest, Number::Latest) => true,
            (Number::Known(major), Number::Latest) => major == found.0,
            _ => false,
        }
    }
}

impl FromStr for Version {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        read(text).ok_or_else(|| {
            ConfigurationError::new(format!("`{text}` is not a version of an API"))
                .remedy("write one such as `3`, `v2.1`, `2.latest` or `latest`")
                .into()
        })
    }
}

fn read(text: &str) -> Option<Version> {
    let text = text.trim_start_matches('v');
    let (major, minor) = match text.split_once('.') {
        Some((major, minor)) => (major, Some(minor)),
        None => (text, None),
    };
    let number = |text: &str| match text {
        "latest" => Some(Number::Latest),
        digits => super::number(digits).map(Number::Known),
    };
    let major = number(major)?;
    let minor = match (minor, major) {
        (Some(text), _) => number(text)?,
        (None, Number::Latest) => Number::Latest,
        (None, Number::Known(_)) => Number::Known(0),
    };
    let is_ordered = major != Number::Latest || minor == Number::Latest;
    is_ordered.then_some(Version { major, minor })
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.major, self.minor) {
            (Number::Latest, _) => f.write_str("latest"),
            (major, minor) => write!(f, "{major}.{minor}"),
        }
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Known(number) => number.fmt(f),
            Self::Latest => f.write_str("latest"),
        }
    }
}

/// A range of acceptable versions; without bounds, the one in the catalog.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub struct VersionRange {
    min: Option<Version>,
    max: Option<Version>,
}

impl VersionRange {
    /// This version or a newer one with the same major number.
    ///
    /// ```
    /// use keystone_sdk::discovery::{Version, VersionRange};
    ///
    /// let range = VersionRange::compatible_with(Version::new(2, 3));
    /// assert!(range.contains((2, 90)) && !range.contains((3, 0)));
    /// ```
    pub fn compatible_with(version: Version) -> Self {
        Self {
            min: Some(version),
            max: Some(Version {
                major: version.major,
                minor: Number::Latest,
            }),
        }
    }

    /// A range with both bounds included. With a lower bound only, it extends to the newest
    /// version.
    ///
    /// # Errors
    ///
    /// [`Error::Configuration`] when the lower bound is above the upper one.
    pub fn new(min: Option<Version>, max: Option<Version>) -> Result<Self, Error> {
        if let (Some(low), Some(high)) = (min, max)
            && low > high
        {
            let message = format!("no version is from {low} to {high}");
            let remedy = "set `min_version` to at most `max_version`";
            return Err(ConfigurationError::new(message).remedy(remedy).into());
        }
        let max = max.or(min.map(|_| Version::LATEST));
        Ok(Self { min, max })
    }

    /// The range of the options `version`, `min_version` and `max_version`.
    ///
    /// # Errors
    ///
    /// [`Error::Configuration`] when one of them is malformed, when `version` is combined with
    /// another, or when the lower bound is above the upper one.
    pub fn from_options(
        version: Option<&str>,
        min: Option<&str>,
        max: Option<&str>,
    ) -> Result<Self, Error> {
        let read =
            |text: Option<&str>| text.filter(|it| !it.is_empty()).map(str::parse).transpose();
        let (version, min, max) = (read(version)?, read(min)?, read(max)?);
        match version {
            None => Self::new(min, max),
            Some(version) if min.is_none() && max.is_none() => Ok(Self::compatible_with(version)),
            Some(version) => {
                let message = format!("`version` is {version}, but there are bounds as well");
                let remedy = "remove `version`, or both `min_version` and `max_version`";
                Err(ConfigurationError::new(message).remedy(remedy).into())
            }
        }
    }

    /// The lowest acceptable version.
    pub fn min(&self) -> Option<Version> {
        self.min
    }

    /// The highest acceptable version.
    pub fn max(&self) -> Option<Version> {
        self.max
    }

    /// Whether there is no bound.
    pub fn is_empty(&self) -> bool {
        self.min.is_none() && self.max.is_none()
    }

    /// Whether a version is acceptable.
    pub fn contains(&self, (major, minor): (u16, u16)) -> bool {
        let version = Version::new(major, minor);
        self.min.is_none_or(|min| min <= version) && self.max.is_none_or(|max| version <= max)
    }

    /// Whether the newest version of all is requested.
    pub(super) fn is_latest(&self) -> bool {
        self.max == Some(Version::LATEST) && self.min.is_none_or(|min| min == Version::LATEST)
    }

    /// Whether a version is acceptable, or is the newest that the lower bound requests.
    pub(super) fn accepts(&self, found: (u16, u16)) -> bool {
        self.min.is_some_and(|min| min.is_newest_like(found)) || self.contains(found)
    }

    /// Narrows the range to the major version that a service type such as `volumev2` implies.
    pub(crate) fn within(self, service_type: &str, major: u16) -> Result<Self, Error> {
        let other = |bound: Option<Version>| {
            let found = bound.and_then(Version::major);
            found.filter(|&found| found != major).and(bound)
        };
        if let Some(wanted) = other(self.min).or(other(self.max)) {
            let message = format!("`{service_type}` implies v{major}, but {wanted} is requested");
            let remedy = "ask for the service by its official type";
            return Err(ConfigurationError::new(message).remedy(remedy).into());
        }
        let numbered = |bound: &Version| bound.major().is_some();
        Ok(Self {
            min: self.min.filter(numbered).or(Some(Version::new(major, 0))),
            max: self
                .max
                .filter(numbered)
                .or(Some(Version::newest_of(major))),
        })
    }
}

impl fmt::Display for VersionRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.min, self.max) {
            (None, None) => f.write_str("any version"),
            (Some(min), Some(max)) if min == max => write!(f, "version {min}"),
            (Some(min), Some(max)) => write!(f, "a version from {min} to {max}"),
            (Some(min), None) => write!(f, "a version from {min}"),
            (None, Some(max)) => write!(f, "a version up to {max}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn range(min: &str, max: &str) -> Result<VersionRange, String> {
        VersionRange::from_options(None, Some(min), Some(max)).map_err(|error| error.to_string())
    }

    #[test]
    fn all_spellings_of_a_version_are_read() {
        for (text, read) in [
            ("1", "1.0"),
            ("v1", "1.0"),
            ("1.20", "1.20"),
            ("vv1", "1.0"),
            ("latest", "latest"),
            ("vlatest", "latest"),
            ("2.latest", "2.latest"),
        ] {
            assert_eq!(text.parse::<Version>().unwrap().to_string(), read, "{text}");
        }
        for text in [
            "", "v", "v1.2a", "1.", ".1", "latest.1", "x", "-1", "+1", "1.2.3", "70000",
        ] {
            let error = text.parse::<Version>().unwrap_err().to_string();
            assert!(
                error.starts_with(&format!("`{text}` is not a version")),
                "{error}"
            );
        }
    }

    #[test]
    fn numbers_are_compared_as_numbers() {
        let two_nine = range("2.9", "2.latest").unwrap();
        assert!(two_nine.contains((2, 10)) && !two_nine.contains((3, 0)));
        let up_to_two = range("1", "2").unwrap();
        assert!(up_to_two.contains((2, 0)) && !up_to_two.contains((2, 5)));
        let any_to_two = range("", "2").unwrap();
        assert!(any_to_two.contains((0, 1)) && !any_to_two.contains((2, 1)));
    }

    #[test]
    fn a_version_stands_for_its_major_number_and_a_lower_bound_for_all_above() {
        let of = |version| VersionRange::from_options(Some(version), None, None).unwrap();
        assert_eq!(of("2.3").to_string(), "a version from 2.3 to 2.latest");
        assert_eq!(of("latest").to_string(), "version latest");
        assert_eq!(
            range("2", "").unwrap().to_string(),
            "a version from 2.0 to latest"
        );
        assert_eq!(range("", "").unwrap(), VersionRange::default());
    }

    #[test]
    fn contradictions_are_refused() {
        assert!(range("3", "2").unwrap_err().contains("from 3.0 to 2.0"));
        assert!(
            range("latest", "2")
                .unwrap_err()
                .contains("from latest to 2.0")
        );
        let both = VersionRange::from_options(Some("2"), Some("1"), None);
        assert!(both.unwrap_err().to_string().contains("`version` is 2.0"));
    }

    #[test]
    fn a_type_that_ends_in_a_version_narrows_the_range_to_it() {
        let within = |min, max| range(min, max).unwrap().within("volumev2", 2);
        let show = |min, max| within(min, max).unwrap().to_string();
        assert_eq!(show("", ""), "a version from 2.0 to 2.latest");
        assert_eq!(show("2.1", ""), "a version from 2.1 to 2.latest");
        assert_eq!(show("latest", "latest"), "a version from 2.0 to 2.latest");
        for (min, max, wanted) in [("3", "", "3.0"), ("", "1", "1.0"), ("1", "2", "1.0")] {
            let error = within(min, max).unwrap_err().to_string();
            assert!(
                error.contains(&format!("v2, but {wanted} is requested")),
                "{error}"
            );
        }
    }
}
