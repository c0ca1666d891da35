use keystone_middleware::{policies, policy};

policies!("policies/proxies.yaml");

#[policy("proxy:create", targt = &())]
async fn create() -> &'static str {
    "created"
}

fn main() {}
