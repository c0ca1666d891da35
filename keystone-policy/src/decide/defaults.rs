//! The policies and rules that a service declares, as constants that `policies!` generates.

/// What one call of `policies!` declares.
#[expect(
    clippy::exhaustive_structs,
    reason = "written as a constant by `policies!`"
)]
#[derive(Clone, Copy, Debug)]
pub struct Defaults {
    /// Rules that policies refer to.
    pub rules: &'static [RuleDefault],
    /// The policies that the service enforces.
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
    /// The name by which the service enforces it.
    pub name: &'static str,
    /// The default rule, which an operator may override.
    pub check: &'static str,
    /// A description for operators.
    pub description: &'static str,
    /// The token scopes that it accepts; empty for any. An override does not change them.
    pub scope_types: &'static [ScopeType],
    /// The requests it guards; empty where the service's description of its API says so instead.
    pub operations: &'static [Operation],
    /// Whether no operation of the API enforces it: the service asks for it elsewhere.
    pub internal: bool,
    /// The policy that this one replaced.
    pub deprecated: Option<Deprecated>,
    /// Set if it is deprecated for removal.
    pub removal: Option<Removal>,
    /// Where it is written, as `file:line:column`.
    pub source: &'static str,
}

impl PolicyDefault {
    /// A policy with this name and default rule, for any scope.
    pub const fn new(name: &'static str, check: &'static str) -> Self {
        Self {
            name,
            check,
            description: "",
            scope_types: &[],
            operations: &[],
            internal: false,
            deprecated: None,
            removal: None,
            source: "",
        }
    }

    /// Sets the description.
    #[must_use]
    pub const fn description(mut self, description: &'static str) -> Self {
        self.description = description;
        self
    }

    /// Sets the token scopes that it accepts.
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

    /// Says that no operation of the API enforces it.
    #[must_use]
    pub const fn internal(mut self, internal: bool) -> Self {
        self.internal = internal;
        self
    }

    /// Sets the policy that it replaced: an operator's override of the old name applies as long as
    /// the new name is not overridden.
    #[must_use]
    pub const fn deprecated(mut self, deprecated: Deprecated) -> Self {
        self.deprecated = Some(deprecated);
        self
    }

    /// Deprecates it for removal: an operator who overrides it gets a warning.
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

/// The removal of a policy without a replacement.
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
    /// The path, with `{name}` for parameters.
    pub path: &'static str,
}

impl Operation {
    /// A request with this method and path.
    pub const fn new(method: &'static str, path: &'static str) -> Self {
        Self { method, path }
    }
}

/// The scope of a token.
#[expect(clippy::exhaustive_enums, reason = "the three that oslo.policy knows")]
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum ScopeType {
    /// A domain.
    Domain,
    /// A project. Unscoped tokens count as project-scoped.
    Project,
    /// The whole deployment.
    System,
}

impl ScopeType {
    /// The scope type with this name.
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
