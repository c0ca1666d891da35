use keystone_middleware::{policies, policy};

policies!("policies/proxies.yaml");

#[policy]
async fn create() -> &'static str {
    "created"
}

fn main() {}
