//! Settings of a transport.

use std::fmt;
use std::net::IpAddr;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use http::header::USER_AGENT;
use http::{HeaderMap, HeaderName, HeaderValue};
use url::Url;

use super::documents::Documents;
use super::timings::Timings;
use super::user_agent::UserAgent;
use super::{Clients, Limit, Retries, Transport, TransportParts, forwarded, redact};
use crate::clock::{SharedClock, SystemClock};
use crate::error::ConfigurationError;
use crate::setters::{setters, text_setters};
use crate::{Error, SecretString};

#[cfg(feature = "tls")]
use super::tls::TlsVersion;

/// The idle time before the first TCP keep-alive probe.
const KEEP_ALIVE: Duration = Duration::from_secs(60);
/// The time between probes.
const KEEP_ALIVE_INTERVAL: Duration = Duration::from_secs(15);

/// Settings of a [`Transport`].
#[derive(Clone)]
#[must_use]
pub struct TransportBuilder {
    pub(super) clock: SharedClock,
    pub(super) timeout: Duration,
    pub(super) max_body: usize,
    pub(super) retries: Retries,
    pub(super) redirects: u32,
    pub(super) limits: Vec<Limit>,
    pub(super) user_agent: UserAgent,
    /// The default headers; complete once the transport is built.
    pub(super) headers: HeaderMap,
    pub(super) collect_timings: bool,
    original_ip: Option<IpAddr>,
    connect_timeout: Duration,
    discovery_lifetime: Duration,
    http_proxy: Option<SecretString>,
    https_proxy: Option<SecretString>,
    no_proxy: Option<String>,
    #[cfg(feature = "tls")]
    tls: super::tls::Settings,
}

impl Default for TransportBuilder {
    fn default() -> Self {
        Self {
            clock: SystemClock::shared(),
            timeout: Duration::from_secs(60),
            max_body: 64 << 20,
            retries: Retries::new(),
            redirects: 30,
            limits: Vec::new(),
            user_agent: UserAgent::default(),
            headers: HeaderMap::new(),
            collect_timings: false,
            original_ip: None,
            connect_timeout: Duration::from_secs(10),
            discovery_lifetime: Duration::from_secs(600),
            http_proxy: None,
            https_proxy: None,
            no_proxy: None,
            #[cfg(feature = "tls")]
            tls: super::tls::Settings::default(),
        }
    }
}

impl TransportBuilder {
    setters! {
        /// The clock that decides when tokens expire and pauses end; the system's unless set.
        pub clock: SharedClock;

        /// The timeout of one exchange, to the end of the response; 60 seconds unless set. It starts
        /// anew for each attempt and each redirect.
        pub timeout: Duration;

        /// The timeout for making a connection; 10 seconds unless set.
        pub connect_timeout: Duration;

        /// The largest response body that is read, in bytes; 64 MiB unless set.
        pub max_body: usize;

        /// When requests are retried, logins too; never unless set, except on dead connections.
        pub retries: Retries;

        /// How many redirects of one request are followed; 30 unless set, 0 for none.
        ///
        /// To another origin, a request carries no credentials, and is not redirected if it has a body.
        pub redirects: u32;
    }

    /// A limit for all requests, logins too.
    pub fn throttle(mut self, limit: Limit) -> Self {
        self.limits.push(limit);
        self
    }

