use keystone_middleware::policy::Enforcer;
use keystone_middleware::{Authorized, RequestContext, policies};

policies!("policies/proxies.yaml");

fn prove(mine: &Enforcer) {
    let nobody = RequestContext::builder().build();
    let _ = Authorized::<policies::proxy::Create>::check(mine, &nobody, &());
}

fn main() {}
