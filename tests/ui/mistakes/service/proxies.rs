//! A service of proxies, whose operations the mistakes implement.

use std::collections::BTreeMap;
use std::sync::Mutex;

use keystone_middleware::service_api::ApiError;
use keystone_middleware::{Load, PolicyTarget};

use super::api;

#[derive(Clone, PolicyTarget)]
pub struct Proxy {
    pub id: String,
    pub project_id: String,
}

#[derive(Default)]
pub struct Proxies(Mutex<BTreeMap<String, Proxy>>);

impl Load<Proxies> for Proxy {
    type Key = String;
    type Error = ApiError;

    async fn load(id: String, proxies: &Proxies) -> Result<Option<Self>, ApiError> {
        Ok(proxies.find(&id).ok())
    }
}

impl Proxies {
    pub fn find(&self, id: &str) -> Result<Proxy, ApiError> {
        let proxies = self.0.lock().map_err(|_| ApiError::internal("poisoned"))?;
        proxies.get(id).cloned().ok_or_else(ApiError::not_found)
    }
}

impl From<Proxy> for api::Proxy {
    fn from(proxy: Proxy) -> Self {
        Self { id: proxy.id, project_id: proxy.project_id, domain: String::new() }
    }
}
