//! The private key of a client, and what it signs: `private_key_jwt`.
//!
//! Source: RFC 7523, sections 2.2 and 3; OpenID Connect Core 1.0, section 9.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use ring::rand::{SecureRandom as _, SystemRandom};
use ring::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, RSA_PKCS1_SHA256, RsaKeyPair,
};
use rustls_pki_types::PrivateKeyDer;
use rustls_pki_types::pem::PemObject as _;
use serde_json::json;

use crate::error::ConfigurationError;
use crate::{Error, SecretString};

/// How long an assertion is good, in seconds.
const LIFE: i64 = 60;

/// A private key that signs.
pub(super) struct ClientKey {
    pair: Pair,
    id: Option<String>,
}

enum Pair {
    Ec(Box<EcdsaKeyPair>),
    Rsa(Box<RsaKeyPair>),
}

impl ClientKey {
    /// Reads a key from PEM.
    pub(super) fn read(pem: &SecretString, id: Option<&str>) -> Result<Self, Error> {
        // Variables and INI files often hold it on one line.
        let lines = SecretString::new(pem.expose().replace("\\n", "\n"));
        let der = PrivateKeyDer::from_pem_slice(lines.expose().as_bytes())
            .map_err(|_| refused("is not a private key as PEM"))?;
        Ok(Self {
            pair: Pair::read(&der)?,
            id: id.map(str::to_owned),
        })
    }

    /// The assertion that the client is `client_id`, for the OpenID Provider `audience`.
    pub(super) fn assertion(
        &self,
        client_id: &str,
        audience: &str,
        now: Timestamp,
    ) -> Result<SecretString, Error> {
        let random = SystemRandom::new();
        let mut once = [0; 16];
        let failed = |_| ConfigurationError::new("the assertion of the client cannot be signed");
        random.fill(&mut once).map_err(failed)?;
        let now = now.as_second();
        let mut header = json!({"alg": self.pair.algorithm(), "typ": "JWT"});
        if let (Some(id), Some(header)) = (&self.id, header.as_object_mut()) {
            header.insert("kid".to_owned(), id.as_str().into());
        }
        let claims = json!({
            "iss": client_id,
            "sub": client_id,
            "aud": audience,
            "jti": URL_SAFE_NO_PAD.encode(once),
            "iat": now,
            "exp": now.saturating_add(LIFE),
        });
        let encoded = |value: serde_json::Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = format!("{}.{}", encoded(header), encoded(claims));
        let signature = self.pair.sign(signed.as_bytes(), &random).map_err(failed)?;
        let signature = URL_SAFE_NO_PAD.encode(signature);
        Ok(SecretString::new(format!("{signed}.{signature}")))
    }
}

impl Pair {
    fn read(der: &PrivateKeyDer<'_>) -> Result<Self, Error> {
        let kind = "is neither an RSA key of 2048 to 4096 bits nor an EC key on the curve P-256";
        let refused_key = |_| refused(kind);
        match der {
            PrivateKeyDer::Pkcs1(der) => {
                let pair = RsaKeyPair::from_der(der.secret_pkcs1_der()).map_err(refused_key)?;
                Ok(Self::Rsa(Box::new(pair)))
            }
            PrivateKeyDer::Pkcs8(der) => {
                let der = der.secret_pkcs8_der();
                let algorithm = &ECDSA_P256_SHA256_FIXED_SIGNING;
                let random = SystemRandom::new();
                if let Ok(pair) = EcdsaKeyPair::from_pkcs8(algorithm, der, &random) {
                    return Ok(Self::Ec(Box::new(pair)));
                }
                let pair = RsaKeyPair::from_pkcs8(der).map_err(refused_key)?;
                Ok(Self::Rsa(Box::new(pair)))
            }
            _ => Err(refused("is in the form SEC1 (`EC PRIVATE KEY`)")),
        }
    }

    fn algorithm(&self) -> &'static str {
        match self {
            Self::Ec(_) => "ES256",
            Self::Rsa(_) => "RS256",
        }
    }

    fn sign(
        &self,
        message: &[u8],
        random: &SystemRandom,
    ) -> Result<Vec<u8>, ring::error::Unspecified> {
        match self {
            Self::Ec(pair) => Ok(pair.sign(random, message)?.as_ref().to_vec()),
            Self::Rsa(pair) => {
                let mut signature = vec![0; pair.public().modulus_len()];
                pair.sign(&RSA_PKCS1_SHA256, random, message, &mut signature)?;
                Ok(signature)
            }
        }
    }
}

/// The error for a key, which is never repeated.
fn refused(what: &str) -> Error {
    let error = ConfigurationError::new(format!("the value of `client_private_key` {what}"));
    let remedy = "write it as unencrypted PKCS #8, as `openssl pkcs8 -topk8 -nocrypt` does";
    error.remedy(remedy).into()
}

impl fmt::Debug for ClientKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let algorithm = self.pair.algorithm();
        f.debug_struct("ClientKey")
            .field("algorithm", &algorithm)
            .finish_non_exhaustive()
    }
}
