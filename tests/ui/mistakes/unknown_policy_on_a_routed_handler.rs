use keystone_middleware::policy::Enforcer;
use keystone_middleware::routing::post;
use keystone_middleware::{Routes, policies, policy};

policies!("policies/proxies.yaml");

#[policy("proxy:updatr")]
async fn create(domain: String) -> String {
    domain
}

fn app(enforcer: Enforcer) -> axum::Router {
    Routes::new(enforcer).route("/v1/proxies", post(create)).into_router()
}

fn main() {}
