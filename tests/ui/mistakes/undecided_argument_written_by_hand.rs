use keystone_middleware::policy::Enforcer;
use keystone_middleware::routing::delete;
use keystone_middleware::{Authorizing, Routes, policies};

policies!("policies/proxies.yaml");

async fn remove(_unused: Authorizing<policies::proxy::Update>) -> String {
    "deleted, and nothing was decided".to_owned()
}

fn app(enforcer: Enforcer) -> axum::Router {
    Routes::new(enforcer).route("/v1/proxies/{id}", delete(remove)).into_router()
}

fn main() {}
