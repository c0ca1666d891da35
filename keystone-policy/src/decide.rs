//! Decisions: rules compiled to a program, and its evaluation.

pub(crate) mod absence;
pub(crate) mod asking;
pub(crate) mod deciding;
pub(crate) mod decision;
pub(crate) mod defaults;
pub(crate) mod entry;
pub(crate) mod error;
pub(crate) mod extension;
pub(crate) mod marks;
pub(crate) mod policy;
pub(crate) mod problem;
pub(crate) mod program;
pub(crate) mod reads;
pub(crate) mod reason;
pub(crate) mod remote;
pub(crate) mod right_operand;
pub(crate) mod rules;

pub use defaults::{Deprecated, Operation, PolicyDefault, Removal, RuleDefault};
pub use error::FailedCheck;
pub use extension::{AsyncExtensionCheck, CheckFuture, CheckRequest, ExtensionCheck};
pub use policy::AppliesTo;
pub use remote::RemoteCall;
