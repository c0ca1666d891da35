//! The service catalog of a token, and the search for the endpoint of a call.

use std::collections::BTreeSet;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::Error;
use crate::error::DiscoveryError;

mod aliases;
mod endpoint;
mod filter;

pub use aliases::{SERVICE_TYPES_VERSION, service_types};
pub use endpoint::Endpoint;
pub use filter::{Allowed, EndpointFilter};

pub(crate) use filter::{fill, wanted_versions};

/// A service in the catalog of a token.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[non_exhaustive]
pub struct CatalogService {
    /// The service's type, such as `identity`.
    #[serde(rename = "type")]
    pub service_type: String,
    /// The service's id.
    #[serde(default)]
    pub id: String,
    /// The service's name.
    #[serde(default)]
    pub name: String,
    /// Its endpoints.
    #[serde(default)]
    pub endpoints: Vec<CatalogEndpoint>,
}

/// An endpoint in the catalog of a token.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[non_exhaustive]
pub struct CatalogEndpoint {
    /// The endpoint's id.
    #[serde(default)]
    pub id: String,
    /// `public`, `internal` or `admin`.
    pub interface: String,
    /// The region, as older releases wrote it.
    #[serde(default)]
    pub region: Option<String>,
    /// The region's id.
    #[serde(default)]
    pub region_id: Option<String>,
    /// The URL, with any project id filled in.
    pub url: String,
}

impl CatalogService {
    /// A service without endpoints.
    pub fn new(service_type: impl Into<String>, name: impl Into<String>) -> Self {
        Self {
            service_type: service_type.into(),
            name: name.into(),
            ..Self::default()
        }
    }

    /// Adds an endpoint.
    #[must_use]
    pub fn endpoint(mut self, endpoint: CatalogEndpoint) -> Self {
        self.endpoints.push(endpoint);
        self
    }
}

impl CatalogEndpoint {
    /// An endpoint outside any region.
    pub fn new(interface: Interface, url: impl Into<String>) -> Self {
        Self {
            interface: interface.as_str().to_owned(),
            url: url.into(),
            ..Self::default()
        }
    }

    /// Puts the endpoint into a region.
    #[must_use]
    pub fn in_region(mut self, region: impl Into<String>) -> Self {
        let region = region.into();
        self.region = Some(region.clone());
        self.region_id = Some(region);
        self
    }

    /// The region's id, or else the older `region`.
    pub fn region_name(&self) -> Option<&str> {
        self.region_id.as_deref().or(self.region.as_deref())
    }

    fn has_interface(&self, interface: Interface) -> bool {
        Interface::parse(&self.interface) == Some(interface)
    }
}

/// The interface of an endpoint.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Interface {
    /// For administrators.
    Admin,
    /// Inside the cloud.
    Internal,
    /// For everybody.
    #[default]
    Public,
}

impl Interface {
    /// The name in the catalog.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::Internal => "internal",
            Self::Public => "public",
        }
    }

    /// Reads the name of an interface, also in the form of the v2.0 API, `publicURL`.
    pub fn parse(name: &str) -> Option<Self> {
        let name = name.strip_suffix("URL").unwrap_or(name);
        [Self::Admin, Self::Internal, Self::Public]
            .into_iter()
            .find(|interface| interface.as_str() == name)
    }
}

impl fmt::Display for Interface {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Finds the endpoint that `filter` describes: by type or alias of it, name, region, and the first
/// acceptable interface that the type has. The version is ignored.
///
/// # Errors
///
/// [`Error::Discovery`] when there is none; the message names what was requested and what exists.
pub fn find<'a>(
    catalog: &'a [CatalogService],
    filter: &EndpointFilter,
) -> Result<&'a CatalogEndpoint, Error> {
    Ok(find_both(catalog, filter)?.1)
}

