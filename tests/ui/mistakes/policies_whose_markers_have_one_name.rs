use keystone_middleware::policies;

policies!("policies/alike.yaml");

fn main() {}
