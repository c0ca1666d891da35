//! What the resources have in common.

use serde_json::Value;

use crate::api_error::ApiError;
use crate::call::Call;
use crate::store::{Object, Record, Table};

/// Whether an update gives a field another value.
pub(crate) fn changes(record: &Record, patch: &Object, name: &str) -> bool {
    let value = patch.get(name);
    value.is_some_and(|value| Some(value) != record.get(name))
}

/// 400 when an update names another id or domain than the resource has.
pub(crate) fn refuse_moves(record: &Record, patch: &Object) -> Result<(), ApiError> {
    if changes(record, patch, "id") {
        return Err(ApiError::bad("Cannot change ID"));
    }
    if changes(record, patch, "domain_id") {
        return Err(ApiError::bad("Cannot change Domain ID"));
    }
    Ok(())
}

/// 403 while the resource is immutable, unless the update lifts just that.
pub(crate) fn refuse_immutable(
    kind: &str,
    verb: &str,
    record: &Record,
    patch: Option<&Object>,
) -> Result<(), ApiError> {
    let lifts = patch
        .and_then(|patch| patch.get("options")?.get("immutable"))
        .is_some_and(|value| value.is_null() || *value == Value::Bool(false));
    if !record.is_immutable() || lifts {
        return Ok(());
    }
    let id = record.id();
    Err(ApiError::forbidden(format!(
        "Unable to {verb} immutable {kind} resource: `{id}. Set resource option \"immutable\" to false first."
    )))
}

/// Sets a field that a create left out.
pub(crate) fn default(fields: &mut Object, name: &str, value: impl Into<Value>) {
    fields.entry(name).or_insert_with(|| value.into());
}

/// The string under a name.
pub(crate) fn text<'a>(fields: &'a Object, name: &str) -> Option<&'a str> {
    fields.get(name)?.as_str()
}

/// Where a new user, group or project goes: the domain that is named, else that of the caller's
/// scope, else `default`, whatever project the caller is in.
pub(crate) fn domain_of_new(call: &Call, fields: &Object) -> Result<String, ApiError> {
    let named = text(fields, "domain_id").filter(|id| !id.is_empty());
    let domain = named.or(call.caller()?.domain()).unwrap_or("default");
    Ok(domain.to_owned())
}

/// The name of a new resource, whose shape demands one.
pub(crate) fn name_of(fields: &Object) -> &str {
    text(fields, "name").unwrap_or_default()
}

/// Removes blanks around a name.
pub(crate) fn strip_name(fields: &mut Object) {
    if let Some(Value::String(name)) = fields.get_mut("name") {
        *name = name.trim().to_owned();
    }
}

/// 409 when another record than the resource itself has its name.
pub(crate) fn refuse_taken(
    kind: &str,
    other: Option<&Record>,
    own: &str,
    details: impl FnOnce(&Record) -> String,
) -> Result<(), ApiError> {
    match other.filter(|other| other.id() != own) {
        Some(other) => Err(ApiError::conflict(kind, &details(other))),
        None => Ok(()),
    }
}

/// 409 when another record of the domain has the name.
pub(crate) fn refuse_taken_name(
    table: &Table,
    name: &str,
    domain: &str,
    own: &str,
) -> Result<(), ApiError> {
    let other = table.find(|other| other.is("name", name) && other.is("domain_id", domain));
    refuse_taken(table.kind(), other, own, |_| {
        format!("Duplicate entry found with name {name} at domain ID {domain}")
    })
}
