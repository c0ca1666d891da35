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
//!
//! What is needed daily stands here, the rest in rooms, of which none imports from a later one:
//! [`value`], [`language`], [`decide`], [`sources`], [`explain`], [`analysis`] and, behind a
//! feature, `oslo`: what exists only to be compared with oslo.policy.

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

/// This crate by the name under which keystone-middleware re-exports it, so that macros find it
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
