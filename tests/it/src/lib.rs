//! Behaviour of the whole workspace, in one binary.
