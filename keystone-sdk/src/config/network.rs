//! Settings of the network from files and the environment: proxies and certificates.

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

/// The certificates of a session; the values are paths of files.
#[derive(Default)]
pub(super) struct Certificates {
    pub(super) authorities: Option<Located>,
    pub(super) certificate: Option<Located>,
    pub(super) key: Option<Located>,
    pub(super) accept_any: bool,
    /// The oldest version of TLS.
    pub(super) min_version: Option<Located>,
}

impl Certificates {
    /// Reads the files into the settings of a transport.
    #[cfg(feature = "tls")]
    pub(super) fn apply(self, mut wire: TransportBuilder) -> Result<TransportBuilder, Error> {
        if let Some(file) = &self.authorities {
            wire = wire
                .ca_certificates(&read(file)?)
                .map_err(|error| fault(file, error))?;
        }
        if let Some(certificate) = &self.certificate {
            // One file may contain both.
            let key = self.key.as_ref().unwrap_or(certificate);
            permissions::warn_if_open(&key.text);
            let key_pem = String::from_utf8(read(key)?).map_err(|_| fault(key, "it is not PEM"))?;
            wire = wire
                .client_certificate(&read(certificate)?, &key_pem.into())
                .map_err(|error| fault(certificate, error))?;
        } else if let Some(key) = self.key {
            return Err(
                ConfigurationError::new("there is a key, but no client certificate")
                    .at(key.place)
                    .remedy("set the file of the certificate too")
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

    /// Without TLS there are no certificates; `https` is refused when it is used.
    #[cfg(not(feature = "tls"))]
    #[expect(clippy::unnecessary_wraps, reason = "the other one can fail")]
    pub(super) fn apply(self, wire: TransportBuilder) -> Result<TransportBuilder, Error> {
        let files = [self.authorities, self.certificate, self.key];
        for Located { text: path, place } in files.into_iter().flatten() {
            tracing::warn!(path, place, "not read: this program was built without TLS");
        }
        if self.accept_any || self.min_version.is_some() {
            tracing::warn!(
                "`insecure` and `tls_min_version` have no effect: this program was built without TLS"
            );
        }
        Ok(wire)
    }
}

#[cfg(feature = "tls")]
fn read(file: &Located) -> Result<Vec<u8>, Error> {
    std::fs::read(&file.text).map_err(|error| {
        ConfigurationError::new(format!("the file `{}` cannot be read", file.text))
            .at(&file.place)
            .caused_by(error)
            .into()
    })
}

#[cfg(feature = "tls")]
fn fault(file: &Located, cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Error {
    ConfigurationError::new(format!("the file `{}` cannot be used", file.text))
        .at(&file.place)
        .caused_by(cause)
        .into()
}

/// Sets the proxies that the usual variables name.
pub(super) fn with_proxies(mut wire: TransportBuilder, variables: &Variables) -> TransportBuilder {
    let either = |name: &str| {
        variables
            .get(name)
            .or_else(|| variables.get(&name.to_uppercase()))
    };
    // In a CGI program, a client can set `HTTP_PROXY` with a header.
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
