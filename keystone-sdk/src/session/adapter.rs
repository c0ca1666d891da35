//! A session with settings for the calls of one service, one region, one library.

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use super::Session;
use super::setters::call_settings;
use super::settings::Settings;
use crate::Error;
use crate::catalog::{EndpointFilter, Interface};
use crate::transport::Limit;

/// A session whose calls have defaults: a service, a region, a microversion, retries.
///
/// It is a [`Session`] wherever one is wanted, for generated clients too, and shares connections
/// and token with the session that it was made of. Adapters nest: what is nearest to the call
/// wins, that is the call itself, then the innermost adapter, then those around it, then the
/// session. Limits are the exception: all of them hold.
///
/// What belongs to one service (its name, its version, its endpoint override and its microversion)
/// is not used for calls of another one.
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

    /// The session with these settings, for whoever keeps one.
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

    /// An acceptable interface of the endpoint; the first named is preferred.
    pub fn interface(mut self, interface: Interface) -> Self {
        self.settings.filter.interfaces.push(interface);
        self
    }

    /// Gives back a response of any status instead of an error.
    pub fn accept_any_status(mut self) -> Self {
        self.settings.any_status = Some(true);
        self
    }

    /// All that describes the endpoint, its version too. What the filter does not say stays.
    pub fn endpoint(mut self, filter: EndpointFilter) -> Self {
        self.settings.filter = filter.or(&self.settings.filter);
        self
    }

    /// At most so many calls under way at once, each until the end of its response.
    ///
    /// # Errors
    ///
    /// [`Error::Configuration`] for zero.
    pub fn concurrency(self, most: usize) -> Result<Self, Error> {
        Ok(self.throttle(Limit::concurrency(most)?))
    }

    /// At most so many calls a second, evenly spaced; see [`Limit::rate`] for bursts.
    ///
    /// # Errors
    ///
    /// [`Error::Configuration`] for a rate that is not above zero.
    pub fn rate_limit(self, per_second: f64) -> Result<Self, Error> {
        Ok(self.throttle(Limit::rate(per_second, 1)?))
    }

    /// Makes the adapter. Nothing is sent.
    ///
    /// # Errors
    ///
    /// [`Error::Configuration`] for what could never be sent: an endpoint override that makes no
    /// address, a microversion that is none, a `User-Agent` that no header can carry.
    pub fn build(self) -> Result<Adapter, Error> {
        let settings = self.settings.or(&self.session.settings);
        settings.check(self.session.transport())?;
        Ok(Adapter(Session {
            shared: self.session.shared,
            settings: Arc::new(settings),
        }))
    }
}
