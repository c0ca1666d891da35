use keystone_middleware::{policies, policy};

policies!("policies/open.yaml");

#[policy("proxy:delete")]
async fn delete() -> &'static str {
    "deleted"
}

fn main() {}
