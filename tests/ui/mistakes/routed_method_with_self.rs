use keystone_middleware::policy::Enforcer;
use keystone_middleware::routing::post;
use keystone_middleware::{Routes, policies, policy};

policies!("policies/proxies.yaml");

struct Proxies;

impl Proxies {
    #[policy("proxy:create")]
    async fn create(&self, domain: String) -> String {
        domain
    }
}

fn app(enforcer: Enforcer) -> axum::Router {
    Routes::new(enforcer).route("/v1/proxies", post(Proxies::create)).into_router()
}

fn main() {}
