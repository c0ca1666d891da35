//! Lists: filters, pages and their links.

use std::borrow::Borrow;

use serde_json::{Value, json};

use crate::api_error::ApiError;
use crate::call::{Call, truth};
use crate::ids;
use crate::route::{HandlerResult, created, ok};
use crate::store::{Object, Record, Table, object};

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
        json!({ self.one: self.show(call, record) })
    }

    /// 200 with the record.
    pub(crate) fn respond(&self, call: &Call, record: &Record) -> HandlerResult {
        ok(self.envelope(call, record))
    }

    /// 201 with the record.
    pub(crate) fn respond_created(&self, call: &Call, record: &Record) -> HandlerResult {
        created(self.envelope(call, record))
    }

    /// 201 with a new resource of these fields and an id of its own.
    pub(crate) fn create(&self, call: &Call, table: &mut Table, fields: Object) -> HandlerResult {
        let record = Record::new(&ids::resource(), fields);
        let response = self.respond_created(call, &record);
        table.put(record);
        response
    }

    /// 200 with a resource of the table, after the fields of a PATCH were taken over.
    pub(crate) fn merge(
        &self,
        call: &Call,
        table: &mut Table,
        id: &str,
        patch: Object,
    ) -> HandlerResult {
        let record = table.get_mut(id)?;
        record.merge(patch);
        self.respond(call, record)
    }

    /// The record with its link.
    pub(crate) fn show(&self, call: &Call, record: &Record) -> Value {
        let link = call.link(&format!("{}/{}", self.path, record.id()));
        let shown = record.with("links", json!({ "self": link }));
        Value::Object(shown.into_fields())
    }

    /// The list, filtered and cut as the query says.
    pub(crate) fn list<R: Borrow<Record>>(
        &self,
        call: &Call,
        records: impl IntoIterator<Item = R>,
    ) -> HandlerResult {
        let records = records.into_iter();
        let records = records.filter(|record| self.passes(call, record.borrow()));
        let records = records.collect();
        let (records, cut) = self.page(call, records)?;
        let last = records.last().filter(|_| cut);
        let next = last.map(|last| next_link(call, last.borrow().id()));
        ok(self.body(call, &records, next, cut))
    }

    /// The list as it is, whatever the query says.
    pub(crate) fn unfiltered<R: Borrow<Record>>(
        &self,
        call: &Call,
        records: impl IntoIterator<Item = R>,
    ) -> HandlerResult {
        let records: Vec<R> = records.into_iter().collect();
        ok(self.body(call, &records, None, false))
    }

    fn body<R: Borrow<Record>>(
        &self,
        call: &Call,
        records: &[R],
        next: Option<String>,
        cut: bool,
    ) -> Value {
        let records = records.iter();
        let items: Vec<_> = records
            .map(|record| self.show(call, record.borrow()))
            .collect();
        let links = json!({ "next": next, "self": call.here(), "previous": null });
        let mut body = object(json!({ self.many: items, "links": links }));
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

    fn page<R: Borrow<Record>>(
        &self,
        call: &Call,
        mut records: Vec<R>,
    ) -> Result<(Vec<R>, bool), ApiError> {
        if self.page == Page::Whole {
            return Ok((records, false));
        }
        if let (Page::Marker | Page::MarkerWhenFull, Some(marker)) =
            (self.page, call.query.get("marker"))
        {
            let is_marker = |record: &R| record.borrow().id() == marker;
            let at = records.iter().position(is_marker);
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
fn cut<R>(mut records: Vec<R>, limit: i64, full_pages_lead_on: bool) -> (Vec<R>, bool) {
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
