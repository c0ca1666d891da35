use std::marker::PhantomData;

use keystone_middleware::{Authorized, policies};

policies!("policies/proxies.yaml");

fn main() {
    let _ = Authorized::<policies::proxy::Create>(PhantomData);
}
