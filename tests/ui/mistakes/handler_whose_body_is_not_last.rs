use keystone_middleware::policy::Enforcer;
use keystone_middleware::routing::post;
use keystone_middleware::{RequestContext, Routes, policies, policy};

policies!("policies/proxies.yaml");

#[policy("proxy:create")]
async fn create(domain: String, _: RequestContext) -> String {
    domain
}

fn app(enforcer: Enforcer) -> axum::Router {
    Routes::new(enforcer).route("/v1/proxies", post(create)).into_router()
}

fn main() {}
