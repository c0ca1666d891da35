//! One binary for all behaviour tests: a module per topic.

mod middleware;
mod session;
