//! Decisions and rule sets, as oslo.policy 6 makes them.

#![expect(clippy::unwrap_used, reason = "a helper of a test fails the test")]

mod alike;
mod analysis;
mod checks;
mod enforcer;
mod explain;
mod extension;
mod json;
mod merge;
mod policy_file;
mod possible;
mod reference;
mod references;
mod reload;
mod remote;
mod rooms;
mod scope;
mod sql;
