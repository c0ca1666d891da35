//! Which microversion a call requests, and whether the service supports it.

use url::Url;

use crate::Error;
use crate::discovery::{ApiVersion, Discovery};
use crate::error::{ConfigurationError, DiscoveryError};
use crate::transport::Transport;

/// Something that only some microversions have.
#[derive(Clone, Copy, Debug)]
struct Bound {
    version: &'static str,
    what: &'static str,
}

/// What a call uses that only some microversions have: what came last, and what is gone first.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Needs {
    since: Option<Bound>,
    until: Option<Bound>,
}

#[cfg(feature = "client")]
impl Needs {
    /// Adds something that `version` introduced.
    pub(crate) fn since(&mut self, version: &'static str, what: &'static str) {
        let is_higher = |known: Bound| numbers(known.version) < numbers(version);
        if self.since.is_none_or(is_higher) {
            self.since = Some(Bound { version, what });
        }
    }

    /// Adds something that `version` is the last to have.
    pub(crate) fn until(&mut self, version: &'static str, what: &'static str) {
        let is_lower = |known: Bound| numbers(known.version) > numbers(version);
        if self.until.is_none_or(is_lower) {
            self.until = Some(Bound { version, what });
        }
    }
}

/// The microversion to request: the caller's, or else the lowest that has all that the call uses; none if every one has.
pub(super) fn choose(
    asked: Option<&str>,
    needs: Needs,
    place: impl FnOnce() -> String,
) -> Result<Option<String>, Error> {
    let problem = match asked {
        None => needs.conflict(),
        // A malformed one is reported when the header is written.
        Some(asked) => needs.lack(asked),
    };
    match problem {
        Some(problem) => Err(problem.at(place()).into()),
        None => {
            let lowest = || needs.since.map(|since| since.version);
            Ok(asked.or_else(lowest).map(str::to_owned))
        }
    }
}

impl Needs {
    /// Why no microversion has all that the call uses.
    fn conflict(self) -> Option<ConfigurationError> {
        let (first, last) = (self.since?, self.until?);
        (numbers(first.version) > numbers(last.version)).then(|| {
            ConfigurationError::new(format!(
                "{} needs microversion {}, but {} is gone after {}",
                first.what, first.version, last.what, last.version
            ))
            .remedy("leave one of the two out")
        })
    }

    /// Why this microversion has not all that the call uses.
    fn lack(self, asked: &str) -> Option<ConfigurationError> {
        let version = numbers(asked);
        let is_latest = asked == "latest";
        if let Some(Bound {
            version: first,
            what,
        }) = self.since
            && version.is_some_and(|version| Some(version) < numbers(first))
        {
            return Some(
                ConfigurationError::new(format!(
                    "{what} needs microversion {first}, but {asked} is requested"
                ))
                .remedy(format!("request {first} or a later one, or none")),
            );
        }
        let Bound {
            version: last,
            what,
        } = self.until?;
        (is_latest || version.is_some_and(|version| Some(version) > numbers(last))).then(|| {
            ConfigurationError::new(format!(
                "{what} is gone after microversion {last}, but {asked} is requested"
            ))
            .remedy(format!("request {last} or an earlier one, or none"))
        })
    }
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

#[cfg(all(test, feature = "client"))]
mod tests {
    use super::*;

    /// A call that uses what came with 1.10.
    fn note() -> Needs {
        let mut needs = Needs::default();
        needs.since("1.9", "the attribute `due`");
        needs.since("1.10", "the attribute `note`");
        needs
    }

    /// The same, with what is gone after 1.12.
    fn note_and_colour() -> Needs {
        let mut needs = note();
        needs.until("1.12", "the attribute `colour`");
        needs.until("1.13", "the attribute `pin`");
        needs
    }

    fn refusal(asked: Option<&str>, needs: Needs) -> String {
        let place = || "POST proxies".to_owned();
        let refused = choose(asked, needs, place).err();
        refused.map(|error| error.to_string()).unwrap_or_default()
    }

    #[test]
    fn the_lowest_sufficient_version_is_asked_for_unless_the_caller_chooses() {
        let chosen = |asked| choose(asked, note(), String::new).unwrap().unwrap();
        assert_eq!(chosen(None), "1.10");
        for asked in ["1.10", "1.11", "2.0", "latest"] {
            assert_eq!(chosen(Some(asked)), asked);
        }
        let none = choose(None, Needs::default(), String::new).unwrap();
        assert_eq!(none, None);
    }

    #[test]
    fn a_lower_version_is_refused_with_value_place_and_remedy() {
        assert_eq!(
            refusal(Some("1.9"), note()),
            "the attribute `note` needs microversion 1.10, but 1.9 is requested (POST proxies); \
             request 1.10 or a later one, or none"
        );
    }

    #[test]
    fn a_version_in_the_range_of_all_that_is_used_is_asked_for() {
        let chosen = |asked| {
            choose(asked, note_and_colour(), String::new)
                .unwrap()
                .unwrap()
        };
        assert_eq!(chosen(None), "1.10");
        for asked in ["1.10", "1.12"] {
            assert_eq!(chosen(Some(asked)), asked);
        }
    }

    #[test]
    fn a_version_that_lacks_again_what_is_used_is_refused() {
        for asked in ["1.13", "2.0", "latest"] {
            assert_eq!(
                refusal(Some(asked), note_and_colour()),
                format!(
                    "the attribute `colour` is gone after microversion 1.12, but {asked} is requested \
                     (POST proxies); request 1.12 or an earlier one, or none"
                )
            );
        }
    }

    #[test]
    fn what_no_version_has_together_is_refused() {
        let mut needs = note();
        needs.until("1.9", "the attribute `colour`");
        assert_eq!(
            refusal(None, needs),
            "the attribute `note` needs microversion 1.10, but the attribute `colour` is gone after 1.9 \
             (POST proxies); leave one of the two out"
        );
    }
}
