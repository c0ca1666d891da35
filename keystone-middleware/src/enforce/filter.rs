//! Conditions for queries of lists.

use std::fmt;
use std::marker::PhantomData;

use keystone_policy::analysis::{Column, Condition, Placeholders, Sql, SqlError};
use keystone_policy::{Policy, TargetOf};
use tracing::error;

use super::decide::warn_of_absence;
use crate::context::RequestContext;
use crate::denied::{Denied, DeniedKind};

/// The condition on targets under which the policy `P` allows a caller, see
/// [`RequestContext::filter`].
#[derive(Clone)]
pub struct Filter<P> {
    condition: Condition,
    context: RequestContext,
    policy: PhantomData<fn() -> P>,
}

impl RequestContext {
    /// The condition on targets under which the policy allows this caller: a service that returns a
    /// list keeps the targets that match, or puts the condition into its query.
    ///
    /// # Errors
    ///
    /// [`Denied`] when the decision needs a remote check or a check of the service, or when the
    /// context has no rules.
    pub fn filter<P: Policy>(&self) -> Result<Filter<P>, Denied> {
        let rules = self.rules_of::<P>()?;
        let condition = rules.condition(P::NAME, self).map_err(|obstacle| {
            error!(request_id = self.request_id(), "{obstacle}");
            Denied::new(DeniedKind::Misconfigured)
        })?;
        Ok(Filter {
            condition,
            context: self.clone(),
            policy: PhantomData,
        })
    }
}

impl<P: Policy> Filter<P> {
    /// Whether the policy allows the caller to act on this target.
    pub fn matches(&self, target: &impl TargetOf<P>) -> bool {
        let matches = self.condition.matches(target.any());
        if matches && let Ok(rules) = self.context.rules() {
            warn_of_absence(rules, &self.context, P::NAME, target.any());
        }
        matches
    }

    /// The condition in SQL, see [`Condition::to_sql`]. `column` maps an attribute to the
    /// expression for it; `None` is an error, [`Column::Absent`] is not.
    ///
    /// # Errors
    ///
    /// As [`Condition::to_sql`].
    pub fn to_sql(
        &self,
        placeholders: Placeholders,
        column: impl Fn(&str) -> Option<Column>,
    ) -> Result<Sql, SqlError> {
        self.condition.to_sql(placeholders, column)
    }

    /// The condition itself, for any type of target. It does not log when a target lacks an
    /// attribute.
    pub fn untyped(&self) -> &Condition {
        &self.condition
    }
}

impl<P> fmt::Display for Filter<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.condition.fmt(f)
    }
}

impl<P> fmt::Debug for Filter<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Filter").field(&self.condition).finish()
    }
}