    /// Sets a header of all requests that do not set it themselves, logins too.
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.insert(name, value);
        self
    }

    setters! {
        /// Whether to record how long each exchange takes, for [`Transport::take_timings`].
        pub collect_timings: bool;

        /// How long version documents are cached; ten minutes unless set.
        pub discovery_lifetime: Duration;
    }

    /// The first part of `User-Agent`, instead of the names of program and clients. This crate's
    /// own name follows it.
    pub fn user_agent(mut self, user_agent: impl Into<String>) -> Self {
        self.user_agent.whole = Some(user_agent.into());
        self
    }

    /// The name and version of the calling program for `User-Agent`. The version may be empty.
    pub fn app(mut self, name: impl Into<String>, version: impl Into<String>) -> Self {
        self.user_agent.app = Some((name.into(), version.into()));
        self
    }

    /// The name and version of a library between the program and this one, for `User-Agent`.
    pub fn additional_user_agent(
        mut self,
        name: impl Into<String>,
        version: impl Into<String>,
    ) -> Self {
        let library = (name.into(), version.into());
        self.user_agent.additional.push(library);
        self
    }

    setters! {
        /// The address of the original client of all requests, sent in `Forwarded` (RFC 7239).
        pub original_ip: IpAddr;
    }

    /// The proxy for `http` URLs; it may contain a user and a password.
    pub fn http_proxy(mut self, url: impl Into<SecretString>) -> Self {
        self.http_proxy = Some(url.into());
        self
    }

    /// The proxy for `https` URLs; it may contain a user and a password.
    pub fn https_proxy(mut self, url: impl Into<SecretString>) -> Self {
        self.https_proxy = Some(url.into());
        self
    }

    text_setters! {
        /// Hosts that are reached without a proxy: names, domains and networks, separated by commas.
        pub no_proxy;
    }

    /// Trusts only the certificate authorities in this PEM data, not those of the system.
    ///
    /// # Errors
    ///
    /// [`Error::Configuration`] when it contains no certificate.
    #[cfg(feature = "tls")]
    pub fn ca_certificates(mut self, pem: &[u8]) -> Result<Self, Error> {
        self.tls.set_roots(pem)?;
        Ok(self)
    }

    /// Authenticates with this client certificate (with its chain) and key, both as PEM.
    ///
    /// # Errors
    ///
    /// [`Error::Configuration`] when one of them cannot be read.
    #[cfg(feature = "tls")]
    pub fn client_certificate(
        mut self,
        certificate_pem: &[u8],
        key_pem: &SecretString,
    ) -> Result<Self, Error> {
        self.tls.set_identity(certificate_pem, key_pem)?;
        Ok(self)
    }

    /// The oldest version of TLS that is accepted; 1.2 unless set.
    #[cfg(feature = "tls")]
    pub fn min_tls_version(mut self, version: TlsVersion) -> Self {
        self.tls.min_version = version;
        self
    }

    /// Accepts any server certificate, so passwords and tokens can go to an attacker. For tests on
    /// a local machine only.
    #[cfg(feature = "tls")]
    pub fn danger_accept_any_certificate(mut self, accept: bool) -> Self {
        self.tls.accept_any = accept;
        self
    }

    /// Builds the transport. No file is read and nothing is sent.
    ///
    /// # Errors
    ///
    /// [`Error::Configuration`] for invalid settings, such as a proxy that is not a URL, or a
    /// `User-Agent` that no header can carry.
    pub fn build(mut self) -> Result<Transport, Error> {
        let user_agent = self.user_agent.header(None)?;
        let user_agent = self.headers.entry(USER_AGENT).or_insert(user_agent).clone();
        if let Some(address) = self.original_ip {
            let value = forwarded::value(address, &user_agent)?;
            self.headers.entry(forwarded::NAME).or_insert(value);
        }
        redact::mark(&mut self.headers);
        let plain = self.clients(
            #[cfg(feature = "tls")]
            super::tls::none()?,
        )?;
        Ok(Transport(Arc::new(TransportParts {
            plain,
            secure: OnceLock::new(),
            documents: Documents::new(self.discovery_lifetime),
            timings: Timings::default(),
            settings: self,
        })))
    }

    #[cfg(feature = "tls")]
    pub(super) fn secure_clients(&self) -> Result<Clients, Error> {
        self.clients(self.tls.config()?)
    }

    #[cfg(not(feature = "tls"))]
    #[expect(clippy::unused_self, reason = "the other one reads the settings")]
    pub(super) fn secure_clients(&self) -> Result<Clients, Error> {
        Err(without_tls("`https`").into())
    }

    fn clients(&self, #[cfg(feature = "tls")] tls: rustls::ClientConfig) -> Result<Clients, Error> {
        let client = |max_idle: usize| {
            let builder = self.client_builder()?.pool_max_idle_per_host(max_idle);
            #[cfg(feature = "tls")]
            let builder = builder.tls_backend_preconfigured(tls.clone());
            builder.build().map_err(|error| {
                ConfigurationError::new("the HTTP client cannot be set up").caused_by(error)
            })
        };
        Ok(Clients {
            pooled: client(usize::MAX)?,
            fresh: client(0)?,
        })
    }

    fn client_builder(&self) -> Result<reqwest::ClientBuilder, ConfigurationError> {
        let mut builder = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(self.connect_timeout)
            .tcp_keepalive(KEEP_ALIVE)
            .tcp_keepalive_interval(KEEP_ALIVE_INTERVAL)
            .no_proxy();
        for (scheme, proxy) in [("http", &self.http_proxy), ("https", &self.https_proxy)] {
            if let Some(address) = proxy {
                builder = builder.proxy(self.proxy(scheme, address.expose())?);
            }
        }
        Ok(builder)
    }

    fn proxy(&self, scheme: &str, address: &str) -> Result<reqwest::Proxy, ConfigurationError> {
        if let Ok(url) = Url::parse(address) {
            refuse_without_tls(&url, &format!("the proxy for `{scheme}`"))?;
        }
        let proxy = match scheme {
            "http" => reqwest::Proxy::http(address),
            _ => reqwest::Proxy::https(address),
        };
        let no_proxy = self.no_proxy.as_deref();
        let no_proxy = no_proxy.and_then(reqwest::NoProxy::from_string);
        // The cause is left out: it repeats the address, which may hold a password.
        proxy.map(|proxy| proxy.no_proxy(no_proxy)).map_err(|_| {
            ConfigurationError::new(format!("the proxy for `{scheme}` is not a URL"))
                .remedy("write it as `http://host:port`")
        })
    }
}

/// Refuses a URL that needs TLS in a program without it, already when it is configured: otherwise a
/// service would start and fail at every request. `what` names the URL.
pub(crate) fn refuse_without_tls(url: &Url, what: &str) -> Result<(), ConfigurationError> {
    if cfg!(feature = "tls") || url.scheme() != "https" {
        return Ok(());
    }
    Err(without_tls(&format!(
        "{what} is `{}`, which",
        redact::address(url)
    )))
}

fn without_tls(what: &str) -> ConfigurationError {
    ConfigurationError::new(format!("{what} needs TLS, and this program was built without it")).remedy(
        "turn on the feature `tls` of keystone-sdk or keystone-middleware, or use an `http` address",
    )
}

impl fmt::Debug for TransportBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TransportBuilder")
            .field("timeout", &self.timeout)
            .field("connect_timeout", &self.connect_timeout)
            .field("max_body", &self.max_body)
            .field("retries", &self.retries)
            .field("redirects", &self.redirects)
            .field("limits", &self.limits)
            .field("user_agent", &self.user_agent)
            .field("headers", &redact::headers(&self.headers))
            .finish_non_exhaustive()
    }
}
