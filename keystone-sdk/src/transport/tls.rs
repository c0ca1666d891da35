//! TLS by rustls with the ring provider, which is passed explicitly: the process default belongs to
//! the program, and panics when two providers are linked.

use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::version::{TLS12, TLS13};
use rustls::{
    ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme, SupportedProtocolVersion,
};
use rustls_platform_verifier::Verifier;

use crate::error::ConfigurationError;
use crate::{Error, SecretString};

/// A version of TLS.
#[derive(Clone, Copy, Debug, Default, Eq, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
pub enum TlsVersion {
    /// TLS 1.2 (RFC 5246).
    #[default]
    V1_2,
    /// TLS 1.3 (RFC 8446).
    V1_3,
}

impl TlsVersion {
    /// Reads `1.2` or `1.3`, also with `TLSv` before it.
    pub fn parse(text: &str) -> Option<Self> {
        match text.trim_start_matches("TLSv").trim_start_matches("TLS") {
            "1.2" => Some(Self::V1_2),
            "1.3" => Some(Self::V1_3),
            _ => None,
        }
    }

    fn and_newer(self) -> &'static [&'static SupportedProtocolVersion] {
        static BOTH: [&SupportedProtocolVersion; 2] = [&TLS13, &TLS12];
        static NEWEST: [&SupportedProtocolVersion; 1] = [&TLS13];
        match self {
            Self::V1_2 => &BOTH,
            Self::V1_3 => &NEWEST,
        }
    }
}

/// The trusted authorities and the client certificate.
#[derive(Clone, Default)]
pub(super) struct Settings {
    pub(super) min_version: TlsVersion,
    pub(super) accept_any: bool,
    /// The trusted authorities; those of the system unless set.
    roots: Option<Arc<RootCertStore>>,
    identity: Option<Arc<(Vec<CertificateDer<'static>>, PrivateKeyDer<'static>)>>,
}

impl Settings {
    pub(super) fn set_roots(&mut self, pem: &[u8]) -> Result<(), Error> {
        let mut roots = RootCertStore::empty();
        for certificate in certificates(pem, "CA certificates")? {
            roots.add(certificate).map_err(|error| {
                ConfigurationError::new("a CA certificate cannot be used").caused_by(error)
            })?;
        }
        self.roots = Some(Arc::new(roots));
        Ok(())
    }

    pub(super) fn set_identity(&mut self, chain: &[u8], key: &SecretString) -> Result<(), Error> {
        let chain = certificates(chain, "client certificate")?;
        let key = PrivateKeyDer::from_pem_slice(key.expose().as_bytes()).map_err(|_| {
            ConfigurationError::new("the key of the client certificate cannot be read")
                .remedy("give it as PEM, without a passphrase")
        })?;
        self.identity = Some(Arc::new((chain, key)));
        Ok(())
    }

    pub(super) fn config(&self) -> Result<ClientConfig, Error> {
        let provider = Arc::new(ring::default_provider());
        let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
            .with_protocol_versions(self.min_version.and_newer())
            .map_err(unusable)?;
        let builder = if self.accept_any {
            let anyone = Arc::new(AcceptAny(provider));
            builder.dangerous().with_custom_certificate_verifier(anyone)
        } else if let Some(roots) = &self.roots {
            builder.with_root_certificates(Arc::clone(roots))
        } else {
            let system = Arc::new(Verifier::new(provider).map_err(no_system_roots)?);
            builder.dangerous().with_custom_certificate_verifier(system)
        };
        let mut config = match self.identity.as_deref() {
            Some((chain, key)) => builder
                .with_client_auth_cert(chain.clone(), key.clone_key())
                .map_err(|error| {
                    ConfigurationError::new("the client certificate and its key do not match")
                        .caused_by(error)
                })?,
            None => builder.with_no_client_auth(),
        };
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(config)
    }
}

/// For a client that is never used for `https`: no authority is trusted.
pub(super) fn none() -> Result<ClientConfig, Error> {
    let provider = Arc::new(ring::default_provider());
    Ok(ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(unusable)?
        .with_root_certificates(RootCertStore::empty())
        .with_no_client_auth())
}

fn certificates(pem: &[u8], what: &str) -> Result<Vec<CertificateDer<'static>>, Error> {
    let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
    match found {
        Ok(found) if !found.is_empty() => Ok(found),
        _ => Err(
            ConfigurationError::new(format!("the {what} cannot be read"))
                .remedy("give them as PEM: `-----BEGIN CERTIFICATE-----` and so on")
                .into(),
        ),
    }
}

fn no_system_roots(error: rustls::Error) -> ConfigurationError {
    ConfigurationError::new("the certificate authorities of this system cannot be loaded")
        .remedy("install them (often the package `ca-certificates`) or give a CA file")
        .caused_by(error)
}

fn unusable(error: rustls::Error) -> ConfigurationError {
    ConfigurationError::new("TLS cannot be set up").caused_by(error)
}

/// Accepts any certificate. The signature of the handshake is still checked, so that at least the
/// key belongs to the certificate.
#[derive(Debug)]
struct AcceptAny(Arc<CryptoProvider>);

impl ServerCertVerifier for AcceptAny {
    fn verify_server_cert(
        &self,
        _end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.0.signature_verification_algorithms;
        verify_tls12_signature(message, certificate, signed, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.0.signature_verification_algorithms;
        verify_tls13_signature(message, certificate, signed, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}

#[cfg(test)]
mod tests;
