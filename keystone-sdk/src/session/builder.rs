//! Settings of a session.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use http::{HeaderName, HeaderValue};

use super::setters::forward_setters;
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

    /// The region of the endpoints of calls that name none.
    pub fn region_name(mut self, region: impl Into<String>) -> Self {
        self.settings.filter.region_name = Some(region.into());
        self
    }

    /// An acceptable interface of the endpoints of calls that name none; the first one is preferred.
    pub fn interface(mut self, interface: Interface) -> Self {
        self.settings.filter.interfaces.push(interface);
        self
    }

    /// Uses an existing transport, with its connections and discovered versions. It overrides all
    /// transport settings of this builder.
    pub fn transport(mut self, transport: Transport) -> Self {
        self.transport = Some(transport);
        self
    }

    forward_setters! {
        wire;

        /// The timeout of each exchange, to the end of the response; 60 seconds unless set.
        timeout(timeout: Duration);

        /// The timeout for making a connection; 10 seconds unless set.
        connect_timeout(timeout: Duration);

        /// When requests are retried, logins too; never unless set, except on dead connections.
        retries(retries: Retries);

        /// How many redirects of a call are followed; 30 unless set, 0 for none.
        redirects(most: u32);

        /// A limit for all requests, logins too.
        throttle(limit: Limit);

        /// Sets a header of all requests that do not set it themselves, logins too.
        header(name: HeaderName, value: HeaderValue);

        /// The first part of `User-Agent`, instead of the names of program and clients. This crate's
        /// own name follows it.
        user_agent(user_agent: impl Into<String>);

        /// The name and version of the calling program for `User-Agent`. The version may be empty.
        app(name: impl Into<String>, version: impl Into<String>);

        /// The address of the original client of all requests, sent in `Forwarded` (RFC 7239).
        original_ip(address: IpAddr);

        /// The clock that decides when tokens expire and pauses end; the system's unless set.
        clock(clock: SharedClock);
    }

    /// Changes any setting of the transport: TLS, proxies, the largest body.
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

    /// As [`wire`](Self::wire), for a change that can fail.
    ///
    /// # Errors
    ///
    /// Those of `change`.
    pub fn try_wire(
        mut self,
        change: impl FnOnce(TransportBuilder) -> Result<TransportBuilder, Error>,
    ) -> Result<Self, Error> {
        self.wire = change(self.wire)?;
        Ok(self)
    }

    /// Builds the session. Nothing is sent yet.
    ///
    /// # Errors
    ///
    /// [`Error::Configuration`] when the HTTP client cannot be set up.
    pub fn build(self) -> Result<Session, Error> {
        let transport = self.transport.map_or_else(|| self.wire.build(), Ok)?;
        Ok(Session {
            shared: Arc::new(Shared {
                auth: self.auth,
                transport,
            }),
            settings: Arc::new(self.settings),
        })
    }
}
