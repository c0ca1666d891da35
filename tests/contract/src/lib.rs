//! The same cases against the embedded and the real Keystone.
