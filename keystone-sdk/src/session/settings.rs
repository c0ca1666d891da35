//! Settings of calls, adapters and sessions.

use std::fmt;
use std::net::IpAddr;
use std::ops::{Deref, DerefMut};
use std::sync::Arc;
use std::time::Duration;

use http::header::USER_AGENT;
use http::{HeaderMap, HeaderName, HeaderValue};
use url::Url;

use super::template::Template;
use super::{RequestId, address};
use crate::auth::AuthPlugin;
use crate::catalog::{EndpointFilter, fill};
use crate::error::ConfigurationError;
use crate::transport::{Limit, Request, Retries, Transport, forwarded, redact, user_agent};
use crate::{Error, microversion};

/// An endpoint that does not come from the catalog.
#[derive(Clone)]
pub(crate) enum EndpointOverride {
    /// The fixed address of a client.
    #[cfg_attr(
        not(feature = "client"),
        expect(dead_code, reason = "typed clients make it")
    )]
    Fixed(Arc<Url>),
    /// A template that may have placeholders for ids of the token.
    Template(String),
}

const REQUEST_ID: HeaderName = HeaderName::from_static("x-openstack-request-id");

/// Settings of a call, an adapter or a session. Anything that is not set is inherited from the
/// outer level.
///
/// Boxed, because builders move it with each setter, and futures with each step.
#[derive(Clone, Default)]
pub(crate) struct Settings(Box<Values>);

#[derive(Clone, Default)]
pub(crate) struct Values {
    pub(crate) filter: EndpointFilter,
    pub(crate) endpoint_override: Option<EndpointOverride>,
    /// The service type for microversion headers, if it is not that of the filter.
    pub(crate) microversion_type: Option<&'static str>,
    pub(super) auth: Option<Arc<dyn AuthPlugin>>,
    pub(super) headers: HeaderMap,
    pub(crate) microversion: Option<String>,
    pub(super) check_microversion: Option<bool>,
    pub(super) timeout: Option<Duration>,
    pub(super) retries: Retries,
    pub(super) redirects: Option<u32>,
    pub(super) limits: Vec<Limit>,
    pub(super) user_agent: Option<String>,
    pub(super) client: Option<(String, String)>,
    pub(super) global_request_id: Option<RequestId>,
    pub(super) original_ip: Option<IpAddr>,
    pub(super) any_status: Option<bool>,
    pub(super) reauthenticate: Option<bool>,
    pub(super) log_name: Option<Arc<str>>,
}

impl Deref for Settings {
    type Target = Values;

    fn deref(&self) -> &Values {
        &self.0
    }
}

impl DerefMut for Settings {
    fn deref_mut(&mut self) -> &mut Values {
        &mut self.0
    }
}

impl Settings {
    /// These settings; those that are not set are taken from `around`. Limits add up.
    pub(super) fn or(mut self, around: &Self) -> Self {
        self.fill_from(around);
        self
    }

    /// As [`or`](Self::or), in place.
    pub(super) fn fill_from(&mut self, around: &Self) {
        let own = &mut *self.0;
        if own.filter.is_of_service(&around.filter) {
            fill(&mut own.endpoint_override, &around.endpoint_override);
            fill(&mut own.microversion, &around.microversion);
            fill(&mut own.microversion_type, &around.microversion_type);
        }
        own.filter.fill_from(&around.filter);
        for (name, value) in &around.headers {
            own.headers.entry(name).or_insert_with(|| value.clone());
        }
        fill(&mut own.auth, &around.auth);
        fill(&mut own.check_microversion, &around.check_microversion);
        fill(&mut own.timeout, &around.timeout);
        own.retries.fill_from(&around.retries);
        fill(&mut own.redirects, &around.redirects);
        own.limits.splice(0..0, around.limits.iter().cloned());
        fill(&mut own.user_agent, &around.user_agent);
        fill(&mut own.client, &around.client);
        fill(&mut own.global_request_id, &around.global_request_id);
        fill(&mut own.original_ip, &around.original_ip);
        fill(&mut own.any_status, &around.any_status);
        fill(&mut own.reauthenticate, &around.reauthenticate);
        fill(&mut own.log_name, &around.log_name);
    }

