//! The oslo.policy language: parse, check, decide and explain rules.
//!
//! A rule is a string such as `role:admin or user_id:%(owner_id)s`. [`parse_rule`] parses one,
//! [`Rules`] decides by a set of them, and an [`Enforcer`] holds the rules of a service: the
//! defaults that it declares ([`Defaults`]), overridden by its operator. [`Credentials`] describe
//! the caller, a [`PolicyTarget`] the object that is acted on.
//!
//! Decisions are those of oslo.policy 6, with two differences: where it raises an exception, there
//! is a [`DecisionError`] here, and mistakes that it silently reads as "never" or "always" (`not
//! admin`, an empty YAML value) are errors when rules are loaded.
//!
//! The types needed most are at the root, the rest in the modules [`value`], [`language`],
//! [`decide`], [`sources`], [`explain`], [`analysis`] and, with the feature `oslo`, `oslo`, which
//! serves comparisons with oslo.policy only.

pub mod analysis;
pub mod decide;
pub mod explain;
pub mod language;
#[cfg(feature = "oslo")]
pub mod oslo;
pub mod sources;
pub mod value;

#[doc(hidden)]
pub mod __private;

/// This crate under the name by which keystone-middleware re-exports it, so that macros find it
/// under either root.
#[doc(hidden)]
pub extern crate self as policy;

pub use decide::decision::{Decision, PendingCheck};
pub use decide::defaults::{Defaults, ScopeType};
pub use decide::error::DecisionError;
pub use decide::extension::Checks;
pub use decide::policy::{PlainPolicy, Policy, TargetOf};
pub use decide::reason::Reason;
pub use decide::rules::Rules;
pub use language::error::ParseError;
pub use language::parse::parse_rule;
pub use language::rule::Rule;
pub use sources::enforcer::{Enforcer, EnforcerBuilder};
pub use sources::error::Error;
#[cfg(feature = "json")]
pub use sources::json::JsonCredentials;
pub use value::credentials::{CredentialName, Credentials, PlainCredentials, RoleSet};
pub use value::target::PolicyTarget;
pub use value::{AttrValue, Value};
