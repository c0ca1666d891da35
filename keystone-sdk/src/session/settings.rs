//! What calls and adapters say about how calls are made. The nearest to the call wins.

use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use http::header::USER_AGENT;
use http::{HeaderMap, HeaderName, HeaderValue};

use super::template::Template;
use super::{RequestId, address};
use crate::auth::AuthPlugin;
use crate::catalog::EndpointFilter;
use crate::error::ConfigurationError;
use crate::transport::{Limit, Request, Retries, Transport, forwarded, redact, user_agent};
use crate::{Error, microversion};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-openstack-request-id");

/// Settings of a call, of an adapter or of a session; whatever is not set is as around it.
#[derive(Clone, Default)]
pub(super) struct Settings {
    pub(super) filter: EndpointFilter,
    pub(super) endpoint_override: Option<String>,
    pub(super) auth: Option<Arc<dyn AuthPlugin>>,
    pub(super) headers: HeaderMap,
    pub(super) microversion: Option<String>,
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
    pub(super) label: Option<Arc<str>>,
}

impl Settings {
    /// These settings, and those of `around` where these say nothing. Limits hold all together.
    pub(super) fn or(self, around: &Self) -> Self {
        let same_service = self.filter.is_of_service(&around.filter);
        let of_service = |own: Option<String>, around: &Option<String>| match own {
            None if same_service => around.clone(),
            own => own,
        };
        let mut headers = self.headers;
        for (name, value) in &around.headers {
            headers.entry(name).or_insert_with(|| value.clone());
        }
        let mut limits = around.limits.clone();
        limits.extend(self.limits);
        Self {
            filter: self.filter.or(&around.filter),
            endpoint_override: of_service(self.endpoint_override, &around.endpoint_override),
            auth: self.auth.or_else(|| around.auth.clone()),
            headers,
            microversion: of_service(self.microversion, &around.microversion),
            check_microversion: self.check_microversion.or(around.check_microversion),
            timeout: self.timeout.or(around.timeout),
            retries: self.retries.or(&around.retries),
            redirects: self.redirects.or(around.redirects),
            limits,
            user_agent: self.user_agent.or_else(|| around.user_agent.clone()),
            client: self.client.or_else(|| around.client.clone()),
            global_request_id: self
                .global_request_id
                .or_else(|| around.global_request_id.clone()),
            original_ip: self.original_ip.or(around.original_ip),
            any_status: self.any_status.or(around.any_status),
            reauthenticate: self.reauthenticate.or(around.reauthenticate),
            label: self.label.or_else(|| around.label.clone()),
        }
    }

    /// Finds what could never be sent, before anything is.
    pub(super) fn check(&self, transport: &Transport) -> Result<(), Error> {
        if let Some(template) = &self.endpoint_override {
            Template::read(template)?;
        }
        if let (Some(version), Some(service)) = (&self.microversion, &self.filter.service_type) {
            microversion::add_headers(service, version, &mut HeaderMap::new())?;
        }
        self.user_agent(transport).map(drop)
    }

    /// Puts all of it that goes along into the request.
    pub(super) fn apply(&self, transport: &Transport, request: &mut Request) -> Result<(), Error> {
        let headers = &mut request.headers;
        headers.extend(self.headers.clone());
        if let Some(version) = &self.microversion {
            microversion::add_headers(self.service_type(version)?, version, headers)?;
        }
        let agent = self.user_agent(transport)?;
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
        request.label = self.label();
        Ok(())
    }

    fn service_type(&self, version: &str) -> Result<&str, Error> {
        self.filter.service_type.as_deref().ok_or_else(|| {
            ConfigurationError::new(format!("microversion `{version}` of which service?"))
                .remedy("name the service's type in the endpoint filter of the call or adapter")
                .into()
        })
    }

    /// Who calls, if not just the session's program.
    fn user_agent(&self, transport: &Transport) -> Result<Option<HeaderValue>, Error> {
        match (&self.user_agent, &self.client) {
            (Some(whole), _) => user_agent::value(whole).map(Some),
            (None, Some((name, version))) => transport.user_agent((name, version)).map(Some),
            (None, None) => Ok(None),
        }
    }

