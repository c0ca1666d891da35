use keystone_middleware::policies;

policies!("policies/latin1.yaml");

fn main() {}
