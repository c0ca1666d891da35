//! The setters that calls, adapters and typed requests have in common.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use http::{HeaderName, HeaderValue};

use super::RequestId;
use super::settings::{EndpointOverride, Settings};
use crate::auth::AuthPlugin;
use crate::catalog::Interface;
use crate::transport::{Limit, Retries};

impl Settings {
    pub(crate) fn endpoint_override(mut self, address: impl Into<String>) -> Self {
        let address = EndpointOverride::Template(address.into());
        self.endpoint_override = Some(address);
        self
    }

    pub(crate) fn region_name(mut self, region: impl Into<String>) -> Self {
        self.filter.region_name = Some(region.into());
        self
    }

    pub(crate) fn endpoint_interface(mut self, interface: Interface) -> Self {
        self.filter.interfaces.push(interface);
        self
    }

    pub(crate) fn auth(mut self, auth: impl AuthPlugin + 'static) -> Self {
        self.auth = Some(Arc::new(auth));
        self
    }

    pub(crate) fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.insert(name, value);
        self
    }

    pub(crate) fn microversion(mut self, version: impl Into<String>) -> Self {
        self.microversion = Some(version.into());
        self
    }

    pub(crate) fn check_microversion(mut self, check: bool) -> Self {
        self.check_microversion = Some(check);
        self
    }

    pub(crate) fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    pub(crate) fn retries(mut self, retries: Retries) -> Self {
        self.retries = retries.or(&self.retries);
        self
    }

    pub(crate) fn redirects(mut self, most: u32) -> Self {
        self.redirects = Some(most);
        self
    }

    pub(crate) fn throttle(mut self, limit: Limit) -> Self {
        self.limits.push(limit);
        self
    }

    pub(crate) fn user_agent(mut self, user_agent: impl Into<String>) -> Self {
        self.user_agent = Some(user_agent.into());
        self
    }

    pub(crate) fn client(mut self, name: impl Into<String>, version: impl Into<String>) -> Self {
        self.client = Some((name.into(), version.into()));
        self
    }

    pub(crate) fn global_request_id(mut self, id: RequestId) -> Self {
        self.global_request_id = Some(id);
        self
    }

    pub(crate) fn original_ip(mut self, address: IpAddr) -> Self {
        self.original_ip = Some(address);
        self
    }

    pub(crate) fn reauthenticate(mut self, reauthenticate: bool) -> Self {
        self.reauthenticate = Some(reauthenticate);
        self
    }

    pub(crate) fn log_name(mut self, name: impl Into<Arc<str>>) -> Self {
        self.log_name = Some(name.into());
        self
    }
}

/// Setters that hand each setting on to a field which has them, so that a setting has one name, and one
/// description, wherever it can be made. Generated builders are made with it, in other crates too.
#[doc(hidden)]
#[macro_export]
macro_rules! __call_settings {
    ($field:tt) => {
        $crate::__call_settings!(@shared $field);

        /// An acceptable interface of the endpoint; the first named is preferred. (Not `interface`,
        /// by which some lists are filtered.)
        #[inline]
        pub fn endpoint_interface(mut self, interface: $crate::catalog::Interface) -> Self {
            self.$field = self.$field.endpoint_interface(interface);
            self
        }
    };

    (@shared $field:tt) => {
        /// The address of the service, instead of the one in the catalog. It may hold
        /// `%(project_id)s` and `%(user_id)s`, for which those of the token are put in; `$(..)s`
        /// means the same.
        #[inline]
        pub fn endpoint_override(
            mut self,
            address: impl ::core::convert::Into<::std::string::String>,
        ) -> Self {
            self.$field = self.$field.endpoint_override(address);
            self
        }

        /// The region of the endpoint.
        #[inline]
        pub fn region_name(
            mut self,
            region: impl ::core::convert::Into<::std::string::String>,
        ) -> Self {
            self.$field = self.$field.region_name(region);
            self
        }

        /// Another plugin than the session's proves the identity.
        #[inline]
        pub fn auth(mut self, auth: impl $crate::auth::AuthPlugin + 'static) -> Self {
            self.$field = self.$field.auth(auth);
            self
        }

        /// Sets a header.
        #[inline]
        pub fn header(
            mut self,
            name: $crate::__private::http::HeaderName,
            value: $crate::__private::http::HeaderValue,
        ) -> Self {
            self.$field = self.$field.header(name, value);
            self
        }

        /// Asks for a microversion of the service's API, such as `2.79`, or `latest`. The type of the
        /// service has to be known, from the endpoint filter.
        #[inline]
        pub fn microversion(
            mut self,
            version: impl ::core::convert::Into<::std::string::String>,
        ) -> Self {
            self.$field = self.$field.microversion(version);
            self
        }

        /// Looks whether the service offers the microversion before asking for it. It costs a
        /// request for the service's versions now and then; without it, a service that does not
        /// offer the microversion responds with 406, or some earlier thing.
        #[inline]
        pub fn check_microversion(mut self, check: bool) -> Self {
            self.$field = self.$field.check_microversion(check);
            self
        }

        /// The time for each exchange, if not the transport's.
        #[inline]
        pub fn timeout(mut self, timeout: ::core::time::Duration) -> Self {
            self.$field = self.$field.timeout(timeout);
            self
        }

        /// When it is sent again. What these do not say is as around: as the adapter's, the
        /// session's.
        #[inline]
        pub fn retries(mut self, retries: $crate::transport::Retries) -> Self {
            self.$field = self.$field.retries(retries);
            self
        }

        /// How many redirects are followed; 0 for none.
        #[inline]
        pub fn redirects(mut self, most: u32) -> Self {
            self.$field = self.$field.redirects(most);
            self
        }

        /// A limit of rate or concurrency to keep to, besides those of the adapters and the session
        /// around.
        #[inline]
        pub fn throttle(mut self, limit: $crate::transport::Limit) -> Self {
            self.$field = self.$field.throttle(limit);
            self
        }

        /// The whole `User-Agent`.
        #[inline]
        pub fn user_agent(
            mut self,
            user_agent: impl ::core::convert::Into<::std::string::String>,
        ) -> Self {
            self.$field = self.$field.user_agent(user_agent);
            self
        }

        /// The library that calls, with its version (which may be empty), for `User-Agent`: it
        /// stands behind the program's name.
        #[inline]
        pub fn client(
            mut self,
            name: impl ::core::convert::Into<::std::string::String>,
            version: impl ::core::convert::Into<::std::string::String>,
        ) -> Self {
            self.$field = self.$field.client(name, version);
            self
        }

        /// The id by which all services log what belongs to one action of a user.
        #[inline]
        pub fn global_request_id(mut self, id: $crate::session::RequestId) -> Self {
            self.$field = self.$field.global_request_id(id);
            self
        }

        /// On whose behalf it is done: the address goes into `Forwarded` (RFC 7239).
        #[inline]
        pub fn original_ip(mut self, address: ::std::net::IpAddr) -> Self {
            self.$field = self.$field.original_ip(address);
            self
        }

        /// Whether a call whose token is refused is sent once more with a new one; it is unless
        /// told otherwise.
        #[inline]
        pub fn reauthenticate(mut self, reauthenticate: bool) -> Self {
            self.$field = self.$field.reauthenticate(reauthenticate);
            self
        }

        /// How logs call the service; by its name or type unless set.
        #[inline]
        pub fn log_name(mut self, name: impl ::core::convert::Into<::std::sync::Arc<str>>) -> Self {
            self.$field = self.$field.log_name(name);
            self
        }
    };
}

pub use __call_settings as call_settings;
