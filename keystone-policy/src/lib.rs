//! The oslo.policy language: parse, check, decide and explain rules.
//!
//! A rule is a text such as `role:admin or user_id:%(owner_id)s`. [`parse_rule`] reads one,
//! [`Rules`] decides by many, and an [`Enforcer`] holds those of a service: the defaults that the
//! service declares ([`Defaults`]) under the overrides of its operator. [`Credentials`] are who asks,
//! a [`PolicyTarget`] is what is acted on.
//!
//! Decisions are those of oslo.policy 6, with one difference in spirit: what it answers by raising
//! an exception is a [`DecisionError`] here, and what it quietly reads as "never" or "always" by
//! mistake (`not admin`, an empty YAML value) is refused when rules are loaded.

mod decide;
mod explain;
mod language;
mod sources;
mod value;

pub mod analysis;
#[cfg(feature = "oslo")]
pub mod oslo;

#[doc(hidden)]
pub mod __private;

/// This crate by the name under which keystone-middleware re-exports it, so that macros find it
/// under either root.
#[doc(hidden)]
pub extern crate self as policy;

pub use decide::decision::{Decision, RemoteCall};
pub use decide::defaults::{
    Defaults, Deprecated, Operation, PolicyDefault, Removal, RuleDefault, ScopeType,
};
pub use decide::error::{DecisionError, FailedCheck};
pub use decide::extension::{CheckRequest, Checks, ExtensionCheck};
pub use decide::policy::{AppliesTo, PlainPolicy, Policy, TargetOf};
pub use decide::reason::Reason;
pub use decide::rules::Rules;
pub use explain::{Answer, Explained, Explanation};
pub use language::error::ParseError;
pub use language::parse::{combine_lists, parse_check, parse_rule};
pub use language::rule::Rule;
pub use sources::enforcer::{Change, Enforcer, EnforcerBuilder, Look};
pub use sources::error::{
    CycleError, DuplicateError, Error, FileError, RuleError, ShapeError, UndefinedError,
    UnsettledError,
};
#[cfg(feature = "file")]
pub use sources::file;
#[cfg(feature = "json")]
pub use sources::json::JsonCredentials;
pub use sources::lint::{NamedRule, closure, lint, suggest_left_operand, unknown_checks};
pub use sources::merge::{Registered, RulesBuilder};
pub use value::credentials::{CredentialName, Credentials, PlainCredentials, RoleSet};
pub use value::target::{HasAttr, PolicyTarget, attr_hash};
pub use value::{AttrValue, List, Map, Value};
