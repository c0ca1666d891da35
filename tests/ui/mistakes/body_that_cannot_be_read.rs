use axum::Json;
use keystone_middleware::policy::Enforcer;
use keystone_middleware::routing::post;
use keystone_middleware::{RequestContext, Routes, policies, policy};

policies!("policies/proxies.yaml");

struct NewProxy(String);

#[policy("proxy:create")]
async fn create(_: RequestContext, Json(new): Json<NewProxy>) -> String {
    new.0
}

fn app(enforcer: Enforcer) -> axum::Router {
    Routes::new(enforcer).route("/v1/proxies", post(create)).into_router()
}

fn main() {}
