//! Makes rules, credentials and targets by chance, the same ones each time, and says what must hold
//! for any input.

pub mod documents;
pub mod fuzz;
pub mod random;
pub mod rules;
pub mod worlds;
