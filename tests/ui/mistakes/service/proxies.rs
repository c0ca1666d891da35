//! A service of proxies, whose operations the mistakes implement.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use keystone_middleware::{ApiError, Load};

use super::api;

#[derive(Default)]
pub struct Proxies(Mutex<BTreeMap<String, api::Proxy>>);

impl Load<Proxies> for api::Proxy {
    type Key = api::ProxyPath;
    type Error = ApiError;

    async fn load(path: api::ProxyPath, proxies: &Proxies) -> Result<Option<Self>, ApiError> {
        Ok(proxies.find(&path).ok())
    }
}

impl Proxies {
    pub fn all(&self) -> MutexGuard<'_, BTreeMap<String, api::Proxy>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn find(&self, path: &api::ProxyPath) -> Result<api::Proxy, ApiError> {
        let proxy = self.all().get(path.proxy_id.as_str()).cloned();
        proxy.ok_or_else(ApiError::not_found)
    }
}
