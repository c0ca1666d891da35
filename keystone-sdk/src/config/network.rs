//! Settings of the network from files and the environment: time-outs, proxies, certificates.

use crate::Error;
use crate::config::located::Located;
#[cfg(feature = "tls")]
use crate::config::permissions;
use crate::config::variables::Variables;
#[cfg(feature = "tls")]
use crate::error::ConfigurationError;
#[cfg(feature = "tls")]
use crate::transport::TlsVersion;
use crate::transport::TransportBuilder;

/// A path, with the place where it stands.
pub(super) struct FileName {
    pub(super) path: String,
    pub(super) place: String,
}

/// Whom to trust on the wire and as whom to appear.
#[derive(Default)]
pub(super) struct Certificates {
    pub(super) authorities: Option<FileName>,
    pub(super) certificate: Option<FileName>,
    pub(super) key: Option<FileName>,
    pub(super) accept_any: bool,
    /// The oldest version of TLS.
    pub(super) min_version: Option<Located>,
}

impl Certificates {
    /// Reads the files and passes on what is in them.
    #[cfg(feature = "tls")]
    pub(super) fn apply(self, mut wire: TransportBuilder) -> Result<TransportBuilder, Error> {
        if let Some(file) = &self.authorities {
            let pem = file.read()?;
            wire = wire
                .ca_certificates(&pem)
                .map_err(|error| file.fault(error))?;
        }
        if let Some(certificate) = &self.certificate {
            // One file may hold both.
            let key = self.key.as_ref().unwrap_or(certificate);
            permissions::warn_if_open(&key.path);
            let key_pem = String::from_utf8(key.read()?)
                .map_err(|_| key.fault("it is not PEM"))?
                .into();
            wire = wire
                .client_certificate(&certificate.read()?, &key_pem)
                .map_err(|error| certificate.fault(error))?;
        } else if let Some(key) = self.key {
            return Err(
                ConfigurationError::new("there is a key, but no client certificate")
                    .at(key.place)
                    .remedy("name the certificate's file too")
                    .into(),
            );
        }
        if let Some(Located { text, place }) = self.min_version {
            let version = TlsVersion::parse(text.trim()).ok_or_else(|| {
                super::malformed("tls_min_version", &text, "`1.2` or `1.3`", place)
            })?;
            wire = wire.min_tls_version(version);
        }
        Ok(wire.danger_accept_any_certificate(self.accept_any))
    }

    /// Without TLS there is nobody to trust; that `https` does not work is said when it is used.
    #[cfg(not(feature = "tls"))]
    #[expect(clippy::unnecessary_wraps, reason = "the other one can fail")]
    pub(super) fn apply(self, wire: TransportBuilder) -> Result<TransportBuilder, Error> {
        let files = [self.authorities, self.certificate, self.key];
        for FileName { path, place } in files.into_iter().flatten() {
            tracing::warn!(
                path,
                place,
                "not read, for this program was built without TLS"
            );
        }
        if self.accept_any || self.min_version.is_some() {
            tracing::warn!(
                "`insecure` and `tls_min_version` mean nothing, for this program was built without TLS"
            );
        }
        Ok(wire)
    }
}

#[cfg(feature = "tls")]
impl FileName {
    fn read(&self) -> Result<Vec<u8>, Error> {
        std::fs::read(&self.path).map_err(|error| {
            ConfigurationError::new(format!("the file `{}` cannot be read", self.path))
                .at(&self.place)
                .caused_by(error)
                .into()
        })
    }

    fn fault(&self, cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Error {
        ConfigurationError::new(format!("the file `{}` cannot be used", self.path))
            .at(&self.place)
            .caused_by(cause)
            .into()
    }
}

/// Proxies as most programs read them.
pub(super) fn with_proxies(mut wire: TransportBuilder, variables: &Variables) -> TransportBuilder {
    let either = |name: &str| {
        variables
            .get(name)
            .or_else(|| variables.get(&name.to_uppercase()))
    };
    // In a CGI program a caller can set `HTTP_PROXY` by a header.
    let http = if variables.get("REQUEST_METHOD").is_some() {
        variables.get("http_proxy")
    } else {
        either("http_proxy")
    };
    if let Some(proxy) = http {
        wire = wire.http_proxy(proxy);
    }
    if let Some(proxy) = either("https_proxy") {
        wire = wire.https_proxy(proxy);
    }
    match either("no_proxy") {
        Some(hosts) => wire.no_proxy(hosts),
        None => wire,
    }
}
