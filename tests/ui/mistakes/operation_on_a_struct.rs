use keystone_middleware::operation;

#[operation(GET "/v1/proxies")]
pub struct ListProxies;

fn main() {}
