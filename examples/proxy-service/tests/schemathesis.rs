//! What schemathesis makes of the document that the service serves: it finds no failure of the
//! service, no response that the document does not declare, and no request that the document forbids
//! and the service accepts.
#![expect(clippy::unwrap_used, reason = "a test fails where it unwraps")]

use keystone_middleware::sdk::Session;
use keystone_middleware::sdk::config::ini::Ini;
use proxy_service::cloud::Cloud;
use proxy_service::server::{self, Server};
use proxy_service::world::World;
use tokio::net::TcpListener;

/// As schemathesis counts them: those of the API, and a HEAD beside each GET.
const OPERATIONS: usize = 8;

// Without the runtime's worker threads the servers would wait for the script that waits for them.

#[tokio::test(flavor = "multi_thread")]
async fn requests_of_an_administrator_find_nothing_undeclared() {
    hold(|world| Some(world.session(world.admin()).unwrap())).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_of_a_member_find_nothing_undeclared() {
    hold(|world| Some(world.session(world.member()).unwrap())).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_of_an_operator_find_nothing_undeclared() {
    hold(|world| Some(world.session_on_system(world.operator()).unwrap())).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_without_a_token_find_nothing_undeclared() {
    hold(|_| None).await;
}

async fn hold(caller: impl FnOnce(&World) -> Option<Session>) {
    let cloud = Cloud::embedded().await.unwrap();
    let world = World::create(&cloud).await.unwrap();
    let ini = Ini::parse("test", &world.service_configuration()).unwrap();
    let app = server::app(&ini).await.unwrap();
    let server = Server::start(app, TcpListener::bind("127.0.0.1:0").await.unwrap()).unwrap();

    let mut script = keystone_lab::python("hold_service.py").unwrap();
    script.arg(format!("{}/docs/openapi.json", server.url()));
    if let Some(session) = caller(&world) {
        let token = session.token().await.unwrap().header();
        script.env("SERVICE_TOKEN", token.to_str().unwrap());
    }
    let output = script.output().unwrap();
    server.stop().await.unwrap();
    world.remove().await.unwrap();
    let found = String::from_utf8_lossy(&output.stdout);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{found}{errors}");
    assert!(
        found.contains(&format!("Tested: {OPERATIONS}\n")),
        "{found}"
    );
}
