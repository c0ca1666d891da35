use keystone_middleware::policy::Enforcer;
use keystone_middleware::routing::post;
use keystone_middleware::{Authorized, Routes, policies, policy};

policies!("policies/undefined.yaml");

#[policy("proxy:create")]
async fn create(domain: String) -> String {
    domain
}

async fn view(_: Authorized<policies::proxy::Create>) -> String {
    String::new()
}

fn app(enforcer: Enforcer) -> axum::Router {
    Routes::new(enforcer).route("/v1/proxies", post(create).get(view)).into_router()
}

fn main() {}
