//! The identity of a login, as a digest.

use std::fmt;

use sha2::{Digest, Sha256};

use super::{FieldValue, UserIdentity};

/// Collects what identifies a login, as a digest that reveals none of it.
#[derive(Default)]
pub struct CacheId {
    elements: Vec<[u8; 32]>,
    /// The key of a blank secret.
    pub(super) blank: Option<String>,
}

impl CacheId {
    /// Adds an element. Keys are prefixed by the method: `password_username`.
    pub fn add(&mut self, key: &str, value: &str) {
        // Hashed at once, so that no secret is kept. The lengths distinguish `ab`, `c` from `a`,
        // `bc`.
        let mut hash = Sha256::new();
        for part in [key, value] {
            hash.update(part.len().to_le_bytes());
            hash.update(part.as_bytes());
        }
        self.elements.push(hash.finalize().into());
    }

    /// Adds a field of a method.
    pub fn field(&mut self, key: &str, value: &impl FieldValue) {
        if value.is_blank_secret() {
            self.blank.get_or_insert_with(|| key.to_owned());
        }
        if value.to_json().is_some() {
            self.add(key, value.to_text().expose());
        }
    }

    /// Adds the user of a method.
    pub fn user(&mut self, key: &str, user: &UserIdentity) {
        self.add(key, &user.to_json().to_string());
    }

    /// SHA-256 over the elements in any order, in hexadecimal.
    pub fn digest(mut self) -> String {
        self.elements.sort_unstable();
        let mut hash = Sha256::new();
        for element in &self.elements {
            hash.update(element);
        }
        hash.finalize()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect()
    }
}

impl fmt::Debug for CacheId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CacheId").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn digest(elements: &[(&str, &str)]) -> String {
        let mut id = CacheId::default();
        for (key, value) in elements {
            id.add(key, value);
        }
        id.digest()
    }

    #[test]
    fn a_digest_tells_logins_apart_whatever_the_order() {
        let one = digest(&[("a", "1"), ("b", "2")]);
        assert_eq!(one, digest(&[("b", "2"), ("a", "1")]));
        assert_ne!(one, digest(&[("a", "1"), ("b", "3")]));
        assert_ne!(digest(&[("ab", "c")]), digest(&[("a", "bc")]));
    }
}