    /// Refuses a region or interface for a call to a fixed address, which would silently ignore it.
    pub(super) fn check_choice(&self, around: &Self) -> Result<(), Error> {
        let (region, interface) = (&self.filter.region_name, self.filter.interfaces.first());
        let address = match (&self.endpoint_override, &around.endpoint_override) {
            _ if region.is_none() && interface.is_none() => return Ok(()),
            (Some(EndpointOverride::Template(text)), _) => address::shown(text),
            (None, Some(EndpointOverride::Fixed(url))) => redact::address(url),
            _ => return Ok(()),
        };
        let chosen = match (region, interface) {
            (Some(region), _) => format!("the region `{region}`"),
            (None, interface) => {
                format!("the interface `{}`", interface.copied().unwrap_or_default())
            }
        };
        let message =
            format!("{chosen} cannot be chosen for a call to a fixed address (`{address}`)");
        let remedy = "remove it, or use a client with an endpoint from the catalog";
        Err(ConfigurationError::new(message).remedy(remedy).into())
    }

    /// Finds settings with which no call could be sent.
    pub(super) fn check(&self, transport: &Transport) -> Result<(), Error> {
        if let Some(EndpointOverride::Template(text)) = &self.endpoint_override {
            Template::read(text)?;
        }
        if let (Some(version), Some(service)) = (&self.microversion, &self.filter.service_type) {
            microversion::add_headers(service, version, &mut HeaderMap::new())?;
        }
        self.user_agent_header(transport).map(drop)
    }

    /// Applies the settings to the request, except for the headers, which it already has.
    pub(super) fn apply(&self, transport: &Transport, request: &mut Request) -> Result<(), Error> {
        let headers = &mut request.headers;
        if let Some(version) = &self.microversion {
            microversion::add_headers(self.service_type(version)?, version, headers)?;
        }
        let agent = self.user_agent_header(transport)?;
        if let Some(address) = self.original_ip {
            let agent = agent.clone().unwrap_or(HeaderValue::from_static("unknown"));
            let value = forwarded::value(address, &agent)?;
            headers.entry(forwarded::NAME).or_insert(value);
        }
        if let Some(agent) = agent {
            headers.entry(USER_AGENT).or_insert(agent);
        }
        if let Some(id) = &self.global_request_id {
            headers.entry(REQUEST_ID).or_insert(id.header());
        }
        request.timeout = self.timeout;
        request.retries = self.retries.clone();
        request.redirects = self.redirects;
        request.limits.clone_from(&self.limits);
        request.log_name = self.name_in_logs();
        Ok(())
    }

    fn service_type(&self, version: &str) -> Result<&str, Error> {
        let looked_for = self.filter.service_type.as_deref();
        self.microversion_type.or(looked_for).ok_or_else(|| {
            ConfigurationError::new(format!(
                "the service type for microversion `{version}` is unknown"
            ))
            .remedy(
                "set it in the endpoint filter of the call or adapter, or with \
                     `ServiceClient::of_type`",
            )
            .into()
        })
    }

    /// The `User-Agent`, if it is not the session's.
    fn user_agent_header(&self, transport: &Transport) -> Result<Option<HeaderValue>, Error> {
        match (&self.user_agent, &self.client) {
            (Some(whole), _) => user_agent::value(whole).map(Some),
            (None, Some((name, version))) => transport.user_agent((name, version)).map(Some),
            (None, None) => Ok(None),
        }
    }

    fn name_in_logs(&self) -> Option<Arc<str>> {
        let filter = &self.filter;
        let name = filter
            .service_name
            .as_ref()
            .or(filter.service_type.as_ref());
        self.log_name
            .clone()
            .or_else(|| name.map(|name| Arc::from(name.as_str())))
    }
}

/// Shows headers and addresses without secrets.
impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let endpoint_override = self.endpoint_override.as_ref().map(|it| match it {
            EndpointOverride::Fixed(url) => redact::address(url),
            EndpointOverride::Template(text) => address::shown(text),
        });
        f.debug_struct("Settings")
            .field("filter", &self.filter)
            .field("endpoint_override", &endpoint_override)
            .field("auth", &self.auth)
            .field("headers", &redact::headers(&self.headers))
            .field("microversion", &self.microversion)
            .field("timeout", &self.timeout)
            .field("retries", &self.retries)
            .field("limits", &self.limits)
            .field("global_request_id", &self.global_request_id)
            .finish_non_exhaustive()
    }
}
