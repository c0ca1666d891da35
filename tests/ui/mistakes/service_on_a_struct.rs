use keystone_middleware::service_api::service;
use keystone_middleware::policies;

policies!("policies/proxies.yaml");

mod api {
    keystone_middleware::service!("specs/service.yaml", policies = crate::policies);
}

#[service(crate::api)]
struct Proxies;

fn main() {
    let _ = Proxies;
}
