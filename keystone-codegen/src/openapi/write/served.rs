//! What a service's own document has beside the described API: what the runtime of keystone-middleware reads from
//! every request, and may respond with.

use super::names::{of_type, reference};
use super::resource_operation::ResourceOperation;
use crate::model::{Api, Method, Resource, Service, Shape};
use crate::version::numbers;
use keystone_document::Mapping as Map;

/// The header that chooses a microversion.
const MICROVERSION: &str = "OpenStack-API-Version";
/// The header by which a request is found in logs.
const REQUEST_ID: &str = "X-Openstack-Request-Id";
const VARY: &str = "Vary";
/// How many microversions are listed one by one.
const MOST_LISTED: u32 = 200;

/// The document of a service that serves it.
pub(super) struct Served<'a> {
    service: &'a Service,
}

impl<'a> Served<'a> {
    pub(super) fn new(api: &'a Api) -> Self {
        Self {
            service: &api.service,
        }
    }

    /// The parameter that every operation has, if the service has microversions.
    pub(super) fn parameter(&self) -> Option<Map> {
        let has_microversions = self.service.microversions.is_some();
        has_microversions.then(|| reference("parameters", MICROVERSION))
    }

    /// What [`parameter`](Self::parameter) refers to.
    pub(super) fn parameters(&self) -> Map {
        let Some((min, max)) = &self.service.microversions else {
            return Map::new();
        };
        let name = &self.service.service_type;
        let words = listed(min, max).map(|versions| {
            let versions = versions.iter().map(String::as_str).chain(["latest"]);
            versions
                .map(|version| format!("{name} {version}"))
                .collect::<Vec<String>>()
        });
        let schema = match words {
            Some(words) => of_type("string").with("enum", words),
            None => of_type("string").with("pattern", r"^\S+ (latest|\d+\.\d+)$"),
        };
        let parameter = Map::new()
            .with("name", MICROVERSION)
            .with("in", "header")
            .with("schema", schema)
            .with(
                "description",
                format!("The microversion, {min} to {max}; {min} without it."),
            );
        Map::new().with(MICROVERSION, parameter)
    }

    /// The headers that every response has.
    pub(super) fn header_names(&self) -> Vec<&'static str> {
        match self.service.microversions {
            Some(_) => vec![REQUEST_ID, MICROVERSION, VARY],
            None => vec![REQUEST_ID],
        }
    }

    /// What [`header_names`](Self::header_names) and the errors refer to.
    pub(super) fn headers(&self) -> Map {
        let header = |description: &str| {
            Map::new()
                .with("description", description)
                .with("schema", of_type("string"))
        };
        Map::new()
            .with(REQUEST_ID, header("By this the request is found in logs"))
            .with(
                MICROVERSION,
                header("The service type and the microversion that the response is of"),
            )
            .with(VARY, header("The request headers that choose the response"))
            .with("Allow", header("The methods of the path"))
            .with(
                "Retry-After",
                header("The seconds after which to try again"),
            )
    }

    /// Whether the runtime, or the service, may refuse an operation with this status.
    pub(super) fn may_fail(&self, part: ResourceOperation<'_>, status: u16) -> bool {
        let ResourceOperation {
            resource,
            operation,
        } = part;
        let changes = !matches!(operation.method, Method::Get | Method::Head);
        let sends = match &operation.shape {
            Shape::Create { .. } | Shape::Update => true,
            Shape::Other { body, .. } => body.is_some() || operation.action.is_some(),
            Shape::List { .. } | Shape::Get => false,
        };
        match status {
            // A token that is not valid is refused everywhere.
            400 | 401 | 405 | 500 | 503 => true,
            403 => !operation.policies.is_empty() || sends && has_policies(resource),
            404 => operation.versions(resource) != (&None, &None),
            406 => self.service.microversions.is_some(),
            409 => changes,
            413 | 415 => sends,
            _ => false,
        }
    }
}

/// Whether requests may set attributes that not every caller may set.
fn has_policies(resource: &Resource) -> bool {
    resource.fields.iter().any(|field| field.policy.is_some())
}

/// All microversions of a range of one major version, unless they are too many.
fn listed(min: &str, max: &str) -> Option<Vec<String>> {
    let ((major, first), (last_major, last)) = (numbers(min)?, numbers(max)?);
    let few = major == last_major && last.checked_sub(first)? < MOST_LISTED;
    few.then(|| {
        (first..=last)
            .map(|minor| format!("{major}.{minor}"))
            .collect()
    })
}
