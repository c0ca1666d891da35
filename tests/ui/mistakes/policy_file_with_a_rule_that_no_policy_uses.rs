use keystone_middleware::policies;

policies!("policies/unused.yaml");

fn main() {}