    fn label(&self) -> Option<Arc<str>> {
        let filter = &self.filter;
        let name = filter
            .service_name
            .as_ref()
            .or(filter.service_type.as_ref());
        self.label
            .clone()
            .or_else(|| name.map(|name| Arc::from(name.as_str())))
    }
}

/// Headers as logs show them, addresses without user.
impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let endpoint_override = self.endpoint_override.as_deref().map(address::shown);
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

/// Setters of what calls and adapters have in common, for a type with a field `settings`.
macro_rules! setters {
    () => {
        /// The address of the service, instead of the one in the catalog. It may hold
        /// `%(project_id)s` and `%(user_id)s`, for which those of the token are put in; `$(..)s`
        /// means the same.
        pub fn endpoint_override(mut self, address: impl Into<String>) -> Self {
            self.settings.endpoint_override = Some(address.into());
            self
        }

        /// Another plugin than the session's proves the identity.
        pub fn auth(mut self, auth: impl AuthPlugin + 'static) -> Self {
            self.settings.auth = Some(Arc::new(auth));
            self
        }

        /// Sets a header.
        pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
            self.settings.headers.insert(name, value);
            self
        }

        /// Asks for a microversion of the service's API, such as `2.79`, or `latest`. The type of
        /// the service has to be known, from the endpoint filter.
        pub fn microversion(mut self, version: impl Into<String>) -> Self {
            self.settings.microversion = Some(version.into());
            self
        }

        /// Looks whether the service offers the microversion before asking for it. It costs a
        /// request for the service's versions now and then; without it, a service that does not
        /// offer the microversion answers 406, or some earlier thing.
        pub fn check_microversion(mut self, check: bool) -> Self {
            self.settings.check_microversion = Some(check);
            self
        }

        /// The time for each exchange, if not the transport's.
        pub fn timeout(mut self, timeout: Duration) -> Self {
            self.settings.timeout = Some(timeout);
            self
        }

        /// When calls are sent again. What these do not say is as around: as the adapter's, the
        /// session's.
        pub fn retries(mut self, retries: Retries) -> Self {
            self.settings.retries = retries.or(&self.settings.retries);
            self
        }

        /// How many redirects are followed; 0 for none.
        pub fn redirects(mut self, most: u32) -> Self {
            self.settings.redirects = Some(most);
            self
        }

        /// A limit to keep to, besides those of the adapters and the session around.
        pub fn limit(mut self, limit: Limit) -> Self {
            self.settings.limits.push(limit);
            self
        }

        /// The whole `User-Agent`.
        pub fn user_agent(mut self, user_agent: impl Into<String>) -> Self {
            self.settings.user_agent = Some(user_agent.into());
            self
        }

        /// The library that calls, with its version (which may be empty), for `User-Agent`: it
        /// stands behind the program's name.
        pub fn client(mut self, name: impl Into<String>, version: impl Into<String>) -> Self {
            self.settings.client = Some((name.into(), version.into()));
            self
        }

        /// The id by which all services log what belongs to one action of a user.
        pub fn global_request_id(mut self, id: RequestId) -> Self {
            self.settings.global_request_id = Some(id);
            self
        }

        /// On whose behalf it is done: the address goes into `Forwarded` (RFC 7239).
        pub fn original_ip(mut self, address: IpAddr) -> Self {
            self.settings.original_ip = Some(address);
            self
        }

        /// Gives back an answer of any status instead of an error.
        pub fn accept_any_status(mut self) -> Self {
            self.settings.any_status = Some(true);
            self
        }

        /// Whether a call whose token is refused is sent once more with a new one; it is unless
        /// told otherwise.
        pub fn reauthenticate(mut self, reauthenticate: bool) -> Self {
            self.settings.reauthenticate = Some(reauthenticate);
            self
        }

        /// How logs call the service; by its name or type unless set.
        pub fn log_name(mut self, name: impl Into<Arc<str>>) -> Self {
            self.settings.label = Some(name.into());
            self
        }
    };
}

pub(super) use setters;
