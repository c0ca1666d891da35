//! A service by its description.

use keystone_middleware::policy::Enforcer;
use keystone_middleware::service_api::service;
use keystone_middleware::{policies, ApiError, Found, Load, Page, RequestContext, Routes};

policies!("../../specs/policies/proxies.yaml");

/// What the description says.
pub mod api {
    keystone_middleware::service!(
        "../../specs/services/proxies.yaml",
        policies = crate::served::policies
    );
}

/// A service that has no proxies.
#[derive(Clone, Copy, Debug)]
pub struct Proxies;

impl Load<Proxies> for api::Proxy {
    type Key = api::ProxyPath;
    type Error = ApiError;

    async fn load(_: api::ProxyPath, _: &Proxies) -> Result<Option<Self>, ApiError> {
        Ok(None)
    }
}

#[service(crate::served::api)]
impl Proxies {
    #[policy("proxy:index")]
    async fn list_proxies(&self, _: api::ProxyListQuery) -> Page<api::Proxy> {
        Page::last(Vec::new())
    }

    #[policy("proxy:create", proof = may)]
    async fn create_proxy(
        &self,
        _: RequestContext,
        _: api::ProxyCreate,
    ) -> Result<api::Proxy, ApiError> {
        let _ = may.caller();
        Err(ApiError::conflict("There is no room."))
    }

    #[policy("proxy:view")]
    async fn get_proxy(&self, Found(proxy): Found<api::Proxy>) -> api::Proxy {
        proxy
    }

    #[policy("proxy:update", target = &proxy, proof = may)]
    async fn update_proxy(
        &self,
        Found(proxy): Found<api::Proxy>,
        _: api::ProxyUpdate,
    ) -> Result<api::Proxy, ApiError> {
        may.covers(&proxy)?;
        Ok(proxy)
    }

    #[policy("proxy:delete", target = &proxy)]
    async fn delete_proxy(&self, Found(proxy): Found<api::Proxy>) -> Result<(), ApiError> {
        drop(proxy);
        Ok(())
    }

    #[policy("proxy:purge")]
    async fn purge_proxies(&self) {}
}

/// Its routes.
#[must_use]
pub fn routes(enforcer: Enforcer) -> Routes {
    Proxies.into_routes(enforcer)
}
