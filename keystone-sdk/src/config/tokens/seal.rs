//! Encryption of token files, and their names.
//!
//! A file is: the magic bytes, the moment of expiry in seconds since 1970 (8 bytes, the highest
//! first), a nonce (12 bytes), and the JSON of the state, encrypted. The name of the file, the
//! magic bytes and the moment are authenticated with it.

use jiff::Timestamp;
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::rand::{SecureRandom, SystemRandom};
use ring::{hkdf, hmac};
use zeroize::Zeroizing;

use crate::SecretString;

const MAGIC: &[u8; 4] = b"KST1";
const HEAD: usize = MAGIC.len() + 8;
const KEY: usize = 32;

/// The keys of names and content.
pub(super) struct Key {
    name: hmac::Key,
    content: LessSafeKey,
}

impl Key {
    pub(super) fn random_bytes() -> Option<Zeroizing<[u8; KEY]>> {
        let mut bytes = Zeroizing::new([0; KEY]);
        SystemRandom::new().fill(&mut *bytes).ok()?;
        Some(bytes)
    }

    pub(super) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        if bytes.len() != KEY {
            return None;
        }
        let secret = hkdf::Salt::new(hkdf::HKDF_SHA256, b"keystone token files").extract(bytes);
        let name = secret.expand(&[b"name"], hmac::HMAC_SHA256).ok()?;
        let content = secret.expand(&[b"content"], &CHACHA20_POLY1305).ok()?;
        Some(Self {
            name: name.into(),
            content: LessSafeKey::new(UnboundKey::from(content)),
        })
    }

    /// The name of the file for a login.
    pub(super) fn name(&self, cache_id: &str) -> String {
        let digest = hmac::sign(&self.name, cache_id.as_bytes());
        let bytes = digest.as_ref().iter();
        bytes.map(|byte| format!("{byte:02x}")).collect()
    }

    pub(super) fn seal(
        &self,
        name: &str,
        expires_at: Timestamp,
        text: &SecretString,
    ) -> Option<Vec<u8>> {
        let mut nonce = [0; NONCE_LEN];
        SystemRandom::new().fill(&mut nonce).ok()?;
        let mut file = Vec::with_capacity(HEAD + NONCE_LEN + text.expose().len() + 16);
        file.extend_from_slice(MAGIC);
        file.extend_from_slice(&expires_at.as_second().to_be_bytes());
        let bound = bound(name, &file);
        file.extend_from_slice(&nonce);
        let mut content = Zeroizing::new(text.expose().as_bytes().to_vec());
        let nonce = Nonce::assume_unique_for_key(nonce);
        let tag = self
            .content
            .seal_in_place_separate_tag(nonce, bound, &mut content)
            .ok()?;
        file.extend_from_slice(&content);
        file.extend_from_slice(tag.as_ref());
        Some(file)
    }

    /// The text; `None` if the file is broken, or is for another name or key.
    pub(super) fn open(&self, name: &str, file: &[u8]) -> Option<SecretString> {
        let (head, rest) = file.split_at_checked(HEAD)?;
        let (nonce, content) = rest.split_at_checked(NONCE_LEN)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let mut content = Zeroizing::new(content.to_vec());
        let text = self
            .content
            .open_in_place(nonce, bound(name, head), &mut content)
            .ok()?;
        Some(str::from_utf8(text).ok()?.into())
    }
}

/// The additional authenticated data.
fn bound(name: &str, head: &[u8]) -> Aad<Vec<u8>> {
    Aad::from([head, name.as_bytes()].concat())
}

/// The expiry of the token in the file; `None` if it is no token file.
pub(super) fn expires_at(file: &[u8]) -> Option<Timestamp> {
    let (magic, rest) = file.split_at_checked(MAGIC.len())?;
    let seconds = rest.first_chunk::<8>().filter(|_| magic == MAGIC)?;
    Timestamp::from_second(i64::from_be_bytes(*seconds)).ok()
}
