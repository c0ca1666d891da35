//! Enforcement of policies: decisions, proofs of them, and the source of the rules.

#[cfg(feature = "axum")]
mod authorizing;
mod config;
mod decide;
mod deciding;
mod filter;
mod layer;
mod proof;
mod reload;
mod retain;
mod target_identity;
mod untyped;

#[cfg(feature = "axum")]
pub use authorizing::Authorizing;
#[cfg(feature = "axum")]
pub(crate) use authorizing::HideRefusals;
pub use config::PolicyConfig;
pub use deciding::Deciding;
pub use filter::Filter;
pub use layer::{EnforcerLayer, WithRules};
pub use proof::Authorized;
pub use reload::{follow_policy_files, reload_policy_files};
