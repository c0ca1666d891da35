//! Lists: filters, pages and their links.

use serde_json::{Value, json};

use crate::api_error::ApiError;
use crate::call::{Call, truth};
use crate::response::ApiResponse;
use crate::store::{Object, Record};

/// How a list takes `limit` and `marker`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Page {
    /// Cuts at `limit`, but always begins at the start, whatever the `marker` it hands out.
    Echo,
    /// Cuts at `limit` and continues after `marker`.
    Marker,
    /// The same, but a page that is just full has a next one too.
    MarkerWhenFull,
    /// Has no pages.
    Whole,
}

/// A kind of resource, as its API names it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ResourceKind {
    pub(crate) one: &'static str,
    pub(crate) many: &'static str,
    /// Where its items are, below `/v3`.
    pub(crate) path: &'static str,
    /// Fields that a list can be filtered by.
    pub(crate) filters: &'static [&'static str],
    pub(crate) page: Page,
}

impl ResourceKind {
    /// `{kind: {.., links}}`.
    pub(crate) fn envelope(&self, call: &Call, record: &Record) -> Value {
        let mut body = Object::new();
        body.insert(self.one.into(), self.show(call, record));
        Value::Object(body)
    }

    /// The record with its link.
    pub(crate) fn show(&self, call: &Call, record: &Record) -> Value {
        let link = call.link(&format!("{}/{}", self.path, record.id()));
        let mut fields = record.fields().clone();
        fields.insert("links".into(), json!({ "self": link }));
        Value::Object(fields)
    }

    /// The list, filtered and cut as the query says.
    pub(crate) fn list(&self, call: &Call, records: Vec<Record>) -> Result<ApiResponse, ApiError> {
        let records: Vec<_> = records
            .into_iter()
            .filter(|record| self.passes(call, record))
            .collect();
        let (records, cut) = self.page(call, records)?;
        let next = cut
            .then(|| records.last().map(|last| next_link(call, last.id())))
            .flatten();
        let shown: Vec<_> = records
            .iter()
            .map(|record| self.show(call, record))
            .collect();
        Ok(ApiResponse::ok(self.body(call, shown, next, cut)))
    }

    /// The list as it is, whatever the query says.
    pub(crate) fn unfiltered(&self, call: &Call, records: &[Record]) -> ApiResponse {
        let shown = records
            .iter()
            .map(|record| self.show(call, record))
            .collect();
        ApiResponse::ok(self.body(call, shown, None, false))
    }

    fn body(&self, call: &Call, items: Vec<Value>, next: Option<String>, cut: bool) -> Value {
        let mut body = Object::new();
        body.insert(self.many.into(), Value::Array(items));
        body.insert(
            "links".into(),
            json!({ "next": next, "self": call.here(), "previous": null }),
        );
        if cut {
            body.insert("truncated".into(), true.into());
        }
        Value::Object(body)
    }

    /// Whether all filters of the query hold; names that are no filter say nothing.
    fn passes(&self, call: &Call, record: &Record) -> bool {
        call.query.pairs().all(|(name, wanted)| {
            let (field, comparison) = name.split_once("__").unwrap_or((name, ""));
            !self.filters.contains(&field) || holds(record.get(field), comparison, wanted)
        })
    }

    fn page(&self, call: &Call, mut records: Vec<Record>) -> Result<(Vec<Record>, bool), ApiError> {
        if self.page == Page::Whole {
            return Ok((records, false));
        }
        if let (Page::Marker | Page::MarkerWhenFull, Some(marker)) =
            (self.page, call.query.get("marker"))
        {
            let at = records.iter().position(|record| record.id() == marker);
            let at = at.ok_or_else(|| {
                ApiError::not_found(format!("Marker {marker} could not be found."))
            })?;
            records.drain(..=at);
        }
        let limit = call.query.get("limit").and_then(|limit| limit.parse().ok());
        Ok(match limit {
            Some(limit) => cut(records, limit, self.full_pages_lead_on(call)),
            None => (records, false),
        })
    }

    /// Whether the service lets its database cut pages, which makes a full page have a next one.
    /// Users and groups it cuts itself, unless they are those of one domain.
    fn full_pages_lead_on(&self, call: &Call) -> bool {
        match self.page {
            Page::MarkerWhenFull => true,
            Page::Marker => call.query.get("domain_id").is_some(),
            Page::Echo | Page::Whole => false,
        }
    }
}

/// Takes what fits in a page, and tells whether more is said to follow. Odd limits are taken as the
/// real service takes them: where full pages lead on, every page is full from zero down; elsewhere
/// a negative limit leaves that many off the end.
fn cut(mut records: Vec<Record>, limit: i64, full_pages_lead_on: bool) -> (Vec<Record>, bool) {
    if full_pages_lead_on && limit <= 0 {
        return (records, true);
    }
    let size = usize::try_from(limit.unsigned_abs()).unwrap_or(usize::MAX);
    let keep = if limit < 0 {
        records.len().saturating_sub(size)
    } else {
        size
    };
    let more = records.len() > keep || limit < 0 || (full_pages_lead_on && records.len() == keep);
    records.truncate(keep);
    (records, more)
}

fn holds(value: Option<&Value>, comparison: &str, wanted: &str) -> bool {
    match value {
        Some(Value::Bool(value)) => *value == truth(wanted),
        Some(Value::String(text)) => compare(text, comparison, wanted),
        Some(Value::Null) | None => wanted.is_empty() || wanted == "null",
        Some(_) => false,
    }
}

fn compare(text: &str, comparison: &str, wanted: &str) -> bool {
    let (lower, wanted_lower) = (text.to_lowercase(), wanted.to_lowercase());
    match comparison {
        "" => text == wanted,
        "contains" => text.contains(wanted),
        "startswith" => text.starts_with(wanted),
        "endswith" => text.ends_with(wanted),
        "icontains" => lower.contains(&wanted_lower),
        "istartswith" => lower.starts_with(&wanted_lower),
        "iendswith" => lower.ends_with(&wanted_lower),
        _ => true,
    }
}

fn next_link(call: &Call, marker: &str) -> String {
    let kept = call.query.pairs().filter(|(name, _)| *name != "marker");
    let mut query: Vec<_> = kept
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    query.push(format!("marker={marker}"));
    format!("{}{}?{}", call.base(), call.path(), query.join("&"))
}
