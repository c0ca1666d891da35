//! The filter that describes the endpoint of a call.

use std::fmt;

use url::Url;

use super::{CatalogEndpoint, CatalogService, Interface, aliases};
use crate::Error;
use crate::discovery::{Version, VersionRange};
use crate::error::DiscoveryError;
use crate::setters::{setters, text_setters};

/// Describes the endpoint of a call. Empty parts match everything.
#[derive(Clone, Debug, Default, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub struct EndpointFilter {
    /// The service's type or an alias of it, such as `identity` or `volumev3`. A type that ends in
    /// a version, such as `volumev3`, also selects that version when versions are discovered.
    pub service_type: Option<String>,
    /// The service's name.
    pub service_name: Option<String>,
    /// The service's id.
    pub service_id: Option<String>,
    /// The endpoint's id.
    pub endpoint_id: Option<String>,
    /// The acceptable interfaces, the preferred one first; empty means public.
    pub interfaces: Vec<Interface>,
    /// The region's id, compared exactly.
    pub region_name: Option<String>,
    /// The acceptable API versions, found by discovery.
    pub versions: VersionRange,
    /// Which statuses of a version are acceptable.
    pub allowed: Allowed,
    /// Uses this URL instead of the catalog's. Versions are only looked for there.
    pub url: Option<Url>,
    /// Uses `auth_url` instead of the URL in the catalog.
    pub at_auth_url: bool,
    /// Runs version discovery even where it is not needed to find the URL, so that
    /// [`Endpoint::version`](super::Endpoint::version) is filled in.
    pub discover: bool,
    /// Uses the URL in the catalog without discovery, whatever versions are requested.
    pub skip_discovery: bool,
    /// Looks for the version document at the URL in the catalog only, not above it.
    pub without_guessing: bool,
}

/// Which versions are acceptable besides current and supported ones.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub struct Allowed {
    /// Deprecated versions; acceptable by default.
    pub deprecated: bool,
    /// Experimental versions.
    pub experimental: bool,
    /// Versions with an unknown status.
    pub unknown: bool,
}

impl Default for Allowed {
    fn default() -> Self {
        Self {
            deprecated: true,
            experimental: false,
            unknown: false,
        }
    }
}

impl Allowed {
    setters! {
        /// Whether deprecated versions are acceptable.
        #[must_use]
        pub deprecated: bool;

        /// Whether experimental versions are acceptable.
        #[must_use]
        pub experimental: bool;

        /// Whether versions with an unknown status are acceptable.
        #[must_use]
        pub unknown: bool;
    }
}

impl EndpointFilter {
    /// The public endpoint of a service type.
    pub fn service_type(service_type: impl Into<String>) -> Self {
        Self {
            service_type: Some(service_type.into()),
            ..Self::default()
        }
    }

    /// Adds an acceptable interface; the first one is preferred.
    #[must_use]
    pub fn interface(mut self, interface: Interface) -> Self {
        self.interfaces.push(interface);
        self
    }

    text_setters! {
        /// Requests a region.
        #[must_use]
        pub region_name;

        /// Requests a service by name.
        #[must_use]
        pub service_name;

        /// Requests a service by id.
        #[must_use]
        pub service_id;

        /// Requests an endpoint by id.
        #[must_use]
        pub endpoint_id;
    }

    /// Requests a major API version.
    #[must_use]
    pub fn major_version(self, version: u16) -> Self {
        self.versions(VersionRange::compatible_with(Version::new(version, 0)))
    }

    setters! {
        /// Requests an API version in this range.
        ///
        /// ```
        /// use keystone_sdk::catalog::EndpointFilter;
        /// use keystone_sdk::discovery::VersionRange;
        ///
        /// let versions = VersionRange::from_options(None, Some("2.1"), Some("2.latest"))?;
        /// let compute = EndpointFilter::service_type("compute").versions(versions);
        /// # Ok::<_, keystone_sdk::Error>(())
        /// ```
        #[must_use]
        pub versions: VersionRange;
    }

    /// Sets which versions are acceptable besides current and supported ones.
    #[must_use]
    pub fn allow(mut self, allowed: Allowed) -> Self {
        self.allowed = allowed;
        self
    }

    /// Uses this URL instead of the catalog's.
    #[must_use]
    pub fn at(mut self, url: Url) -> Self {
        self.url = Some(url);
        self
    }

    /// Uses `auth_url` instead of the URL in the catalog.
    #[must_use]
    pub fn at_auth_url(mut self) -> Self {
        self.at_auth_url = true;
        self
    }

    /// Runs version discovery even where it is not needed to find the URL.
    #[must_use]
    pub fn discover(mut self) -> Self {
        self.discover = true;
        self
    }

    /// Uses the URL in the catalog without discovery, whatever versions are requested.
    #[must_use]
    pub fn skip_discovery(mut self) -> Self {
        self.skip_discovery = true;
        self
    }

