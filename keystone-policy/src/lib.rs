//! The oslo.policy language: parse, check, decide and explain rules.
