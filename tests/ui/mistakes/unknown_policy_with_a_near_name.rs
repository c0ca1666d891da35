use keystone_middleware::{policies, policy};

policies!("policies/proxies.yaml");

#[policy("proxy:craete")]
async fn create() -> &'static str {
    "created"
}

fn main() {}
