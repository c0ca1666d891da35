use std::future::{Ready, ready};

use axum::handler::Handler;
use axum::response::Response;
use keystone_middleware::policy::Enforcer;
use keystone_middleware::routing::delete;
use keystone_middleware::{Authorized, Routes, policies};

policies!("policies/proxies.yaml");

/// It gets the whole request, and decides nothing.
#[derive(Clone)]
struct Purge;

impl Handler<((), Authorized<policies::proxy::Create>), ()> for Purge {
    type Future = Ready<Response>;

    fn call(self, _: axum::extract::Request, _: ()) -> Self::Future {
        ready(Response::default())
    }
}

fn app(enforcer: Enforcer) -> axum::Router {
    Routes::new(enforcer).route("/v1/proxies", delete(Purge)).into_router()
}

fn main() {}
