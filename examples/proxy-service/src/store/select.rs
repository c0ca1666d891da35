//! The query of a list: its conditions, each with its parameters.

use keystone_middleware::Filter;
use keystone_middleware::policy::analysis::{Column, Parameter, Placeholders};
use sqlx::any::AnyRow;
use sqlx::{AnyPool, AssertSqlSafe};
use tracing::error;

use super::StoreError;
use crate::policies::proxy::Update;

/// What makes up a proxy.
pub(super) const COLUMNS: &str = "id, project_id, domain, backends, note";

/// Conditions on proxies, all of which have to hold.
#[derive(Debug, Default)]
pub(super) struct Select {
    conditions: Vec<String>,
    parameters: Vec<Parameter>,
}

impl Select {
    /// With this domain.
    pub(super) fn domain(&mut self, domain: &str) {
        let domain = self.parameter(Parameter::Text(domain.to_owned()));
        self.conditions.push(format!("domain = {domain}"));
    }

    /// Those that a policy allows a caller to change.
    pub(super) fn allowed_by(&mut self, filter: &Filter<Update>) -> Result<(), StoreError> {
        let first = self.parameters.len() + 1;
        let sql = filter.to_sql(Placeholders::Numbered(first), |attribute| {
            // The attributes of `Proxy` as a target; a rule about any other holds for none.
            Some(match attribute {
                "id" | "project_id" | "domain" | "note" => Column::Text(attribute.to_owned()),
                _ => Column::Absent,
            })
        })?;
        self.conditions.push(format!("({})", sql.text));
        self.parameters.extend(sql.parameters);
        Ok(())
    }

    /// After the proxy with this id, in the order of [`in_order`](Self::in_order).
    pub(super) fn after(&mut self, made_at: i64, id: &str) {
        let made_at = self.parameter(Parameter::Integer(made_at));
        let id = self.parameter(Parameter::Text(id.to_owned()));
        self.conditions
            .push(format!("(created_at, id) > ({made_at}, {id})"));
    }

    /// The first of those, in the order in which they were made.
    pub(super) fn in_order(mut self, limit: i64) -> InOrder {
        let limit = self.parameter(Parameter::Integer(limit));
        let conditions = match self.conditions.is_empty() {
            true => String::new(),
            false => format!(" WHERE {}", self.conditions.join(" AND ")),
        };
        InOrder {
            text: format!(
                "SELECT {COLUMNS} FROM proxies{conditions} ORDER BY created_at, id LIMIT {limit}"
            ),
            parameters: self.parameters,
        }
    }

    /// The placeholder of a new parameter.
    fn parameter(&mut self, value: Parameter) -> String {
        self.parameters.push(value);
        format!("${}", self.parameters.len())
    }
}

/// A complete query.
#[derive(Debug)]
pub(super) struct InOrder {
    text: String,
    parameters: Vec<Parameter>,
}

impl InOrder {
    pub(super) async fn all(self, pool: &AnyPool) -> Result<Vec<AnyRow>, StoreError> {
        // Values are in it only as placeholders.
        let mut query = sqlx::query(AssertSqlSafe(self.text));
        for parameter in self.parameters {
            query = match parameter {
                Parameter::Boolean(value) => query.bind(value),
                Parameter::Integer(value) => query.bind(value),
                Parameter::Text(value) => query.bind(value),
                other => {
                    error!("a query cannot have the parameter {other:?}");
                    return Err(StoreError::Failed);
                }
            };
        }
        Ok(query.fetch_all(pool).await?)
    }
}
