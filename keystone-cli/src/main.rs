//! The keystone program: tokens, catalog and code generation at the command line.

fn main() {}
