use keystone_middleware::policies;

policies!("policies/proxis.yaml");

fn main() {}
