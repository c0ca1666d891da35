//! State that tasks share.

pub mod single_flight;
