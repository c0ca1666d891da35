//! Who asks: the credentials that rules read.

use std::collections::BTreeMap;
use std::fmt;

use crate::value::{List, Value};

/// The credentials of a caller, by the names that oslo.context gives them: `user_id`,
/// `project_id`, `domain_id`, `system_scope`, `user_domain_id`, `roles` and so on.
///
/// A name that is known but has no value is [`Value::Null`], one that is not known at all is `None`.
/// The name `system` need not be answered: it is `system_scope` when that is set.
pub trait Credentials {
    /// The value called `name`; what is nested in it is reached through [`Value::Map`].
    fn attr(&self, name: &str) -> Option<Value<'_>>;

    /// The roles of the caller.
    fn roles(&self) -> &RoleSet;
}

impl<C: Credentials + ?Sized> Credentials for &C {
    fn attr(&self, name: &str) -> Option<Value<'_>> {
        C::attr(self, name)
    }

    fn roles(&self) -> &RoleSet {
        C::roles(self)
    }
}

/// Names of roles, lower-cased once so that a check needs only comparisons.
///
/// ```
/// let roles = keystone_policy::RoleSet::new(["Admin", "member"]);
/// assert!(roles.contains("ADMIN"));
/// assert!(!roles.contains("reader"));
/// ```
#[derive(Clone, Debug, Default)]
pub struct RoleSet {
    names: Vec<String>,
    lower: Vec<String>,
}

impl RoleSet {
    /// The roles of these names.
    pub fn new<I: IntoIterator<Item: Into<String>>>(names: I) -> Self {
        let names: Vec<String> = names.into_iter().map(Into::into).collect();
        let lower = names.iter().map(|name| name.to_lowercase()).collect();
        Self { names, lower }
    }

    /// Whether a role of this name is held, in whatever case either is written.
    pub fn contains(&self, name: &str) -> bool {
        self.contains_lower(&name.to_lowercase())
    }

    /// The names as they were given.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// As [`RoleSet::contains`], of a name that is lower-cased already.
    pub(crate) fn contains_lower(&self, lower: &str) -> bool {
        self.lower.iter().any(|name| name == lower)
    }
}

impl List for RoleSet {
    fn at(&self, index: usize) -> Option<Value<'_>> {
        self.names.get(index).map(|name| Value::Str(name))
    }
}

/// Credentials given by hand, for tools and tests.
///
/// ```
/// use keystone_policy::PlainCredentials;
///
/// let caller = PlainCredentials::new().roles(["member"]).attr("user_id", "u-1");
/// ```
#[derive(Clone, Default)]
pub struct PlainCredentials {
    attrs: BTreeMap<String, String>,
    roles: RoleSet,
}

impl PlainCredentials {
    /// No roles and no values.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets a value.
    #[must_use]
    pub fn attr(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.attrs.insert(name.into(), value.into());
        self
    }

    /// Sets the roles.
    #[must_use]
    pub fn roles<I: IntoIterator<Item: Into<String>>>(mut self, names: I) -> Self {
        self.roles = RoleSet::new(names);
        self
    }
}

impl Credentials for PlainCredentials {
    fn attr(&self, name: &str) -> Option<Value<'_>> {
        match self.attrs.get(name) {
            Some(value) => Some(Value::Str(value)),
            None if name == "roles" => Some(Value::List(&self.roles)),
            None => None,
        }
    }

    fn roles(&self) -> &RoleSet {
        &self.roles
    }
}

impl fmt::Debug for PlainCredentials {
    /// The names of the values only: some of them may be secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PlainCredentials")
            .field("attrs", &self.attrs.keys().collect::<Vec<_>>())
            .field("roles", &self.roles.names())
            .finish()
    }
}

/// Looks up a top-level name. `system` is the system scope when there is one, as oslo.policy has it.
pub(crate) fn top_level<'a>(creds: &'a dyn Credentials, name: &str) -> Option<Value<'a>> {
    if name == "system"
        && let Some(scope) = creds.attr("system_scope").filter(|scope| scope.is_truthy())
    {
        return Some(scope);
    }
    creds.attr(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn role_names_are_compared_in_full_unicode_lower_case() {
        let roles = RoleSet::new(["\u{212a}ing", "ΟΔΟΣ", "straße"]);
        assert!(roles.contains("king"));
        assert!(roles.contains("οδος"));
        assert!(!roles.contains("STRASSE"));
    }

    #[test]
    fn system_is_the_system_scope_when_set() {
        let caller = PlainCredentials::new().attr("system_scope", "all");
        assert!(top_level(&caller, "system").unwrap().is_text("all"));
        let caller = PlainCredentials::new()
            .attr("system_scope", "")
            .attr("system", "own");
        assert!(top_level(&caller, "system").unwrap().is_text("own"));
    }

    #[test]
    fn debug_shows_no_values() {
        let shown = format!(
            "{:?}",
            PlainCredentials::new()
                .attr("token", "s3cret")
                .roles(["admin"])
        );
        assert!(
            !shown.contains("s3cret") && shown.contains("token"),
            "{shown}"
        );
    }
}
