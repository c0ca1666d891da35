use keystone_middleware::{policies, policy};

policies!("policies/proxies.yaml");

#[policy("proxy:create")]
struct Create;

fn main() {}
