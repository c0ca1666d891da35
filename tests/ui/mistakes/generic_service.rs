use std::marker::PhantomData;

use keystone_middleware::service_api::service;
use keystone_middleware::{ApiError, policies};

policies!("policies/proxies.yaml");

mod api {
    keystone_middleware::service!("specs/service.yaml", policies = crate::policies);
}

struct Proxies<Db>(PhantomData<Db>);

#[service(crate::api)]
impl<Db> Proxies<Db> {
    #[policy("proxy:index")]
    async fn list_proxies(&self, _: api::ProxyListQuery) -> Result<Vec<api::Proxy>, ApiError> {
        Ok(vec![])
    }
}

fn main() {
    let _ = |enforcer| Proxies::<u8>(PhantomData).into_routes(enforcer);
}
