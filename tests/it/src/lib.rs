//! Behaviour of the whole workspace, in one binary.

#[cfg(doctest)]
#[doc = include_str!("../../../docs/code-first.md")]
mod code_first {}
