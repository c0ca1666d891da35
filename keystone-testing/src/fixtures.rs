//! Token bodies and catalogs for tests that need no server.
