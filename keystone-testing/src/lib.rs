//! An in-process Identity service for tests and examples.
