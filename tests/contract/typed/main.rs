//! The typed Identity client against Keystone: the real one, the embedded one as far as it goes,
//! and what the real one has said before.
//!
//! A case calls and holds every response against its type: nothing in it may be unknown to the type,
//! nothing may be lost when it is written again. `cargo xtask test` runs all cases at the real
//! Keystone and holds what it said against `tests/vectors/identity`; with `--bless` it writes that
//! anew. A plain `cargo test` plays it back to the same cases.

mod cases;
mod coverage;
mod keystoneclient;
mod mask;
mod proxy;
#[cfg(feature = "real-servers")]
mod recording;
mod strict;
mod tape;
mod world;
