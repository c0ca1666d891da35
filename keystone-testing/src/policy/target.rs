//! What policies read of the target of a call.

use keystone_policy::{AttrValue, PolicyTarget, Value as Attr};
use serde_json::Value;

use crate::store::{Object, Record, Table};

/// The attributes of the target of a decision: `%(target.user.domain_id)s` reads `domain_id` of `user`.
///
/// A missing attribute makes every check that reads it false. So a resource that does not exist is left out:
/// the real service decides before it reports 404, and strangers do not learn which ids exist.
#[derive(Debug, Default)]
pub(crate) struct TargetAttrs(Object);

impl TargetAttrs {
    /// Nothing, as of policies that look at the caller only.
    pub(crate) fn nothing() -> Self {
        Self::default()
    }

    /// A resource, if it is there.
    pub(crate) fn some(kind: &str, record: Option<&Record>) -> Self {
        Self::nothing().and(kind, record)
    }

    /// The resource of a table that has this id, if it is there.
    pub(crate) fn of(table: &Table, id: &str) -> Self {
        Self::some(table.kind(), table.lookup(id))
    }

    /// The fields of a resource that is yet to be made.
    pub(crate) fn new(kind: &str, fields: &Object) -> Self {
        let mut target = Self::default();
        target.add(&format!("target.{kind}"), fields);
        target
    }

    /// One field of a resource, if it has a value.
    pub(crate) fn field(name: &str, value: Option<&str>) -> Self {
        let field = value.map(|value| (format!("target.{name}"), value.into()));
        Self(field.into_iter().collect())
    }

    /// A further resource, if it is there.
    pub(crate) fn and(mut self, kind: &str, record: Option<&Record>) -> Self {
        if let Some(record) = record {
            self.add(&format!("target.{kind}"), record.fields());
        }
        self
    }

    /// A part of the path, which policies read without `target.`, unless it is known already.
    pub(crate) fn part(mut self, name: &str, value: &str) -> Self {
        self.0
            .entry(name.to_owned())
            .or_insert_with(|| value.into());
        self
    }

    fn add(&mut self, prefix: &str, fields: &Object) {
        for (name, value) in fields {
            let name = format!("{prefix}.{name}");
            match value {
                Value::Object(fields) => self.add(&name, fields),
                value => _ = self.0.insert(name, value.clone()),
            }
        }
    }
}

impl PolicyTarget for TargetAttrs {
    fn attr(&self, name: &str) -> Option<Attr<'_>> {
        self.0.get(name).map(AttrValue::attr_value)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn nested_fields_are_reached_by_dots_and_missing_ones_are_absent() {
        let fields = json!({ "id": "1", "options": { "immutable": true } });
        let target = TargetAttrs::new("role", fields.as_object().unwrap());
        assert_eq!(target.text("target.role.id"), Some("1"));
        assert_eq!(target.text("target.role.options.immutable"), Some("True"));
        assert!(target.attr("target.role.domain_id").is_none());
        assert!(
            TargetAttrs::some("user", None)
                .attr("target.user.id")
                .is_none()
        );
    }
}
