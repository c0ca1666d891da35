//! The values that list filters take.

use std::borrow::Cow;

use jiff::Timestamp;

/// How a text filter compares.
///
/// A plain string compares for equality; the other comparisons are Keystone's `name__contains`
/// family.
///
/// ```
/// use keystone_sdk::client::Match;
///
/// let exact: Match = "demo".into();
/// let loose = Match::starts_with("dem").ignore_case();
/// assert!(exact.is_exact() && !loose.is_exact());
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
#[must_use]
pub struct Match {
    text: String,
    comparison: Comparison,
    ignore_case: bool,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Comparison {
    Contains,
    EndsWith,
    Exact,
    StartsWith,
}

impl Match {
    /// Equal to `text`.
    pub fn exact(text: impl Into<String>) -> Self {
        Self::new(text.into(), Comparison::Exact)
    }

    /// Contains `text`.
    pub fn contains(text: impl Into<String>) -> Self {
        Self::new(text.into(), Comparison::Contains)
    }

    /// Starts with `text`.
    pub fn starts_with(text: impl Into<String>) -> Self {
        Self::new(text.into(), Comparison::StartsWith)
    }

    /// Ends with `text`.
    pub fn ends_with(text: impl Into<String>) -> Self {
        Self::new(text.into(), Comparison::EndsWith)
    }

    /// Ignores case. It has no effect on equality, for which services have no such form.
    pub fn ignore_case(mut self) -> Self {
        self.ignore_case = true;
        self
    }

    /// Whether it compares for equality. The service applies all other comparisons after it has
    /// cut the list into pages, so they are never sent together with a page size.
    pub fn is_exact(&self) -> bool {
        self.comparison == Comparison::Exact
    }

    fn new(text: String, comparison: Comparison) -> Self {
        Self {
            text,
            comparison,
            ignore_case: false,
        }
    }

    /// The name and value in the query, for the filter `name`.
    pub(crate) fn query(self, name: &'static str) -> (Cow<'static, str>, String) {
        let i = if self.ignore_case { "i" } else { "" };
        let name = match self.comparison {
            Comparison::Exact => name.into(),
            Comparison::Contains => format!("{name}__{i}contains").into(),
            Comparison::StartsWith => format!("{name}__{i}startswith").into(),
            Comparison::EndsWith => format!("{name}__{i}endswith").into(),
        };
        (name, self.text)
    }
}

impl From<&str> for Match {
    fn from(text: &str) -> Self {
        Self::exact(text)
    }
}

impl From<String> for Match {
    fn from(text: String) -> Self {
        Self::exact(text)
    }
}

impl From<&String> for Match {
    fn from(text: &String) -> Self {
        Self::exact(text)
    }
}

/// How a time filter compares: Keystone's `lt:2030-01-01T00:00:00Z`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[must_use]
pub struct TimeMatch {
    operator: &'static str,
    moment: Timestamp,
}

impl TimeMatch {
    /// Before `moment`.
    pub fn before(moment: Timestamp) -> Self {
        let operator = "lt";
        Self { operator, moment }
    }

    /// After `moment`.
    pub fn after(moment: Timestamp) -> Self {
        let operator = "gt";
        Self { operator, moment }
    }

    /// At `moment` or before.
    pub fn at_or_before(moment: Timestamp) -> Self {
        let operator = "lte";
        Self { operator, moment }
    }

    /// At `moment` or after.
    pub fn at_or_after(moment: Timestamp) -> Self {
        let operator = "gte";
        Self { operator, moment }
    }

    /// Exactly at `moment`.
    pub fn at(moment: Timestamp) -> Self {
        let operator = "eq";
        Self { operator, moment }
    }

    pub(crate) fn value(self) -> String {
        // Keystone reads whole seconds only.
        format!(
            "{}:{}",
            self.operator,
            self.moment.strftime("%Y-%m-%dT%H:%M:%SZ")
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_comparison_has_its_own_parameter() {
        let names: Vec<_> = [
            Match::exact("x"),
            Match::contains("x"),
            Match::starts_with("x").ignore_case(),
            Match::ends_with("x"),
        ]
        .into_iter()
        .map(|filter| filter.query("name").0)
        .collect();
        assert_eq!(
            names,
            [
                "name",
                "name__contains",
                "name__istartswith",
                "name__endswith"
            ]
        );
    }

    #[test]
    fn times_are_written_with_operator_and_whole_seconds() {
        let moment = "2030-01-01T00:00:00.25Z".parse().unwrap();
        assert_eq!(TimeMatch::before(moment).value(), "lt:2030-01-01T00:00:00Z");
    }
}
