use keystone_middleware::policies;

policies!("policies/undefined.yaml");

fn main() {}
