use keystone_middleware::{Authorized, Denied, PolicyTarget, policies};

policies!("policies/proxies.yaml");

#[derive(PolicyTarget)]
struct Backend {
    url: String,
}

fn store(may: &Authorized<policies::proxy::Update>, backend: &Backend) -> Result<(), Denied> {
    may.covers(backend)
}

fn main() {}
