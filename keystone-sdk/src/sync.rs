//! What tasks share.

pub mod single_flight;
