//! What `service!` makes of a document with four operations.

use keystone_middleware::service_api::BodyOf;
use keystone_middleware::service_api::{
    Checked, Description, Microversion, PathOf, QueryOf, Responder, ResponseOf, Show, View,
};
use serde::{Deserialize, Serialize, Serializer};

pub use super::policies as __policies;

pub static SERVICE: Description = Description {
    service_type: "proxy",
    version: "v1",
    microversions: Some((Microversion::new(1, 0), Microversion::new(1, 2))),
    document: "{}",
    field_policies: &[],
};

#[derive(Clone, Debug, Serialize)]
pub struct Proxy {
    pub id: String,
    pub project_id: String,
    pub domain: String,
}

impl Show for Proxy {
    fn show<S: Serializer>(&self, _: &View, serializer: S) -> Result<S::Ok, S::Error> {
        self.serialize(serializer)
    }
}

#[derive(Clone, Debug, Deserialize)]
pub struct ProxyPath {
    pub proxy_id: String,
}

#[derive(Clone, Debug, Default, Deserialize)]
pub struct ProxyListQuery {
    pub domain: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProxyUpdate {
    pub domain: String,
}

impl Checked for ProxyListQuery {}
impl Checked for ProxyUpdate {}
impl QueryOf<operations::ListProxies> for ProxyListQuery {}
impl PathOf<operations::GetProxy> for ProxyPath {}
impl PathOf<operations::UpdateProxy> for ProxyPath {}
impl BodyOf<operations::UpdateProxy> for ProxyUpdate {
    const KEY: &'static str = "proxy";
}

impl ResponseOf<operations::ListProxies> for Vec<Proxy> {
    fn write(self, responder: &Responder<'_>) -> axum::response::Response {
        responder.list(200, "proxies", &self)
    }
}
impl ResponseOf<operations::GetProxy> for Proxy {
    fn write(self, responder: &Responder<'_>) -> axum::response::Response {
        responder.one(200, "proxy", &self)
    }
}
impl ResponseOf<operations::UpdateProxy> for Proxy {
    fn write(self, responder: &Responder<'_>) -> axum::response::Response {
        responder.one(200, "proxy", &self)
    }
}
impl ResponseOf<operations::PurgeProxies> for () {
    fn write(self, responder: &Responder<'_>) -> axum::response::Response {
        responder.empty(204)
    }
}

pub mod operations {
    use axum::response::Response;
    use keystone_middleware::service_api::{
        Argument, Call, Described, Description, Extractor, Outcome, argument,
    };

    macro_rules! operation {
        ($marker:ident $argument:ident $response:ident $method:literal $path:literal
            $what:literal $takes:literal $returns:literal) => {
            pub enum $marker {}

            impl Described for $marker {
                const SERVICE: &'static Description = &super::SERVICE;
                const METHOD: &'static str = $method;
                const PATH: &'static str = $path;
            }

            #[diagnostic::on_unimplemented(
                                        message = "`{Self}` is no argument of this operation",
                                        label = "neither part of its request nor an extractor",
                                        note = $takes
                                    )]
            pub trait $argument<S, M>: Argument<$marker, S, M> {}

            #[diagnostic::do_not_recommend]
            impl<T: Argument<$marker, S, M>, S, M> $argument<S, M> for T {}

            #[diagnostic::on_unimplemented(
                                        message = "`{Self}` is no response of this operation",
                                        label = "not what the document says",
                                        note = $returns
                                    )]
            pub trait $response<M>: Outcome<$marker, M> {}

            #[diagnostic::do_not_recommend]
            impl<T: Outcome<$marker, M>, M> $response<M> for T {}

            impl $marker {
                pub const fn argument<T: $argument<S, M>, S, M>() -> Extractor<T, Self, S, M> {
                    argument()
                }

                pub fn respond<R: $response<M>, M>(call: Call, returned: R) -> Response {
                    call.respond(returned)
                }
            }
        };
    }

    operation! {
        ListProxies ListProxiesArgument ListProxiesResponse "GET" "/v1/proxies"
        "`list_proxies` (`GET /v1/proxies`)" "its request has `ProxyListQuery`"
        "it returns `Vec<Proxy>`, alone or in a `Result`"
    }
    operation! {
        GetProxy GetProxyArgument GetProxyResponse "GET" "/v1/proxies/{proxy_id}"
        "`get_proxy` (`GET /v1/proxies/{proxy_id}`)" "its request has `ProxyPath`"
        "it returns `Proxy`, alone or in a `Result`"
    }
    operation! {
        UpdateProxy UpdateProxyArgument UpdateProxyResponse "PATCH" "/v1/proxies/{proxy_id}"
        "`update_proxy` (`PATCH /v1/proxies/{proxy_id}`)" "its request has `ProxyPath` and `ProxyUpdate`"
        "it returns `Proxy`, alone or in a `Result`"
    }
    operation! {
        PurgeProxies PurgeProxiesArgument PurgeProxiesResponse "DELETE" "/v1/proxies"
        "`purge_proxies` (`DELETE /v1/proxies`)" "its request has nothing"
        "it returns `()`, alone or in a `Result`"
    }
}

#[doc(hidden)]
#[macro_export]
macro_rules! __service_contract_of_the_mistakes {
    ($($implementation:tt)*) => {
        ::keystone_middleware::__private::service_contract! {
            contract {
                root = [::keystone_middleware];
                document = "specs/services/proxies.yaml";
                operation {
                    name = list_proxies;
                    marker = ListProxies;
                    method = "GET"; path = "/v1/proxies";
                    policies = ["proxy:index"];
                    arguments = "query: {}ProxyListQuery";
                    returns = "Vec<{}Proxy>";
                }
                operation {
                    name = get_proxy;
                    marker = GetProxy;
                    method = "GET"; path = "/v1/proxies/{proxy_id}";
                    policies = [];
                    arguments = "path: {}ProxyPath";
                    returns = "{}Proxy";
                }
                operation {
                    name = update_proxy;
                    marker = UpdateProxy;
                    method = "PATCH"; path = "/v1/proxies/{proxy_id}";
                    policies = ["proxy:update"];
                    arguments = "path: {}ProxyPath, change: {}ProxyUpdate";
                    returns = "{}Proxy";
                }
                operation {
                    name = purge_proxies;
                    marker = PurgeProxies;
                    method = "DELETE"; path = "/v1/proxies";
                    policies = ["proxy:index", "proxy:create"];
                    arguments = "";
                    returns = "()";
                }
            }
            $($implementation)*
        }
    };
}

#[doc(hidden)]
pub use __service_contract_of_the_mistakes as __contract;
