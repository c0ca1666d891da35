//! An endpoint that was found.

use url::Url;

use super::{CatalogEndpoint, CatalogService, EndpointFilter};
use crate::discovery::{ApiVersion, version_in};

/// An endpoint that was found, with data from the catalog and from discovery.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Endpoint {
    /// The URL to which paths are appended.
    pub url: Url,
    /// The URL in the catalog, if the endpoint comes from one.
    pub catalog_url: Option<Url>,
    /// The service's type, as the catalog writes it.
    pub service_type: Option<String>,
    /// The service's name.
    pub service_name: Option<String>,
    /// The service's id.
    pub service_id: Option<String>,
    /// The interface, as the catalog writes it.
    pub interface: Option<String>,
    /// The region.
    pub region_name: Option<String>,
    /// The endpoint's id.
    pub endpoint_id: Option<String>,
    /// The version that was discovered, if discovery ran.
    pub version: Option<ApiVersion>,
}

impl Endpoint {
    /// An endpoint at `url`.
    pub fn new(url: Url) -> Self {
        Self {
            url,
            catalog_url: None,
            service_type: None,
            service_name: None,
            service_id: None,
            interface: None,
            region_name: None,
            endpoint_id: None,
            version: None,
        }
    }

    /// The major and minor version: the discovered one, or else the one in the URL.
    pub fn api_version(&self) -> Option<(u16, u16)> {
        match &self.version {
            Some(version) => Some(version.version),
            None => version_in(&self.url),
        }
    }

    /// An endpoint that matches the filter, at a URL that is in no catalog.
    pub(crate) fn of_filter(url: Url, filter: &EndpointFilter) -> Self {
        let interface = filter.interfaces.first();
        Self {
            service_type: filter.service_type.clone(),
            service_name: filter.service_name.clone(),
            interface: interface.map(ToString::to_string),
            region_name: filter.region_name.clone(),
            ..Self::new(url)
        }
    }

    pub(crate) fn in_catalog(
        url: Url,
        service: &CatalogService,
        endpoint: &CatalogEndpoint,
    ) -> Self {
        let text = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        Self {
            catalog_url: Some(url.clone()),
            service_type: text(&service.service_type),
            service_name: text(&service.name),
            service_id: text(&service.id),
            interface: text(&endpoint.interface),
            region_name: endpoint.region_name().map(str::to_owned),
            endpoint_id: text(&endpoint.id),
            ..Self::new(url)
        }
    }
}
