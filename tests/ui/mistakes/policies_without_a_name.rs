use keystone_middleware::policies;

policies!("policies/nameless.yaml");

fn main() {}
