//! The proxies API of the Flask article, as an annotated Rust service.

fn main() {}
