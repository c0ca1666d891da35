//! The same service by each way in which a description becomes code.

use serde_json::json;

use crate::requests::{app, request};

/// By the macro, from a resource spec.
mod spec {
    keystone_middleware::service!("../../specs/services/proxies.yaml");
}

/// By the macro, from the OpenAPI document of the same API.
mod openapi {
    keystone_middleware::service!("../../specs/openapi/proxies.yaml");
}

/// By `build.rs`.
#[expect(dead_code, unused_imports, reason = "not all of it is used here")]
mod built {
    include!(concat!(env!("OUT_DIR"), "/proxies_server.rs"));
}

macro_rules! service_of {
    ($name:ident: $($module:ident)::+) => {
        mod $name {
            use keystone_middleware::service_api::service;
            use keystone_middleware::{ApiError, Found, Load, Page, RequestContext, Routes};

            use $($module)::+ as api;

            struct Proxies;

            impl Load<Proxies> for api::Proxy {
                type Key = api::ProxyPath;
                type Error = ApiError;

                async fn load(path: api::ProxyPath, _: &Proxies) -> Result<Option<Self>, ApiError> {
                    Ok(Some(api::Proxy {
                        id: path.proxy_id,
                        project_id: "p1".to_owned(),
                        domain: "a.example".to_owned(),
                        backends: Vec::new(),
                        note: None,
                    }))
                }
            }

            #[service($($module)::+)]
            impl Proxies {
                #[policy("proxy:index")]
                async fn list_proxies(&self, query: api::ProxyListQuery) -> Page<api::Proxy> {
                    Page::cut(Vec::new(), query.limit, |proxy: &api::Proxy| proxy.id.to_string())
                }

                #[policy("proxy:view")]
                async fn get_proxy(&self, Found(proxy): Found<api::Proxy>) -> api::Proxy {
                    proxy
                }

                #[policy("proxy:create")]
                async fn create_proxy(&self, ctx: RequestContext, new: api::ProxyCreate) -> api::Proxy {
                    api::Proxy {
                        id: "new".into(),
                        project_id: ctx.project_id.clone().unwrap_or_default(),
                        domain: new.domain,
                        backends: new.backends,
                        note: new.note.apply(None),
                    }
                }

                #[policy("proxy:update", target = &proxy)]
                async fn update_proxy(
                    &self,
                    Found(mut proxy): Found<api::Proxy>,
                    change: api::ProxyUpdate,
                ) -> Result<api::Proxy, ApiError> {
                    proxy.backends = change.backends.unwrap_or(proxy.backends);
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

            pub(super) fn routes() -> Routes {
                let enforcer = super::enforcer();
                Proxies.into_routes(enforcer)
            }
        }
    };
}

service_of!(by_spec: crate::ways::spec);
service_of!(by_openapi: crate::ways::openapi);
service_of!(by_build: crate::ways::built);
service_of!(by_files: crate::checked_in);

fn enforcer() -> keystone_middleware::policy::Enforcer {
    keystone_middleware::policy::Enforcer::builder(&crate::policies::DEFAULTS)
        .build()
        .unwrap()
}

#[tokio::test]
async fn each_way_from_a_description_leads_to_the_same_service() {
    let ways = [
        by_spec::routes,
        by_openapi::routes,
        by_build::routes,
        by_files::routes,
    ];
    let mut tables = Vec::new();
    let mut responses = Vec::new();
    for routes in ways {
        tables.push(routes().table().to_string());
        let app = app(routes());
        let new = json!({"proxy": {"domain": "a.example", "backends": ["http://b"], "note": null}});
        let change = json!({"proxy": {"backends": []}});
        let mut seen = Vec::new();
        for sent in [
            request("GET /v1/proxies?limit=1&editable").version_of("proxy 1.2"),
            request("GET /v1/proxies?limit=0"),
            request("GET /v1/proxies/x"),
            request("POST /v1/proxies")
                .version_of("proxy latest")
                .json(&new),
            request("POST /v1/proxies").json(&new),
            request("PATCH /v1/proxies/x").json(&change),
            request("DELETE /v1/proxies/x"),
            request("DELETE /v1/proxies"),
            request("OPTIONS /v1/proxies"),
            request("GET /v1"),
        ] {
            let response = sent.by("admin").to(&app).await;
            seen.push((response.status.as_u16(), response.body));
        }
        let statuses: Vec<u16> = seen.iter().map(|(status, _)| *status).collect();
        assert_eq!(statuses, [200, 400, 200, 201, 400, 200, 204, 403, 204, 200]);
        responses.push(seen);
    }
    assert!(
        tables.windows(2).all(|pair| pair[0] == pair[1]),
        "{tables:#?}"
    );
    let (first, others) = responses.split_first().unwrap();
    for other in others {
        for (one, other) in first.iter().zip(other) {
            assert_eq!(one, other);
        }
    }
}
