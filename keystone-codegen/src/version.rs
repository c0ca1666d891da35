//! Microversions: which are in the range of a service, and in order.

/// The range of a service, or of something in its API.
pub(crate) type Range = (String, String);

/// What is wrong with a version that something came with or ended with, if anything.
pub(crate) fn problem_of_version(version: &str, (min, max): &Range) -> Option<String> {
    let found = numbers(version);
    let fits = found.is_some() && found >= numbers(min) && found <= numbers(max);
    (!fits).then(|| {
        format!("`{version}` is not a microversion of this service; it supports {min} to {max}")
    })
}

/// What is wrong with the two together, if anything.
pub(crate) fn problem_of_order(since: Option<&str>, until: Option<&str>) -> Option<String> {
    let (since, until) = (since?, until?);
    // Services without microversions may write `v3.4`.
    let plain = |version: &str| numbers(version.strip_prefix('v').unwrap_or(version));
    let (first, last) = (plain(since)?, plain(until)?);
    (first > last).then(|| {
        format!(
            "no version is both since {since} and until {until}; `until` is the last version that has it"
        )
    })
}

/// Major and minor.
pub(crate) fn numbers(version: &str) -> Option<(u32, u32)> {
    let (major, minor) = version.split_once('.')?;
    Some((major.parse().ok()?, minor.parse().ok()?))
}
