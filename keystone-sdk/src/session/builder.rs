//! What a session is made of.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use http::{HeaderName, HeaderValue};

use super::settings::Settings;
use super::{Session, Shared};
use crate::Error;
use crate::auth::AuthPlugin;
use crate::catalog::Interface;
use crate::clock::SharedClock;
use crate::transport::{Limit, Retries, Transport, TransportBuilder};

/// Settings of a [`Session`].
#[derive(Debug)]
#[must_use]
pub struct SessionBuilder {
    auth: Arc<dyn AuthPlugin>,
    wire: TransportBuilder,
    transport: Option<Transport>,
    settings: Settings,
}

impl SessionBuilder {
    pub(super) fn new(auth: Arc<dyn AuthPlugin>) -> Self {
        Self {
            auth,
            wire: Transport::builder(),
            transport: None,
            settings: Settings::default(),
        }
    }

    /// The region of endpoints, where a call names none.
    pub fn region_name(mut self, region: impl Into<String>) -> Self {
        self.settings.filter.region_name = Some(region.into());
        self
    }

    /// An acceptable interface of endpoints, where a call names none; the first named is preferred.
    pub fn interface(mut self, interface: Interface) -> Self {
        self.settings.filter.interfaces.push(interface);
        self
    }

    /// Uses a transport that is there already, with its connections and what it has discovered.
    /// It wins over all settings of the wire that are made here.
    pub fn transport(mut self, transport: Transport) -> Self {
        self.transport = Some(transport);
        self
    }

    /// The time for each exchange, to the end of the response; 60 seconds unless set.
    pub fn timeout(self, timeout: Duration) -> Self {
        self.wire(|wire| wire.timeout(timeout))
    }

    /// The time for making a connection; 10 seconds unless set.
    pub fn connect_timeout(self, timeout: Duration) -> Self {
        self.wire(|wire| wire.connect_timeout(timeout))
    }

    /// When requests are sent again, logins too; never unless set, save for dead connections.
    pub fn retries(self, retries: Retries) -> Self {
        self.wire(|wire| wire.retries(retries))
    }

    /// How many redirects of a call are followed; 30 unless set, 0 for none.
    pub fn redirects(self, most: u32) -> Self {
        self.wire(|wire| wire.redirects(most))
    }

    /// A limit that all requests keep to, logins too.
    pub fn throttle(self, limit: Limit) -> Self {
        self.wire(|wire| wire.throttle(limit))
    }

    /// Sets a header of all requests that do not set it themselves, logins too.
    pub fn header(self, name: HeaderName, value: HeaderValue) -> Self {
        self.wire(|wire| wire.header(name, value))
    }

    /// Put before this crate's own `User-Agent`, instead of the names of program and clients.
    pub fn user_agent(self, user_agent: impl Into<String>) -> Self {
        self.wire(|wire| wire.user_agent(user_agent))
    }

    /// The program that calls, with its version (which may be empty), for `User-Agent`.
    pub fn app(self, name: impl Into<String>, version: impl Into<String>) -> Self {
        self.wire(|wire| wire.app(name, version))
    }

    /// On whose behalf all requests are made: the address goes into `Forwarded` (RFC 7239).
    pub fn original_ip(self, address: IpAddr) -> Self {
        self.wire(|wire| wire.original_ip(address))
    }

    /// The clock by which tokens expire and pauses pass; the machine's unless set.
    pub fn clock(self, clock: SharedClock) -> Self {
        self.wire(|wire| wire.clock(clock))
    }

    /// Changes any setting of the wire: TLS, proxies, the largest body.
    ///
    /// ```
    /// # use keystone_sdk::session::SessionBuilder;
    /// # fn example(builder: SessionBuilder) -> SessionBuilder {
    /// builder.wire(|transport| transport.user_agent("inventory/1.0"))
    /// # }
    /// ```
    pub fn wire(mut self, change: impl FnOnce(TransportBuilder) -> TransportBuilder) -> Self {
        self.wire = change(self.wire);
        self
    }

    /// Like [`wire`](Self::wire), with a change that can fail.
    ///
    /// # Errors
    ///
    /// What `change` gives.
    pub fn try_wire(
        mut self,
        change: impl FnOnce(TransportBuilder) -> Result<TransportBuilder, Error>,
    ) -> Result<Self, Error> {
        self.wire = change(self.wire)?;
        Ok(self)
    }

    /// Makes the session. Nothing is sent yet.
    ///
    /// # Errors
    ///
    /// [`Error::Configuration`] when the HTTP client cannot be set up.
    pub fn build(self) -> Result<Session, Error> {
        let transport = match self.transport {
            Some(transport) => transport,
            None => self.wire.build()?,
        };
        Ok(Session {
            shared: Arc::new(Shared {
                auth: self.auth,
                transport,
            }),
            settings: Arc::new(self.settings),
        })
    }
}
