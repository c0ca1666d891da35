//! Decisions: rules compiled to a program, and what decides by them.

pub(crate) mod decision;
pub(crate) mod extension;
pub(crate) mod program;
pub(crate) mod registry;
pub(crate) mod remote;
pub(crate) mod right;
pub(crate) mod rules;
pub(crate) mod straight;
