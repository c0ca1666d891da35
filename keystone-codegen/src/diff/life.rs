//! In which microversions something is, as far as clients of the old version can ask for them.

use crate::version::{Range, numbers};

/// Major and minor.
type Version = (u32, u32);

/// The microversions that both versions of an API support.
#[derive(Clone, Copy, Debug)]
pub(super) struct Lives {
    /// None if one of the two has none, or they have none in common.
    common: Option<(Version, Version)>,
}

/// How something that may have come and gone with a microversion is, compared with before.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Life {
    /// Whether clients of the old version meet it in the old and in the new version of the API.
    pub(super) before: bool,
    pub(super) after: bool,
    /// Whether some microversion that had it lacks it now.
    pub(super) lost: bool,
    /// Whether some microversion that lacked it has it now.
    pub(super) gained: bool,
}

/// The first and the last microversion that have something, as described.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Span<'a> {
    pub(super) since: Option<&'a str>,
    pub(super) until: Option<&'a str>,
}

impl<'a> Span<'a> {
    pub(super) fn new(since: &'a Option<String>, until: &'a Option<String>) -> Self {
        Self {
            since: since.as_deref(),
            until: until.as_deref(),
        }
    }

    /// In words, such as `since 1.1`.
    pub(super) fn text(self) -> String {
        match (self.since, self.until) {
            (None, None) => "in all microversions".to_owned(),
            (Some(since), None) => format!("since {since}"),
            (None, Some(until)) => format!("until {until}"),
            (Some(since), Some(until)) => format!("since {since} until {until}"),
        }
    }
}

impl Lives {
    pub(super) fn new(old: Option<&Range>, new: Option<&Range>) -> Self {
        let range = |range: &Range| Some((numbers(&range.0)?, numbers(&range.1)?));
        let common = match (old.and_then(range), new.and_then(range)) {
            (Some((min, max)), Some((new_min, new_max))) => {
                Some((min.max(new_min), max.min(new_max)))
            }
            // Who asks for no microversion gets the lowest one.
            (None, Some((min, _))) => Some((min, min)),
            _ => None,
        };
        Self {
            common: common.filter(|(min, max)| min <= max),
        }
    }

    /// Compares what is in the old version with what is in the new one; none where it is not described.
    pub(super) fn compare(self, old: Option<Span<'_>>, new: Option<Span<'_>>) -> Life {
        let Some((min, max)) = self.common else {
            return Life {
                before: old.is_some(),
                after: new.is_some(),
                lost: old.is_some() && new.is_none(),
                gained: old.is_none() && new.is_some(),
            };
        };
        let within = |span: Option<Span<'_>>| {
            let span = span?;
            let since = span.since.and_then(numbers).map_or(min, |one| one.max(min));
            let until = span.until.and_then(numbers).map_or(max, |one| one.min(max));
            (since <= until).then_some((since, until))
        };
        let (old, new) = (within(old), within(new));
        // Whether all of one is in the other.
        let covered =
            |one: Option<(Version, Version)>, by: Option<(Version, Version)>| match (one, by) {
                (None, _) => true,
                (Some(_), None) => false,
                (Some((since, until)), Some((first, last))) => first <= since && until <= last,
            };
        Life {
            before: old.is_some(),
            after: new.is_some(),
            lost: !covered(old, new),
            gained: !covered(new, old),
        }
    }
}
