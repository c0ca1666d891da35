//! The macros that need no front door, on keystone-policy alone.

mod policies;
mod policy_target;
