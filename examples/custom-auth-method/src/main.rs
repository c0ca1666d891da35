//! A new authentication mechanism in about ten lines.

fn main() {}