/// The same, with the service.
pub(crate) fn find_both<'a>(
    catalog: &'a [CatalogService],
    filter: &EndpointFilter,
) -> Result<(&'a CatalogService, &'a CatalogEndpoint), Error> {
    let found = match filter.service_type.as_deref() {
        None => first_endpoint(catalog, filter, |_| true),
        Some(requested) => aliases::acceptable(requested).find_map(|acceptable| {
            first_endpoint(catalog, filter, |found| aliases::same(found, acceptable))
        }),
    };
    found.ok_or_else(|| not_found(catalog, filter).into())
}

fn first_endpoint<'a>(
    catalog: &'a [CatalogService],
    filter: &EndpointFilter,
    is_type: impl Fn(&str) -> bool,
) -> Option<(&'a CatalogService, &'a CatalogEndpoint)> {
    filter.wanted_interfaces().iter().find_map(|interface| {
        catalog
            .iter()
            .filter(|service| is_type(&service.service_type) && filter.accepts(service))
            .flat_map(|service| service.endpoints.iter().map(move |it| (service, it)))
            .find(|(_, endpoint)| {
                endpoint.has_interface(*interface) && filter.accepts_endpoint(endpoint)
            })
    })
}

fn not_found(catalog: &[CatalogService], filter: &EndpointFilter) -> DiscoveryError {
    let same_type: Vec<_> = catalog
        .iter()
        .filter(|service| {
            filter.service_type.as_deref().is_none_or(|requested| {
                aliases::acceptable(requested)
                    .any(|known| aliases::same(known, &service.service_type))
            })
        })
        .collect();
    let error = DiscoveryError::new(format!("the catalog has no endpoint of {filter}"));
    if catalog.is_empty() {
        return error.remedy("the catalog is empty: request a scoped token with a catalog");
    }
    if same_type.is_empty() {
        let types: BTreeSet<_> = catalog.iter().map(|s| s.service_type.as_str()).collect();
        let types: Vec<_> = types.into_iter().collect();
        return error.remedy(format!("it has the types {}", types.join(", ")));
    }
    let mut found = BTreeSet::new();
    for service in same_type {
        for endpoint in &service.endpoints {
            let region = endpoint.region_name().unwrap_or("no region");
            let text = format!("{} {} in {region}", service.name, endpoint.interface);
            found.insert(text.trim().to_owned());
        }
    }
    if found.is_empty() {
        return error.remedy("the service is in the catalog, but has no endpoints");
    }
    let found: Vec<_> = found.into_iter().collect();
    error.remedy(format!("of that type it has {}", found.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn catalog() -> Vec<CatalogService> {
        vec![
            CatalogService::new("identity", "keystone")
                .endpoint(CatalogEndpoint::new(Interface::Public, "http://id/v3").in_region("one"))
                .endpoint(
                    CatalogEndpoint::new(Interface::Admin, "http://admin/v3").in_region("one"),
                ),
            CatalogService::new("block-storage", "cinder")
                .endpoint(
                    CatalogEndpoint::new(Interface::Public, "http://vol/one").in_region("one"),
                )
                .endpoint(
                    CatalogEndpoint::new(Interface::Public, "http://vol/two").in_region("two"),
                ),
            CatalogService::new("volumev2", "old")
                .endpoint(CatalogEndpoint::new(Interface::Public, "http://vol2").in_region("one")),
        ]
    }

    fn url(filter: &EndpointFilter) -> String {
        find(&catalog(), filter).unwrap().url.clone()
    }

    #[test]
    fn the_public_interface_is_the_default() {
        assert_eq!(
            url(&EndpointFilter::service_type("identity")),
            "http://id/v3"
        );
    }

    #[test]
    fn the_first_acceptable_interface_that_exists_wins() {
        let filter = EndpointFilter::service_type("identity")
            .interface(Interface::Internal)
            .interface(Interface::Admin);
        assert_eq!(url(&filter), "http://admin/v3");
    }

    #[test]
    fn a_region_is_compared_exactly() {
        let filter = EndpointFilter::service_type("block-storage");
        assert_eq!(url(&filter.clone().region_name("two")), "http://vol/two");
        assert!(find(&catalog(), &filter.region_name("Two")).is_err());
    }

    /// Eight endpoints of two services that differ in one part each.
    fn alike() -> Vec<CatalogService> {
        let services = ["s1", "s2"].map(|service| {
            let mut entry = CatalogService::new("proxy", format!("name-{service}"));
            entry.id = service.to_owned();
            for region in ["one", "two"] {
                for interface in [Interface::Public, Interface::Internal] {
                    let id = format!("{service}-{region}-{interface}");
                    let mut endpoint = CatalogEndpoint::new(interface, format!("http://{id}"));
                    endpoint.id = id;
                    entry = entry.endpoint(endpoint.in_region(region));
                }
            }
            entry
        });
        services.to_vec()
    }

    #[test]
    fn every_part_of_a_filter_counts() {
        let catalog = alike();
        let proxy = || EndpointFilter::service_type("proxy");
        for (filter, wanted) in [
            (proxy(), "s1-one-public"),
            (proxy().service_id("s2"), "s2-one-public"),
            (proxy().service_name("name-s2"), "s2-one-public"),
            (proxy().region_name("two"), "s1-two-public"),
            (proxy().interface(Interface::Internal), "s1-one-internal"),
            (proxy().endpoint_id("s1-two-public"), "s1-two-public"),
            (proxy().endpoint_id("s2-one-public"), "s2-one-public"),
            (
                proxy()
                    .endpoint_id("s2-two-internal")
                    .interface(Interface::Internal),
                "s2-two-internal",
            ),
        ] {
            let found = find(&catalog, &filter).unwrap();
            assert_eq!(found.id, wanted, "{filter}");
        }
    }

    #[test]
    fn parts_of_a_filter_that_contradict_each_other_find_nothing() {
        let catalog = alike();
        let one = || EndpointFilter::service_type("proxy").endpoint_id("s1-one-public");
        assert!(find(&catalog, &one()).is_ok());
        for filter in [
            EndpointFilter::service_type("proxy").endpoint_id("s1-one"),
            EndpointFilter::service_type("proxy").endpoint_id("S1-one-public"),
            EndpointFilter::service_type("identity").endpoint_id("s1-one-public"),
            one().service_id("s2"),
            one().service_name("name-s2"),
            one().region_name("two"),
            one().interface(Interface::Internal),
        ] {
            assert!(find(&catalog, &filter).is_err(), "{filter}");
        }
    }

    #[test]
    fn an_alias_finds_its_official_type_and_an_exact_name_comes_first() {
        assert_eq!(
            url(&EndpointFilter::service_type("volumev3")),
            "http://vol/one"
        );
        assert_eq!(
            url(&EndpointFilter::service_type("volumev2")),
            "http://vol2"
        );
    }

    #[test]
    fn interfaces_in_the_older_spelling_are_understood() {
        let mut endpoint = CatalogEndpoint::new(Interface::Public, "http://x");
        endpoint.interface = "publicURL".to_owned();
        let catalog = [CatalogService::new("x", "").endpoint(endpoint)];
        assert!(
            find(
                &catalog,
                &EndpointFilter::service_type("x").service_name("any")
            )
            .is_ok()
        );
        assert_eq!(Interface::parse("internalURL"), Some(Interface::Internal));
    }

    #[test]
    fn what_is_missing_and_what_is_there_stand_in_the_error() {
        let wrong_region = EndpointFilter::service_type("volumev3").region_name("mars");
        assert_eq!(
            find(&catalog(), &wrong_region).unwrap_err().to_string(),
            "the catalog has no endpoint of type `volumev3`, interface public, region `mars`; \
             of that type it has cinder public in one, cinder public in two"
        );
        let wrong_type = EndpointFilter::service_type("proxy");
        assert_eq!(
            find(&catalog(), &wrong_type).unwrap_err().to_string(),
            "the catalog has no endpoint of type `proxy`, interface public; \
             it has the types block-storage, identity, volumev2"
        );
        let error = find(&[], &wrong_type).unwrap_err().to_string();
        assert!(error.contains("the catalog is empty"), "{error}");
    }
}
