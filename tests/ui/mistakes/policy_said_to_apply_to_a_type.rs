use keystone_middleware::policy::decide::AppliesTo;
use keystone_middleware::{PolicyTarget, policies};

policies!("policies/proxies.yaml");

#[derive(PolicyTarget)]
struct Backend {
    url: String,
}

impl AppliesTo<Backend> for policies::proxy::Update {}

fn main() {}
