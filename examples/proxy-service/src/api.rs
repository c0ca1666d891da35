//! What `specs/services/proxies.yaml` says of the API: the types of requests and responses, the
//! table of operations, and the contract that [`Proxies`](crate::proxies::Proxies) fulfils.

keystone_middleware::service!("../../specs/services/proxies.yaml");
