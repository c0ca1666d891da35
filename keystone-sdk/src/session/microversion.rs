//! Which microversion a call requests, and whether the service supports it.

use url::Url;

use crate::Error;
use crate::discovery::{ApiVersion, Discovery};
use crate::error::{ConfigurationError, DiscoveryError};
use crate::transport::Transport;

/// Something that needs a microversion.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Need {
    pub(crate) version: &'static str,
    pub(crate) what: &'static str,
}

impl Need {
    /// Whether the other one needs a higher version.
    #[cfg(feature = "client")]
    pub(crate) fn is_below(self, other: Self) -> bool {
        numbers(self.version) < numbers(other.version)
    }
}

/// The microversion to request: the caller's, or else the lowest sufficient one.
pub(super) fn choose(
    asked: Option<&str>,
    need: Need,
    place: impl FnOnce() -> String,
) -> Result<String, Error> {
    let Need { version, what } = need;
    let Some(asked) = asked else {
        return Ok(version.to_owned());
    };
    // A malformed one is reported when the header is written.
    if asked == "latest" || numbers(asked).is_none() || numbers(asked) >= numbers(version) {
        return Ok(asked.to_owned());
    }
    Err(ConfigurationError::new(format!(
        "{what} needs microversion {version}, but {asked} is requested"
    ))
    .at(place())
    .remedy(format!("request {version} or a later one, or none"))
    .into())
}

/// Refuses a microversion that the service at `url` does not support. The supported range is cached
/// for a while.
pub(super) async fn check(transport: &Transport, url: &Url, wanted: &str) -> Result<(), Error> {
    let Some(wanted) = numbers(wanted) else {
        // `latest` is always supported.
        return Ok(());
    };
    let discovery = transport.discover(url).await?;
    let range = version_at(&discovery, url)
        .and_then(|version| version.min_microversion.zip(version.max_microversion));
    let offered = match range {
        Some((least, most)) if (least..=most).contains(&wanted) => return Ok(()),
        Some((least, most)) => format!("the service supports {} to {}", name(least), name(most)),
        None => "the service has no microversions".to_owned(),
    };
    Err(
        DiscoveryError::new(format!("microversion {} is not supported", name(wanted)))
            .at(url.as_str())
            .remedy(offered)
            .into(),
    )
}

/// The API version at this address, or else the newest with microversions.
fn version_at<'a>(discovery: &'a Discovery, url: &Url) -> Option<&'a ApiVersion> {
    let path = |url: &Url| url.path().trim_end_matches('/').to_owned();
    let versions = discovery.versions();
    let here = versions.iter().find(|it| path(&it.url) == path(url));
    here.or_else(|| versions.iter().find(|it| it.max_microversion.is_some()))
}

fn numbers(text: &str) -> Option<(u16, u16)> {
    let (major, minor) = text.split_once('.')?;
    Some((major.parse().ok()?, minor.parse().ok()?))
}

fn name((major, minor): (u16, u16)) -> String {
    format!("{major}.{minor}")
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOTE: Need = Need {
        version: "1.10",
        what: "the attribute `note`",
    };

    #[test]
    fn the_lowest_sufficient_version_is_asked_for_unless_the_caller_chooses() {
        let chosen = |asked| choose(asked, NOTE, String::new).unwrap();
        assert_eq!(chosen(None), "1.10");
        for asked in ["1.10", "1.11", "2.0", "latest"] {
            assert_eq!(chosen(Some(asked)), asked);
        }
    }

    #[test]
    fn a_lower_version_is_refused_with_value_place_and_remedy() {
        let error = choose(Some("1.9"), NOTE, || "POST proxies".to_owned()).unwrap_err();
        assert_eq!(
            error.to_string(),
            "the attribute `note` needs microversion 1.10, but 1.9 is requested (POST proxies); \
             request 1.10 or a later one, or none"
        );
    }
}
