//! What `#[service]` writes, of right and of wrong input.
