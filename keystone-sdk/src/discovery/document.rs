//! The formats of version documents.

use std::cmp::Reverse;
use std::slice;

use http::HeaderMap;
use serde_json::Value;
use url::Url;

use super::{ApiStatus, ApiVersion, Discovery, link, parse_version};
use crate::Error;
use crate::error::DiscoveryError;
use crate::transport::Response;

const REMEDY: &str = "check the URL: Keystone's is its root, or ends in `/v3`";

/// Reads the response to a request for a version document.
pub(super) fn read(response: &Response) -> Result<Discovery, Error> {
    let url = response.address();
    let wrong = |what: &str| DiscoveryError::new(format!("{url} {what}")).remedy(REMEDY);
    match response.status.as_u16() {
        200..=300 => {}
        // The service is rate limiting, failing or redirecting: this says nothing about its
        // versions.
        301..=399 | 429 | 500.. => return Err(response.to_error().into()),
        _ => {
            let error = wrong("is not the address of an API").caused_by(response.to_error());
            return Err(error.into());
        }
    }
    if response.is_html() {
        return Err(wrong("responded with an HTML page, not with the versions of an API").into());
    }
    let document: Value = serde_json::from_slice(&response.body)
        .map_err(|_| wrong("responded with something other than JSON"))?;
    let versions = versions(&document, &response.headers, &response.url);
    let versions =
        versions.ok_or_else(|| wrong("responded with JSON that lists no API versions"))?;
    Ok(Discovery {
        versions,
        read_at: response.url.clone(),
    })
}

/// The versions in a document that was read at `read_at`; `None` if it is no version document.
/// Entries without id, status or link are skipped.
fn versions(document: &Value, headers: &HeaderMap, read_at: &Url) -> Option<Vec<ApiVersion>> {
    let mut versions: Vec<_> = match listed(document) {
        Some(entries) => {
            let entries = entries.iter();
            entries
                .filter_map(|it| version(it, None, read_at))
                .collect()
        }
        None if document.get("id").is_some() => {
            alone(document, headers, read_at).into_iter().collect()
        }
        None => return None,
    };
    versions.sort_by_key(|version| Reverse(version.version));
    Some(versions)
}

/// `{versions: {values: [..]}}` (Keystone at its root), `{versions: [..]}` (most services at their
/// root), `{version: {..}}` (Keystone and others at a version).
fn listed(document: &Value) -> Option<&[Value]> {
    match document.get("versions") {
        Some(versions) => versions
            .get("values")
            .unwrap_or(versions)
            .as_array()
            .map(Vec::as_slice),
        None => document
            .get("version")
            .filter(|it| it.is_object())
            .map(slice::from_ref),
    }
}

/// A document of a single version needs no status, and its microversions may be in headers, as in
/// old releases of Ironic.
fn alone(entry: &Value, headers: &HeaderMap, read_at: &Url) -> Option<ApiVersion> {
    let in_header = |end: &str| {
        let mut names = headers.keys();
        let name =
            names.find(|it| it.as_str().starts_with("x-openstack") && it.as_str().ends_with(end));
        parse_version(headers.get(name?)?.to_str().ok()?)
    };
    let mut version = version(entry, Some(ApiStatus::Current), read_at)?;
    version.min_microversion = version
        .min_microversion
        .or_else(|| in_header("api-minimum-version"));
    version.max_microversion = version
        .max_microversion
        .or_else(|| in_header("api-maximum-version"));
    Some(version)
}

fn version(entry: &Value, status: Option<ApiStatus>, read_at: &Url) -> Option<ApiVersion> {
    let text = |key: &str| {
        entry
            .get(key)
            .and_then(Value::as_str)
            .filter(|it| !it.is_empty())
    };
    let number = |text: &str| parse_version(text.trim_start_matches(['v', 'V']));
    Some(ApiVersion {
        version: number(text("id")?)?,
        url: linked(entry, "self", read_at)?,
        collection: linked(entry, "collection", read_at),
        status: status.or_else(|| text("status").map(ApiStatus::parse))?,
        min_microversion: text("min_version").and_then(number),
        max_microversion: text("max_version").or(text("version")).and_then(number),
        next_min_version: text("next_min_version").and_then(number),
        not_before: text("not_before").map(str::to_owned),
    })
}

/// The last link with this `rel`.
fn linked(entry: &Value, kind: &str, read_at: &Url) -> Option<Url> {
    let links = entry.get("links")?.as_array()?.iter().rev();
    let is_kind = |link: &&Value| {
        let found = link.get("rel").and_then(Value::as_str);
        found.is_some_and(|found| found.eq_ignore_ascii_case(kind))
    };
    let mut links = links.filter(is_kind);
    links.find_map(|link| link::repair(read_at, link.get("href")?.as_str()?))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(document: &Value) -> Option<Vec<(String, String)>> {
        let read_at = Url::parse("http://h:5000/").unwrap();
        let versions = versions(document, &HeaderMap::new(), &read_at)?;
        let show = |v: &ApiVersion| {
            (
                format!("{}.{}", v.version.0, v.version.1),
                v.url.to_string(),
            )
        };
        Some(versions.iter().map(show).collect())
    }

    fn entry(id: &str, href: &str) -> Value {
        json!({"id": id, "status": "stable", "links": [{"rel": "self", "href": href}]})
    }

    #[test]
    fn all_known_forms_are_read_newest_first() {
        let three = ("3.14".to_owned(), "http://h:5000/v3/".to_owned());
        let two = ("2.0".to_owned(), "http://h:5000/v2.0/".to_owned());
        let entries = [
            entry("v2.0", "http://h:5000/v2.0/"),
            entry("v3.14", "http://h:5000/v3/"),
        ];
        for document in [
            json!({"versions": {"values": entries}}),
            json!({"versions": entries}),
        ] {
            assert_eq!(read(&document), Some(vec![three.clone(), two.clone()]));
        }
        assert_eq!(
            read(&json!({"version": entries[1]})),
            Some(vec![three.clone()])
        );
        assert_eq!(read(&entries[1]), Some(vec![three]));
    }

    #[test]
    fn an_entry_without_a_link_is_left_out() {
        let document = json!({"versions": [{"id": "v3", "status": "CURRENT"}, entry("v2", "/v2")]});
        assert_eq!(read(&document).unwrap().len(), 1);
    }

    #[test]
    fn microversions_are_read_from_either_key() {
        let mut entry = entry("v2.1", "/v2.1");
        entry["min_version"] = json!("2.1");
        entry["version"] = json!("2.79");
        let found = versions(
            &json!({"version": entry}),
            &HeaderMap::new(),
            &Url::parse("http://h/").unwrap(),
        );
        let found = found.unwrap();
        assert_eq!(found[0].min_microversion, Some((2, 1)));
        assert_eq!(found[0].max_microversion, Some((2, 79)));
    }

    #[test]
    fn other_json_is_no_version_document() {
        for document in [
            json!({}),
            json!([]),
            json!({"version": "1.0"}),
            json!({"versions": 3}),
        ] {
            assert!(read(&document).is_none(), "{document}");
        }
    }
}
