//! What files and the environment say of a session, besides its plugin.

use std::sync::Arc;
use std::time::Duration;

use crate::auth::AuthPlugin;
use crate::catalog::Interface;
use crate::config::env::Variables;
use crate::config::wire::{self, Certificates};
use crate::session::SessionBuilder;
use crate::{Error, Session};

/// The same for every source.
#[derive(Default)]
pub(super) struct Settings {
    pub(super) region_name: Option<String>,
    pub(super) interfaces: Vec<Interface>,
    /// For a whole call, and so for making a connection.
    pub(super) timeout: Option<Duration>,
    pub(super) certificates: Certificates,
}

impl Settings {
    /// Settings of a session with `plugin`; `variables` name the proxies.
    pub(super) fn builder(
        self,
        plugin: Arc<dyn AuthPlugin>,
        variables: &Variables,
    ) -> Result<SessionBuilder, Error> {
        let mut builder = Session::builder(plugin);
        if let Some(region) = self.region_name.filter(|region| !region.is_empty()) {
            builder = builder.region_name(region);
        }
        for interface in self.interfaces {
            builder = builder.interface(interface);
        }
        if let Some(timeout) = self.timeout {
            builder = builder.timeout(timeout).connect_timeout(timeout);
        }
        let certificates = self.certificates;
        builder.try_wire(|wire| certificates.apply(wire::with_proxies(wire, variables)))
    }
}
