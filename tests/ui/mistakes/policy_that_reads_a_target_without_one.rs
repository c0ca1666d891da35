use keystone_middleware::{policies, policy};

policies!("policies/proxies.yaml");

#[policy("proxy:update")]
async fn update() -> &'static str {
    "updated"
}

fn main() {}
