//! The query of an operation: its parameters, and how a list comes in pages.

use keystone_document::Node;

use super::line;
use super::names::{OF_BUILDERS, RENAME, Taken};
use super::reader::Reader;
use super::table::PAGES;
use crate::model::{Page, Query};

pub(super) fn queries(reader: &mut Reader, node: Option<&&Node>) -> Vec<Query> {
    let Some(node) = node else {
        return Vec::new();
    };
    let mut taken = Taken::new(OF_BUILDERS, RENAME);
    let mut queries = Vec::new();
    for (key, value) in reader.entries(node, "parameters") {
        if let Some(query) = line::query(reader, key.text().unwrap_or_default(), value) {
            taken.check(reader, key.position, &query.rust_name);
            queries.push(query);
        }
    }
    queries
}

pub(super) fn page(reader: &mut Reader, node: Option<&&Node>) -> Page {
    let Some(node) = node else {
        return Page::None;
    };
    match node.text() {
        Some("marker") => Page::Marker,
        Some("echo") => Page::Echo,
        Some("none") => Page::None,
        other => {
            reader.unknown(
                node.position,
                "a kind of paging",
                other.unwrap_or_default(),
                PAGES,
            );
            Page::None
        }
    }
}
