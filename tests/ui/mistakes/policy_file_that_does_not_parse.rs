use keystone_middleware::policies;

policies!("policies/broken.yaml");

fn main() {}
