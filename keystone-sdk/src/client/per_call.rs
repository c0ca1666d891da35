//! What only one call needs, the same on every request and list.

/// The setters that each builder has, around the draft in the named field.
macro_rules! per_call {
    ($($draft:tt).+) => {
        /// The time for each call, if not the session's.
        pub fn timeout(mut self, timeout: ::std::time::Duration) -> Self {
            self.$($draft).+.set_timeout(timeout);
            self
        }

        /// Sets a header of each call.
        pub fn header(mut self, name: ::http::HeaderName, value: ::http::HeaderValue) -> Self {
            self.$($draft).+.set_header(name, value);
            self
        }

        /// Asks for a microversion of the API, such as `2.79`, or `latest`.
        pub fn microversion(mut self, version: impl Into<String>) -> Self {
            self.$($draft).+.set_microversion(version.into());
            self
        }

        /// Takes the endpoint in this region of the catalog.
        pub fn at_region(mut self, region: impl Into<String>) -> Self {
            self.$($draft).+.set_region(region.into());
            self
        }

        /// Takes the endpoint with this interface.
        pub fn at_interface(mut self, interface: $crate::catalog::Interface) -> Self {
            self.$($draft).+.set_interface(interface);
            self
        }

        /// Calls the service at this address, whatever the catalog says.
        pub fn at_endpoint(mut self, address: ::url::Url) -> Self {
            self.$($draft).+.set_endpoint(address);
            self
        }
    };
}

pub(super) use per_call;
