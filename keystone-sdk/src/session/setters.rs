//! The setters that calls, adapters and typed requests share.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use http::{HeaderName, HeaderValue};

use super::RequestId;
use super::settings::{EndpointOverride, Settings};
use crate::auth::AuthPlugin;
use crate::catalog::Interface;
use crate::setters::{setters, text_setters};
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

    text_setters! {
        pub(crate) microversion;
    }

    setters! {
        pub(crate) check_microversion: bool;

        pub(crate) timeout: Duration;
    }

    pub(crate) fn retries(mut self, retries: Retries) -> Self {
        self.retries = retries.or(&self.retries);
        self
    }

    setters! {
        pub(crate) redirects: u32;
    }

    pub(crate) fn throttle(mut self, limit: Limit) -> Self {
        self.limits.push(limit);
        self
    }

    text_setters! {
        pub(crate) user_agent;
    }

    pub(crate) fn client(mut self, name: impl Into<String>, version: impl Into<String>) -> Self {
        self.client = Some((name.into(), version.into()));
        self
    }

    setters! {
        pub(crate) global_request_id: RequestId;

        pub(crate) original_ip: IpAddr;

        pub(crate) reauthenticate: bool;
    }

    pub(crate) fn log_name(mut self, name: impl Into<Arc<str>>) -> Self {
        self.log_name = Some(name.into());
        self
    }
}

/// The setters of a call for a type with a field that has them, so that a setting has one name and one
/// description everywhere. Generated builders use it, in other crates too.
#[doc(hidden)]
#[macro_export]
macro_rules! __call_settings {
    ($field:tt) => {
        $crate::__call_settings!(@shared $field);

        $crate::__forward_setters! {
            $field;

            /// An acceptable interface of the endpoint; the first one is preferred. (Not `interface`,
            /// which is a filter of some lists.)
            endpoint_interface(interface: $crate::catalog::Interface);
        }
    };

    (@shared $field:tt) => {
        $crate::__forward_setters! {
            $field;

            /// The address of the service, instead of the one in the catalog. `%(project_id)s` and
            /// `%(user_id)s` in it, also written `$(..)s`, stand for the ids in the token.
            endpoint_override(address: impl ::core::convert::Into<::std::string::String>);

            /// The region of the endpoint.
            region_name(region: impl ::core::convert::Into<::std::string::String>);

            /// The authentication plugin, instead of the session's.
            auth(auth: impl $crate::auth::AuthPlugin + 'static);

            /// Sets a header.
            header(
                name: $crate::__private::http::HeaderName,
                value: $crate::__private::http::HeaderValue,
            );

            /// The microversion to request, such as `2.79`, or `latest`. The endpoint filter has to
            /// name the type of the service.
            microversion(version: impl ::core::convert::Into<::std::string::String>);

            /// Whether to check that the service supports the microversion before requesting it. This
            /// costs a discovery request now and then; without it, a service that does not support
            /// the microversion usually responds with 406.
            check_microversion(check: bool);

            /// The timeout of each exchange; the transport's unless set.
            timeout(timeout: ::core::time::Duration);

            /// When to retry. Anything not set here is inherited from the adapter or the session.
            retries(retries: $crate::transport::Retries);

            /// How many redirects are followed; 0 for none.
            redirects(most: u32);

            /// A limit on rate or concurrency, in addition to those of the adapters and the session.
            throttle(limit: $crate::transport::Limit);

            /// The whole `User-Agent`.
            user_agent(user_agent: impl ::core::convert::Into<::std::string::String>);

            /// The name and version of the calling library for `User-Agent`, after the program's. The
            /// version may be empty.
            client(
                name: impl ::core::convert::Into<::std::string::String>,
                version: impl ::core::convert::Into<::std::string::String>,
            );

            /// The global request id, under which all services log one action of a user.
            global_request_id(id: $crate::session::RequestId);

            /// The address of the original client, sent in `Forwarded` (RFC 7239).
            original_ip(address: ::std::net::IpAddr);

            /// Whether a call is sent once more with a new token when the service rejects the token;
            /// the default is `true`.
            reauthenticate(reauthenticate: bool);

            /// The name of the service in logs; its name or type in the catalog unless set.
            log_name(name: impl ::core::convert::Into<::std::sync::Arc<str>>);
        }
    };
}

pub use __call_settings as call_settings;

/// Setters that call the setter of the same name on a field.
#[doc(hidden)]
#[macro_export]
macro_rules! __forward_setters {
    (
        $field:tt;
        $($(#[$doc:meta])* $name:ident($($argument:ident: $type:ty),* $(,)?);)*
    ) => {$(
        $(#[$doc])*
        #[inline]
        pub fn $name(mut self, $($argument: $type),*) -> Self {
            self.$field = self.$field.$name($($argument),*);
            self
        }
    )*};
}

pub(super) use __forward_setters as forward_setters;
