use axum::Json;
use axum::extract::State;
use keystone_middleware::{operation, policies, policy};

policies!("policies/proxies.yaml");

#[operation(GET "/v1/proxies")]
#[policy("proxy:index")]
pub async fn list_proxies<T: ToString>(State(state): State<T>) -> Json<String> {
    Json(state.to_string())
}

fn main() {}
