//! The proxies API: what the Flask article does, with the policy of each operation beside it.

use keystone_middleware::service_api::service;
use keystone_middleware::{ApiError, Found, Load, Page, RequestContext};

use crate::api;
use crate::policies;
use crate::store::{Db, ListFilter, StoreError};

/// The service: its operations are methods.
#[derive(Clone, Debug)]
pub struct Proxies {
    /// Where the proxies are kept.
    pub db: Db,
}

#[service(crate::api)]
impl Proxies {
    #[policy("proxy:index")]
    async fn list_proxies(
        &self,
        ctx: RequestContext,
        query: api::ProxyListQuery,
    ) -> Result<Page<api::Proxy>, ApiError> {
        // The policy of another operation as a condition on proxies, which goes into the query.
        let editable = query
            .editable
            .then(|| ctx.filter::<policies::proxy::Update>());
        let filter = ListFilter {
            domain: query.domain,
            editable: editable.transpose()?,
        };
        let limit = query.limit;
        let rows = self
            .db
            .list(&filter, query.marker.as_deref(), limit.and_one())
            .await?;
        Ok(Page::cut(rows, limit, |proxy| proxy.id.to_string()))
    }

    #[policy("proxy:create", proof = may)]
    async fn create_proxy(
        &self,
        ctx: RequestContext,
        new: api::ProxyCreate,
    ) -> Result<api::Proxy, ApiError> {
        let project_id = ctx.project_id.as_deref().ok_or_else(|| {
            ApiError::bad_request(
                "A proxy belongs to a project: use a token that is scoped to one.",
            )
        })?;
        Ok(self.db.create(&may, project_id, new).await?)
    }

    #[policy("proxy:view")]
    async fn get_proxy(&self, Found(proxy): Found<api::Proxy>) -> api::Proxy {
        proxy
    }

    #[policy("proxy:update", target = &proxy, proof = may)]
    async fn update_proxy(
        &self,
        Found(proxy): Found<api::Proxy>,
        change: api::ProxyUpdate,
    ) -> Result<api::Proxy, ApiError> {
        let changed = self.db.update(&may, &proxy.id, change).await?;
        changed.ok_or_else(ApiError::not_found)
    }

    #[policy("proxy:delete", target = &proxy, proof = may)]
    async fn delete_proxy(&self, Found(proxy): Found<api::Proxy>) -> Result<(), ApiError> {
        match self.db.delete(&may, &proxy.id).await? {
            true => Ok(()),
            false => Err(ApiError::not_found()),
        }
    }

    #[policy("proxy:purge", proof = may)]
    async fn purge_proxies(&self) -> Result<(), ApiError> {
        Ok(self.db.clear(&may).await?)
    }
}

/// `Found<api::Proxy>` looks here for the proxy of a path.
impl Load<Proxies> for api::Proxy {
    type Key = api::ProxyPath;
    type Error = ApiError;

    async fn load(path: api::ProxyPath, service: &Proxies) -> Result<Option<Self>, ApiError> {
        Ok(service.db.get(&path.proxy_id).await?)
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Denied(denied) => denied.into(),
            other => Self::new(other.status(), other.to_string()),
        }
    }
}