    /// Looks for the version document at the URL in the catalog only, not above it.
    #[must_use]
    pub fn without_guessing(mut self) -> Self {
        self.without_guessing = true;
        self
    }

    /// This filter; parts that it leaves open are taken from `around`. Those that belong to one
    /// service, such as its name, versions and URL, are only taken if both filters are of the same
    /// service.
    #[must_use]
    pub fn or(&self, around: &Self) -> Self {
        let mut filter = self.clone();
        filter.fill_from(around);
        filter
    }

    /// As [`or`](Self::or), in place.
    pub(crate) fn fill_from(&mut self, around: &Self) {
        if self.is_of_service(around) {
            fill(&mut self.service_name, &around.service_name);
            fill(&mut self.service_id, &around.service_id);
            fill(&mut self.endpoint_id, &around.endpoint_id);
            fill(&mut self.url, &around.url);
            self.at_auth_url |= around.at_auth_url;
            if self.versions.is_empty() {
                self.versions = around.versions;
            }
        }
        fill(&mut self.service_type, &around.service_type);
        fill(&mut self.region_name, &around.region_name);
        if self.interfaces.is_empty() {
            self.interfaces.clone_from(&around.interfaces);
        }
        if self.allowed == Allowed::default() {
            self.allowed = around.allowed;
        }
        self.discover |= around.discover;
        self.skip_discovery |= around.skip_discovery;
        self.without_guessing |= around.without_guessing;
    }

    /// Whether both filters can be of the same service: their types are equal or aliases, or one
    /// leaves the type open.
    pub(crate) fn is_of_service(&self, around: &Self) -> bool {
        match (&self.service_type, &around.service_type) {
            (Some(own), Some(other)) => {
                aliases::acceptable(own).any(|it| aliases::same(it, other))
                    || aliases::acceptable(other).any(|it| aliases::same(it, own))
            }
            _ => true,
        }
    }

    /// Refuses a filter that cannot match any endpoint.
    pub(crate) fn check(&self) -> Result<(), Error> {
        let parts = [
            &self.service_type,
            &self.service_name,
            &self.service_id,
            &self.endpoint_id,
        ];
        let names_one = parts.iter().any(|part| part.is_some());
        if !names_one && self.url.is_none() && !self.at_auth_url {
            return Err(DiscoveryError::new("the endpoint filter names no service")
                .remedy("set the type of the service, such as `identity`")
                .into());
        }
        wanted_versions(self).map(|_| ())
    }

    /// The acceptable interfaces, the preferred one first.
    pub fn wanted_interfaces(&self) -> &[Interface] {
        if self.interfaces.is_empty() {
            &[Interface::Public]
        } else {
            &self.interfaces
        }
    }

    pub(super) fn accepts(&self, service: &CatalogService) -> bool {
        // Services in a catalog need not have a name.
        let accepts = |wanted: &Option<String>, found: &str| {
            let wanted = wanted.as_deref();
            wanted.is_none_or(|wanted| found.is_empty() || wanted == found)
        };
        accepts(&self.service_name, &service.name) && accepts(&self.service_id, &service.id)
    }

    pub(super) fn accepts_endpoint(&self, endpoint: &CatalogEndpoint) -> bool {
        let region = self.region_name.as_deref();
        let id = self.endpoint_id.as_deref();
        region.is_none_or(|region| endpoint.region_name() == Some(region))
            && id.is_none_or(|id| endpoint.id == id)
            && !endpoint.url.is_empty()
    }
}

/// Takes the value of an outer level where none is set here.
pub(crate) fn fill<T: Clone>(own: &mut Option<T>, around: &Option<T>) {
    if own.is_none() {
        own.clone_from(around);
    }
}

/// The versions requested, narrowed to the one that the service type implies.
pub(crate) fn wanted_versions(filter: &EndpointFilter) -> Result<VersionRange, Error> {
    let named = filter.service_type.as_deref();
    let implied = named.and_then(|it| Some((it, aliases::implied_version(it)?)));
    match implied {
        Some((service_type, major)) => filter.versions.within(service_type, major),
        None => Ok(filter.versions),
    }
}

impl fmt::Display for EndpointFilter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.service_type {
            Some(service_type) => write!(f, "type `{service_type}`")?,
            None => f.write_str("any type")?,
        }
        for (what, text) in [
            ("name", &self.service_name),
            ("id", &self.service_id),
            ("endpoint", &self.endpoint_id),
        ] {
            if let Some(text) = text {
                write!(f, ", {what} `{text}`")?;
            }
        }
        f.write_str(", interface ")?;
        for (index, interface) in self.wanted_interfaces().iter().enumerate() {
            let or = if index == 0 { "" } else { " or " };
            write!(f, "{or}{interface}")?;
        }
        match &self.region_name {
            Some(region) => write!(f, ", region `{region}`"),
            None => Ok(()),
        }
    }
}
