//! The context of a request: the caller, the rules, and how remote checks are made.

mod credentials;
mod identity;
pub(crate) mod remote_checks;
mod request_context;
mod snapshot;

pub use identity::Identity;
pub use remote_checks::RemoteChecks;
pub(crate) use request_context::Caller;
#[cfg(feature = "service")]
pub(crate) use request_context::new_request_id;
pub use request_context::{RequestContext, RequestContextBuilder};
pub(crate) use snapshot::Snapshot;
