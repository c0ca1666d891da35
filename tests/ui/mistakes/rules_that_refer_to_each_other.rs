use keystone_middleware::policies;

policies!("policies/cycle.yaml");

fn main() {}
