use axum::Json;
use keystone_middleware::{operation, policies, policy};

policies!("policies/proxies.yaml");

pub struct Proxies;

impl Proxies {
    #[operation(GET "/v1/proxies")]
    #[policy("proxy:index")]
    pub async fn list_proxies(&self) -> Json<Vec<String>> {
        Json(Vec::new())
    }
}

fn main() {}
