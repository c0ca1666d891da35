//! What the types of the API do not say of names and records. Each error begins with the place in
//! the request, like those of the runtime.

use keystone_middleware::ApiError;

/// The most bytes of a domain name, dots included (RFC 1035, section 2.3.4).
const LONGEST_NAME: usize = 254;
/// The most bytes of a label in it.
const LONGEST_LABEL: usize = 63;
/// The highest TTL in seconds (RFC 2181, section 8).
const LONGEST_TTL: i64 = 2_147_483_647;

/// A domain name with a dot at its end.
pub(crate) fn domain_name(place: &str, name: String) -> Result<String, ApiError> {
    let labels = name.strip_suffix('.').unwrap_or_default();
    if name.len() <= LONGEST_NAME && labels.split('.').all(is_label) {
        return Ok(name);
    }
    let expected = "expected a domain name with a dot at its end, such as `example.org.`";
    Err(misfit(place, expected))
}

/// The name of a zone, or one below it.
pub(crate) fn name_in(place: &str, name: String, zone: &str) -> Result<String, ApiError> {
    let name = domain_name(place, name)?;
    let above = name.strip_suffix(zone);
    if above.is_some_and(|above| above.is_empty() || above.ends_with('.')) {
        return Ok(name);
    }
    Err(misfit(
        place,
        &format!("expected `{zone}` or a name below it"),
    ))
}

/// An address such as `hostmaster@example.org`.
pub(crate) fn mail_address(place: &str, address: String) -> Result<String, ApiError> {
    let parts = address.split_once('@');
    let is_text = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic());
    if parts.is_some_and(|(name, host)| is_text(name) && host.split('.').all(is_label)) {
        return Ok(address);
    }
    Err(misfit(
        place,
        "expected a mail address, such as `hostmaster@example.org`",
    ))
}

pub(crate) fn ttl(place: &str, ttl: Option<i64>) -> Result<Option<i64>, ApiError> {
    match ttl {
        Some(seconds) if !(0..=LONGEST_TTL).contains(&seconds) => {
            Err(misfit(place, "expected seconds from 0 to 2147483647"))
        }
        ttl => Ok(ttl),
    }
}

/// Records that each fit on one line of a zone file.
pub(crate) fn records(place: &str, records: Vec<String>) -> Result<Vec<String>, ApiError> {
    if records.is_empty() {
        return Err(misfit(place, "expected at least one record"));
    }
    let is_line = |text: &String| !text.trim().is_empty() && !text.contains(char::is_control);
    match records.iter().position(|record| !is_line(record)) {
        Some(index) => Err(misfit(
            &format!("{place}/{index}"),
            "expected the text of a record, on one line",
        )),
        None => Ok(records),
    }
}

fn is_label(label: &str) -> bool {
    let is_usual = |byte: u8| byte.is_ascii_alphanumeric() || b"-_*".contains(&byte);
    (1..=LONGEST_LABEL).contains(&label.len()) && label.bytes().all(is_usual)
}

fn misfit(place: &str, problem: &str) -> ApiError {
    ApiError::bad_request(format!("{place}: {problem}."))
}
