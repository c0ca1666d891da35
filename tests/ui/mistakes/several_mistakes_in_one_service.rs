use keystone_middleware::service_api::service;
use keystone_middleware::{ApiError, Found, policies};
use proxies::Proxies;

policies!("policies/proxies.yaml");

mod api {
    keystone_middleware::service!("specs/service.yaml", policies = crate::policies);
}

#[path = "service/proxies.rs"]
mod proxies;

#[service(crate::api)]
impl Proxies {
    #[policy("proxy:create")]
    async fn list_proxies(&self, query: api::ProxyListQuery) -> Result<Vec<api::Proxy>, ApiError> {
        query.domain.map_or(Ok(vec![]), |_| Err(ApiError::not_found()))
    }

    #[policy(public)]
    async fn get_proxy(&mut self, path: api::ProxyPath) -> Result<api::Proxy, ApiError> {
        self.find(&path)
    }

    #[policy("proxy:update", target = &proxy)]
    async fn update_proxy(
        &self,
        Found(proxy): Found<api::Proxy>,
        change: Vec<String>,
    ) -> Result<api::Proxy, ApiError> {
        Ok(api::Proxy { domain: change.concat(), ..proxy })
    }

}

fn main() {
    let _ = |enforcer| Proxies::default().into_routes(enforcer);
}
