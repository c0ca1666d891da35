//! Random identifiers in the forms that Keystone uses.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use uuid::Uuid;

/// 32 hexadecimal digits, as most resources are named.
pub(crate) fn resource() -> String {
    Uuid::new_v4().simple().to_string()
}

/// 22 characters, as the audit ids of tokens.
pub(crate) fn audit() -> String {
    URL_SAFE_NO_PAD.encode(Uuid::new_v4().as_bytes())
}

/// An opaque token or receipt that cannot be guessed.
pub(crate) fn token() -> String {
    secret()
}

/// 86 characters, as the generated secrets of application credentials.
pub(crate) fn secret() -> String {
    let mut bytes = Vec::with_capacity(64);
    for _ in 0..4 {
        bytes.extend_from_slice(Uuid::new_v4().as_bytes());
    }
    URL_SAFE_NO_PAD.encode(bytes)
}

/// The value of `x-openstack-request-id`.
pub(crate) fn request() -> String {
    format!("req-{}", Uuid::new_v4())
}
