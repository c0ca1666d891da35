//! Redelegation of trusts.

use serde_json::Value;

use crate::api_error::ApiError;
use crate::store::{Object, Record, Store};
use crate::v3::crud::{default, text};

/// How often a trust may be redelegated, unless it says less.
const MOST: u64 = 3;

/// Determines how often a new trust may be redelegated, and checks it against the trust of the caller's
/// token.
pub(super) fn settle(
    fields: &mut Object,
    source: Option<&str>,
    store: &Store,
) -> Result<(), ApiError> {
    let asked = count(fields.get("redelegation_count"));
    let allowed = fields.remove("allow_redelegation") == Some(Value::Bool(true));
    let redelegatable = allowed && asked != Some(0);
    if !redelegatable {
        fields.insert("redelegation_count".into(), 0.into());
    } else if asked.is_some_and(|asked| asked > MOST) {
        return Err(ApiError::forbidden(format!(
            "Requested redelegation depth of {} is greater than allowed {MOST}",
            asked.unwrap_or_default()
        )));
    } else if has_limited_uses(fields) {
        return Err(ApiError::bad(
            "remaining_uses must not be set if redelegation is allowed",
        ));
    }
    if let Some(source) = source {
        let source = store.trusts.get(source)?;
        redelegate(
            fields,
            source,
            redelegatable.then_some(asked).flatten(),
            store,
        )?;
    }
    default(fields, "redelegated_trust_id", Value::Null);
    if count(fields.get("redelegation_count")).is_none() {
        fields.insert("redelegation_count".into(), MOST.into());
    }
    Ok(())
}

fn redelegate(
    fields: &mut Object,
    source: &Record,
    asked: Option<u64>,
    store: &Store,
) -> Result<(), ApiError> {
    fields.insert("redelegated_trust_id".into(), source.id().into());
    let left = count(source.get("redelegation_count"))
        .unwrap_or_default()
        .checked_sub(1);
    if asked.is_some_and(|asked| Some(asked) != left) {
        return Err(ApiError::forbidden(
            "Modifying \"redelegation_count\" upon redelegation is forbidden. Omitting this parameter is advised.",
        ));
    }
    if let Some(left) = left {
        default(fields, "redelegation_count", left);
    }
    for trust in store.redelegation_chain(source) {
        check_link(fields, trust)?;
    }
    Ok(())
}

/// A redelegated trust allows no more than the trust that it comes from.
fn check_link(fields: &mut Object, source: &Record) -> Result<(), ApiError> {
    let depth = count(source.get("redelegation_count")).unwrap_or_default();
    if !(1..=MOST).contains(&depth) {
        return Err(ApiError::forbidden(format!(
            "Remaining redelegation depth of {depth} out of allowed range of [0..{MOST}]"
        )));
    }
    if has_limited_uses(fields) {
        return Err(ApiError::forbidden(
            "Field \"remaining_uses\" is set while it must not be set in order to redelegate a trust",
        ));
    }
    match (text(fields, "expires_at"), source.text("expires_at")) {
        // Both have the same form, in which later times are greater texts.
        (Some(end), Some(limit)) if end > limit => {
            return Err(ApiError::forbidden(
                "Requested expiration time is more than redelegated trust can provide",
            ));
        }
        (None, Some(limit)) => _ = fields.insert("expires_at".into(), limit.into()),
        _ => {}
    }
    let lent = source.ids("roles");
    let roles = fields.get("roles").and_then(Value::as_array);
    let mut asked = roles.into_iter().flatten();
    if asked.any(|role| {
        let id = role.get("id").and_then(Value::as_str);
        id.is_none_or(|id| !lent.contains(&id))
    }) {
        return Err(ApiError::forbidden(
            "Some of requested roles are not in redelegated trust",
        ));
    }
    if !source.flag("impersonation") && fields.get("impersonation") == Some(&Value::Bool(true)) {
        return Err(ApiError::forbidden(format!(
            "Impersonation is not allowed because redelegated trust does not specify impersonation. Redelegated trust id: {}",
            source.id()
        )));
    }
    Ok(())
}

fn has_limited_uses(fields: &Object) -> bool {
    fields
        .get("remaining_uses")
        .is_some_and(|uses| !uses.is_null())
}

fn count(value: Option<&Value>) -> Option<u64> {
    value.and_then(Value::as_u64)
}
