//! Makes rules, credentials and targets by chance, the same ones each time.

pub mod random;
pub mod rules;
pub mod worlds;
