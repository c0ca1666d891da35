//! A session with settings for the calls of one service, region or library.

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use super::Session;
use super::setters::call_settings;
use super::settings::Settings;
use crate::Error;
use crate::catalog::{EndpointFilter, Interface};
use crate::transport::Limit;

/// A session with defaults for its calls: a service, a region, a microversion, retries.
///
/// It dereferences to a [`Session`], so generated clients take it too, and it shares connections
/// and token with the original session. Adapters nest: a setting of the call takes precedence, then
/// one of the innermost adapter, then those of the outer ones, then the session's. Limits are the
/// exception: all of them apply.
///
/// Settings of one service (its name, version, endpoint override and microversion) are not used for
/// calls of another one.
///
/// ```no_run
/// use keystone_sdk::session::{Adapter, Call};
/// use keystone_sdk::transport::Retries;
/// use keystone_sdk::{Session, identity};
///
/// # async fn example(session: &Session) -> Result<(), keystone_sdk::Error> {
/// let patient = session.adapter().region_name("one").retries(Retries::new().connect(3)).build()?;
/// let compute: Adapter = patient.adapter().service_type("compute").microversion("2.79").build()?;
/// let servers = compute.send(Call::get("servers")).await?;
/// let identity = identity::v3::Client::new(&patient);
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Adapter(Session);

impl Adapter {
    /// Settings to change before [`build`](AdapterBuilder::build); the same as
    /// [`Session::adapter`].
    pub fn builder(session: &Session) -> AdapterBuilder {
        AdapterBuilder {
            session: session.clone(),
            settings: Settings::default(),
        }
    }

    /// The session with these settings.
    pub fn into_session(self) -> Session {
        self.0
    }
}

impl Deref for Adapter {
    type Target = Session;

    fn deref(&self) -> &Session {
        &self.0
    }
}

impl AsRef<Session> for Adapter {
    fn as_ref(&self) -> &Session {
        &self.0
    }
}

impl From<Adapter> for Session {
    fn from(adapter: Adapter) -> Self {
        adapter.0
    }
}

impl fmt::Debug for Adapter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Adapter").field(&self.0).finish()
    }
}

/// Settings of an [`Adapter`].
#[derive(Clone, Debug)]
#[must_use]
pub struct AdapterBuilder {
    session: Session,
    settings: Settings,
}

impl AdapterBuilder {
    call_settings!(@shared settings);

    /// The type of the service, such as `compute`, or an alias of it.
    pub fn service_type(mut self, service_type: impl Into<String>) -> Self {
        self.settings.filter.service_type = Some(service_type.into());
        self
    }

    /// The name of the service.
    pub fn service_name(mut self, name: impl Into<String>) -> Self {
        self.settings.filter.service_name = Some(name.into());
        self
    }

    /// An acceptable interface of the endpoint; the first one is preferred.
    pub fn interface(mut self, interface: Interface) -> Self {
        self.settings.filter.interfaces.push(interface);
        self
    }

    /// Returns a response of any status instead of an error.
    pub fn accept_any_status(mut self) -> Self {
        self.settings.any_status = Some(true);
        self
    }

    /// The endpoint, including its version. Parts that the filter leaves open stay as they are.
    pub fn endpoint(mut self, filter: EndpointFilter) -> Self {
        self.settings.filter = filter.or(&self.settings.filter);
        self
    }

    /// The most calls in flight at once, each until the end of its response.
    ///
    /// # Errors
    ///
    /// [`Error::Configuration`] for zero.
    pub fn concurrency(self, most: usize) -> Result<Self, Error> {
        Ok(self.throttle(Limit::concurrency(most)?))
    }

    /// The most calls per second, evenly spaced; see [`Limit::rate`] for bursts.
    ///
    /// # Errors
    ///
    /// [`Error::Configuration`] for a rate that is not above zero.
    pub fn rate_limit(self, per_second: f64) -> Result<Self, Error> {
        Ok(self.throttle(Limit::rate(per_second, 1)?))
    }

    /// Builds the adapter. Nothing is sent.
    ///
    /// # Errors
    ///
    /// [`Error::Configuration`] for a malformed endpoint override or microversion, and for a
    /// `User-Agent` that no header can carry.
    pub fn build(self) -> Result<Adapter, Error> {
        let settings = self.settings.or(&self.session.settings);
        settings.check(self.session.transport())?;
        Ok(Adapter(Session {
            shared: self.session.shared,
            settings: Arc::new(settings),
        }))
    }
}
