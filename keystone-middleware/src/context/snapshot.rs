//! The rules that decide about a request.

use keystone_policy::Rules;

use super::remote_checks::RemoteChecks;

/// The rules of one request, in its extensions.
#[derive(Clone, Debug)]
pub(crate) struct Snapshot {
    pub(crate) rules: Rules,
    /// How other servers are asked, if they may be.
    pub(crate) remote: Option<RemoteChecks>,
}
