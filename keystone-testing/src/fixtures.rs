//! Token bodies and catalogs for tests that need no server.
//!
//! Ids are made from names, so that they are the same in every run.

mod catalog;
mod token;

use sha2::{Digest, Sha256};

pub use self::catalog::CatalogFixture;
pub use self::token::TokenFixture;

/// The id that fixtures give to the `kind` (such as `user`) of this name: 32 hexadecimal digits.
///
/// ```
/// use keystone_testing::fixtures::id_of;
///
/// assert_eq!(id_of("user", "alice").len(), 32);
/// assert_ne!(id_of("user", "alice"), id_of("project", "alice"));
/// ```
#[must_use]
pub fn id_of(kind: &str, name: &str) -> String {
    let digest = Sha256::digest(format!("{kind}:{name}"));
    digest
        .iter()
        .take(16)
        .map(|byte| format!("{byte:02x}"))
        .collect()
}
