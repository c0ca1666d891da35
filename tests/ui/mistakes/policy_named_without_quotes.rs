use keystone_middleware::{policies, policy};

policies!("policies/proxies.yaml");

#[policy(proxy::Create)]
async fn create() -> &'static str {
    "created"
}

fn main() {}
