//! Times in bodies: Keystone writes two forms.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde_json::Value;

use crate::api_error::ApiError;

/// With six digits and `Z`, as tokens and trusts have it.
pub(super) fn with_zone(time: Timestamp) -> String {
    format!("{time:.6}")
}

/// With six digits and no zone, as application credentials have it.
pub(super) fn without_zone(time: Timestamp) -> String {
    with_zone(time).trim_end_matches('Z').to_owned()
}

/// A time with or without a zone; without one it means UTC.
pub(super) fn parse(text: &str) -> Option<Timestamp> {
    let civil = || {
        text.parse::<DateTime>()
            .ok()?
            .to_zoned(TimeZone::UTC)
            .ok()
            .map(|time| time.timestamp())
    };
    text.parse().ok().or_else(civil)
}

/// The time of a request, which must lie ahead; `None` when there is none.
pub(super) fn read_future(
    value: Option<&Value>,
    now: Timestamp,
) -> Result<Option<Timestamp>, ApiError> {
    let Some(text) = value.and_then(Value::as_str) else {
        return Ok(None);
    };
    let malformed = "The server could not comply with the request since it is either malformed or \
                     otherwise incorrect. The client is assumed to be in error.";
    let time = parse(text)
        .ok_or_else(|| ApiError::bad(format!("Timestamp not in expected format. {malformed}")))?;
    if time < now {
        return Err(ApiError::bad(format!(
            "The 'expires_at' must not be before now. {malformed}"
        )));
    }
    Ok(Some(time))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_without_a_zone_means_utc() {
        assert_eq!(
            parse("2030-01-01T00:00:00.5"),
            parse("2030-01-01T00:00:00.500Z")
        );
    }

    #[test]
    fn both_forms_have_six_digits() {
        let time = parse("2030-01-01T00:00:00Z").unwrap();
        assert_eq!(with_zone(time), "2030-01-01T00:00:00.000000Z");
        assert_eq!(without_zone(time), "2030-01-01T00:00:00.000000");
    }
}
