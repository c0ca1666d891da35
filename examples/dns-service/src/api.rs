//! What `specs/services/dns.yaml` says of the API: the types of requests and responses, the table
//! of operations, and the contract that [`Dns`](crate::Dns) fulfils.

keystone_middleware::service!("../../specs/services/dns.yaml");
