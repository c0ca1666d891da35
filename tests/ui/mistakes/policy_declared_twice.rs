use keystone_middleware::policies;

policies!("policies/twice.yaml");

fn main() {}
