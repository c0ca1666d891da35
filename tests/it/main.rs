//! One binary for all behaviour tests: a module per topic.

keystone_middleware::policies!("middleware/policies.yaml");

mod auth;
mod clouds;
mod ensure;
mod ensure_cases;
mod foreign;
mod log;
mod middleware;
mod options;
mod promises;
mod provision;
mod provision_cases;
#[rustfmt::skip]
mod service_types;
mod service_words;
mod session;
mod twins;
mod typed_client;
mod typed_client_broken;
mod typed_client_forms;
mod typed_client_overrides;
mod typed_client_pages;
mod typed_client_requests;
mod typed_client_shapes;
mod vectors;
