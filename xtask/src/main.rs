//! Runs the tests, the real servers they need, and the benches.

fn main() {}
