//! Microversions of requests: which one is served, and what the response says of it.
//!
//! Source: the API-SIG's guideline on microversions.

use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use serde_json::json;

use super::describe::Description;
use super::error::ApiError;
use super::microversion::Microversion;

/// The header with the microversion of a request and of its response.
pub(super) const HEADER: HeaderName = HeaderName::from_static("openstack-api-version");

/// Chooses the microversion of a request: the one that the header names for this type of service,
/// the highest for `latest`, the lowest without the header. A header that names no service is an
/// error: whoever writes `1.2` alone would be served by the lowest version without noticing.
pub(super) fn negotiate(headers: &HeaderMap, of: &Description) -> Result<Microversion, ApiError> {
    let Some((min, max)) = of.microversions else {
        return Ok(Microversion::default());
    };
    let mut wanted = None;
    for value in headers.get_all(HEADER) {
        let text = value
            .to_str()
            .map_err(|_| malformed("a text that is not ASCII"))?;
        // A list in a header may have empty elements, but not only such (RFC 9110, section 5.6.1).
        let elements = text.split(',').map(str::trim);
        let mut elements = elements.filter(|one| !one.is_empty()).peekable();
        if elements.peek().is_none() {
            return Err(malformed("no value"));
        }
        for one in elements {
            let Some((service, version)) = one.split_once(char::is_whitespace) else {
                return Err(malformed(&format!("`{one}`")));
            };
            let version = version.trim_start();
            if !service.eq_ignore_ascii_case(of.service_type) {
                // Of another service: an intermediary may have passed it on.
                if !is_of_a_service(service, version) {
                    return Err(malformed(&format!("`{one}`")));
                }
            } else if version.contains(char::is_whitespace) {
                return Err(malformed(&format!("`{one}`")));
            } else if wanted.replace(version).is_some() {
                return Err(malformed("two versions of this service"));
            }
        }
    }
    match wanted {
        None => Ok(min),
        Some("latest") => Ok(max),
        Some(text) => match text.parse::<Microversion>() {
            Ok(version) if version >= min && version <= max => Ok(version),
            Ok(version) => Err(not_supported(version, of.service_type, min, max)),
            Err(invalid) => Err(ApiError::bad_request(invalid.to_string())),
        },
    }
}

/// Whether this could be the type of a service and a microversion of it.
fn is_of_a_service(service: &str, version: &str) -> bool {
    let in_a_type = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    service.bytes().all(in_a_type)
        && (version == "latest" || version.parse::<Microversion>().is_ok())
}

fn malformed(what: &str) -> ApiError {
    let what = keystone_sdk::printable::line(what);
    ApiError::bad_request(format!(
        "the header `OpenStack-API-Version` has {what}; expected the type of the service and a \
         version, as in `compute 2.1`"
    ))
}

/// 406 in the form of the guideline, with the range.
fn not_supported(
    version: Microversion,
    service: &str,
    min: Microversion,
    max: Microversion,
) -> ApiError {
    let message = format!(
        "Version {version} is not supported by the API. Minimum is {min} and maximum is {max}."
    );
    let body = json!({
        "error": {"code": 406, "title": "Not Acceptable", "message": message},
        "errors": [{
            "status": 406,
            "code": format!("{service}.microversion-unsupported"),
            "title": "Requested microversion is unsupported",
            "detail": message,
            "max_version": max.to_string(),
            "min_version": min.to_string(),
        }],
    });
    ApiError::rejected((StatusCode::NOT_ACCEPTABLE, axum::Json(body)))
}

/// Adds the microversion to a response, and that the response depends on the header.
pub(super) fn announce(headers: &mut HeaderMap, version: Microversion, of: &Description) {
    if of.microversions.is_none() {
        return;
    }
    if let Ok(value) = HeaderValue::from_str(&format!("{} {version}", of.service_type)) {
        headers.insert(HEADER, value);
    }
    headers.append(
        http::header::VARY,
        HeaderValue::from_static("OpenStack-API-Version"),
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    static SERVICE: Description = Description {
        service_type: "notes",
        version: "v1",
        microversions: Some((Microversion::new(1, 0), Microversion::new(1, 10))),
        document: "{}",
        field_policies: &[],
    };

    fn negotiated(headers: &[&str]) -> Result<String, u16> {
        let mut map = HeaderMap::new();
        for value in headers {
            map.append(HEADER, HeaderValue::from_str(value).unwrap());
        }
        negotiate(&map, &SERVICE)
            .map(|version| version.to_string())
            .map_err(|error| error.status().as_u16())
    }

    #[test]
    fn the_lowest_is_meant_without_a_header_and_the_highest_by_latest() {
        assert_eq!(negotiated(&[]), Ok("1.0".into()));
        assert_eq!(negotiated(&["notes latest"]), Ok("1.10".into()));
        assert_eq!(negotiated(&["notes 1.9"]), Ok("1.9".into()));
        assert_eq!(negotiated(&["Notes 1.9"]), Ok("1.9".into()));
    }

    #[test]
    fn versions_of_other_services_are_left_to_them() {
        assert_eq!(negotiated(&["compute 2.1"]), Ok("1.0".into()));
        assert_eq!(negotiated(&["compute 2.1, notes 1.2"]), Ok("1.2".into()));
        assert_eq!(
            negotiated(&["compute latest,,notes 1.2,"]),
            Ok("1.2".into())
        );
        assert_eq!(negotiated(&["compute 2.1", "notes 1.2"]), Ok("1.2".into()));
    }

    #[test]
    fn a_version_out_of_range_is_406_and_a_text_that_is_none_400() {
        for version in ["0.9", "1.11", "2.0", "1.4294967295"] {
            assert_eq!(
                negotiated(&[&format!("notes {version}")]),
                Err(406),
                "{version}"
            );
        }
        for value in [
            "notes",
            "notes ",
            "notes 1",
            "notes 1.",
            "notes .1",
            "notes 1.01",
            "notes 1.2.3",
            "notes one",
            "notes Latest",
            "notes 1.-1",
            "notes +1.1",
            "notes 1.2 1.3",
            "notes 1.2, notes 1.3",
            "notes 99999999999.1",
        ] {
            assert_eq!(negotiated(&[value]), Err(400), "{value}");
        }
    }

    #[test]
    fn a_value_without_a_service_or_a_version_is_not_passed_over() {
        for value in [
            "",
            ",",
            "1.2",
            "latest",
            "compute",
            "{}",
            "null,null",
            "compute 2",
            "compute 2.1 2.2",
            "v.*]h|D)3< .&t(",
            "com/pute 2.1",
        ] {
            assert_eq!(negotiated(&[value]), Err(400), "{value}");
        }
    }
}
