//! The policies and rules that a service declares, as constants that `policies!` writes.

/// Everything that one policy file of a service declares.
#[expect(
    clippy::exhaustive_structs,
    reason = "written as a constant by `policies!`"
)]
#[derive(Clone, Copy, Debug)]
pub struct Defaults {
    /// Rules that policies refer to.
    pub rules: &'static [RuleDefault],
    /// The policies that the service asks for.
    pub policies: &'static [PolicyDefault],
}

/// A rule that others refer to with `rule:name`.
#[non_exhaustive]
#[derive(Clone, Copy, Debug)]
pub struct RuleDefault {
    /// The name.
    pub name: &'static str,
    /// The text of the rule.
    pub check: &'static str,
    /// Where it is written, as `file:line:column`.
    pub source: &'static str,
}

impl RuleDefault {
    /// A rule of this name and text.
    pub const fn new(name: &'static str, check: &'static str) -> Self {
        Self {
            name,
            check,
            source: "",
        }
    }

    /// Sets where it is written, as `file:line:column`.
    #[must_use]
    pub const fn source(mut self, source: &'static str) -> Self {
        self.source = source;
        self
    }
}

/// A policy with its default rule.
///
/// ```
/// use keystone_policy::decide::{Operation, PolicyDefault};
/// use keystone_policy::ScopeType;
///
/// const CREATE: PolicyDefault = PolicyDefault::new("proxy:create", "role:admin")
///     .description("Create a proxy.")
///     .scope_types(&[ScopeType::Project])
///     .operations(&[Operation::new("POST", "/v1/proxies")]);
/// assert_eq!(CREATE.check, "role:admin");
/// ```
#[non_exhaustive]
#[derive(Clone, Copy, Debug)]
pub struct PolicyDefault {
    /// The name that the service asks for.
    pub name: &'static str,
    /// The text of the default rule; an operator may override it.
    pub check: &'static str,
    /// What it is about, for the operator.
    pub description: &'static str,
    /// The token scopes it is meant for; none named means any. An override does not change them.
    pub scope_types: &'static [ScopeType],
    /// The requests it guards.
    pub operations: &'static [Operation],
    /// The policy that this one replaced.
    pub deprecated: Option<Deprecated>,
    /// That it is to be removed.
    pub removal: Option<Removal>,
    /// Where it is written, as `file:line:column`.
    pub source: &'static str,
}

impl PolicyDefault {
    /// A policy of this name and default rule, for any scope.
    pub const fn new(name: &'static str, check: &'static str) -> Self {
        Self {
            name,
            check,
            description: "",
            scope_types: &[],
            operations: &[],
            deprecated: None,
            removal: None,
            source: "",
        }
    }

    /// Sets what it is about.
    #[must_use]
    pub const fn description(mut self, description: &'static str) -> Self {
        self.description = description;
        self
    }

    /// Sets the token scopes it is meant for.
    #[must_use]
    pub const fn scope_types(mut self, scope_types: &'static [ScopeType]) -> Self {
        self.scope_types = scope_types;
        self
    }

    /// Sets the requests it guards.
    #[must_use]
    pub const fn operations(mut self, operations: &'static [Operation]) -> Self {
        self.operations = operations;
        self
    }

    /// Sets the policy that it replaced: an operator's override of the old name still counts, as
    /// long as the new name is not overridden.
    #[must_use]
    pub const fn deprecated(mut self, deprecated: Deprecated) -> Self {
        self.deprecated = Some(deprecated);
        self
    }

    /// Says that it is to be removed: an operator who overrides it is warned.
    #[must_use]
    pub const fn deprecated_for_removal(mut self, removal: Removal) -> Self {
        self.removal = Some(removal);
        self
    }

    /// Sets where it is written, as `file:line:column`.
    #[must_use]
    pub const fn source(mut self, source: &'static str) -> Self {
        self.source = source;
        self
    }
}

/// That a policy is to be removed without a replacement.
#[non_exhaustive]
#[derive(Clone, Copy, Debug)]
pub struct Removal {
    /// Why.
    pub reason: &'static str,
    /// The release that announced it.
    pub since: &'static str,
}

impl Removal {
    /// Announced in release `since` because of `reason`.
    pub const fn new(reason: &'static str, since: &'static str) -> Self {
        Self { reason, since }
    }
}

/// A policy that another one replaced.
#[non_exhaustive]
#[derive(Clone, Copy, Debug)]
pub struct Deprecated {
    /// The old name.
    pub name: &'static str,
    /// The old default rule.
    pub check: &'static str,
    /// Why it was replaced.
    pub reason: &'static str,
    /// The release that replaced it.
    pub since: &'static str,
}

impl Deprecated {
    /// The policy of this name and default rule, replaced in release `since` because of `reason`.
    pub const fn new(
        name: &'static str,
        check: &'static str,
        reason: &'static str,
        since: &'static str,
    ) -> Self {
        Self {
            name,
            check,
            reason,
            since,
        }
    }
}

/// A request that a policy guards.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Operation {
    /// The HTTP method.
    pub method: &'static str,
    /// The path, with `{name}` for what varies.
    pub path: &'static str,
}

impl Operation {
    /// A request of this method and path.
    pub const fn new(method: &'static str, path: &'static str) -> Self {
        Self { method, path }
    }
}

/// What a token is scoped to.
#[expect(clippy::exhaustive_enums, reason = "the three that oslo.policy knows")]
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum ScopeType {
    /// A domain.
    Domain,
    /// A project. Tokens without scope count as this too.
    Project,
    /// The whole deployment.
    System,
}

impl ScopeType {
    /// The scope type called so.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Domain, Self::Project, Self::System]
            .into_iter()
            .find(|scope| scope.name() == name)
    }

    /// The name in policy files.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Domain => "domain",
            Self::Project => "project",
            Self::System => "system",
        }
    }
}
