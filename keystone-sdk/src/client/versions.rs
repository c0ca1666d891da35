//! Which microversion a call asks for, given what it uses of the API.

use crate::Error;
use crate::error::ConfigurationError;

/// Something that came with a microversion.
#[derive(Clone, Copy, Debug)]
pub(super) struct Need {
    pub(super) version: &'static str,
    pub(super) what: &'static str,
}

impl Need {
    /// Whether the other one needs a later version.
    pub(super) fn is_below(self, other: Self) -> bool {
        numbers(self.version) < numbers(other.version)
    }
}

/// What to ask for: what the caller says, or else the lowest version that knows all that is used.
pub(super) fn choose<'a>(
    asked: Option<&'a str>,
    need: Option<Need>,
    place: &str,
) -> Result<Option<&'a str>, Error> {
    let (asked, need) = match (asked, need) {
        (None, need) => return Ok(need.map(|need| need.version)),
        (Some(asked), None) => return Ok(Some(asked)),
        (Some(asked), Some(need)) => (asked, need),
    };
    // What is no version at all is told when the header is written.
    if asked == "latest" || numbers(asked).is_none() || numbers(asked) >= numbers(need.version) {
        return Ok(Some(asked));
    }
    let Need { version, what } = need;
    Err(ConfigurationError::new(format!(
        "{what} came with microversion {version}, and {asked} is asked for"
    ))
    .at(place)
    .remedy(format!("ask for {version} or a later one, or for none"))
    .into())
}

fn numbers(version: &str) -> Option<(u32, u32)> {
    let (major, minor) = version.split_once('.')?;
    Some((major.parse().ok()?, minor.parse().ok()?))
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
        let chosen = |asked, need| choose(asked, need, "GET proxies").unwrap();
        assert_eq!(chosen(None, None), None);
        assert_eq!(chosen(None, Some(NOTE)), Some("1.10"));
        for asked in ["1.10", "1.11", "2.0", "latest"] {
            assert_eq!(chosen(Some(asked), Some(NOTE)), Some(asked));
        }
        assert_eq!(chosen(Some("1.2"), None), Some("1.2"));
    }

    #[test]
    fn a_lower_version_is_refused_with_value_place_and_remedy() {
        let error = choose(Some("1.9"), Some(NOTE), "POST proxies").unwrap_err();
        assert_eq!(
            error.to_string(),
            "the attribute `note` came with microversion 1.10, and 1.9 is asked for (POST proxies); \
             ask for 1.10 or a later one, or for none"
        );
    }
}
