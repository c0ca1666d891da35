//! The embedded Keystone responds as the real one does.
//!
//! A case is a sequence of raw HTTP exchanges, written down without what differs
//! from run to run: ids, times, messages, addresses. Its transcript is checked
//! in under `transcripts/`, as the real Keystone gave it. A plain `cargo test`
//! holds the embedded server against that; `cargo xtask test` holds the real one
//! against it too, and `cargo xtask test --bless` writes it anew.

mod call;
mod cases;
mod crud;
mod golden;
mod login;
mod logins;
mod recorder;
mod routes;
mod scene;
mod shape;
