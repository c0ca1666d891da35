use keystone_middleware::policies;
use keystone_middleware::policy::PlainPolicy;

policies!("policies/proxies.yaml");

impl PlainPolicy for policies::proxy::Update {}

fn main() {}
