use axum::Json;
use keystone_middleware::policy::Enforcer;
use keystone_middleware::routing::post;
use keystone_middleware::{RequestContext, Routes, policies, policy};

policies!("policies/proxies.yaml");

struct Proxy(String);

#[policy("proxy:create")]
async fn create(_: RequestContext, Json(domain): Json<String>) -> Proxy {
    Proxy(domain)
}

fn app(enforcer: Enforcer) -> axum::Router {
    Routes::new(enforcer).route("/v1/proxies", post(create)).into_router()
}

fn main() {}
