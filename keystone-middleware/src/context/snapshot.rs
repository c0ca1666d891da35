//! The rules of a request.

use keystone_policy::Rules;

use super::remote_checks::RemoteChecks;

/// The rules of a request, an extension of it.
#[derive(Clone, Debug)]
pub(crate) struct Snapshot {
    pub(crate) rules: Rules,
    /// How remote checks are made, if enabled.
    pub(crate) remote: Option<RemoteChecks>,
}
