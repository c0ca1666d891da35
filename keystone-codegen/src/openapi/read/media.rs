//! The media types of bodies, and which of several counts.

use super::node_ref::NodeRef;
use super::reader::Reader;

pub(super) const JSON: &str = "application/json";
pub(super) const FORM: &str = "application/x-www-form-urlencoded";

/// Chooses one media type of several: JSON first, then `+json`, then forms.
pub(super) fn choose<'a>(
    reader: &mut Reader<'a>,
    content: &NodeRef<'a>,
) -> Option<(String, Option<NodeRef<'a>>)> {
    let mut best: Option<(usize, String, Option<NodeRef<'a>>)> = None;
    for (key, place) in content.entries() {
        let media = key.text().unwrap_or_default();
        let plain = media.split(';').next().unwrap_or_default().trim();
        if !plain.contains('/') || !plain.bytes().all(|byte| byte.is_ascii_graphic()) {
            let message = format!("`{media}` is not a media type such as `{JSON}`");
            reader.problem(&place, message);
            continue;
        }
        let plain = plain.to_ascii_lowercase();
        let rank = match plain.as_str() {
            JSON => 0,
            media if is_json(media) => 1,
            FORM => 2,
            media if media.contains('*') => 4,
            _ => 3,
        };
        let order = |known: &(usize, String, _)| (rank, &plain) < (known.0, &known.1);
        if best.as_ref().is_none_or(order) {
            best = Some((rank, plain, place.get("schema")));
        }
    }
    best.map(|(_, media, schema)| match media.as_str() {
        // A body of any type may be JSON, if there is a schema for it.
        "*/*" | "application/*" if schema.is_some() && !is_binary(schema.as_ref()) => {
            (JSON.to_owned(), schema)
        }
        _ => (media, schema),
    })
}

pub(super) fn is_binary(schema: Option<&NodeRef<'_>>) -> bool {
    schema.is_some_and(|schema| {
        matches!(schema.text("format"), Some("binary" | "byte"))
            || schema.get("contentMediaType").is_some()
    })
}

pub(super) fn is_json(media: &str) -> bool {
    media == JSON || media == "text/json" || media.ends_with("+json")
}
