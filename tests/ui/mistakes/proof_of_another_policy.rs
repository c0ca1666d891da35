use keystone_middleware::{Authorized, policies};

policies!("policies/proxies.yaml");

fn store(_: Authorized<policies::proxy::Create>) {}

fn create(proof: Authorized<policies::proxy::Index>) {
    store(proof);
}

fn main() {}
