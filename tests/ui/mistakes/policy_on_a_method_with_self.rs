use keystone_middleware::{policies, policy};

policies!("policies/proxies.yaml");

struct Proxies;

impl Proxies {
    #[policy("proxy:create")]
    async fn create(&self) -> &'static str {
        "created"
    }
}

fn main() {}
