//! The credentials of callers, which rules read.

use std::collections::BTreeMap;
use std::fmt;

use crate::value::{List, Value};

/// The credentials of a caller, by the names that oslo.context gives them: `user_id`,
/// `project_id`, `domain_id`, `system_scope`, `user_domain_id`, `roles` and so on.
///
/// A known name without a value is [`Value::Null`], an unknown name is `None`. The name `system`
/// need not be supported: it is `system_scope` when that is set.
pub trait Credentials {
    /// The value called `name`; nested values are reached through [`Value::Map`].
    fn attr(&self, name: &str) -> Option<Value<'_>>;

    /// The roles of the caller.
    fn roles(&self) -> &RoleSet;

    /// The value of a standard name, as [`Credentials::attr`] returns it. Implement it if that is
    /// possible without comparing strings: decisions mostly read these.
    fn standard(&self, name: CredentialName) -> Option<Value<'_>> {
        self.attr(name.as_str())
    }

    /// The text of a standard value that needs no formatting: a string itself, `None` for null,
    /// `True` and `False`. `Option::None` for anything else. Implement it together with
    /// [`Credentials::standard`], as a faster equivalent.
    fn standard_text(&self, name: CredentialName) -> Option<&str> {
        self.standard(name)?.plain()
    }

    /// Calls `visit` with each name and value, which remote checks send. By default, these are the
    /// known standard names.
    fn each(&self, visit: &mut dyn FnMut(&str, Value<'_>)) {
        for name in CredentialName::ALL {
            if let Some(value) = self.standard(name) {
                visit(name.as_str(), value);
            }
        }
    }
}

macro_rules! standard_names {
    ($($(#[$doc:meta])* $variant:ident $text:literal;)*) => {
        /// The names of credentials that oslo.context gives to every caller.
        #[expect(clippy::exhaustive_enums, reason = "fixed by oslo.context")]
        #[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
        pub enum CredentialName {
            $($(#[$doc])* $variant,)*
        }

        impl CredentialName {
            /// All names, in the order of oslo.context.
            pub const ALL: [Self; 13] = [$(Self::$variant),*];

            /// The name as rules write it.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $text,)*
                }
            }

            /// The standard name with this text.
            pub fn from_name(name: &str) -> Option<Self> {
                match name {
                    $($text => Some(Self::$variant),)*
                    _ => None,
                }
            }
        }
    };
}

standard_names! {
    /// The user's id.
    UserId "user_id";
    /// The id of the user's domain.
    UserDomainId "user_domain_id";
    /// `all` in system scope.
    SystemScope "system_scope";
    /// The domain's id, in domain scope.
    DomainId "domain_id";
    /// The project's id, in project scope.
    ProjectId "project_id";
    /// The id of the project's domain.
    ProjectDomainId "project_domain_id";
    /// The names of the roles.
    Roles "roles";
    /// Whether the project is the cloud's admin project.
    IsAdminProject "is_admin_project";
    /// The id of the user of the service that calls on behalf of the user.
    ServiceUserId "service_user_id";
    /// The id of that user's domain.
    ServiceUserDomainId "service_user_domain_id";
    /// The id of that user's project.
    ServiceProjectId "service_project_id";
    /// The id of that project's domain.
    ServiceProjectDomainId "service_project_domain_id";
    /// The names of that user's roles.
    ServiceRoles "service_roles";
}

impl<C: Credentials + ?Sized> Credentials for &C {
    fn attr(&self, name: &str) -> Option<Value<'_>> {
        C::attr(self, name)
    }

    fn standard(&self, name: CredentialName) -> Option<Value<'_>> {
        C::standard(self, name)
    }

    fn standard_text(&self, name: CredentialName) -> Option<&str> {
        C::standard_text(self, name)
    }

    fn each(&self, visit: &mut dyn FnMut(&str, Value<'_>)) {
        C::each(self, visit);
    }

    fn roles(&self) -> &RoleSet {
        C::roles(self)
    }
}

/// A set of role names, compared without regard to case.
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
    /// The roles with these names.
    pub fn new<I: IntoIterator<Item: Into<String>>>(names: I) -> Self {
        let names: Vec<String> = names.into_iter().map(Into::into).collect();
        let lower = names.iter().map(|name| name.to_lowercase()).collect();
        Self { names, lower }
    }

    /// Whether the set has a role of this name, without regard to case.
    pub fn contains(&self, name: &str) -> bool {
        if name.is_ascii() {
            // Besides ASCII, only the Kelvin sign has an ASCII letter as its lower case, and the
            // names of the set are in lower case already.
            self.lower
                .iter()
                .any(|held| held.eq_ignore_ascii_case(name))
        } else {
            self.contains_lower(&name.to_lowercase())
        }
    }

    /// The names as they were given.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// As [`RoleSet::contains`], for a name in lower case.
    #[doc(hidden)]
    #[inline]
    pub fn contains_lower(&self, lower: &str) -> bool {
        self.lower.iter().any(|name| name == lower)
    }
}

impl List for RoleSet {
    fn at(&self, index: usize) -> Option<Value<'_>> {
        self.names.get(index).map(|name| Value::Str(name))
    }
}

/// Credentials for tools and tests.
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

    fn each(&self, visit: &mut dyn FnMut(&str, Value<'_>)) {
        for (name, value) in &self.attrs {
            visit(name, Value::Str(value));
        }
        if !self.attrs.contains_key("roles") {
            visit("roles", Value::List(&self.roles));
        }
    }
}

impl fmt::Debug for PlainCredentials {
    /// The names only: some of the values may be secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PlainCredentials")
            .field("attrs", &self.attrs.keys().collect::<Vec<_>>())
            .field("roles", &self.roles.names())
            .finish()
    }
}

/// A top-level name, resolved once when rules are compiled.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum TopLevel {
    Standard(CredentialName),
    System,
    Other(Box<str>),
}

impl TopLevel {
    pub(crate) fn of(name: &str) -> Self {
        match CredentialName::from_name(name) {
            Some(standard) => Self::Standard(standard),
            None if name == "system" => Self::System,
            None => Self::Other(name.into()),
        }
    }

    pub(crate) fn value<'a>(&self, creds: &'a dyn Credentials) -> Option<Value<'a>> {
        match self {
            Self::Standard(name) => creds.standard(*name),
            Self::System => system(creds),
            Self::Other(name) => creds.attr(name),
        }
    }
}

/// The value of `system`: the system scope if there is one, as in oslo.policy.
pub(crate) fn system<'a>(creds: &'a dyn Credentials) -> Option<Value<'a>> {
    creds
        .standard(CredentialName::SystemScope)
        .filter(|scope| scope.is_truthy())
        .or_else(|| creds.attr("system"))
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
        assert!(
            TopLevel::of("system")
                .value(&caller)
                .unwrap()
                .is_text("all")
        );
        let caller = PlainCredentials::new()
            .attr("system_scope", "")
            .attr("system", "own");
        assert!(
            TopLevel::of("system")
                .value(&caller)
                .unwrap()
                .is_text("own")
        );
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
