use keystone_middleware::policies;

policies!("policies/word.yaml");

fn main() {}
