//! The header `Retry-After`.

use std::time::Duration;

use http::HeaderMap;
use http::header::RETRY_AFTER;
use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimeParser;

/// Reads `Retry-After`, in seconds or as an HTTP date (RFC 9110, section 10.2.3). A date in the
/// past means zero.
pub(super) fn read(headers: &HeaderMap, now: Timestamp) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = text.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let at = DateTimeParser::new().parse_timestamp(text).ok()?;
    Some(Duration::try_from(at.duration_since(now)).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn told(text: &'static str) -> Option<u64> {
        let mut headers = HeaderMap::new();
        headers.insert(RETRY_AFTER, HeaderValue::from_static(text));
        let now: Timestamp = "1994-11-06T08:49:07Z".parse().unwrap();
        read(&headers, now).map(|wait| wait.as_secs())
    }

    #[test]
    fn seconds_and_dates_are_understood() {
        assert_eq!(told("120"), Some(120));
        assert_eq!(told("Sun, 06 Nov 1994 08:49:37 GMT"), Some(30));
        assert_eq!(told("Sun, 06 Nov 1994 08:00:00 GMT"), Some(0));
    }

    #[test]
    fn anything_else_is_ignored() {
        for text in ["", "soon", "-1", "1.5"] {
            assert_eq!(told(text), None, "{text}");
        }
    }
}
