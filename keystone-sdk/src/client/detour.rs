//! Where one call goes, if not where all calls of its client go.

use std::borrow::Cow;

use url::Url;

use crate::Error;
use crate::catalog::{EndpointFilter, Interface};
use crate::error::ConfigurationError;

/// What one call says of its endpoint.
#[derive(Clone, Debug, Default)]
pub(super) struct Detour {
    pub(super) address: Option<Url>,
    pub(super) interface: Option<Interface>,
    pub(super) region_name: Option<String>,
}

impl Detour {
    /// The endpoint to look for in the catalog.
    pub(super) fn filter<'a>(&self, usual: &'a EndpointFilter) -> Cow<'a, EndpointFilter> {
        let mut filter = Cow::Borrowed(usual);
        if let Some(region) = &self.region_name {
            filter.to_mut().region_name = Some(region.clone());
        }
        if let Some(interface) = self.interface {
            filter.to_mut().interfaces = vec![interface];
        }
        filter
    }

    /// Refuses a choice among the endpoints of the catalog where the catalog is not asked.
    pub(super) fn check_fixed(&self, address: &Url) -> Result<(), Error> {
        let chosen = match (&self.region_name, self.interface) {
            (None, None) => return Ok(()),
            (Some(region), _) => format!("the region `{region}`"),
            (None, Some(interface)) => format!("the interface `{interface}`"),
        };
        let address = address.host_str().unwrap_or_default();
        let message =
            format!("{chosen} cannot be chosen for a call to a fixed address (`{address}`)");
        let remedy = "leave it out, or make the client with an endpoint of the catalog";
        Err(ConfigurationError::new(message).remedy(remedy).into())
    }
}
