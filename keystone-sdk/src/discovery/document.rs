//! The forms in which services write their version documents.

use serde_json::Value;
use url::Url;

use super::{ApiStatus, ApiVersion, link, parse_version};

/// Reads the versions of a document that was found at `read_at`; `None` when it is no version
/// document. Entries without id, status or link are left out.
pub(super) fn versions(document: &Value, read_at: &Url) -> Option<Vec<ApiVersion>> {
    let entries = entries(document)?;
    let mut versions: Vec<_> = entries
        .into_iter()
        .filter_map(|entry| version(entry, read_at))
        .collect();
    versions.sort_by_key(|version| std::cmp::Reverse(version.version));
    Some(versions)
}

/// `{versions: {values: [..]}}` (Keystone at its root), `{versions: [..]}` (most services at their
/// root), `{version: {..}}` (Keystone and others at a version), or the entry itself.
fn entries(document: &Value) -> Option<Vec<&Value>> {
    if let Some(versions) = document.get("versions") {
        let list = versions.get("values").unwrap_or(versions);
        return Some(list.as_array()?.iter().collect());
    }
    if let Some(version) = document.get("version").filter(|it| it.is_object()) {
        return Some(vec![version]);
    }
    let is_entry = document.get("id").is_some() && document.get("links").is_some();
    is_entry.then(|| vec![document])
}

fn version(entry: &Value, read_at: &Url) -> Option<ApiVersion> {
    let text = |key: &str| entry.get(key).and_then(Value::as_str);
    let id = text("id")?;
    let links = entry.get("links")?.as_array()?;
    let own = links
        .iter()
        .find(|link| link.get("rel").and_then(Value::as_str) == Some("self"))?;
    let microversion = |text: Option<&str>| text.and_then(parse_version);
    Some(ApiVersion {
        version: parse_version(id.strip_prefix(['v', 'V']).unwrap_or(id))?,
        url: link::repair(read_at, own.get("href")?.as_str()?)?,
        // An entry that stands alone needs no status.
        status: text("status").map_or(ApiStatus::Current, ApiStatus::parse),
        min_microversion: microversion(text("min_version")),
        max_microversion: microversion(text("max_version").or(text("version"))),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(document: &Value) -> Option<Vec<(String, String)>> {
        let read_at = Url::parse("http://h:5000/").unwrap();
        let versions = versions(document, &read_at)?;
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
