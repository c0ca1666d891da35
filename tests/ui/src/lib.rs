//! Mistakes that must not compile.
