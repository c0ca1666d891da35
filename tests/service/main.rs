//! Services that a document describes: `service!`, `#[service]` and their runtime, and the clients
//! of the same documents.

keystone_middleware::policies!("../../specs/policies/proxies.yaml");

/// What `keystone codegen server` writes of the same file.
pub mod checked_in;

mod api {
    keystone_middleware::service!(
        "../../specs/services/proxies.yaml",
        policies = crate::policies
    );
}

mod notes {
    keystone_middleware::policies!("specs/policies.yaml");

    pub(crate) mod api {
        keystone_middleware::service!("specs/notes.yaml", policies = crate::notes::policies);
    }
}

#[test]
fn it_compiles() {
    assert_eq!(api::SERVICE.service_type, "proxy");
    let _ = api::operations::OPERATIONS;
}
